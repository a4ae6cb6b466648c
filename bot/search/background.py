"""How a question matches the whole of an episode: against it, the best match stands out or does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.index import Vectors
from bot.search.late_interaction import late_scores
from bot.search.library import Library
from bot.search.ranking import Ranking, dense_scores, runs_of

LEAST_SPREAD = 1e-3  # of a scope of one passage or part, in which nothing stands out
# Where only the best of an episode's passages were compared, so many, evenly spread, stand for all of them: `topic` is
# then within .005 (root mean square, three episodes), with 12 within .008. It takes about a millisecond.
SAMPLED = 16


@dataclass(frozen=True, slots=True)
class Background:
    """`topic` is the mean late interaction over the parts of an episode that are in scope.

    `late_peak` and `cosine_peak` are by how many standard deviations the best window's late interaction stands out
    among the parts, and the best passage's cosine among the passages.
    """

    topic: float
    late_peak: float
    cosine_peak: float

    @classmethod
    def of(cls, ranking: Ranking, library: Library, place: int, best_late: float) -> Background | None:
        """None where there are no token vectors."""
        query = ranking.query
        rows = ranking.scope[library.row_places[ranking.scope] == place]
        if query.vector is None or query.tokens is None or not len(rows):
            return None
        late = _late_scores(ranking, library, place, rows)
        if late is None:
            return None
        cosines = dense_scores(query.vector, library, rows)
        return cls(float(late.mean()), _peak(best_late, late), _peak(float(cosines.max()), cosines))


def _late_scores(ranking: Ranking, library: Library, place: int, rows: NDArray[np.int64]) -> Vectors | None:
    runs = [run for run in ranking.runs if run.place == place]
    if sum(len(run.rows) for run in runs) < len(rows):
        spread = rows[np.linspace(0, len(rows) - 1, min(SAMPLED, len(rows))).astype(np.int64)]
        runs = list(runs_of(ranking.query, library, np.unique(spread)))
    by_run = [late_scores(run.matches, ranking.query.weights) for run in runs if run.matches is not None]
    return np.concatenate(by_run) if by_run else None


def _peak(best: float, values: Vectors) -> float:
    return (best - float(values.mean())) / max(float(values.std()), LEAST_SPREAD)
