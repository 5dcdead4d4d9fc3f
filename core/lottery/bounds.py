"""The range of a score answer: the least and the most that a figure can be over all that is not known for certain.

What a score answer rests on, and between which values each lies: the mean of the venue's scores (+-.15 points on
ICLR's scale of 1 to 10), the reliability of one review, whose variances it splits (ICLR's years), the area chair's
noise (.38 to .43 standard deviations of the mean score), the accept rate and with it the cut (three years), and the
agreement of two committees.

How the extremes are searched: every figure here falls with the venue's mean and rises with the accept rate, so these
two stand at their ends. In the other three a figure need not be monotonic (a noisier area chair helps who is below the
line and hurts who is above it). They are looked at on a grid, and from its best point on a pattern search goes to the
nearest better point, at steps that are halved until they are a hundredth of the grid's.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import sqrt

from core.lottery.decisions import RHO, RHO_HIGH, RHO_LEAST, RHO_LOW, Range
from core.lottery.scores import ScoreModel

Span = tuple[float, float]
"""The least and the most that something can be."""

CHAIR_NOISE_RANGE: Span = (0.38, 0.43)
"""The area chair's noise, in standard deviations of the mean score (ICLR 2021 and 2023)."""
ICC_AFTER_RANGE: Span = (0.36, 0.39)
"""The reliability of one review after the discussion, ICLR 2021 and 2023."""
ICC_BEFORE_RANGE: Span = (0.21, 0.39)
"""The same where the discussion is still to come: from ICLR's years before it to those after it."""
ICC_2026_RANGE: Span = (0.19, 0.25)
"""The same at ICLR 2026, which decided on scores from before the discussion; two reckonings of its spread."""
MEAN_MOVES = 0.15 / 9
"""How far a venue's mean score may lie off, as a fraction of its scale's width: .15 points of ICLR's 9."""

_GRID = (7, 3, 5)  # agreements, area chair's noises and reliabilities that are looked at
_HALVINGS = 7


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a range contains: the venue's mean score in points, the reliability of one review (ICC), the area chair's
    noise in standard deviations of the mean score, the accept rate and the agreement of two committees, each from its
    least to its most. A span of one value says that it is known, or was given."""

    mean: Span
    icc: Span
    chair: Span
    accept_rate: Span
    agreement: Span


def given(model: ScoreModel) -> Bounds:
    """The bounds of a venue all of whose figures were given: they leave only the area chair's noise and the agreement
    open."""
    icc = model.vb / (model.vb + model.vw)
    return Bounds(
        (model.mu, model.mu), (icc, icc), CHAIR_NOISE_RANGE, (model.p, model.p), usual_agreements(model)
    )


def usual_agreements(model: ScoreModel) -> Span:
    """The agreements that a model's figures range over where none was given.

    Where the scores allow less than what was measured, .55 (`ScoreModel.most_agreement`), the measured range would be
    cut to a point, as if less were known for certain. So there it begins at .29, the least that the 2014 experiment
    alone leaves open; or at 0, where the scores allow not even that.
    """
    most = model.most_agreement
    return RHO_LOW if most >= RHO else RHO_LEAST if most > RHO_LEAST else 0.0, RHO_HIGH


def used_agreements(model: ScoreModel, within: Bounds) -> Range:
    """The agreement that a model's scores are read with, and the least and most within the bounds: never more than
    the scores allow."""
    least, most = within.agreement
    value = min(model.rho, model.most_agreement)
    return Range(value, min(value, least), max(value, min(most, most_agreement(model, within))))


def most_agreement(model: ScoreModel, within: Bounds) -> float:
    """The largest agreement that the scores allow within the bounds; see `ScoreModel.most_agreement`."""
    icc = within.icc[1]
    return max(model.most_agreement, icc / (icc + (1 - icc) / model.k) / (1 + within.chair[0] ** 2))


def ranges(
    figures: Callable[[ScoreModel], Sequence[float]], model: ScoreModel, within: Bounds
) -> tuple[Range, ...]:
    """Figures of a model, each with the least and the most that it is within the bounds.

    Each must fall with the venue's mean and rise with its accept rate, or not depend on them. `Vb + Vw` stays as it
    is while the reliability of one review splits it.
    """
    values = figures(model)
    lows = _extremes(figures, model, within, -1)
    highs = _extremes(figures, model, within, 1)
    return tuple(
        Range(value, min(value, low), max(value, high))
        for value, low, high in zip(values, lows, highs, strict=True)
    )


def _extremes(
    figures: Callable[[ScoreModel], Sequence[float]], model: ScoreModel, within: Bounds, sign: int
) -> list[float]:
    """The most of each figure (`sign` 1), or the least (-1)."""
    mean, rate = (0, 1) if sign > 0 else (1, 0)
    total = model.vb + model.vw
    at_end = replace(model, mu=within.mean[mean], p=within.accept_rate[rate])
    axes = (within.agreement, within.chair, within.icc)
    seen: dict[tuple[float, ...], Sequence[float]] = {}

    def at(place: tuple[float, ...]) -> Sequence[float]:
        """The figures at a place of the unit cube."""
        if place not in seen:
            rho, chair, icc = (
                low + (high - low) * share for (low, high), share in zip(axes, place, strict=True)
            )
            vb, vw = icc * total, (1 - icc) * total
            tau = chair * sqrt(vb + vw / model.k)
            seen[place] = figures(replace(at_end, vb=vb, vw=vw, tau=tau, rho=rho))
        return seen[place]

    counts = [count if high > low else 1 for count, (low, high) in zip(_GRID, axes, strict=True)]
    steps = [1 / (count - 1) if count > 1 else 0.0 for count in counts]
    places = list(
        product(*([n * step for n in range(count)] for count, step in zip(counts, steps, strict=True)))
    )
    found = []
    for which in range(len(at(places[0]))):

        def better(place: tuple[float, ...], which: int = which) -> float:
            return sign * at(place)[which]

        best = _climbed(better, max(places, key=better), steps)
        found.append(at(best)[which])
    return found


def _climbed(
    better: Callable[[tuple[float, ...]], float], start: tuple[float, ...], steps: Sequence[float]
) -> tuple[float, ...]:
    """From `start` to the nearest place that no neighbour betters, the steps being halved."""
    best, scale = start, 0.5
    for _ in range(_HALVINGS):
        while (found := max(_around(best, steps, scale), key=better, default=best)) and better(
            found
        ) > better(best):
            best = found
        scale /= 2
    return best


def _around(place: tuple[float, ...], steps: Sequence[float], scale: float) -> Iterator[tuple[float, ...]]:
    for axis, step in enumerate(steps):
        if step:
            for way in (-scale, scale):
                share = min(max(place[axis] + way * step, 0.0), 1.0)
                yield (*place[:axis], share, *place[axis + 1 :])
