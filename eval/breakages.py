"""Is the evaluation awake? Each breakage spoils one thing on purpose, and the run must fail at the figure named.

`python -m eval.breakages` prints them all with what caught them; `tests/test_eval_breakages.py` is the same as a test.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from bot.drafts.citations import DraftClaim
from bot.earmark import Earmark
from bot.episode_summary import EpisodeSummary
from bot.grounding.grounding import Grounding, GroundingCheck
from bot.grounding.signals import Context
from bot.index import Embedder, EpisodeIndex, Vectors
from bot.ingest import ingest
from bot.records import Citation, Claim, Passage, Reply, ScoredPassage, Sentence, Status
from bot.search.keywords import KeywordIndex
from bot.sources.transcript_files import BUNDLED_EPISODE
from bot.storage.store import Store
from eval.measures import Part
from eval.planning import WithoutEmbedding
from eval.run import Plan, evaluate
from eval.solver import ALL_PASSAGES, Asked

HEALTHY = "healthy"
SHIFT_SECONDS = 60.0
SEED = 7
Alter = Callable[[Reply], Reply]


class Remembering:
    """Earmark that answers the same question once: breakages of its replies need no second search."""

    def __init__(self, bot: Asked) -> None:
        self._bot = bot
        self._known: dict[Any, Any] = {}

    def ask(self, question: str, /, *, history: Sequence[Mapping[str, str]] = (), episode: str | None = None) -> Reply:
        key = ("ask", question, tuple(turn["content"] for turn in history), episode)
        if key not in self._known:
            self._known[key] = self._bot.ask(question, history=history, episode=episode)
        reply: Reply = self._known[key]
        return reply

    def retrieve(self, question: str, /, *, k: int = 8, episode: str | None = None) -> Sequence[ScoredPassage]:
        key = ("retrieve", question, k, episode)
        if key not in self._known:
            self._known[key] = self._bot.retrieve(question, k=k, episode=episode)
        found: Sequence[ScoredPassage] = self._known[key]
        return found

    def context(self, question: str, /, *, episode: str | None = None) -> Sequence[Passage]:
        return self._bot.context(question, episode=episode)

    def transcript(self, episode: str | None = None, /) -> Sequence[Sentence]:
        return self._bot.transcript(episode)

    def episodes(self) -> Sequence[EpisodeSummary]:
        return self._bot.episodes()


class Altered(Remembering):
    """Its replies altered, its passages in another order, or its ears closed to what was said before.

    `astray`: what it offers for answering are the worst passages.
    """

    def __init__(
        self,
        bot: Asked,
        alter: Alter = lambda reply: reply,
        *,
        backwards: bool = False,
        forgetful: bool = False,
        astray: bool = False,
    ) -> None:
        super().__init__(bot)
        self._alter, self._backwards, self._forgetful, self._astray = alter, backwards, forgetful, astray

    def ask(self, question: str, /, *, history: Sequence[Mapping[str, str]] = (), episode: str | None = None) -> Reply:
        return self._alter(self._bot.ask(question, history=() if self._forgetful else history, episode=episode))

    def retrieve(self, question: str, /, *, k: int = 8, episode: str | None = None) -> Sequence[ScoredPassage]:
        found = self._bot.retrieve(question, k=k, episode=episode)
        return found[::-1] if self._backwards else found

    def context(self, question: str, /, *, episode: str | None = None) -> Sequence[Passage]:
        offered = self._bot.context(question, episode=episode)
        if not self._astray:
            return offered
        worst = self._bot.retrieve(question, k=ALL_PASSAGES, episode=episode)[-len(offered) :]
        return [scored.passage for scored in worst]


class AlwaysSays(GroundingCheck):
    """A check that has made up its mind."""

    def __init__(self, status: Status) -> None:
        super().__init__(None)
        self._status = status

    def check(self, claim: DraftClaim, context: Context, *, before: Sequence[DraftClaim] = ()) -> Grounding:
        return Grounding(self._status, 1.0, "always said")


@dataclass(slots=True)
class Bench:
    """The healthy parts that breakages start from; they remember their answers. `keywords` has no embedding model."""

    healthy: Asked
    keywords: Asked
    indexes: Sequence[EpisodeIndex]
    embedder: Embedder
    check: GroundingCheck
    folder: Path
    opened: list[Earmark] = field(default_factory=list)

    def with_index(self, alter: Callable[[EpisodeIndex], EpisodeIndex]) -> Earmark:
        """Earmark on a real store of altered episodes."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        Store(folder, embedder=self.embedder, lock_seconds=10).write([alter(index) for index in self.indexes])
        return self.open(folder)

    def open(self, folder: Path, kind: type[Earmark] = Earmark) -> Earmark:
        bot = kind.open(folder, model="quotes")
        self.opened.append(bot)
        return bot

    def close(self) -> None:
        for bot in self.opened:
            bot.close()


