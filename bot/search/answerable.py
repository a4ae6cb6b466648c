"""How well the best window answers, by vectors of the question that tell what is answered from what is not.

Search embeds a question to find the best place there is, however poor. Here it is embedded again, by weights that have
learnt from unanswered questions too to be near an answer only. One encoder for both would find less.
"""

from __future__ import annotations

import numpy as np

from bot.quantizing import restore
from bot.search.late_interaction import late_scores
from bot.search.library import Library
from bot.search.windows import CONTEXT, COSINE, LATE, Found


def answering_score(found: Found, library: Library) -> float | None:
    """The best window's score by these vectors, in log odds as the search's; None without token vectors or windows."""
    query = found.query
    if query.answerable is None or not found.windows:
        return None
    vector, tokens = query.answerable().result()
    window = found.windows[0]
    matches = library.matches(tokens, query.weights, [(window.place, window.context_first, window.last)])
    within, around = matches[:, window.first - window.context_first :].max(axis=1), matches.max(axis=1)
    late, context = late_scores(np.stack([within, around], axis=1), query.weights).tolist()
    [own] = restore(library.shelves[window.place].index.arrays["window_vectors"][window.row : window.row + 1])
    cosine = float(vector @ own)
    gained = COSINE * (cosine - window.cosine) + LATE * (late - window.late) + CONTEXT * (context - window.context)
    return float(window.score + gained)
