"""How far the reviewers of one paper are usually apart.

A reviewer's score has the variance Vw around what the others of its committee think of the paper: (1 - ICC) of one
review's whole variance, which is 1.18 + 1.84 at ICLR on its scale of 1 to 10; the ICC of a single review is .215 before
the discussion and .375 after it (see `core.lottery.scores`). On other scales it is taken to be as wide a part of them.
"""

from math import sqrt

from core.lottery.decisions import phi
from core.lottery.scores import ICC_AFTER, ICC_BEFORE, SPREAD

_STEPS, _REACH = 400, 6.0
"""Steps of the integral and how far it goes, in standard deviations: exact to four digits."""


def reviewer_sd(width: float, *, discussed: bool) -> float:
    """The standard deviation of one reviewer's score, in points of a scale that is so many points wide."""
    return SPREAD * width * sqrt(1 - (ICC_AFTER if discussed else ICC_BEFORE))


def usual_range(reviews: int, width: float, *, discussed: bool) -> float:
    """How many points lie between the lowest and the highest of so many scores (2 or more) of one paper, on average."""
    if reviews < 2:
        raise ValueError("One score is no distance from itself.")
    step = 2 * _REACH / _STEPS
    below = [phi(-_REACH + (at + 0.5) * step) for at in range(_STEPS)]
    spread = step * sum(1 - each**reviews - (1 - each) ** reviews for each in below)
    return spread * reviewer_sd(width, discussed=discussed)
