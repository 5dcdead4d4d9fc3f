"""Which model of scores stands for a venue: its own where it was measured, a stand-in elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from core.chat.text import Text, say
from core.errors import BadInput
from core.lottery import bounds, venues
from core.lottery.bounds import Bounds
from core.lottery.decisions import RHO, Range
from core.lottery.scores import ICC_AFTER, ICC_BEFORE, ScoreModel, typical
from core.lottery.venues import Scale
from core.papers.model import VenueEdition
from core.papers.rates import NOBODY_SAID, Assumed, CohortRates, SaidScale, rate_of, recent

_MEASURED = ("ICLR", range(2022, 2026))
"""The venue and the years on whose scale the measured model's scores were given."""

_ANY = Scale(tuple(range(1, 11)))


class Phase(StrEnum):
    """How scores stand to the reviewers' discussion."""

    BEFORE = "before"
    """It is still to come, or changed what is not among them."""
    AFTER = "after"
    UNDISCUSSED = "undiscussed"
    """The venue decided on scores from before it."""


PHASES = {
    Phase.BEFORE: "read as scores from before the discussion",
    Phase.AFTER: "read as scores from after the discussion",
    Phase.UNDISCUSSED: "read as scores from before the discussion, because it was decided on these",
}
"""How scores are read, in words."""

