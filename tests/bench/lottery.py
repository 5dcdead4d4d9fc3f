"""The lottery: its answers with and without their chart, and two committees at every size.

`python -m tests.bench.lottery [--quick]` measures both. The answers go through the core as an adapter asks
it, each for another accept rate, so that none comes from a cache; then once more, so that all do. The committees, side
by side in one run, at an accept rate of a quarter: numpy with an array of three reviews and an argsort; drawing every
paper's two values; drawing these normals alone, which is the limit of whatever draws as many; and this project, which
draws the table. Each way is timed several times in turns with the others, and its best time counts, since other work
on the machine can only slow it down; beside it stands how far its mean flip is from the exact one, in standard
errors of what was drawn.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import sqrt
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console

from core.clock import SystemClock
from core.cohorts.limits import Limits
from core.commands.admission import Admission
from core.commands.dispatch import Core
from core.commands.registry import discover
from core.lottery import decisions, simulate
from core.lottery.overlap import overlap
from core.store.open import open_store
from tests import brute_force
from tests.bench.figures import Report
from tests.people import Actor, found_cohort

P, RHO, REVIEWERS = 0.25, 0.55, 3
CHUNK = 1 << 16
TARGETS = {"threshold": 0.001, "ten quotas": 0.05}
"""Seconds: 10^8 papers with a threshold; ten conferences of 10^7 papers with exact quotas."""


@dataclass(frozen=True)
class Way:
    """One way to do it: its name, what it is compared with, so many papers and conferences, and the run, which returns
    the flips that came out (none for draws alone)."""

    name: str
    kind: str
    papers: int
    conferences: int
    run: Callable[[], Sequence[float]]


def per_reviewer(papers: int) -> list[float]:
    """An array of reviews for each committee, their mean and an argsort: numpy as it is usually written."""
    draw, accepted = np.random.default_rng(7), round(P * papers)
    noise = sqrt(REVIEWERS * (1 - RHO) / RHO)
    quality = draw.standard_normal(papers)
    chosen = []
    for _ in range(2):
        reviews = quality[:, None] + noise * draw.standard_normal((papers, REVIEWERS))
        best = np.zeros(papers, np.bool_)
        best[np.argsort(-reviews.mean(axis=1))[:accepted]] = True
        chosen.append(best)
    both = int(np.count_nonzero(chosen[0] & chosen[1]))
    return [1 - both / accepted]


def every_paper(papers: int, count: int) -> list[float]:
    """Both committees' values of every paper, and a partition."""
    accepted = round(P * papers)
    both = brute_force.both_with_quota(count, papers, accepted, RHO, 7)
    counts: list[int] = both.tolist()
    return [1 - count / accepted for count in counts]


def every_paper_at_threshold(papers: int) -> list[float]:
    """Both committees' values of every paper, and a comparison."""
    return [simulate.ContingencyTable(*brute_force.table_with_threshold(papers, P, RHO, 7)).flip]


def quotas(papers: int, count: int) -> list[float]:
    """This project with exact quotas, the distribution worked out anew."""
    overlap.cache_clear()
    flips: list[float] = simulate.conferences(count, papers, round(P * papers), RHO, seed=7).flips.tolist()
    return flips


def threshold(papers: int) -> list[float]:
    """This project with a fixed threshold."""
    return [simulate.two_committees(papers, P, RHO, seed=7).flip]


