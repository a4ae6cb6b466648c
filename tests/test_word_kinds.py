"""Sponsors, own products, opening and closing are found to the word; the reads are of this file's own invention."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.records import KINDS, Cue
from bot.speech.words import label_words
from tests.invented_talk import TALK, cues_of, kinds_of

SPONSOR_READS = {
    "announcer": """
    This episode is brought to you by Lampwell. Lampwell makes desk lamps that follow the sun. Whether you are up
    early or working late, your eyes will thank you. Visit lampwell.com slash show and get fifteen percent off your
    first lamp. That's lampwell.com slash show.
""",
    "host": """
    Quick break. I've had a Torvik bag for two years now, and it has been to eleven countries with me. It still
    looks new. If you go to torvik.com and use the code SHOW at checkout you get free shipping. Thanks to Torvik for
    sponsoring the show.
""",
    "without marks": """
    today's show is sponsored by pipekeeper the build server for teams that hate waiting pipekeeper runs your tests
    on fast machines and tells you what broke and who can fix it start your free trial today at pipekeeper.dev
    that's pipekeeper.dev
""",
    "interview": """
    What's up, friends? I'm here with Lea Holm, the founder of Gridcast. Lea, why did you start it? Well, I was
    working at a power company and I was really annoyed by our forecasts. And what did you do? I built my own, and
    it turned out that people liked it. It's kind of funny. Learn more at gridcast.io. Again, gridcast.io.
""",
}
UNMARKED_OFFER = """
    Somewhere there is a quiet lake with your name on it. Book a cabin with Fernway and keep the whole family happy for
    less than ninety dollars a night. Choose from thousands of places, and pay nothing until you arrive. Fernway. Get
    some air.
"""
PROMO = """
    If you like this show, you'll love Small Engines, our other podcast. New episodes every Monday, wherever you get
    your podcasts. And pop your email address in at smallengines.fm for our newsletter.
"""
INTRO = """
    You're listening to Long Way Down, the podcast about things that broke. Thanks to our partners at Lampwell.
    Light where you need it. Learn more at lampwell.com.
"""
OUTRO = """
    Thanks for listening to Long Way Down. Leave us a review wherever you get your podcasts, it really helps. Long
    Way Down is produced by Ida Berg and mixed by Tom Fry. See you next week.
"""


@pytest.mark.parametrize("read", SPONSOR_READS.values(), ids=SPONSOR_READS.keys())
def test_read_between_silences_is_found_to_the_word(read):
    words = label_words(cues_of(TALK, read, TALK))
    assert kinds_of(words) == [
        ("talk", " ".join(TALK.split())),
        ("sponsor", " ".join(read.split())),
        ("talk", " ".join(TALK.split())),
    ]


@pytest.mark.parametrize("name", ["announcer", "host", "without marks"])
def test_read_without_silences_is_found_and_costs_no_talk(name):
    read = SPONSOR_READS[name]
    words = label_words(cues_of(" ".join([TALK, read, TALK])))
    kinds = kinds_of(words)
    assert [kind for kind, _ in kinds] == ["talk", "sponsor", "talk"]
    assert kinds[1][1] in " ".join(read.split())
    assert len(kinds[1][1].split()) >= 0.8 * len(read.split())


def test_own_products_in_the_middle_are_promo():
    assert [kind for kind, _ in kinds_of(label_words(cues_of(TALK, PROMO, TALK)))] == ["talk", "promo", "talk"]


def test_opening_is_intro_up_to_its_sponsor():
    kinds = kinds_of(label_words(cues_of(INTRO, TALK, TALK)))
    assert [kind for kind, _ in kinds] == ["intro", "sponsor", "talk"]
    assert kinds[1][1].startswith("Thanks to our partners at Lampwell.")


def test_closing_is_outro():
    assert [kind for kind, _ in kinds_of(label_words(cues_of(TALK, TALK, OUTRO)))] == ["talk", "outro"]


def test_words_heard_in_the_music_after_the_outro_belong_to_it():
    kinds = kinds_of(label_words(cues_of(TALK, TALK, OUTRO, "We'll be right back. Bye.")))
    assert [kind for kind, _ in kinds] == ["talk", "outro"]


def test_straddling_word_takes_the_kind_of_what_follows():
    cues = cues_of(TALK, SPONSOR_READS["announcer"], TALK)
    first = next(number for number, cue in enumerate(cues) if cue.text.startswith("This episode"))
    cues[first - 1 : first + 1] = [
        Cue(cues[first - 1].start, cues[first - 1].end, f"{cues[first - 1].text} This", 1),
        Cue(cues[first].start, cues[first].end, cues[first].text.removeprefix("This "), 5),
    ]
    words = label_words(cues)
    assert next(word for word in words if word.kind == "sponsor").text == "This"


@settings(deadline=None)  # no test asserts wall time
@given(
    st.lists(st.sampled_from("this episode is brought to you by lampwell.com dot slash Visit sponsor . ? code".split()))
)
def test_any_words_get_a_kind_each(texts):
    words = label_words([Cue(0.0, 5.0, " ".join(texts), 1)])
    assert all(word.kind in KINDS for word in words)


@pytest.mark.parametrize("mark", ["[Music]", "♪", "[upbeat music playing]", "(theme music)", "[Break]"])
def test_mark_of_a_cut_bounds_a_read_as_a_silence_does(mark):
    cues = cues_of(TALK, UNMARKED_OFFER, TALK, silence=0.0)
    at = [number for number, cue in enumerate(cues) if cue.text.startswith(("Somewhere", "So I think"))][1:]
    for number in reversed(at):
        cues.insert(number, Cue(cues[number].start, cues[number].start, mark, 1))
    kinds = kinds_of(label_words(cues))
    assert [kind for kind, _ in kinds] == ["talk", "sponsor", "talk"]
    assert kinds[1][1] == " ".join(UNMARKED_OFFER.split())