_ICC = {
    Phase.BEFORE: bounds.ICC_BEFORE_RANGE,
    Phase.AFTER: bounds.ICC_AFTER_RANGE,
    Phase.UNDISCUSSED: bounds.ICC_2026_RANGE,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A model of a venue's scores, what its figures range over, the scale they are on, and in words what was assumed:
    whose scores or scale, and which figures. `phase` says how the scores stand to the reviewers' discussion."""

    model: ScoreModel
    within: Bounds
    scale: Scale
    venue: str
    whose: str
    figures: str
    phase: "Phase"
    note: str = ""

    @property
    def assumed(self) -> str:
        """All that was assumed, in words."""
        return f"{self.whose}; {self.figures}"


def measured(*, discussed: bool = True) -> ScoreModel:
    """ICLR's scores: mean 5.48, variances 1.18 between papers and 1.84 of one reviewer, 3.9 reviews a paper,
    40.9 % of the decided papers accepted. Before the discussion less of the same variance is the paper's."""
    if not discussed:
        return typical(1, 10, 0.409, icc=ICC_BEFORE)
    return ScoreModel(5.48, 1.18, 1.84, 3.9, 0.409)


def agreement_of(reviewers: int, rho: float = RHO) -> float:
    """The agreement of two committees with so many reviews a paper, where the measured venue's is `rho`.

    Vq / (Vb + Vw/reviewers + tau^2): more reviews average out more of the reviewers' noise, while what papers
    differ by and the area chair's noise stay the venue's.
    """
    model = replace(measured(), rho=rho)
    return model.quality_variance / (model.vb + model.vw / reviewers + model.chair_noise**2)


def for_scores(
    given: Sequence[float],
    edition: VenueEdition | None,
    rates: CohortRates = NOBODY_SAID,
    *,
    discussed: bool = True,
) -> Reading:
    """The model to read these scores with; `discussed` says that they are from after the reviewers'
    discussion; `rates` are those of the reader's cohort. Raises `BadInput` where they are on no scale of that venue."""
    asked = edition if edition and edition.name else None
    edition = asked or VenueEdition(_MEASURED[0])
    known = venues.find(str(edition))
    phase = Phase.AFTER if discussed else Phase.BEFORE
    if asked is not None and (said := rates.scale_of(asked)) is not None:
        own = _said(given, said, asked, known, phase, rates)
        if own is not None:
            return own
    if known is None or not known.venue.scales:
        return _stand_in(given, edition, _ANY, "a scale of 1 to 10, because I know none there", phase, rates)
    for year in _years(known)[: None if asked else 1]:
        scale = known.venue.scale(year)
        if scale is not None and _fits(given, scale):
            if known.venue.name == _MEASURED[0] and year in _MEASURED[1]:
                return _measured(scale, edition, asked is None, phase)
            whose = scale.assumed or f"{known.venue.name}'s scale since {_since(known, year)}"
            if year in known.venue.undiscussed:
                phase = Phase.UNDISCUSSED
            return _stand_in(given, edition, scale, whose, phase, rates)
    raise _off(given, known, edition)


def _said(
    given: Sequence[float],
    said: SaidScale,
    edition: VenueEdition,
    known: venues.Edition | None,
    phase: Phase,
    rates: CohortRates,
) -> Reading | None:
    """The model on the scale that the cohort's own list has. None where that is the built-in one too, or where no year was
    named and the scores are on it in another year. Raises `BadInput` for scores that are off it in the year named."""
    year, scale = said.venue.year, Scale(said.values)
    built_in = known.venue.scale(year) if known is not None and year is not None else None
    if built_in is not None and built_in.values == said.values:
        return None
    if not _fits(given, scale):
        if edition.year is None:
            return None
        raise _off_scale(given, scale, edition)
    if known is not None and year in known.venue.undiscussed:
        phase = Phase.UNDISCUSSED
    return _stand_in(given, edition, scale, said.words, phase, rates)


def _years(known: venues.Edition) -> list[int]:
    """The years whose scale may be meant: the one that was named, else the measured ones, then from the
    newest back."""
    if known.year is not None:
        return [known.year]
    measured_ones = [_MEASURED[1][0]] if known.venue.name == _MEASURED[0] else []
    return [*dict.fromkeys((*measured_ones, *sorted(known.venue.scales, reverse=True)))]


def _since(known: venues.Edition, year: int) -> int:
    return max(first for first in known.venue.scales if first <= year)


def _fits(given: Sequence[float], scale: Scale) -> bool:
    return all(score in scale.values for score in given)


def _off(given: Sequence[float], known: venues.Edition, edition: VenueEdition) -> BadInput:
    scale = known.venue.scale(_years(known)[0])
    if scale is None:
        return BadInput(f"I do not know the scores that {edition} used. Try a later year.", field="venue")
    return _off_scale(given, scale, edition)


def _off_scale(given: Sequence[float], scale: Scale, edition: VenueEdition) -> BadInput:
    wrong = next(score for score in given if score not in scale.values)
    steps = " ".join(f"{step:g}" for step in scale.values)
    return BadInput(
        say(
            "{wrong} is not on the scale of {venue}, which is {steps}. If the scores are from another venue or "
            "year, please name it.",
            wrong=f"{wrong:g}",
            venue=edition,
            steps=steps,
        ),
        field="scores",
    )


def _reliability(phase: Phase) -> str:
    """What is assumed of one review, where its score is from before the discussion."""
    if phase is Phase.AFTER:
        return ""
    words = (
        f", one review being less reliable before the discussion ({ICC_BEFORE:.2g}, after it {ICC_AFTER:.2g})"
    )
    return f"{words}, on whose scores it was decided" if phase is Phase.UNDISCUSSED else words


def _measured(scale: Scale, edition: VenueEdition, default: bool, phase: Phase) -> Reading:
    whose = "ICLR's scores, because no venue was named" if default else "ICLR's scores as measured"
    figures = f"mean 5.48, and 40.9 in 100 of the decided papers accepted{_reliability(phase)}"
    model = measured(discussed=phase is Phase.AFTER)
    cut = _cut(model.p, edition)
    within = _within(model, scale, phase, cut)
    return Reading(model, within, scale, str(edition), whose, figures, phase)


def _stand_in(
    given: Sequence[float], edition: VenueEdition, scale: Scale, whose: str, phase: Phase, rates: CohortRates
) -> Reading:
    if not all(scale.low <= score <= scale.high for score in given):
        raise BadInput(
            say(
                "I know no scale for {venue}, so I read scores from 1 to 10. If yours are on another one, "
                "name a venue that uses it, such as NeurIPS 2025 (1 to 6).",
                venue=edition,
            ),
            field="scores",
        )
    rate: Assumed = rate_of(edition, rates, decided=True)
    figures = f"ICLR's mean and spread, stretched over it{_reliability(phase)}; {rate.source}"
    note = (
        f"How scores are spread at {edition} is not known to me, so take these as rough: the ranges hold only "
        f"what is not known at ICLR. {rate.note}"
    )
    icc = ICC_AFTER if phase is Phase.AFTER else ICC_BEFORE
    model = typical(scale.low, scale.high, rate.rate, icc=icc)
    within = _within(model, scale, phase, _cut(model.p, edition, rates if rate.said else NOBODY_SAID))
    return Reading(model, within, scale, str(edition), whose, figures, phase, note.rstrip())


def _within(model: ScoreModel, scale: Scale, phase: Phase, cut: bounds.Span) -> Bounds:
    """What is not known for certain of a venue's scores."""
    off = bounds.MEAN_MOVES * (scale.high - scale.low)
    return Bounds(
        (model.mu - off, model.mu + off),
        _ICC[phase],
        bounds.CHAIR_NOISE_RANGE,
        cut,
        bounds.usual_agreements(model),
    )


def _cut(rate: float, edition: VenueEdition, rates: CohortRates = NOBODY_SAID) -> bounds.Span:
    """Over which accept rates the cut may fall: the venue's of three years. A rate of the decided papers moves as that
    of all submissions did. Where none is known, those that other venues had last. `rates` are given where the rate is
    the cohort's own: where these say less than three years of the venue, it may move as far as others' did."""
    known, years = venues.find(str(edition)), recent(edition, rates)
    if not years:
        newest = [venue.rate() for venue in venues.table()]
        moved = [rate, *(each.value for each in newest if each)]
    elif rates.said:
        moved = [rate, *years, *([] if len(years) >= 3 else [min(rate * each, 0.99) for each in _swing()])]
    else:
        of_submissions = known is not None and known.rate is not None and rate == known.rate.value
        middle = sum(years) / len(years)
        moved = [rate, *(each if of_submissions else rate * each / middle for each in years)]
    return min(moved), max(moved)


@cache
def _swing() -> bounds.Span:
    """The least and the most that a venue's rate was of its mean over three years, in the built-in table."""
    known = [recent(VenueEdition(venue.name)) for venue in venues.table()]
    shares = [rate * len(years) / sum(years) for years in known if len(years) >= 3 for rate in years]
    return min(shares), max(shares)


def agreement_words(reading: Reading) -> str:
    """The agreement that is used with a model's scores, its range, and whether the scores allow no more."""
    used = bounds.used_agreements(reading.model, reading.within)
    return agreement(used, most=used.high < reading.within.agreement[1])


def agreement(used: Range, *, most: bool = False) -> str:
    """What a figure assumes of two committees; `most` says that a paper's scores allow no more than `used`."""
    value, low, high = (f"{round(each, 2):g}" for each in (used.value, used.low, used.high))
    if low == high:
        return f"an agreement of two committees of {value}"
    words = f"an agreement of two committees of {value}, with the range that {low} to {high} gives"
    return f"{words}, because these scores allow an agreement of {high} at most" if most else words


RANGE_HOLDS = (
    "The range of a chance holds the venue's mean score ({mean} points), how reliable one review is ({icc}), the area "
    "chair's noise, where the cut fell over three years ({low} to {high} in 100 accepted) and the agreement."
)


def range_words(reading: Reading) -> Text:
    """What the ranges of an answer hold."""
    within = reading.within
    low, high = (f"{100 * rate:.3g}" for rate in within.accept_rate)
    return say(
        RANGE_HOLDS,
        mean=f"±{(within.mean[1] - within.mean[0]) / 2:.2g}",
        icc=f"{within.icc[0]:g} to {within.icc[1]:g}",
        low=low,
        high=high,
    )
