"""A claim that says what its evidence says is supported; one that says more or otherwise is not, with a reason."""

import pytest

from bot.grounding.grounding import DECIDES, GroundingCheck, deciding
from bot.grounding.polarity import Finding
from bot.records import Episode, MisheardName, Person
from tests.lighthouse_talk import Case, judge

FAITHFUL = [
    Case("paraphrase", "Before that he worked under water for a decade and a half.", "I was a diver"),
    Case("verbatim", "The old lenses are never replaced.", "The old lenses"),
    Case("number in digits", "He was a diver for 15 years.", "I was a diver"),
    Case("name that was not said here", "Amadou Sy did not like the cold water.", "I was a diver"),
    Case("negation kept", "They do not paint in the winter months.", "We don't paint"),
    Case("quote", 'He says that they "clean them with vinegar and paper".', "The old lenses"),
    Case("hedge kept", "One day radar might make lights superfluous.", "Radar may"),
    Case("one sentence off", "He was a diver for fifteen years.", "In 2011"),
    Case("sponsor's words as such", "The sponsor, Brightwell, says that its lamps last forty years.", "This show"),
    Case("correction", "He was not a fisherman but a diver.", "I was a diver"),
    Case("never kept", "Nobody ever puts a new lens in; they clean the old ones.", "The old lenses"),
    Case("frequency left as it is", "They had to wait for five days last autumn.", "Last autumn"),
]


@pytest.mark.parametrize("case", FAITHFUL, ids=lambda case: case.id)
def test_faithful_claim_is_supported(check, labels, case):
    verdict = judge(check, labels, case.text, case.cites)

    assert verdict.status == "supported", verdict


UNFAITHFUL = [
    Case("wrong number", "He was a diver for five years.", "I was a diver"),
    Case("wrong year", "His cousin told him about the post in 2012.", "In 2011"),
    Case("number of something else", "They had to wait for twelve days.", "Last autumn"),
    Case("negation dropped", "They paint in winter.", "We don't paint"),
    Case("opposite", "He loved the cold water.", "I was a diver"),
    Case("comparison turned", "A kettle uses less power than a modern lamp.", "A modern lamp"),
    Case("all for some", "All of the keepers still live there with their families.", "Some of the keepers"),
    Case("will for may", "Radar will make the lights unnecessary.", "Radar may"),
    Case("other name", "The storm tore the door off at Cape Lindholm.", "Last autumn"),
    Case("other relative", "His brother told him that the coast guard needed an electrician.", "In 2011"),
    Case("host for guest", "Petra Holm was a diver for fifteen years.", "I was a diver"),
    Case("invented", "The team also runs a bakery that supplies three hotels in Dakar with bread.", "We look after"),
    Case(
        "invented half", "They clean the lenses with vinegar, and a museum in Lisbon buys the broken ones.", "The old"
    ),
    Case("quote never said", 'He says "the sea always wins in the end".', "I was a diver"),
    Case("denial put into a quote", 'He says "sailors do not trust a light more than a screen".', "Sailors trust"),
    Case("denial in like company", "They paint and the paint will dry in winter.", "We don't paint"),
    Case("never for some", "Nobody lives there with a family any more.", "Some of the keepers"),
    Case("guest asks", "The guest asks how one comes to lighthouses.", "How did you"),
    Case("invented end", "The old lenses are cleaned with vinegar and sold to collectors.", "The old"),
    Case("name that nobody says, of what the guest says", "Ingrid Dahl hated the cold water.", "I was a diver"),
    Case("unknown name behind its trade", "Captain Anton Gruber waited for five days.", "Last autumn"),
    Case("unknown name with a possession", "Walter Berg's cousin told him about the post.", "In 2011"),
    Case("sponsor's words as fact", "The lamps last for forty years and cost nine euros.", "This show"),
]


@pytest.mark.parametrize("case", UNFAITHFUL, ids=lambda case: case.id)
def test_unfaithful_claim_is_unsupported_with_a_reason(check, labels, case):
    verdict = judge(check, labels, case.text, case.cites)

    assert verdict.status == "unsupported", verdict
    assert verdict.reason


@pytest.mark.parametrize("vectors", [True, False], ids=["with vectors", "words alone"])
@pytest.mark.parametrize("claim", ["XJ7VORPAL", "Bananas.", "Toasters are funny.", "Bananas rule the moon."])
def test_words_that_have_nothing_to_do_with_what_is_cited_are_unsupported(check, labels, claim, vectors):
    judged = judge(check if vectors else GroundingCheck(None), labels, claim, "We don't paint")
    assert judged.status == "unsupported"


MADE_UP = [
    "They ate a lot of pizza.",
    "Investors gave them money.",
    "His father owned a bakery.",
    "The goats ate his umbrella.",
    "The museum closed on Tuesdays.",
    "She sold the house to a dentist.",
]


@pytest.mark.parametrize("cites", ["I was a diver", "We look after", "Sailors trust"])
@pytest.mark.parametrize("claim", MADE_UP)
def test_what_nobody_spoke_of_is_unsupported(check, labels, claim, cites):
    assert judge(check, labels, claim, cites).status == "unsupported"


@pytest.mark.parametrize(("sign", "stays"), [("number", False), ("opposite", False), ("quote", True), ("role", True)])
def test_some_signs_may_be_overruled(sign, stays):
    findings = {name: Finding() for name in DECIDES} | {sign: Finding(1.0, "because")}
    assert deciding(findings)
    assert bool(deciding(findings, overruled=True)) == stays


EPISODE = Episode(
    "towers",
    show="Harbour Talk",
    people=(Person("Petra Holm", "host"), Person("Amadou Sy", "guest", "electrician at Lumiprest")),
    names=(MisheardName("Fanta Diarra", ("Fanta",)),),
)


@pytest.fixture(scope="module")
def knowing_check(embedder):
    return GroundingCheck(embedder, lambda: (EPISODE,))


KNOWN_PEOPLE = [
    Case("the guest's firm", "Lumiprest looks after twelve towers.", "We look after"),
    Case("a name as it is written", "Fanta Diarra told him about the post in 2011.", "In 2011"),
]


@pytest.mark.parametrize("case", KNOWN_PEOPLE, ids=lambda case: case.id)
def test_name_from_the_episode_file_may_be_said(knowing_check, labels, case):
    verdict = judge(knowing_check, labels, case.text, case.cites)

    assert verdict.status == "supported", verdict


MISTAKEN = [
    Case("host for guest", "Petra Holm says that she was a diver for fifteen years.", "I was a diver"),
    Case("show for guest", "Harbour Talk looks after twelve towers now.", "We look after"),
]


@pytest.mark.parametrize("case", MISTAKEN, ids=lambda case: case.id)
def test_words_of_the_guest_are_not_given_to_others(knowing_check, labels, case):
    verdict = judge(knowing_check, labels, case.text, case.cites)

    assert verdict.status == "unsupported", verdict
    assert verdict.reason
