"""Names that sound alike, quotes as a recogniser hears them, and who hosts by how people are introduced."""

import pytest

from bot.grounding.names import sounds_alike
from bot.grounding.quoted_words import find_quotes, quote_alignment
from bot.grounding.who_speaks import Surroundings


@pytest.mark.parametrize(
    ("ours", "theirs", "alike"),
    [
        ("germanidis", "dramenidis", True),
        ("puter", "pewter", True),
        ("whitenack", "whiteneck", True),
        ("karpathy", "carpathy", True),
        ("utrecht", "amsterdam", False),
        ("intel", "google", False),
        ("oxford", "stanford", False),
    ],
)
def test_names_sound_alike(ours, theirs, alike):
    assert sounds_alike(ours, theirs) is alike


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("I'm going to tell them we can't wait", "um I am gonna tell them, you know, we cannot wait"),
        ("it took twenty three days to get there", "it took 23 days to get there"),
        ("we asked Anastasis about the data set", "we asked Anastasios about the data set"),
    ],
)
def test_quote_as_a_recogniser_hears_it_aligns(quote, said):
    assert quote_alignment(quote, said) >= 0.8


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("it is one of the most important things", "it is one of the best shows that we have ever had"),
        ("we were close to giving up that year", "that year we were giving a talk and it was close to home"),
    ],
)
def test_quote_of_common_words_does_not_align(quote, said):
    assert quote_alignment(quote, said) < 0.8


def test_words_in_quotation_marks_are_found():
    text = "He calls it “a long way home”, 'never the same as before', and a \"joke\"."

    assert find_quotes(text) == ("a long way home", "never the same as before")


@pytest.mark.parametrize(
    ("text", "hosts", "guests"),
    [
        ("I'm Corin Vale. My guest is Shona Muir, who builds turbines.", {"corin", "vale"}, {"shona", "muir"}),
        ("This is The Crust, and I'm Matthias Oyler.", {"matthias", "oyler"}, set()),
        ("On the line from Uppsala is Henrik Sand.", set(), {"henrik", "sand"}),
        ("Tadeusz, you wrote six hundred pages?", set(), {"tadeusz"}),
        ("Welcome to Data Plumbing, everybody.", set(), set()),
    ],
)
def test_host_and_guest_are_told_by_how_they_are_introduced(text, hosts, guests):
    around = Surroundings.of(text.split(". "))

    assert (around.hosts, around.guests) == (hosts, guests)
