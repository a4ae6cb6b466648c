"""Questions over one episode, several, or all of a store: the right one answers and is named."""

import re

import pytest
from fakes import FakeOpenAI, say

from bot import Earmark, SettingError
from bot.__main__ import main

LAKE = (
    "Ann: Welcome to the winter talks about lakes.",
    "Bo: The lake froze early that year, on the third of November.",
    "Bo: Skaters came from the city by train.",
)
RIVER = (
    "Cleo: This is the river show, and I am Cleo.",
    "Dan: The river never froze, but the mill wheel was covered in ice.",
    "Dan: The miller sold his flour to the baker of the town.",
)
SEA = (
    "Eva: Tonight we speak about the sea.",
    "Finn: The harbour stayed open all winter, thanks to an icebreaker called Oden.",
    "Finn: It was built in Malmo by people who knew Svensson.",
)
FROZE = "When did the lake freeze?"


@pytest.fixture(scope="module")
def winter(tmp_path_factory):
    """A store of three episodes; one has a title, one a name that was misheard."""
    folder = tmp_path_factory.mktemp("winter")
    for name, said in (("lake", LAKE), ("river", RIVER), ("sea", SEA)):
        cues = [
            f"{n + 1}\n00:00:{5 * n:02d},000 --> 00:00:{5 * n + 5:02d},000\n{text}\n" for n, text in enumerate(said)
        ]
        (folder / f"{name}.srt").write_text("\n".join(cues))
    (folder / "lake.toml").write_text('id = "lake"\ntitle = "The *frozen* lake"\ntranscript = "lake.srt"\n')
    names = '[[names]]\nname = "Swensson"\nheard = ["Svensson"]\n'
    (folder / "sea.toml").write_text(f'id = "sea"\ntitle = "The sea"\ntranscript = "sea.srt"\n{names}')
    with Earmark.open(folder / "store") as bot:
        assert not bot.ingest(folder).rejected
    return folder / "store"


@pytest.fixture
def bot(winter):
    with Earmark.open(winter) as opened:
        yield opened


@pytest.fixture
def written(winter):
    """Asks a bot whose model writes this text; returns the reply and the prompt."""

    def ask(text, **options):
        with FakeOpenAI([say(text)] * 3) as server:
            settings = server.settings(store=str(winter), model="openai:scripted", deadline_seconds=60)
            with Earmark(settings) as bot:
                return bot.ask(options.pop("question", FROZE), **options)

    return ask


OVER = [
    ("all", FROZE, None, "lake", "third of November"),
    ("one", "What was covered in ice?", "river", "river", "mill wheel"),
    ("two of three", "Which icebreaker was it?", ("sea", "lake"), "sea", "Oden"),
    ("a list", "Who bought flour?", ["river", "lake"], "river", "baker"),
    ("misheard name", "Who knew Swensson?", None, "sea", "Svensson"),
]


@pytest.mark.parametrize(("question", "asked", "episode", "words"), [r[1:] for r in OVER], ids=[r[0] for r in OVER])
def test_right_episode_answers(bot, question, asked, episode, words):
    reply = bot.ask(question, episode=asked)
    first = (reply.citations or reply.nearest)[0]
    assert first.episode == episode
    assert words in reply.text
    inside = {asked} if isinstance(asked, str) else set(asked or ("lake", "river", "sea"))
    assert {one.episode for one in (*reply.citations, *reply.nearest)} <= inside
    assert {scored.passage.episode for scored in reply.passages} <= inside
    assert {scored.passage.episode for scored in bot.retrieve(question, episode=asked)} <= inside


def test_marks_of_several_episodes_are_numbered_and_named(bot):
    reply = bot.ask("Where was there ice, at the lake, the river or the sea?")
    moments = reply.citations or reply.nearest
    numbers = list(dict.fromkeys(moment.episode for moment in moments))
    assert len(numbers) > 1
    marks = re.findall(r"\[(\d+) (\d+:\d\d)\]", reply.text)
    assert marks == [(str(numbers.index(one.episode) + 1), one.stamp) for one in moments]
    titles = {"lake": "The ·frozen· lake", "river": "river", "sea": "The sea"}
    named = " · ".join(f"{number} {titles[episode]}" for number, episode in enumerate(numbers, start=1))
    assert reply.text.endswith(f"\n\nEpisodes: {named}")


def test_one_episode_needs_no_number_and_no_name(bot):
    reply = bot.ask(FROZE, episode="lake")
    assert "[0:05]" in reply.text
    assert "Episode" not in reply.text


def test_misheard_name_stands_behind_the_quote_and_the_words_stay(bot):
    reply = bot.ask("Who knew Swensson?", episode="sea")
    assert 'people who knew Svensson." (misheard: Swensson) [0:1' in reply.text
    assert any("knew Svensson." in one.quote for one in (*reply.citations, *reply.nearest))


def test_model_cites_by_number_and_the_reader_is_told_which(written):
    reply = written("The lake froze on the third of November. [1 0:05]")
    assert reply.citations[0].episode == "lake"
    assert reply.text == ("The lake froze on the third of November. [1 0:05]\n\nEpisodes: 1 The ·frozen· lake")


def test_time_of_another_episode_is_not_confirmed(written):
    reply = written("The lake froze on the third of November. [2 0:05]")
    assert reply.claims[0].status != "supported"
    assert reply.text == "The episode does not say."


def test_time_without_a_number_that_several_episodes_have_is_not_shown(written):
    reply = written("The lake froze on the third of November. [0:05]")
    assert not re.search(r"\d:\d\d", reply.text)


def test_model_asked_about_one_episode_writes_no_numbers(written):
    assert written("The lake froze on the third of November. [0:05]", episode="lake").text.endswith("November. [0:05]")


def test_prose_gets_the_right_name(written):
    reply = written("Its builders knew Svensson. [0:10]", question="Who knew Swensson?", episode="sea")
    assert reply.text == "Its builders knew Swensson. [0:10]"
    assert [claim.status for claim in reply.claims] == ["supported"]


@pytest.mark.parametrize("episode", ["nope", ["lake", "nope"], [], [3]], ids=repr)
def test_episode_that_is_not_there_is_named(bot, episode):
    with pytest.raises(SettingError, match=r"there is no episode .nope.|names no episode"):
        bot.ask(FROZE, episode=episode)


def test_command_names_the_episode_of_each_moment(winter, capsys, monkeypatch):
    with FakeOpenAI([say("The lake froze on the third of November. [1 0:05]")]) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        arguments = [
            "ask",
            FROZE,
            "--store",
            winter,
            "--model",
            "openai:scripted",
            "--episode",
            "lake",
            "--episode",
            "sea",
        ]
        assert main(list(map(str, arguments))) == 0
    assert '[1 0:05] The ·frozen· lake, Bo: "The lake froze' in capsys.readouterr().out
