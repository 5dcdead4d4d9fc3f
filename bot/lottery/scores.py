"""The lottery's answer to a paper's own scores, for a terminal. See `bot.lottery.answers` for its shape."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.lottery import arguments
from bot.lottery.answers import NOT_ABOUT, Data, TerminalAnswer, put, rate_words
from core.charts.canvas import Chart
from core.charts.scores import own_scores
from core.features.lottery import texts
from core.lottery import bounds, checks, figures
from core.lottery.bounds import Bounds
from core.lottery.decisions import Range
from core.lottery.scores import REVIEWS, ScoreModel
from core.papers import score_models
from core.papers.model import VenueEdition
from core.papers.score_models import PHASES

_LARGEST = 1e6


@dataclass(frozen=True, slots=True)
class Statistics:
    """A venue's score statistics as given, None where not."""

    mean: float | None = None
    between: float | None = None
    within: float | None = None
    reviews: float | None = None
    accept_rate: str | None = None
    scale: str | None = None


def scores(
    typed: list[str], name: str | None, given: Statistics, next_rate: str | None, rho: float | None
) -> TerminalAnswer:
    """What a paper's own scores say of this verdict and of the next one."""
    own = arguments.scores(typed)
    model, within, steps, source = _model(own, name, given)
    if rho is not None:
        model, within = replace(model, rho=rho), replace(within, agreement=(rho, rho))
    following_rate = arguments.accept_rate(next_rate) if next_rate is not None else model.p
    found = figures.of_scores(model, own, within, None if next_rate is None else following_rate)
    now, used, following = found.now, found.agreement, found.following
    data: Data = {
        "scores": own,
        "mean_score": found.mean,
        "venue": name,
        "mean": model.mu,
        "between": model.vb,
        "within": model.vw,
        "reviews": model.k,
        "accept_rate": model.p,
        "next_rate": following_rate,
        "accept_line": model.accept_line,
        "agreement_most": model.most_agreement,
    }
    put(data, "agreement", used)
    put(data, "now", now)
    put(data, "next", following)
    rows = [
        ("Accepted in this round", texts.odds(now)),
        (f"By a new committee that accepts {rate_words(following_rate)}, unchanged", texts.odds(following)),
    ]
    notes = [
        source,
        _held(within, used, given_agreement=rho is not None),
        "Scores seen after a discussion look more certain than they are: discussing makes reviewers agree with "
        "each other, not with another committee.",
        *(["One review says little by itself."] if len(own) == 1 else []),
        NOT_ABOUT,
    ]
    listed = ", ".join(f"{score:g}" for score in own)

    def chart() -> Chart:
        return own_scores(
            own,
            steps,
            accept_line=model.accept_line,
            chair_noise=model.chair_noise,
            now=now,
            following=following,
            subject=name or "",
        )

    return TerminalAnswer(data, f"Scores {listed}, mean {found.mean:.2f}", rows, notes, chart)


def _held(within: Bounds, used: Range, *, given_agreement: bool) -> str:
    """The sentence on what the ranges hold, and whether the scores allow no more agreement."""
    spans = (
        ("the venue's mean score", within.mean, 3),
        ("the reliability of one review", within.icc, 2),
        ("the area chair's noise", within.chair, 2),
        ("the accept rate", within.accept_rate, 3),
        ("the agreement of two committees", (used.low, used.high), 2),
    )
    held = ", ".join(
        f"{what} {low:.{digits}g} to {high:.{digits}g}" for what, (low, high), digits in spans if low < high
    )
    words = f"Ranges: what {held} give; the figures before them, an agreement of {used.value:.2g}."
    if given_agreement or used.high == within.agreement[1]:
        return words
    return f"{words} These scores allow an agreement of {used.high:.2g} at most."


def _model(
    own: Sequence[float], name: str | None, given: Statistics
) -> tuple[ScoreModel, Bounds, Sequence[float], str]:
    """The venue's model, what its figures range over, the steps of its scale, and the sentence that says whose they
    are."""
    for what, value in (("mean", given.mean), ("variances", given.between), ("variances", given.within)):
        arguments.finite(f"The venue's {what}", value or 0.0, -_LARGEST, _LARGEST)
    p = None if given.accept_rate is None else arguments.accept_rate(given.accept_rate)
    steps = None if given.scale is None else arguments.scale(given.scale)
    if steps is not None:
        checks.scores(own, steps)
    stated = (given.mean, given.between, given.within)
    if name is None and None not in stated:
        if p is None:
            raise ValueError("Give the venue's accept rate as well, with --accept-rate.")
        mean, between, within = (value or 0.0 for value in stated)
        reviews = REVIEWS if given.reviews is None else given.reviews
        also = f", with {REVIEWS:g} reviews a paper as at ICLR" if given.reviews is None else ""
        source = f"The statistics are those given{also}."
        model = ScoreModel(mean, between, within, reviews, p)
        return model, bounds.given(model), steps or _steps(own), source
    known = None if name is None else arguments.edition(name)
    if name is not None and known is not None and known.rate is None and p is None:
        raise ValueError(f"I know no figures of {name}. Give at least its --accept-rate.")
    read = score_models.for_scores(own, None if known is None else VenueEdition(known.venue.name, known.year))
    changes = {
        key: value
        for key, value in (
            ("mu", given.mean),
            ("vb", given.between),
            ("vw", given.within),
            ("k", given.reviews),
            ("p", p),
        )
        if value is not None
    }
    model = replace(read.model, **changes)
    known_now, left = bounds.given(model), read.within
    held = replace(
        left,
        mean=left.mean if given.mean is None else known_now.mean,
        icc=left.icc if given.between is None and given.within is None else known_now.icc,
        accept_rate=left.accept_rate if p is None else known_now.accept_rate,
        agreement=known_now.agreement,
    )
    words = _figures(model, changes) if changes else read.figures
    picture = "" if steps is None else " The scale that was given is for the picture alone."
    source = f"Assumed: {read.whose}; {words}; {PHASES[read.phase]}. {read.note}".strip() + picture
    return model, held, steps or read.scale.values, source


def _figures(model: ScoreModel, given: Collection[str]) -> str:
    """The figures of a model in words, each of those that were given as such."""
    named = (
        ("mu", f"mean {model.mu:.4g}"),
        ("vb", f"variance between papers {model.vb:.4g}"),
        ("vw", f"variance of one reviewer {model.vw:.4g}"),
        ("k", f"{model.k:g} reviews a paper"),
        ("p", f"accept rate {rate_words(model.p)}"),
    )
    return ", ".join(f"{words} (as given)" if key in given else words for key, words in named)


def _steps(own: Sequence[float]) -> list[float]:
    """A scale to draw scores on when none is known: 1 to 10, or as far as they go."""
    low, high = int(min(1, *own)), int(max(10, *own)) + (max(own) > int(max(10, *own)))
    every = max(1, (high - low) // 10)
    return [float(step) for step in range(low, high + 1, every)]
