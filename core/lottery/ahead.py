"""The tries that lie ahead of a paper, given its own scores and what committees decided before.

The scores' posterior of the quality Q (see `scores`) takes the place of its prior in the rounds' model (see
`rounds`): P(out after n tries) = E[product of 1 - pi_i(Q)], pi_i(Q) = Phi((sqrt(r) Q - t_i) / sqrt(1 - r)),
over that posterior times 1 - pi_j(Q) for each earlier rejection j. r = Vq / V_D is the model's agreement.
Given the scores, this round's own verdict says nothing more about Q: the area chair's noise is independent.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from core.lottery import checks
from core.lottery.decisions import phi, threshold
from core.lottery.scores import ScoreModel

_REACH, _STEPS = 8.0, 401  # of the grid over the posterior, in its standard deviations


def accepted_ahead(
    model: ScoreModel, scores: Sequence[float], rejected: Sequence[float], ahead: Sequence[float]
) -> tuple[float, ...]:
    """P(a committee accepts by the first, the second, ... of the tries ahead | own scores, earlier rejections).

    `rejected` are the accept rates of the rounds that rejected the paper before these scores were given,
    `ahead` those of the tries to come, the paper unchanged. With no earlier rejection the first figure is
    `ScoreModel.next`. ValueError without scores or a try ahead, or for a rate that is none.
    """
    checks.at_least("The number of tries", len(ahead), 1)
    posterior = model.posterior(scores)
    z = np.linspace(-_REACH, _REACH, _STEPS)
    q, weights = posterior.mean + posterior.sd * z, np.exp(-z * z / 2)
    agreement = model.quality_variance / model.decision_variance
    seen: dict[float, NDArray[np.float64]] = {}

    def stays_out(rate: float) -> NDArray[np.float64]:
        if rate not in seen:
            x = (threshold(rate) - sqrt(agreement) * q) / sqrt(1 - agreement)
            seen[rate] = np.array([phi(value) for value in x.tolist()])
        return seen[rate]

    for rate in rejected:
        weights *= stays_out(rate)
    weights /= weights.sum()
    chances = []
    for rate in ahead:
        weights *= stays_out(rate)
        chances.append(1 - float(weights.sum()))
    return tuple(chances)
