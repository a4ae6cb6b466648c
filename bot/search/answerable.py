"""How well the best window answers, by vectors of the question that tell what is answered from what is not.

Search embeds a question to find the best place there is, however poor. Here it is embedded again, by weights that have
learnt from unanswered questions too to be near an answer only. One encoder for both would find less.
"""

from __future__ import annotations

import numpy as np

from bot.index import Vectors
from bot.quantizing import restore
from bot.search.late_interaction import late_scores
from bot.search.library import EpisodeShelf, Library
from bot.search.windows import CONTEXT, COSINE, LATE, PARTS_BEFORE, Found, Window


def answering_score(found: Found, library: Library) -> float | None:
    """The best window's score by these vectors, in log odds as the search's; None without token vectors or windows."""
    query = found.query
    if query.embedder is None or not found.windows:
        return None
    vector, tokens = query.embedder.embed_question(query.text, "answerable")
    window = found.windows[0]
    begin = max(0, window.first - PARTS_BEFORE)
    matches = library.matches(tokens, query.weights, [(window.place, begin, window.last)])
    within, around = matches[:, window.first - begin :].max(axis=1), matches.max(axis=1)
    late, context = late_scores(np.stack([within, around], axis=1), query.weights).tolist()
    cosine = float(vector @ _vector(window, library.shelves[window.place]))
    gained = COSINE * (cosine - window.cosine) + LATE * (late - window.late) + CONTEXT * (context - window.context)
    return float(window.score + gained)


def _vector(window: Window, shelf: EpisodeShelf) -> Vectors:
    """Windows stand in the order of their first parts, and then of their lengths."""
    firsts = shelf.index.arrays["windows"][0]
    row = int(np.searchsorted(firsts, np.array(window.first, dtype=firsts.dtype))) + len(window.parts) - 1
    [vector] = restore(shelf.index.arrays["window_vectors"][row : row + 1])
    return np.asarray(vector)