def normals(papers: int) -> list[float]:
    """The two normals a paper and nothing else, quickest first: float32 in chunks that stay in the cache."""
    source, values = np.random.Generator(np.random.SFC64(7)), np.empty(CHUNK, np.float32)
    for _ in range(2 * papers // CHUNK):
        source.standard_normal(out=values, dtype=np.float32)
    return []


def ways(quick: bool) -> list[Way]:
    """Everything that is compared."""
    drawn = 1_000_000 if quick else 10_000_000
    least = 200_000 if quick else 2_000_000
    return [
        Way("numpy, a review each, argsort", "quota", least, 1, partial(per_reviewer, least)),
        Way("every paper drawn", "quota", least, 10, partial(every_paper, least, 10)),
        Way("every paper drawn", "threshold", drawn, 1, partial(every_paper_at_threshold, drawn)),
        Way("the normals alone", "", drawn, 1, partial(normals, drawn)),
        *(
            Way("cohort-bot", "quota", papers, 10, partial(quotas, papers, 10))
            for papers in (100, 1_000, least, 10_000_000, 100_000_000)
        ),
        Way("cohort-bot", "threshold", 100_000_000, 1, partial(threshold, 100_000_000)),
    ]


def speeds(of: Sequence[Way], turns: int) -> list[tuple[Way, float, Sequence[float]]]:
    """Each way, its seconds at best, and the flips that came out."""
    best = [float("inf")] * len(of)
    flips: list[Sequence[float]] = [()] * len(of)
    for _ in range(turns):
        for at, way in enumerate(of):
            started = perf_counter()
            flips[at] = way.run()
            best[at] = min(best[at], perf_counter() - started)
    return list(zip(of, best, flips, strict=True))


def off_by(way: Way, flips: Sequence[float]) -> str:
    """How far the mean of these flips is from the exact one, in standard errors."""
    if not flips:
        return ""
    if way.kind == "quota":
        exact = overlap(way.papers, round(P * way.papers), RHO)
        mean, sd = 1 - exact.mean / exact.accepted, exact.sd / exact.accepted
    else:
        mean, sd = decisions.flip(P, RHO), decisions.flip_sd(P, RHO, way.papers, quota=False)
    return f"{(sum(flips) / len(flips) - mean) / sd * len(flips) ** 0.5:+.1f}"


async def answers(report: Report, folder: Path, times: int) -> None:
    """How long a caller waits for `lottery venue` and `lottery scores`."""
    report.heading("The lottery's answers, in the core over SQLite")
    store = await open_store(f"sqlite:///{folder / 'cohort.db'}")
    try:
        admission = Admission(Limits(calls=10**9, cohort_calls=10**9, drawings=10**9))
        core = Core(discover(), store, SystemClock(), admission=admission)
        ada = (await found_cohort(core)).ada
        started = perf_counter()
        await ada.ok("lottery venue", accept_rate="77%")
        first = perf_counter() - started
        rates = [f"{10 + 40 * n / times:.3f}%" for n in range(times)]
        listed = [f"{'5,' * (n // 5)}{(1, 3, 6, 8, 10)[n % 5]}" for n in range(min(times, 90))]
        rows = [
            _waited("lottery venue, with its chart", await _ask(ada, "lottery venue", "accept_rate", rates)),
            _waited("the same again", await _ask(ada, "lottery venue", "accept_rate", rates[-8:])),
            _waited("lottery scores, with its chart", await _ask(ada, "lottery scores", "scores", listed)),
            _waited(
                "the figures of lottery venue alone", [_figures(n / (times + 1)) for n in range(1, times + 1)]
            ),
        ]
        report.table(("", "p50, ms", "p95, ms"), rows)
        report.say(f"The first answer of a process, which loads Pillow and the font: {first * 1e3:.0f} ms.")
    finally:
        await store.close()


async def _ask(who: Actor, command: str, name: str, values: Sequence[str]) -> list[float]:
    waited = []
    for value in values:
        started = perf_counter()
        await who.ok(command, **{name: value})
        waited.append(perf_counter() - started)
    return waited


def _figures(p: float) -> float:
    started = perf_counter()
    for of in (decisions.flip, decisions.disagreement, decisions.accept_after_rejection):
        decisions.ranged(partial(of, p))
    return perf_counter() - started


def _waited(name: str, seconds: list[float]) -> tuple[str, str, str]:
    ordered = sorted(seconds)
    at = [ordered[min(int(share * len(ordered)), len(ordered) - 1)] for share in (0.5, 0.95)]
    return name, f"{at[0] * 1e3:.2f}", f"{at[1] * 1e3:.2f}"


async def lottery(report: Report, folder: Path, times: int) -> None:
    """Both parts; fewer than ten `times` mean short runs."""
    await answers(report, folder, times)
    await asyncio.to_thread(measure, report, quick=times < 10)


def measure(report: Report, *, quick: bool) -> dict[str, float]:
    """Measure, print, and return the seconds of what has a target."""
    found = speeds(ways(quick), 2 if quick else 5)
    usual = found[0][0].papers / found[0][1]
    report.heading("The review lottery: two committees, accept rate 25 %")
    rows = [
        (
            " ".join(part for part in (way.name, way.kind) if part),
            f"{way.conferences} x {way.papers:,}",
            f"{1e3 * seconds:,.2f}",
            f"{way.papers * way.conferences / seconds / usual:,.1f}",
            off_by(way, flips),
        )
        for way, seconds, flips in found
    ]
    report.table(("", "conferences x papers", "ms", "x numpy", "off by, s.e."), rows)
    reached = {
        "threshold": next(
            seconds for way, seconds, _ in found if way.papers == 10**8 and way.kind == "threshold"
        ),
        "ten quotas": next(
            seconds for way, seconds, _ in found if way.papers == 10**7 and way.name == "cohort-bot"
        ),
    }
    report.say(
        "; ".join(f"{name} {1e3 * reached[name]:.2f} ms (target {1e3 * TARGETS[name]:g})" for name in TARGETS)
        + "."
    )
    return reached


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lottery", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs: whether it runs, not how fast")
    times = 4 if parser.parse_args().quick else 40
    with tempfile.TemporaryDirectory(prefix="cohort-bench-lottery-") as folder:
        asyncio.run(lottery(Report(Console(width=110)), Path(folder), times))


if __name__ == "__main__":
    main()
