"""The lottery's answers for a terminal: the closed forms and estimates. For draws see
`lottery_draws`, for a paper's scores `lottery_scores`.

An `Answer` has the figures for scripts in full precision, and for people a few rows and sentences. A figure
stands under its name as a plain number; beside it `<name>_range` is [least, most].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isinf
from pathlib import Path

from bot.lottery import arguments as reading
from core.charts import tries as tries_chart
from core.charts.canvas import Chart
from core.charts.committees import two_committees
from core.chat.text import shorten
from core.features.lottery import texts
from core.lottery import checks, decisions, fit, rounds
from core.lottery.decisions import RHO_HIGH, RHO_LOW, Range, ranged, ranged_each
from core.lottery.rounds import Try

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


def span(rho: float) -> list[float]:
    """The agreements over which ranges are taken: the measured ones, and the one that was given."""
    return [min(rho, RHO_LOW), max(rho, RHO_HIGH)]


def assumed(rho: float) -> str:
    """The sentence on what every range stands for."""
    return over(Range(rho, *span(rho)))


def over(used: Range) -> str:
    """The sentence on the agreements that figures and ranges stand for."""
    value, low, high = (f"{each:g}" for each in (used.value, used.low, used.high))
    return f"Ranges: what an agreement of two committees from {low} to {high} gives; the figures before them, {value}."


def percent(rate: float) -> str:
    """An accept rate as it is usually written: 24.5%."""
    return f"{100 * rate:.4g}%"


def venue(name: str | None, given_rate: str | None, rho: float) -> TerminalAnswer:
    """What two committees at one accept rate make of the same papers."""
    p, source = _rate(name, given_rate)
    data: Data = {"venue": name, "accept_rate": p, "agreement": rho, "agreement_range": span(rho)}
    figures = {
        "both_accept": ranged(lambda each: decisions.both_accept(p, each), rho),
        "disagreement": ranged(lambda each: decisions.disagreement(p, each), rho),
        "flip": ranged(lambda each: decisions.flip(p, each), rho),
        "accept_after_rejection": ranged(lambda each: decisions.accept_after_rejection(p, each), rho),
    }
    for key, figure in figures.items():
        put(data, key, figure)
    rows = [
        ("Both accept the same paper", texts.odds(figures["both_accept"])),
        ("They decide differently", texts.odds(figures["disagreement"])),
        ("Accepted by one, turned down by the other", texts.odds(figures["flip"])),
        ("Accepted on a first try", texts.plainly(p)),
        ("Accepted next time, unchanged, after one rejection", texts.odds(figures["accept_after_rejection"])),
    ]
    title = f"Two committees that each accept {percent(p)} of the same papers"
    subject = name or ""
    return TerminalAnswer(
        data,
        title,
        rows,
        [source, assumed(rho), NOT_ABOUT],
        lambda: two_committees(p, figures["flip"], subject=subject),
    )


def _rate(name: str | None, given: str | None) -> tuple[float, str]:
    """An accept rate, and the sentence that says whose."""
    if given is not None:
        return reading.accept_rate(given), f"Accept rate: {percent(reading.accept_rate(given))}, as given."
    if name is None:
        return 0.25, "Accept rate: 25%, because none was given."
    rate = reading.venue_rate(name)
    year = "" if rate.exact and rate.asked else ", the newest year I know" if rate.asked is None else (
        f", the nearest year I know to {rate.asked}")  # fmt: skip
    note = reading.edition(name).venue.note
    return rate.value, f"Accept rate: {percent(rate.value)}, {rate.venue} {rate.year}{year}. {note}".rstrip()


def plan(typed: Sequence[str], tries: int, improve: float, rho: float) -> TerminalAnswer:
    """The chance to be in by the first, second ... try. `typed` are accept rates or venues in the order in
    which they are tried; the last is repeated."""
    if checks.at_least("The number of tries", tries, 1) > rounds.MOST_TRIES:
        raise ValueError(f"There can be at most {rounds.MOST_TRIES:,} tries, not {tries:,}.")
    reading.finite("The improvement", improve, -MOST_IMPROVEMENT, MOST_IMPROVEMENT)
    rates = [reading.rate_or_venue(each) for each in typed][:tries] or [0.25]
    rates += [rates[-1]] * (tries - len(rates))
    plain, better = [Try(rate) for rate in rates], [Try(rate, improve) for rate in rates]
    revised = [plain[0], *better[1:]]
    by = _each(lambda each: rounds.accepted_by(better, each), rho)
    by_revised = _each(lambda each: rounds.accepted_by(revised, each), rho)
    after = _each(lambda each: rounds.accepted_after(plain, each, improve), rho)
    median = _each(lambda each: [_median(better, each)], rho)[0]
    data: Data = {"accept_rates": rates, "agreement": rho, "agreement_range": span(rho), "improve": improve}
    for key, figures in (("by", by), ("by_improved_after_first", by_revised), ("after_rejections", after)):
        data[key] = [figure.value for figure in figures]
        data[f"{key}_range"] = [[figure.low, figure.high] for figure in figures]
    data["median_tries"] = _tries(median.value)
    data["median_tries_range"] = [_tries(median.low), _tries(median.high)]
    data["model_dependent_from_try"] = rounds.MEASURED_TRIES + 1
    shown = by[:MOST_DRAWN]
    return TerminalAnswer(
        data,
        f"Accepted within so many tries at {', '.join(_venues(rates))}",
        _plan_rows(by, after, median),
        [
            *([f"Improved by {improve:g} standard deviations of papers' quality: before the first try, and in the "
               "chance after rejections only after the last of them."] if improve else []),
            "Tries are not independent: a rejection says something about how committees see this paper.",
            "Beyond two tries nothing was measured; the figures depend on the model." + _other_model(rates, improve, rho),
            assumed(rho),
            NOT_ABOUT,
        ],
        lambda: tries_chart.tries(shown, measured=rounds.MEASURED_TRIES, subject=_subject(typed, rates)),
    )  # fmt: skip


def _each(figures: Callable[[float], Sequence[float]], rho: float) -> tuple[Range, ...]:
    return ranged_each(figures, rho, *span(rho))


def _median(tries: Sequence[Try], rho: float) -> float:
    """The median number of tries; infinite where it is out of sight."""
    found = rounds.median_of(tries, rho)
    return inf if found is None else found


def _tries(median: float) -> int | None:
    return None if isinf(median) else round(median)


def _subject(typed: Sequence[str], rates: Sequence[float]) -> str:
    """The venues and rates of a plan, for its picture."""
    if not any(each.strip()[:1].isalpha() for each in typed):
        return f"accept rate {', then '.join(_venues(rates))}"
    named = (each.strip() if each.strip()[:1].isalpha() else percent(rate)
             for each, rate in zip(typed, rates, strict=False))  # fmt: skip
    return shorten(", then ".join(named), 60)


def _venues(rates: Sequence[float]) -> list[str]:
    """The accept rates in order, a repeated end once."""
    kept = list(rates)
    while len(kept) > 1 and kept[-1] == kept[-2]:
        kept.pop()
    return [percent(rate) for rate in kept[:8]] + (["…"] if len(kept) > 8 else [])


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


def _other_model(rates: Sequence[float], improve: float, rho: float) -> str:
    """What another model that fits two committees as well gives, where it is defined."""
    if improve or len(set(rates)) > 1 or not rounds.model_dependent(len(rates)):
        return ""
    n = min(len(rates), 10)
    other = rounds.coin_accepted_within(rates[0], n, rho)
    return f" Another one, which fits two committees as well, gives {texts.plainly(other)} by try {n}."


def fitted(typed: list[str]) -> TerminalAnswer:
    """How far two committees agree, from the table of their verdicts."""
    both, only_a, only_b, neither = reading.counts(typed)
    found = fit.agreement(both, only_a, only_b, neither)
    papers = both + only_a + only_b + neither
    p = (2 * both + only_a + only_b) / (2 * papers)
    data: Data = {
        "agreement": found.value, "low": found.low, "high": found.high, "accept_rate": p, "papers": papers,
        "both": both, "only_a": only_a, "only_b": only_b, "neither": neither,
    }  # fmt: skip
    flip = ranged(lambda each: decisions.flip(p, each), found.value, found.low, found.high)
    put(data, "flip", flip)
    rows = [
        ("Agreement (0 chance, 1 no noise)", f"{found.value:.3f} ({found.low:.2f} to {found.high:.2f})"),
        ("Accepted by one, turned down by the other", texts.odds(flip)),
        ("Accept rate", percent(p)),
    ]
    notes = ["The range is the 95 % profile-likelihood interval.", NOT_ABOUT]
    return TerminalAnswer(
        data, f"Two committees, {papers:,} papers", rows, notes, lambda: two_committees(p, flip)
    )


def ours(path: Path) -> TerminalAnswer:
    """How far the reviewers of one cohort agree, from its own reviews. Only totals are shown."""
    groups = list(reading.reviews(path).values())
    found, anova = fit.icc(groups), fit.anova_icc(groups)
    count = sum(len(group) for group in groups)
    data: Data = {
        "icc_anova": anova, "icc": found.value, "low": found.low, "high": found.high,
        "papers": len(groups), "reviews": count, "prior": list(fit.PRIOR),
    }  # fmt: skip
    rows = [
        ("Reliability of one review (0 noise, 1 certain)",
         f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"),
        ("The same by ANOVA alone, without a prior", f"{anova:.2f}"),
        ("Papers, reviews", f"{len(groups):,}, {count:,}"),
    ]  # fmt: skip
    notes = [
        "The range is the 95 % posterior interval, with a prior from venues where it was measured.",
        *([f"Fewer than {FEW_PAPERS} papers say little: the prior speaks louder than they do."]
          if len(groups) < FEW_PAPERS else []),
        "If the scores are from after a discussion, they show how far one committee agrees with itself, which "
        "says nothing about another committee. Do not take them for the agreement of two committees.",
        "If only accepted papers are in it, they are too alike and the figure comes out too low.",
        NOT_ABOUT,
    ]  # fmt: skip
    return TerminalAnswer(data, "How far our own reviewers agree", rows, notes)
