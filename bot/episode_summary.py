"""What `earmark episodes` and `earmark ingest` tell of an episode: its length, its kinds, who speaks how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.records import Episode, KindSpan, Sentence


@dataclass(frozen=True, slots=True)
class SpeakerShare:
    """Who speaks and how much of the words, 0 to 1."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class EpisodeSummary:
    """One row of `earmark episodes`; `kinds` are the stretches of the audio by kind, in time order.

    Without times `kinds` is empty, and `seconds` None.
    """

    episode: Episode
    seconds: float | None
    sentences: int
    passages: int
    kinds: tuple[KindSpan, ...]
    speakers: tuple[SpeakerShare, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.episode.id,
            "title": self.episode.title,
            "show": self.episode.show,
            "date": self.episode.date,
            "seconds": self.seconds,
            "sentences": self.sentences,
            "passages": self.passages,
            "kinds": [{"kind": span.kind, "start": span.start, "end": span.end} for span in self.kinds],
            "source": self.episode.source,
            "sha256": self.episode.sha256,
        }


def summarise(episode: Episode, sentences: Sequence[Sentence], passages: int) -> EpisodeSummary:
    timed = all(sentence.timed for sentence in sentences)
    seconds = max((sentence.end for sentence in sentences), default=0.0) if timed else None
    kinds = tuple(kind_spans(sentences)) if timed else ()
    return EpisodeSummary(episode, seconds, len(sentences), passages, kinds, speaker_shares(sentences))


def speaker_shares(sentences: Sequence[Sentence]) -> tuple[SpeakerShare, ...]:
    """Who says how much of the words, most first; empty where no sentence has a speaker."""
    words: Counter[str] = Counter()
    for sentence in sentences:
        words[sentence.speaker or ""] += len(sentence.text.split())
    total = sum(words.values())
    return tuple(SpeakerShare(name, round(count / total, 3)) for name, count in words.most_common() if name)


def kind_spans(sentences: Iterable[Sentence]) -> Iterator[KindSpan]:
    """Neighbouring sentences of one kind as one stretch, in the order of time."""
    current: KindSpan | None = None
    for sentence in sentences:
        if current and current.kind == sentence.kind:
            current = replace(current, end=max(current.end, sentence.end))
            continue
        if current:
            yield current
        current = KindSpan(sentence.kind, sentence.start, sentence.end)
    if current:
        yield current
