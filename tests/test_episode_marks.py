import pytest

from bot.drafts.episode_marks import episodes_line, mark_of, shown_title
from bot.records import Citation, Episode, Reply

LAKE, RIVER = Episode("lake", title="The lake"), Episode("river")
AT_LAKE, AT_RIVER = Citation("lake", 61, 65, "It froze."), Citation("river", 5, 9, "It did not.")


def reply(text, *citations, nearest=()):
    return Reply("?", "?", text, "answered" if citations else "not_in_episode", citations=citations, nearest=nearest)


LINES = [
    ("one asked", reply("It froze. [1:01]", AT_LAKE), [LAKE], ""),
    ("one cited", reply("It froze. [1:01]", AT_LAKE), [LAKE, RIVER], "\n\nEpisode: The lake"),
    ("one numbered", reply("It froze. [1 1:01]", AT_LAKE), [LAKE, RIVER], "\n\nEpisodes: 1 The lake"),
    ("two", reply("[1 0:05] [2 1:01]", AT_RIVER, AT_LAKE), [LAKE, RIVER], "\n\nEpisodes: 1 river · 2 The lake"),
    ("nearest", reply("[0:05]", nearest=(AT_RIVER,)), [LAKE, RIVER], "\n\nEpisode: river"),
    ("refusal in words", reply("It does not say.", nearest=(AT_RIVER,)), [LAKE, RIVER], ""),
]


@pytest.mark.parametrize(("answer", "searched", "line"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_episodes_are_named_where_several_were_asked(answer, searched, line):
    assert episodes_line(answer, searched) == line


def test_mark_carries_the_number_of_the_episode():
    assert mark_of(AT_RIVER) == "[0:05]"
    assert mark_of(AT_RIVER, ("lake", "river")) == "[2 0:05]"


def test_title_cannot_become_markup_or_a_mark():
    title = shown_title(Episode("x", title="![a](http://attacker.example)\n<b>*[3:31]*</b> `c` " + "x" * 200))
    assert not set(title) & set("![]<>*`\n_")
    assert len(title) <= 80
