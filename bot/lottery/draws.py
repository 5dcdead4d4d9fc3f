"""The lottery's answers for a terminal that are drawn: simulations, and experiments run once more.

As in `bot.lottery.answers`, a figure is a plain number with `<name>_range` beside it. Every draw has a seed, which
is shown; where none was given, one is made up.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from math import isnan
from time import perf_counter

from bot.lottery.answers import NOT_ABOUT, Data, TerminalAnswer, assumed, put, rate_words
from core.charts.canvas import Chart
from core.charts.committees import two_committees
from core.charts.conferences import conferences_chart
from core.charts.figures import share as share_words
from core.charts.figures import spread
from core.features.lottery import texts
from core.lottery import decisions, experiments, figures, simulate
from core.lottery.decisions import RHO, Range
from core.lottery.experiments import Experiment
from core.lottery.figures import ExperimentFigures
from core.lottery.simulate import ContingencyTable

STRIP = 200
"""Conferences in a strip."""
LARGEST_IN_STRIP = 20_000
"""Papers a conference of which a strip is drawn; of larger ones all are alike."""
_NORMAL_95 = 1.959964


def _shares(data: Data, table: ContingencyTable) -> None:
    rejected = table.only_b + table.neither
    data["both_accept"] = table.both / table.papers
    data["disagreement"] = table.disagreement
    data["flip"] = _number(table.flip)
    data["accept_after_rejection"] = table.only_b / rejected if rejected else None


def _number(value: float) -> float | None:
    """NaN is no JSON."""
    return None if isnan(value) else value


def _around(centre: float, sd: float) -> Range:
    return Range(centre, max(0.0, centre - _NORMAL_95 * sd), min(1.0, centre + _NORMAL_95 * sd))


def simulated(
    papers: int, p: float, given: float | None, seed: int, *, quota: bool, notes: Sequence[str] = ()
) -> TerminalAnswer:
    """So many papers before two committees, with a threshold or an exact quota each; `notes` are said below."""
    started, rho = perf_counter(), RHO if given is None else given
    if quota:
        accepted = figures.quota(papers, p)
        drawn = simulate.conferences(1, papers, accepted, rho, seed=seed)
        found, p = drawn.table(), accepted / papers
        flip = Range(drawn.mean, *drawn.quantiles(0.025, 0.975))
        differ = Range(*(2 * p * share for share in (flip.value, flip.low, flip.high)))
    else:
        found = simulate.two_committees(papers, p, rho, seed=seed)
        share = decisions.disagreement(p, rho)
        flip = _around(decisions.flip(p, rho), decisions.flip_sd(p, rho, papers, quota=False))
        differ = _around(share, (share * (1 - share) / papers) ** 0.5)
    seconds = perf_counter() - started
    data: Data = {
        "papers": papers,
        "accept_rate": p,
        "accepted": round(p * papers) if quota else None,
        "agreement": rho,
        "quota": quota,
        "seed": seed,
        "counts": asdict(found),
    }
    _shares(data, found)
    data["flip_range"], data["disagreement_range"] = [flip.low, flip.high], [differ.low, differ.high]
    data["flip_expected"], data["disagreement_expected"] = flip.value, differ.value
    data["papers_per_second"] = papers / seconds
    rows = [
        ("Accepted by one, turned down by the other", _drawn(found.flip, flip)),
        ("They decided differently", _drawn(found.disagreement, differ)),
        (
            "Both accepted, only A, only B, neither",
            f"{found.both:,}, {found.only_a:,}, {found.only_b:,}, {found.neither:,}",
        ),
        ("Seed", str(seed)),
    ]
    said = [
        *notes,
        f"Ranges: where 95 of 100 such draws fall, at an agreement of {rho:g}.",
        *([_at_other_agreements(p)] if given is None else []),
        NOT_ABOUT,
    ]
    which = "exactly" if quota else "about"
    title = f"{papers:,} paper{'' if papers == 1 else 's'} before two committees that each accept {which} {rate_words(p)}"
    if _number(found.flip) is None:
        none = "No picture: nothing was accepted in this draw. Another seed or more papers may give one."
        return TerminalAnswer(data, title, rows, said, no_chart=none)
    return TerminalAnswer(data, title, rows, said, _chart(found, flip, rho, seed, quota=quota, p=p))


def _at_other_agreements(p: float) -> str:
    model = figures.committees(p)
    return (
        f"What an agreement of {model.agreement.low:g} to {model.agreement.high:g} makes of it: accepted by one, "
        f"turned down by the other, {texts.odds(model.flip)}."
    )


def _drawn(share: float, around: Range) -> str:
    if _number(share) is None:
        return "nothing was accepted"
    low, high = f"{100 * around.low:.2f}", f"{100 * around.high:.2f}"
    return f"{100 * share:.2f} in 100 ({low} to {high})"


def _chart(
    found: ContingencyTable, flip: Range, rho: float, seed: int, *, quota: bool, p: float
) -> Callable[[], Chart]:
    papers, accepted = found.papers, round(p * found.papers)
    if papers > LARGEST_IN_STRIP or not 0 < accepted < papers:
        drawn = Range(found.flip, min(found.flip, flip.low), max(found.flip, flip.high))
        return lambda: two_committees(p, drawn, subject=f"{papers:,} papers, seed {seed}")

    def chart() -> Chart:
        middle: tuple[float, ...] = ()
        if quota:
            drawn = simulate.conferences(STRIP, papers, accepted, rho, seed=seed)
            flips, middle = drawn.flips.tolist(), drawn.quantiles(0.025, 0.975)
        else:
            tables = (simulate.two_committees(papers, p, rho, seed=seed + n) for n in range(STRIP))
            flips = [table.flip for table in tables if _number(table.flip) is not None]
        subject = f"{papers:,} papers, seed {seed}"
        return conferences_chart(
            flips, found.flip, middle, mark="this draw", grain=1 / accepted if quota else 0.0, subject=subject
        )

    return chart


def experiment(year: int, given: float | None, seed: int) -> TerminalAnswer:
    """An experiment's published table, beside the model and the same conference drawn once more."""
    of = experiments.find(year)
    figure, rho = figures.of_experiment(of, given), RHO if given is None else given
    drawn = of.rerun(rho, seed=seed, count=STRIP)
    again, middle = drawn.table(), drawn.quantiles(0.025, 0.975)
    reruns = Range(drawn.mean, *middle)
    notes = [
        *of.remarks,
        "By the draw of papers alone, in 95 of 100 conferences like it the share that the other committee turns "
        f"down lies {texts.between(reruns.low, reruns.high)}.",
        assumed(given),
        f"Source: {of.source}.",
        NOT_ABOUT,
    ]

    def chart() -> Chart:
        subject = f"{of.name}, seed {seed}"
        return conferences_chart(
            drawn.flips.tolist(), of.counts.flip, middle, mark="measured", grain=1 / of.quota, subject=subject
        )

    title = f"{of.name}: {of.counts.papers} papers before two committees"
    data = _experiment_data(of, figure, again, reruns, rho, seed)
    rows = _experiment_rows(of.counts, figure, again, rho, seed)
    return TerminalAnswer(data, title, rows, notes, chart, ("", "published", "model", "drawn once more"))


