"""`python -m eval.training.speakers_in_replies FOLDER [EPISODES]`: how often a reply names the wrong speaker.

FOLDER holds the Changelog's transcripts. Of the interviews that `fit_speakers` keeps out of the fit, the names are
stripped, the speakers inferred, and ten of the host's own questions asked of each. A claim in quotes is wrong where the
sentence that it cites was inferred to be one person's and most of its words are the other's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.earmark import Earmark
from bot.embedding.minilm import MiniLM
from bot.indexing import index_episode
from bot.records import Citation, Episode, Person, Sentence
from bot.speech.sentences import join_sentences
from bot.speech.turns import MARK, infer_speakers
from bot.speech.words import label_words
from bot.storage.store import Store
from bot.transcripts import read_transcript
from eval.training.fit_speakers import read_interview

QUESTIONS = 10
FEWEST_QUESTION_WORDS = 8


@dataclass(frozen=True, slots=True)
class Spoken:
    """An episode as it was inferred, and who says most of each sentence."""

    episode: Episode
    sentences: tuple[Sentence, ...]
    speakers: tuple[str, ...]

    @property
    def questions(self) -> list[str]:
        host = self.episode.people[0].name
        asked = [
            sentence.text
            for sentence, speaker in zip(self.sentences, self.speakers, strict=True)
            if speaker == host and sentence.text.endswith("?") and len(sentence.text.split()) >= FEWEST_QUESTION_WORDS
        ]
        return asked[:: max(1, len(asked) // QUESTIONS)][:QUESTIONS]

    def truth(self, citation: Citation) -> str:
        return next(
            speaker
            for sentence, speaker in zip(self.sentences, self.speakers, strict=True)
            if (sentence.end, sentence.text) == (citation.end, citation.quote)
        )


def main(folder: Path, most: int) -> None:
    embedder = MiniLM()
    spoken = list(held_out(folder))[:most]
    with TemporaryDirectory() as place:
        store = Store(Path(place), embedder=embedder, lock_seconds=5)
        with store.locked():
            store.write([store.keep(index_episode(one.episode, one.sentences, embedder)) for one in spoken])
        with Earmark.open(place) as bot:
            cited = [
                (one.truth(citation), citation.speaker)
                for one in spoken
                for question in one.questions
                for citation in bot.ask(question, episode=one.episode.id).citations
            ]
    named = [(truth, speaker.removesuffix(MARK)) for truth, speaker in cited if speaker]
    wrong = sum(truth != speaker for truth, speaker in named)
    print(f"{len(spoken)} interviews that were not fitted, {sum(len(one.questions) for one in spoken)} questions")
    print(f"{len(cited)} claims, {len(named)} with a speaker, {wrong} of them wrong")
    print(f"wrong: {wrong / len(cited):.1%} of the claims, {wrong / len(named):.1%} of those with a speaker")


def held_out(folder: Path) -> Iterator[Spoken]:
    """The interviews of one host and one guest that `fit_speakers` keeps out of its fit."""
    files = [file for file in sorted(folder.glob("*.md")) if (read := read_interview(file)) and len(read.hosts) == 1]
    for file in files[::2]:
        interview = read_interview(file)
        assert interview is not None
        people = (Person(interview.hosts[0], "host"), Person(interview.guest, "guest"))
        yield as_inferred(file, Episode(file.stem, people=people))


def as_inferred(file: Path, episode: Episode) -> Spoken:
    cues = read_transcript(file).cues
    truth = [word.speaker or "" for word in label_words(cues)]
    sentences = join_sentences(label_words([replace(cue, speaker=None) for cue in cues]))
    speakers, first = [], 0
    for sentence in sentences:
        last = first + len(sentence.text.split())
        speakers.append(most_common(truth[first:last]))
        first = last
    return Spoken(episode, tuple(infer_speakers(sentences, episode.people)), tuple(speakers))


def most_common(names: Sequence[str]) -> str:
    return max(dict.fromkeys(names), key=names.count)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python -m eval.training.speakers_in_replies FOLDER [EPISODES]")
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