def shuffle_vectors(index: EpisodeIndex) -> EpisodeIndex:
    """Every vector belongs to something else: those of the passages, and those of their tokens."""
    mixed = shuffle_token_vectors(index)
    return replace(mixed, vectors=np.random.default_rng(SEED).permutation(index.vectors))


def shuffle_token_vectors(index: EpisodeIndex) -> EpisodeIndex:
    arrays = dict(index.arrays)
    arrays["token_vectors"] = np.random.default_rng(SEED).permutation(arrays["token_vectors"])
    return replace(index, arrays=arrays)


def unlabel_ads(index: EpisodeIndex) -> EpisodeIndex:
    """Everything is talk."""
    passages = [Passage(one.episode, tuple(map(_as_talk, one.sentences))) for one in index.passages]
    return replace(index, sentences=tuple(map(_as_talk, index.sentences)), passages=tuple(passages))


def _as_talk(sentence: Sentence) -> Sentence:
    return replace(sentence, kind="talk")


class SilentKeywords(KeywordIndex):
    """A keyword index that finds nothing and knows no word."""

    def scores(self, question_terms: Sequence[str]) -> Vectors:
        return np.zeros(self.size, dtype=np.float32)

    def scores_among(self, question_terms: Sequence[str], documents: Sequence[Sequence[str]]) -> Vectors:
        return np.zeros(len(documents), dtype=np.float32)

    def rarity(self, term: str) -> float:
        return 1.0

    def knows(self, term: str) -> bool:
        return False


def silence_keywords(bench: Bench) -> Earmark:
    """Keyword search alone, with an index that finds nothing."""
    bot = bench.open(bench.folder / HEALTHY, WithoutEmbedding)
    library = bot.library()
    texts = [library.passage(row).text for row in range(len(library))]
    library.__dict__["keywords"] = SilentKeywords(texts)
    return bot


def drop_citations(reply: Reply) -> Reply:
    claims = tuple(replace(claim, citations=()) for claim in reply.claims)
    return replace(reply, citations=(), claims=claims)


def shift_times(reply: Reply) -> Reply:
    return replace(reply, citations=_shifted(reply.citations), nearest=_shifted(reply.nearest))


