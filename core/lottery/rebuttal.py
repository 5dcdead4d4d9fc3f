"""What a rebuttal can change: one score a step higher, and how often scores rise. Whether one of these will is not said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.lottery import bounds
from core.lottery.bounds import Bounds
from core.lottery.decisions import Range
from core.lottery.scores import ScoreModel

# Of the scores at ICLR 2024 and 2025, by kind of review: 73,000 trajectories, arXiv:2606.22166.
ROSE: Final = (0.083, 0.319)
"""The least and the most of scores that rose after a rebuttal, depending on the review (fractions)."""


@dataclass(frozen=True, slots=True)
class StepHigher:
    """The lowest of some scores and what it is one step higher; the chance to be accepted in this round as the scores `now`
    stand, and `then`."""

    lowest: float
    raised: float
    now: Range
    then: Range


def step_higher(
    model: ScoreModel, within: Bounds, scores: Sequence[float], scale: Sequence[float]
) -> StepHigher | None:
    """What the lowest of the scores, one step higher on the scale, would make of the chance, each with its range within the
    bounds. None where there is no step above it. ValueError where there are no scores."""
    lowest = min(scores)
    raised = min((each for each in scale if each > lowest), default=None)
    if raised is None:
        return None
    higher = [*scores]
    higher[higher.index(lowest)] = raised
    now, then = bounds.ranges(lambda at: (at.now(scores), at.now(higher)), model, within)
    return StepHigher(lowest, raised, now, then)
