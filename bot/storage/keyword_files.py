"""The keyword index of a generation <-> its files: the terms, one a line, and the arrays of their postings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from bot.search.keywords import terms
from bot.search.postings import Postings
from bot.storage.sealed_files import SealedFiles

KEYWORDS = "keywords"
TERMS_FILE = "terms.txt"
ARRAYS = ("starts", "texts", "counts", "lengths")


def write_keywords(folder: Path, texts: Iterable[str]) -> None:
    postings = Postings.of(terms(text) for text in texts)
    folder.mkdir()
    # A term is letters and digits, so that it holds no line end.
    (folder / TERMS_FILE).write_bytes("\n".join(postings.numbers).encode("utf-8", "surrogatepass"))
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(postings, name), allow_pickle=False)


def read_keywords(files: SealedFiles) -> Postings:
    """Raises StoreError."""
    content = files.read(f"{KEYWORDS}/{TERMS_FILE}").decode("utf-8", "surrogatepass")
    numbers = {term: number for number, term in enumerate(content.split("\n"))} if content else {}
    return Postings(numbers, *(files.read_array(f"{KEYWORDS}/{name}.npy") for name in ARRAYS))
