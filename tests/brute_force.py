"""The lottery by drawing every paper: what its shortcuts are tested against, and what the benchmark puts beside them."""

from collections.abc import Sequence
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.lottery.decisions import threshold
from core.lottery.scores import ScoreModel

_AT_ONCE = 4_000_000
"""Papers that are held in memory at the same time."""


def best(values: NDArray[Any], accepted: int) -> NDArray[np.bool_]:
    """Which entries of each row are its `accepted` largest, whatever ties there are."""
    chosen = np.zeros(values.shape, np.bool_)
    order = np.argpartition(-values, accepted - 1, axis=1)[:, :accepted]
    np.put_along_axis(chosen, order, True, axis=1)
    return chosen


def pairs(draw: np.random.Generator, shape: tuple[int, int], rho: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Two committees' values of so many papers, correlated by rho."""
    a = draw.standard_normal(shape)
    return a, rho * a + sqrt(1 - rho * rho) * draw.standard_normal(shape)


def both_with_quota(count: int, papers: int, accepted: int, rho: float, seed: int) -> NDArray[np.int64]:
    """In each of so many conferences, how many papers both committees accept of an exact quota."""
    draw, rows, found = np.random.default_rng(seed), max(1, _AT_ONCE // papers), []
    for start in range(0, count, rows):
        a, b = pairs(draw, (min(rows, count - start), papers), rho)
        found.append(np.count_nonzero(best(a, accepted) & best(b, accepted), axis=1))
    return np.concatenate(found)


def table_with_threshold(papers: int, p: float, rho: float, seed: int) -> tuple[int, int, int, int]:
    """How many papers both, only the first, only the second and neither of two committees accept at a threshold."""
    draw, cut, counts = np.random.default_rng(seed), threshold(p), np.zeros(4, np.int64)
    for start in range(0, papers, _AT_ONCE):
        a, b = pairs(draw, (1, min(_AT_ONCE, papers - start)), rho)
        counts += np.bincount((2 * (a <= cut) + (b <= cut)).ravel(), minlength=4)
    both, only_a, only_b, neither = counts.tolist()
    return both, only_a, only_b, neither


def accepting_committees(papers: int, p: float, committees: int, rho: float, seed: int) -> NDArray[np.int64]:
    """How many papers were accepted by 0, 1, ... all of so many committees at a threshold."""
    draw, cut = np.random.default_rng(seed), threshold(p)
    quality = draw.standard_normal(papers)
    accepting = np.zeros(papers, np.int64)
    for _ in range(committees):
        accepting += sqrt(rho) * quality + sqrt(1 - rho) * draw.standard_normal(papers) > cut
    return np.bincount(accepting, minlength=committees + 1)


def flips_with_scores(
    count: int,
    papers: int,
    accepted: int,
    model: ScoreModel,
    scale: Sequence[float],
    reviewers: int,
    seed: int,
) -> NDArray[np.float64]:
    """Flips of conferences in which every review is a score on a scale, each opinion going to the nearest step, and an
    area chair with the model's noise decides on their mean."""
    draw, steps = np.random.default_rng(seed), np.unique(np.asarray(scale, float))
    borders, shape = (steps[1:] + steps[:-1]) / 2, (count, papers)
    quality = model.mu + sqrt(model.quality_variance) * draw.standard_normal(shape)
    chosen = []
    for _ in range(2):
        centre = quality + sqrt(model.vb - model.quality_variance) * draw.standard_normal(shape)
        total = model.chair_noise * reviewers * draw.standard_normal(shape)
        for _ in range(reviewers):
            opinion = centre + sqrt(model.vw) * draw.standard_normal(shape)
            total += steps[np.searchsorted(borders, opinion)]
        chosen.append(best(total, accepted))
    flips: NDArray[np.float64] = 1 - np.count_nonzero(chosen[0] & chosen[1], axis=1) / accepted
    return flips
