"""Which model of scores stands for a venue: its own where it was measured, a stand-in elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.chat.text import say
from core.errors import BadInput
from core.features.lottery import texts
from core.features.lottery.reading import Assumed, rate_of
from core.lottery import venues
from core.lottery.decisions import RHO
from core.lottery.figures import score_agreements
from core.lottery.scores import ICC_AFTER, ICC_BEFORE, ScoreModel, typical
from core.lottery.venues import Scale
from core.papers.model import VenueEdition

_MEASURED = ("ICLR", range(2022, 2026))
"""The venue and the years on whose scale the measured model's scores were given."""

_ANY = Scale(tuple(range(1, 11)))


@dataclass(frozen=True, slots=True)
class Reading:
    """A model of a venue's scores, the scale they are on, and in words what was assumed: whose scores or scale,
    and which figures."""

    model: ScoreModel
    scale: Scale
    venue: str
    whose: str
    figures: str
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


def for_scores(given: Sequence[float], edition: VenueEdition | None, *, discussed: bool = True) -> Reading:
    """The model to read these scores with; `discussed` says that they are from after the reviewers'
    discussion. Raises `BadInput` where they are on no scale of that venue."""
    asked = edition if edition and edition.name else None
    edition = asked or VenueEdition(_MEASURED[0])
    known = venues.find(str(edition))
    if known is None or not known.venue.scales:
        return _stand_in(given, edition, _ANY, "a scale of 1 to 10, because I know none there", discussed)
    for year in _years(known)[: None if asked else 1]:
        scale = known.venue.scale(year)
        if scale is not None and _fits(given, scale):
            if known.venue.name == _MEASURED[0] and year in _MEASURED[1]:
                return _measured(scale, edition, asked is None, discussed)
            whose = scale.assumed or f"{known.venue.name}'s scale since {_since(known, year)}"
            return _stand_in(given, edition, scale, whose, discussed)
    raise _off(given, known, edition)


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


def _reliability(discussed: bool) -> str:
    """What is assumed of one review, where its score is from before the discussion."""
    return (
        ""
        if discussed
        else (
            f", one review being less reliable before the discussion ({ICC_BEFORE:.2g}, after it {ICC_AFTER:.2g})"
        )
    )


def _measured(scale: Scale, edition: VenueEdition, default: bool, discussed: bool) -> Reading:
    whose = "ICLR's scores, because no venue was named" if default else "ICLR's scores as measured"
    figures = f"mean 5.48, and 40.9% of the decided papers accepted{_reliability(discussed)}"
    return Reading(measured(discussed=discussed), scale, str(edition), whose, figures)


def _stand_in(
    given: Sequence[float], edition: VenueEdition, scale: Scale, whose: str, discussed: bool
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
    rate: Assumed = rate_of(edition, decided=True)
    figures = f"ICLR's mean and spread, stretched over it{_reliability(discussed)}; {rate.source}"
    note = f"How scores are spread at {edition} is not known to me, so take these as rough. {rate.note}"
    icc = ICC_AFTER if discussed else ICC_BEFORE
    model = typical(scale.low, scale.high, rate.rate, icc=icc)
    return Reading(model, scale, str(edition), whose, figures, note.rstrip())


def agreement_words(model: ScoreModel) -> str:
    """The agreement that is used with a model's scores, its range, and whether the scores allow no more."""
    used = score_agreements(model)
    return texts.agreement(used, most=used.high == model.most_agreement)
