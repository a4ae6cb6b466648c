"""A store that an earlier version made: its sentences are good, the rest is made again from them."""

import json

import pytest
from small_episodes import WordEmbedder, small_index

from bot.earmark import Earmark
from bot.errors import OutdatedIndex
from bot.storage.store import Store

DESCRIBED = {
    "id": "lake",
    "title": "The lake",
    "show": "A show",
    "date": "2024-03-05",
    "people": [{"name": "Ada", "role": "host", "about": ""}],
    "names": [],
    "questions": [],
    "source": "lake.srt",
    "sha256": "ab" * 32,
}
LINES = [
    ("talk", 1.0, 6.0, "The lake froze early that year."),
    ("talk", 6.0, 12.0, "So the ferry stayed in the harbour until the ice was gone."),
    ("talk", 12.0, 17.0, "People walked across with lanterns instead."),
]


def write_format_1(folder):
    """As format 1 had it: episodes inside their generation, and no copy of their words."""
    generation = folder / "gen-0001"
    episode = generation / "episodes" / DESCRIBED["id"]
    episode.mkdir(parents=True)
    (folder / "CURRENT").write_text("gen-0001\n")
    named = {"id": DESCRIBED["id"], "folder": f"episodes/{DESCRIBED['id']}"}
    (generation / "manifest.json").write_text(json.dumps({"format": 1, "episodes": [named]}))
    (episode / "episode.json").write_text(json.dumps({"episode": DESCRIBED}))
    parts = [
        {"kind": kind, "speaker": None, "parts": [{"start": start, "end": end, "text": text, "line": line}]}
        for line, (kind, start, end, text) in enumerate(LINES, start=1)
    ]
    (episode / "sentences.jsonl").write_text("".join(json.dumps(sentence) + "\n" for sentence in parts))


def assert_answers_from_the_lake(bot):
    reply = bot.ask("Why did the ferry stay in the harbour?")
    assert ("lake", 6.0) in [(citation.episode, citation.start) for citation in reply.citations]
    assert [sentence.text for sentence in bot.transcript("lake")] == [text for *_, text in LINES]


def test_a_named_store_is_refused_with_the_mend_and_left_as_it_is(store_folder):
    write_format_1(store_folder)
    before = sorted(store_folder.rglob("*"))
    with Earmark.open(store_folder) as bot, pytest.raises(OutdatedIndex, match=r"old format 1; .* -> earmark rebuild"):
        bot.ask("Why did the ferry stay?")
    assert sorted(store_folder.rglob("*")) == before


@pytest.mark.slow
def test_rebuild_makes_a_named_store_answer_again(store_folder):
    write_format_1(store_folder)
    with Earmark.open(store_folder) as bot:
        assert [summary.episode.id for summary in bot.rebuild()] == ["lake"]
        assert_answers_from_the_lake(bot)


def test_the_users_own_store_is_rebuilt_when_it_is_opened():
    with Earmark.open() as bot:
        write_format_1(bot.settings.store_folder)
        assert_answers_from_the_lake(bot)


@pytest.mark.slow
def test_ingest_into_it_keeps_its_episodes(store_folder, tmp_path):
    write_format_1(store_folder)
    (tmp_path / "wolf.srt").write_text("1\n00:00:01,000 --> 00:00:06,000\nThe wolf came down from the hill.\n")
    with Earmark.open(store_folder) as bot:
        bot.ingest(tmp_path / "wolf.srt")
        assert [summary.episode.id for summary in bot.episodes()] == ["lake", "wolf"]


@pytest.mark.slow
def test_an_episode_that_was_removed_since_does_not_come_back(store_folder):
    """The generation before the outdated one still has it."""
    store = Store(store_folder, embedder=WordEmbedder(), lock_seconds=1)
    store.write([small_index("one"), small_index("two")])
    store.write([small_index("one")])
    manifest = store_folder / "gen-0002" / "manifest.json"
    content = json.loads(manifest.read_text()) | {"format": 1}
    manifest.write_text(json.dumps(content))
    assert [episode.id for episode, _ in store.salvage()] == ["one"]
