"""The lottery's answers for a terminal: the closed forms and estimates. For draws see
`bot.lottery.draws`, for a paper's scores `bot.lottery.scores`.

A `TerminalAnswer` has the figures for scripts in full precision, and for people a few rows and sentences. A figure
stands under its name as a plain number; beside it `<name>_range` is [least, most].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isinf
from pathlib import Path

from bot.lottery import arguments
from core.charts import tries as tries_chart
from core.charts.canvas import Chart
from core.charts.committees import two_committees
from core.chat.text import shorten
from core.features.lottery import texts
from core.lottery import checks, decisions, figures, fit, rounds
from core.lottery.decisions import Range, ranged
from core.lottery.figures import PlanFigures

Data = dict[str, object]

NOT_ABOUT = "This is about the noise of reviewing, not about any paper."
MOST_IMPROVEMENT = 5.0
MOST_DRAWN = 40
"""Tries that the curve of a plan shows at most."""
FEW_PAPERS = 8


@dataclass(frozen=True, slots=True)
class TerminalAnswer:
    """Figures for scripts; for people a title, rows under columns, notes; and a picture, or why there is none."""

    data: Data
    title: str
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    chart: Callable[[], Chart] | None = None
    columns: Sequence[str] = ()
    no_chart: str = ""


def put(data: Data, name: str, figure: Range) -> None:
    """A figure as a plain number, and its range beside it."""
    data[name] = figure.value
    data[f"{name}_range"] = [figure.low, figure.high]


def assumed(rho: float | None) -> str:
    """The sentence on what every range stands for."""
    used = figures.agreement_range(rho)
    value, low, high = (f"{each:g}" for each in (used.value, used.low, used.high))
    if low == high:
        return f"All at an agreement of two committees of {value}, as given; so there are no ranges."
    return f"Ranges: what an agreement of two committees from {low} to {high} gives; the figures before them, {value}."


def rate_words(rate: float) -> str:
    """An accept rate in the unit of all chances: 24.5 in 100."""
    return f"{100 * rate:.4g} in 100"


def venue(name: str | None, given_rate: str | None, rho: float | None) -> TerminalAnswer:
    """What two committees at one accept rate make of the same papers."""
    p, source = _rate(name, given_rate)
    found = figures.committees(p, rho)
    data: Data = {"venue": name, "accept_rate": p}
    put(data, "agreement", found.agreement)
    put(data, "both_accept", found.both_accept)
    put(data, "disagreement", found.disagreement)
    put(data, "flip", found.flip)
    put(data, "accept_after_rejection", found.accept_after_rejection)
    rows = [
        ("Both accept the same paper", texts.odds(found.both_accept)),
        ("They decide differently", texts.odds(found.disagreement)),
        ("Accepted by one, turned down by the other", texts.odds(found.flip)),
        ("Accepted on a first try", texts.share(p)),
        ("Accepted next time, unchanged, after one rejection", texts.odds(found.accept_after_rejection)),
    ]
    title = f"Two committees that each accept {rate_words(p)} of the same papers"
    subject = name or ""
    return TerminalAnswer(
        data,
        title,
        rows,
        [source, assumed(rho), NOT_ABOUT],
        lambda: two_committees(p, found.flip, subject=subject),
    )


def _rate(name: str | None, given: str | None) -> tuple[float, str]:
    """An accept rate, and the sentence that says whose."""
    if given is not None:
        return arguments.accept_rate(
            given
        ), f"Accept rate: {rate_words(arguments.accept_rate(given))}, as given."
    if name is None:
        return 0.25, "Accept rate: 25 in 100, because none was given."
    rate = arguments.venue_rate(name)
    year = (
        ""
        if rate.exact and rate.asked
        else ", the newest year I know"
        if rate.asked is None
        else (f", the nearest year I know to {rate.asked}")
    )
    note = arguments.edition(name).venue.note
    return (
        rate.value,
        f"Accept rate: {rate_words(rate.value)}, {rate.venue} {rate.year}{year}. {note}".rstrip(),
    )


def plan(typed: Sequence[str], tries: int, improve: float, rho: float | None) -> TerminalAnswer:
    """The chance to be in by the first, second ... try. `typed` are accept rates or venues in the order in
    which they are tried; the last is repeated."""
    if checks.at_least("The number of tries", tries, 1) > rounds.MOST_TRIES:
        raise ValueError(f"There can be at most {rounds.MOST_TRIES:,} tries, not {tries:,}.")
    arguments.finite("The improvement", improve, -MOST_IMPROVEMENT, MOST_IMPROVEMENT)
    rates = [arguments.rate_or_venue(each) for each in typed][:tries] or [0.25]
    rates += [rates[-1]] * (tries - len(rates))
    found = PlanFigures(tuple(rates), improve, rho)
    by, after, median = found.by_improved, found.after_rejections(improve), found.median_improved
    data: Data = {"accept_rates": rates, "improve": improve}
    put(data, "agreement", figures.agreement_range(rho))
    for key, chances in (
        ("by", by),
        ("by_improved_after_first", found.by_improved_after_first),
        ("after_rejections", after),
    ):
        data[key] = [chance.value for chance in chances]
        data[f"{key}_range"] = [[chance.low, chance.high] for chance in chances]
    data["median_tries"] = _tries(median.value)
    data["median_tries_range"] = [_tries(median.low), _tries(median.high)]
    data["model_dependent_from_try"] = rounds.MEASURED_TRIES + 1
    shown = by[:MOST_DRAWN]
    return TerminalAnswer(
        data,
        f"Accepted within so many tries at {', '.join(_venues(rates))}",
        _plan_rows(by, after, median),
        [
            *(
                [
                    f"Improved by {improve:g} standard deviations of papers' quality: before the first try, and in the "
                    "chance after rejections only after the last of them."
                ]
                if improve
                else []
            ),
            "Tries are not independent: a rejection says something about how committees see this paper.",
            "Beyond two tries nothing was measured; the figures depend on the model." + _other_model(found),
            assumed(rho),
            NOT_ABOUT,
        ],
        lambda: tries_chart.tries(shown, measured=rounds.MEASURED_TRIES, subject=_subject(typed, rates)),
    )


def _tries(median: float) -> int | None:
    return None if isinf(median) else round(median)


def _subject(typed: Sequence[str], rates: Sequence[float]) -> str:
    """The venues and rates of a plan, for its picture."""
    if not any(each.strip()[:1].isalpha() for each in typed):
        return f"accept rate {', then '.join(_venues(rates))}"
    named = (
        each.strip() if each.strip()[:1].isalpha() else rate_words(rate)
        for each, rate in zip(typed, rates, strict=False)
    )
    return shorten(", then ".join(named), 60)


def _venues(rates: Sequence[float]) -> list[str]:
    """The accept rates in order, a repeated end once."""
    kept = list(rates)
    while len(kept) > 1 and kept[-1] == kept[-2]:
        kept.pop()
    return [rate_words(rate) for rate in kept[:8]] + (["…"] if len(kept) > 8 else [])


def _plan_rows(by: Sequence[Range], after: Sequence[Range], median: Range) -> list[tuple[str, str]]:
    wanted = sorted({n for n in (1, 2, 3, 5, 10, 20, 50, 100) if n < len(by)} | {len(by)})
    rows = [(f"By try {n}", texts.odds(by[n - 1]) + _caution(n)) for n in wanted]
    middle, least, most = (
        "over 10,000" if isinf(each) else f"{each:.0f}" for each in (median.value, median.low, median.high)
    )
    between = "" if least == most else f" ({least} to {most})"
    caution = ", model-dependent" if median.high > rounds.MEASURED_TRIES else ""
    rows.append(("Half of such papers are in by try", f"{middle}{between}{caution}"))
    for n in (1, 2, 3):
        if n < len(by):
            name = f"Next try, after {n} rejection{'s' if n > 1 else ''}"
            rows.append((name, texts.odds(after[n - 1]) + _caution(n + 1)))
    return rows


def _caution(tries: int) -> str:
    return ", model-dependent" if rounds.model_dependent(tries) else ""


def _other_model(found: PlanFigures) -> str:
    """What another model that fits two committees as well gives, where it is defined."""
    n = min(len(found.rates), 10)
    other = found.other_model(n) if rounds.model_dependent(len(found.rates)) else None
    if other is None:
        return ""
    return f" Another one, which fits two committees as well, gives {texts.odds(Range(other, other, other))} by try {n}."


def fitted(typed: list[str]) -> TerminalAnswer:
    """How far two committees agree, from the table of their verdicts."""
    both, only_a, only_b, neither = arguments.counts(typed)
    found = fit.agreement(both, only_a, only_b, neither)
    papers = both + only_a + only_b + neither
    p = (2 * both + only_a + only_b) / (2 * papers)
    data: Data = {
        "agreement": found.value,
        "low": found.low,
        "high": found.high,
        "accept_rate": p,
        "papers": papers,
        "both": both,
        "only_a": only_a,
        "only_b": only_b,
        "neither": neither,
    }
    flip = ranged(lambda each: decisions.flip(p, each), found.value, found.low, found.high)
    put(data, "flip", flip)
    rows = [
        ("Agreement (0 chance, 1 no noise)", f"{found.value:.3f} ({found.low:.2f} to {found.high:.2f})"),
        ("Accepted by one, turned down by the other", texts.odds(flip)),
        ("Accept rate", rate_words(p)),
    ]
    notes = ["The range is the 95 % profile-likelihood interval.", NOT_ABOUT]
    return TerminalAnswer(
        data, f"Two committees, {papers:,} papers", rows, notes, lambda: two_committees(p, flip)
    )


def ours(path: Path) -> TerminalAnswer:
    """How far the reviewers of one cohort agree, from its own reviews. Only totals are shown."""
    groups = list(arguments.reviews(path).values())
    reviewers = figures.of_reviewers(groups)
    found, anova, count = reviewers.icc, reviewers.anova, reviewers.reviews
    data: Data = {
        "icc_anova": anova,
        "icc": found.value,
        "low": found.low,
        "high": found.high,
        "papers": len(groups),
        "reviews": count,
        "prior": list(fit.PRIOR),
    }
    rows = [
        (
            "Reliability of one review (0 noise, 1 certain)",
            f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})",
        ),
        ("The same by ANOVA alone, without a prior", f"{anova:.2f}"),
        ("Papers, reviews", f"{len(groups):,}, {count:,}"),
    ]
    notes = [
        "The range is the 95 % posterior interval, with a prior from venues where it was measured.",
        *(
            [f"Fewer than {FEW_PAPERS} papers say little: the prior speaks louder than they do."]
            if len(groups) < FEW_PAPERS
            else []
        ),
        "If the scores are from after a discussion, they show how far one committee agrees with itself, which "
        "says nothing about another committee. Do not take them for the agreement of two committees.",
        "If only accepted papers are in it, they are too alike and the figure comes out too low.",
        NOT_ABOUT,
    ]
    return TerminalAnswer(data, "How far our own reviewers agree", rows, notes)