def _experiment_data(
    of: Experiment, figure: ExperimentFigures, again: ContingencyTable, reruns: Range, rho: float, seed: int
) -> Data:
    model: Data = {}
    for key, each in (*figure.expected.items(), ("flip", figure.flip), ("disagreement", figure.disagreement)):
        put(model, key, each)
    return {
        "year": of.year,
        "name": of.name,
        "source": of.source,
        "papers": of.counts.papers,
        "accept_rate": of.accept_rate,
        "published": _published(of.counts),
        "fit": {"agreement": figure.fitted.value, "low": figure.fitted.low, "high": figure.fitted.high},
        "agreement": rho,
        "agreement_range": [figure.agreement.low, figure.agreement.high],
        "model": model,
        "rerun": _published(again) | {"seed": seed},
        "reruns_flip_range": [reruns.low, reruns.high],
        "seed": seed,
        "remarks": list(of.remarks),
    }


def _published(table: ContingencyTable) -> Data:
    """A table as experiments publish it: its counts, and what follows from them."""
    return {
        **asdict(table),
        "split": table.only_a + table.only_b,
        "flip": table.flip,
        "disagreement": table.disagreement,
    }


def _experiment_rows(
    published: ContingencyTable, figure: ExperimentFigures, again: ContingencyTable, rho: float, seed: int
) -> list[tuple[str, ...]]:
    """The published figure, the model's and the rerun's, a row each."""
    counts = (
        ("Both accepted", "both", published.both, again.both),
        ("One of the two", "split", published.only_a + published.only_b, again.only_a + again.only_b),
        ("Neither", "neither", published.neither, again.neither),
    )
    shares = (
        ("Accepted by one, turned down by the other", published.flip, figure.flip, again.flip),
        ("Decided differently", published.disagreement, figure.disagreement, again.disagreement),
    )
    fitted = figure.fitted
    return [
        *((label, str(was), _count(figure.expected[key]), str(now)) for label, key, was, now in counts),
        *((label, _share(was), spread(model), _share(now)) for label, was, model, now in shares),
        ("Agreement", f"{fitted.value:.3f} ({fitted.low:.2f} to {fitted.high:.2f})", f"{rho:g}", f"{rho:g}"),
        ("Seed", "", "", str(seed)),
    ]


def _share(part: float) -> str:
    return f"{share_words(part)} in 100"


def _count(expected: Range) -> str:
    return f"{expected.value:.0f} ({expected.low:.0f} to {expected.high:.0f})"
