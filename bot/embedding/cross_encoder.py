"""Two texts read together by MiniLM: does what is said answer a question, or say what a claim says?

Cross-encoders (Nogueira and Cho 2019): both texts are in one input, so each word of the one sees the other. What they
know of that was learnt from claims and questions about podcast episodes (`eval/training/fit_claim_reading.py` and
`fit_question_reading.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.embedding.learnt_graph import pair_graph
from bot.embedding.minilm import model_threads
from bot.embedding.minilm_graph import LAYERS
from bot.embedding.model_files import Learnt, open_session, open_tokenizer, read_learnt
from bot.index import Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

DATA = Path(__file__).with_name("data")
BEGIN, SEPARATOR = 101, 102  # BERT's [CLS] and [SEP]

Inputs = tuple[list[int], list[int]]  # token ids and segments


@dataclass(frozen=True, slots=True)
class Purpose:
    """What is read, and in what measure it was when that was learnt: attention and time grow with what is read.

    `most_asked` tokens of the claim or question are read, and `most` of all together. Of what those and `said` leave,
    the words before it get a share `before` where there are so many. They go through the first `layers` of MiniLM's.
    """

    file: Path
    layers: int
    most_asked: int
    most: int
    before: float


CLAIMS = Purpose(DATA / "read_claims.npz", LAYERS, 56, 96, 0.5)
# An answer's subject is named before it. Learnt was with 64 tokens: of these, 48 find as much in three quarters of the
# time (1,811 questions: 65 % right at first and 81 % of three in place of 66 and 81).
QUESTIONS = Purpose(DATA / "read_questions.npz", 4, 28, 64, 0.75)


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim or question, and what is said: the words that are judged, between those around them."""

    asked: str
    said: str
    before: str = ""
    after: str = ""


def with_speakers(spoken: Iterable[tuple[str | None, str]]) -> str:
    """The texts, each with the name of who speaks before it where that is known and another spoke before."""
    texts: list[str] = []
    before = None
    for speaker, text in spoken:
        texts.append(f"{speaker}: {text}" if speaker and speaker != before else text)
        before = speaker
    return " ".join(texts)


def token_ids(pairs: Sequence[Pair], tokenizer: Tokenizer, purpose: Purpose) -> Iterator[Inputs]:
    """Of each pair: [CLS] asked [SEP] before said after [SEP], where `said` alone is of segment 1.

    What is too long loses the words that are farthest from `said`.
    """
    texts = dict.fromkeys(text for pair in pairs for text in _texts(pair, purpose))
    encodings = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    ids = {text: encoding.ids for text, encoding in zip(texts, encodings, strict=True)}
    for pair in pairs:
        asked, before, said, after = (ids[text] for text in _texts(pair, purpose))
        asked = asked[: purpose.most_asked]
        said = said[: purpose.most - 3 - len(asked)]
        room = purpose.most - 3 - len(asked) - len(said)
        kept_before = min(len(before), max(int(room * purpose.before), room - len(after)))
        after = after[: room - kept_before]
        head = [BEGIN, *asked, SEPARATOR, *before[len(before) - kept_before :]]
        yield [*head, *said, *after, SEPARATOR], [0] * len(head) + [1] * len(said) + [0] * (len(after) + 1)


def _texts(pair: Pair, purpose: Purpose) -> tuple[str, str, str, str]:
    """What may be read of a pair, since a word is a token at least."""
    own = min(len(pair.asked.split()), purpose.most_asked) + len(pair.said.split())
    room = max(1, purpose.most - 3 - own)
    return pair.asked, " ".join(pair.before.split()[-room:]), pair.said, " ".join(pair.after.split()[:room])


@cache
def cross_encoder(purpose: Purpose) -> CrossEncoder:
    """The one of this process: it is the same for all questions, and 35 MB."""
    return CrossEncoder(purpose)


class CrossEncoder:
    """Thread-safe; loaded at the first use."""

    def __init__(self, purpose: Purpose) -> None:
        self._purpose = purpose

    def load(self) -> None:
        """Loads the model now; raises EmbeddingUnavailable."""
        self.begin_loading()
        self._session.result()

    def begin_loading(self) -> None:
        """Reads what was learnt, and leaves the rest to a thread, since a cold answer waits for it.

        Raises EmbeddingUnavailable.
        """
        _ = self._tokenizer, self._session

    def scores(self, pairs: Sequence[Pair]) -> Vectors:
        """The log odds that the words said answer the question, or support the claim, shape (pairs,)."""
        self.begin_loading()
        inputs = token_ids(pairs, self._tokenizer, self._purpose)
        # In these threads, a single one too: the allocator keeps memory for each thread that has ever read, 330 MB with
        # 200 people at once.
        session = self._session.result()
        return np.array(list(self._threads.map(partial(self._read, session), inputs)), dtype=np.float32)

    def _read(self, session: Any, inputs: Inputs) -> float:
        ids, segments = (np.array([values], dtype=np.int64) for values in inputs)
        fed = {"input_ids": ids, "segments": segments, "positions": np.arange(ids.shape[1], dtype=np.int64)}
        hidden: Vectors = session.run(["last_hidden_state"], fed)[0][0]
        read = np.concatenate([hidden[0], hidden.mean(axis=0)])
        learnt = self._learnt
        inner = np.tanh(read @ learnt["head/into"] + learnt["head/bias"])
        return float(inner @ learnt["head/out_of"] + learnt["head/offset"])

    @cached_property
    def _learnt(self) -> Learnt:
        return read_learnt(self._purpose.file)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return model_threads(self._purpose.file.stem)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return open_tokenizer()

    @cached_property
    def _session(self) -> Future[Any]:
        learnt = self._learnt
        return self._threads.submit(lambda: open_session(lambda path: pair_graph(path, learnt, self._purpose.layers)))
