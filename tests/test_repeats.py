"""What several episodes of one show repeat word for word is read out, and no conversation."""

import random

import pytest

from bot.ingest import ingest
from bot.records import Part, Sentence
from bot.sources.description import describe
from bot.speech.repeats import RepeatedRuns
from bot.storage.store import Store

AD = (
    "The quiet kettle boils your water in ninety seconds and never whistles at the neighbours while they sleep. "
    "Thousands of kitchens own a quiet kettle already, and all of them wake up to good tea. "
    "See it for yourself in the nearest kitchen shop, and say that the winter talks have sent you there."
)
GREETING = (
    "Welcome to another round of the winter talks from the big lake in the north. I am Ann Ek, and I am joined as "
    "always by my good friend Bo Lind, who skates and sings. How are you doing today, Bo?"
)
NOUNS = "lake ice drum choir town river stone garden bread lamp paper boat bridge school song coat wind tree".split()


def talk(seed, words=400):
    """Sentences that nobody says twice."""
    dice = random.Random(seed)
    texts = [" ".join(f"{dice.choice(NOUNS)}{dice.randrange(900)}" for _ in range(10)) for _ in range(words // 10)]
    return [f"{text.capitalize()}." for text in texts]


def spoken(*texts):
    said = [f"{one}." for text in texts for one in text.rstrip(".").split(". ")]
    return [Sentence((Part(n * 4.0, n * 4.0 + 4, text, n + 1),)) for n, text in enumerate(said)]


def marked(*episodes):
    runs = RepeatedRuns()
    for number, sentences in enumerate(episodes):
        runs.add(str(number), sentences)
    return [runs.mark(str(number), sentences) for number, sentences in enumerate(episodes)]


def with_inside(text, seed):
    return spoken(*talk(seed, 600), text, *talk(seed + 100, 600))


def kinds_of(sentences, text):
    return {sentence.kind for sentence in sentences if sentence.text in text}


def test_words_that_three_episodes_repeat_are_no_talk_and_all_else_is():
    for sentences in marked(*(with_inside(AD, seed) for seed in range(3))):
        assert kinds_of(sentences, AD) == {"sponsor"}
        assert {sentence.kind for sentence in sentences if sentence.text not in AD} == {"talk"}


def test_two_episodes_are_not_enough():
    assert all(kinds_of(sentences, AD) == {"talk"} for sentences in marked(*(with_inside(AD, n) for n in range(2))))


def test_a_name_that_changes_from_reading_to_reading_does_no_harm():
    said = [AD.replace("kitchen shop", shop) for shop in ("kitchen shop", "hardware store", "mall")]
    for text, sentences in zip(said, marked(*(with_inside(t, n) for n, t in enumerate(said))), strict=True):
        assert kinds_of(sentences, text) == {"sponsor"}


PLACES = {
    "in the middle of it": (600, 600, "sponsor"),
    "at the beginning": (0, 900, "intro"),
    "at the end": (900, 0, "outro"),
}


@pytest.mark.parametrize(("before", "behind", "kind"), PLACES.values(), ids=PLACES)
def test_place_in_the_episode_tells_the_kind(before, behind, kind):
    episodes = [spoken(*talk(n, before), AD, *talk(n + 100, behind)) for n in range(3)]
    assert all(kinds_of(sentences, AD) == {kind} for sentences in marked(*episodes))


def test_promotion_of_the_show_itself():
    said = AD.replace("The quiet kettle", "Our newsletter").replace("a quiet kettle", "our newsletter")
    assert all(kinds_of(s, said) == {"promo"} for s in marked(*(with_inside(said, n) for n in range(3))))


@pytest.mark.parametrize("again", [3, 9])
def test_greeting_of_a_host_stays_talk(again):
    episodes = [spoken(GREETING, *talk(n, 900)) for n in range(again)]
    assert all(sentence.kind == "talk" for sentences in marked(*episodes) for sentence in sentences)


def test_conversation_that_is_published_again_stays_talk():
    shared = talk(7, 900)
    episodes = [spoken(*talk(n + 20, 900), *shared, *talk(n + 40, 600)) for n in range(4)]
    assert all(sentence.kind == "talk" for sentences in marked(*episodes) for sentence in sentences)


def test_episode_that_was_removed_or_changed_counts_no_longer():
    runs = RepeatedRuns()
    episodes = [with_inside(AD, seed) for seed in range(3)]
    for number, sentences in enumerate(episodes):
        runs.add(str(number), sentences)
    runs.add("1", with_inside("", 1))
    assert kinds_of(runs.mark("0", episodes[0]), AD) == {"talk"}
    runs.remove("1")
    runs.add("1", episodes[1])
    assert kinds_of(runs.mark("0", episodes[0]), AD) == {"sponsor"}


def as_text(sentences):
    return "".join(f"[0:{n // 60:02d}:{n % 60:02d}] {one.text}\n" for n, one in enumerate(sentences))


def test_third_episode_of_a_show_changes_the_kinds_of_the_first_two(tmp_path, store_folder, embedder):
    for number in range(3):
        file = tmp_path / f"talk-{number}.txt"
        file.write_text(as_text(spoken(*talk(number, 450), AD)))
    store = Store(store_folder, embedder=embedder, lock_seconds=5)
    show = describe(show="Winter talks")
    ingest([tmp_path / "talk-0.txt", tmp_path / "talk-1.txt"], store, embedder, described=show)
    report = ingest([tmp_path / "talk-2.txt"], store, embedder, described=show)
    assert report.remarked == ("talk-0", "talk-1")
    assert all([span.kind for span in index.summary.kinds] == ["talk", "outro"] for index in store.read().episodes)
    assert ingest([tmp_path], store, embedder, described=show).remarked == ()