def _shifted(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple(replace(c, start=c.start + SHIFT_SECONDS, end=c.end + SHIFT_SECONDS) for c in citations)


def reword_quotes(reply: Reply) -> Reply:
    """Every quote loses its last word but one: no longer what was said."""
    return replace(reply, citations=tuple(replace(c, quote=_reworded(c.quote)) for c in reply.citations))


def _reworded(quote: str) -> str:
    words = quote.split()
    return " ".join([*words[:-2], *words[-1:], "indeed"])


def never_refuse(reply: Reply) -> Reply:
    if reply.verdict == "answered":
        return reply
    claims = tuple(Claim(one.quote, "supported", (place,)) for place, one in enumerate(reply.nearest))
    return replace(reply, verdict="answered", citations=reply.nearest, nearest=(), claims=claims)


def always_refuse(reply: Reply) -> Reply:
    nearest = reply.citations or reply.nearest
    return replace(reply, verdict="not_in_episode", citations=(), claims=(), nearest=nearest)


@dataclass(frozen=True, slots=True)
class Breakage:
    """What is spoilt, the figure that must fall below its threshold, and the parts of the run that show it."""

    name: str
    figure: str
    part: Part
    bot: Callable[[Bench], Asked] = lambda bench: bench.healthy
    keywords: Callable[[Bench], Asked] = lambda bench: bench.keywords
    check: Callable[[Bench], GroundingCheck] = lambda bench: bench.check


BREAKAGES = (
    Breakage("vectors shuffled", "mrr@10", "retrieval", lambda b: b.with_index(shuffle_vectors)),
    Breakage("token vectors shuffled", "mrr@10", "retrieval", lambda b: b.with_index(shuffle_token_vectors)),
    Breakage("keyword index off", "keywords@4", "retrieval", keywords=silence_keywords),
    Breakage("passages in reverse", "evidence_any@4", "retrieval", lambda b: Altered(b.healthy, backwards=True)),
    Breakage("follow-up rewriting off", "follow_up@4", "retrieval", lambda b: Altered(b.healthy, forgetful=True)),
    Breakage("worst offered", "evidence_in_context", "answers", lambda b: Altered(b.healthy, astray=True)),
    Breakage("citations dropped", "cites", "answers", lambda b: Altered(b.healthy, drop_citations)),
    Breakage("times shifted by 60 s", "citation_validity", "answers", lambda b: Altered(b.healthy, shift_times)),
    Breakage("quotes reworded", "citation_validity", "answers", lambda b: Altered(b.healthy, reword_quotes)),
    Breakage("refusal disabled", "refusal_recall", "answers", lambda b: Altered(b.healthy, never_refuse)),
    Breakage("everything refused", "false_refusals", "answers", lambda b: Altered(b.healthy, always_refuse)),
    Breakage("ads unlabelled", "sponsor", "answers", lambda b: b.with_index(unlabel_ads)),
    Breakage("check says supported", "bad_claim_f1", "grounding", check=lambda b: AlwaysSays("supported")),
    Breakage("check says unsupported", "false_alarms", "grounding", check=lambda b: AlwaysSays("unsupported")),
)


def make_bench(folder: Path, embedder: Embedder, check: GroundingCheck) -> Bench:
    """A store of the bundled episode in `folder`, and the bench on it."""
    store = folder / HEALTHY
    ingest([BUNDLED_EPISODE], Store(store, embedder=embedder, lock_seconds=10), embedder)
    indexes = Store(store, embedder=embedder, lock_seconds=10).read().episodes
    bots = (Earmark.open(store, model="quotes"), WithoutEmbedding.open(store, model="quotes"))
    return Bench(Remembering(bots[0]), Remembering(bots[1]), indexes, embedder, check, folder, list(bots))


def broken_figures(bench: Bench, breakage: Breakage | None, part: Part) -> list[str]:
    """The lines of the figures below their thresholds, on the reporting half; without a breakage there are none."""
    spoilt = breakage or Breakage("nothing", "", part)
    plan = Plan(
        parts=(part,),
        embedder=bench.embedder,
        bot=spoilt.bot(bench),
        check=spoilt.check(bench),
        keywords=spoilt.keywords(bench),
        half="reporting",
        tutorial=False,
    )
    return list(evaluate(plan).broken)


def main() -> int:
    """Prints each breakage and the figures that it broke; 1 where one was not caught at its figure."""
    from bot.embedding.minilm import MiniLM

    embedder, missed = MiniLM(), 0
    with tempfile.TemporaryDirectory() as folder:
        bench = make_bench(Path(folder), embedder, GroundingCheck(embedder))
        for breakage in (None, *BREAKAGES):
            for part in (breakage.part,) if breakage else ("retrieval", "answers", "grounding"):
                lines = broken_figures(bench, breakage, part)
                caught = not breakage or any(line.startswith(breakage.figure) for line in lines)
                missed += not caught
                name = f"{breakage.name} ({breakage.figure})" if breakage else f"nothing broken ({part})"
                print(f"{name}: {'caught' if caught else 'MISSED'}: {'; '.join(lines) or 'all thresholds kept'}")
        bench.close()
    return int(missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
