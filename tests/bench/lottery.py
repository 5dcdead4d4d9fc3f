"""The lottery: its answers with and without their chart, and papers a second through two committees.

`python -m tests.bench.lottery [--quick]` measures both. The answers go through the core as an adapter asks
it, each for another accept rate, so that none comes from a cache; then once more, so that all do. For the
papers, side by side in one run, at an accept rate of a quarter and three reviewers: a plain Python loop; numpy with an
array of reviews and an argsort; this project on one and two threads; and drawing the normals alone, which is
the limit of any simulation that draws as many. Each way is timed several times in turns with the others, and
its best time counts, since other work on the machine can only slow it down.
"""

import argparse
import asyncio
import random
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import sqrt
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console

from core.clock import SystemClock
from core.commands.dispatch import Core
from core.commands.registry import discover
from core.lottery import decisions, simulate
from core.lottery.chunks import CHUNK, generator
from core.store.open import open_store
from tests.bench.figures import Report
from tests.people import Actor, found_cohort

P, RHO, REVIEWERS = 0.25, 0.55, 3
TARGETS = {"threshold": 30, "quota": 15}


@dataclass(frozen=True)
class Way:
    """One way to do it: its name, so many papers a run, the run, which returns the flip (None for draws)."""

    name: str
    papers: int
    run: Callable[[int], float | None]


def _reviewer_noise() -> float:
    """The standard deviation of one reviewer's opinion, quality having 1, that gives the agreement."""
    return sqrt(REVIEWERS * (1 - RHO) / RHO)


def plain_loop(papers: int) -> float:
    """A loop over papers and reviewers, and a sort, without numpy."""
    draw, noise, accepted = random.Random(7), _reviewer_noise(), round(P * papers)  # noqa: S311 - a simulation, no secret
    qualities = [draw.gauss(0, 1) for _ in range(papers)]
    chosen = []
    for _ in range(2):
        means = [sum(q + draw.gauss(0, noise) for _ in range(REVIEWERS)) / REVIEWERS for q in qualities]
        chosen.append(set(sorted(range(papers), key=means.__getitem__, reverse=True)[:accepted]))
    return 1 - len(chosen[0] & chosen[1]) / accepted


def per_reviewer(papers: int) -> float:
    """An array of reviews for each committee, their mean and an argsort: numpy as it is usually written."""
    draw, accepted = np.random.default_rng(7), round(P * papers)
    quality = draw.standard_normal(papers)
    chosen = []
    for _ in range(2):
        reviews = quality[:, None] + _reviewer_noise() * draw.standard_normal((papers, REVIEWERS))
        best = np.zeros(papers, np.bool_)
        best[np.argsort(-reviews.mean(axis=1))[:accepted]] = True
        chosen.append(best)
    return 1 - int(np.count_nonzero(chosen[0] & chosen[1])) / accepted


def threshold(threads: int) -> Callable[[int], float]:
    """This project with a fixed threshold."""
    return lambda papers: simulate.two_committees(papers, P, RHO, seed=7, threads=threads).flip


def quota(threads: int) -> Callable[[int], float]:
    """This project with an exact quota, one large conference."""
    return lambda papers: (
        simulate.conferences(1, papers, round(P * papers), RHO, seed=7, threads=threads).mean
    )


def small_quotas(threads: int) -> Callable[[int], float]:
    """This project with exact quotas, conferences of a thousand papers."""
    return lambda papers: (
        simulate.conferences(papers // 1000, 1000, round(P * 1000), RHO, seed=7, threads=threads).mean
    )


def draws(threads: int) -> Callable[[int], None]:
    """The two normals a paper and nothing else, in chunks that stay in the cache."""

    def some(papers: int) -> None:
        source, values = generator(7, 0), np.empty(CHUNK, np.float32)
        for _ in range(2 * papers // CHUNK):
            source.standard_normal(out=values, dtype=np.float32)

    def run(papers: int) -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(some, [papers // threads] * threads))

    return run


def ways(scale: float) -> list[Way]:
    """Everything that is compared; `scale` shortens or lengthens the runs."""

    def papers(count: int) -> int:
        return max(CHUNK, round(count * scale / CHUNK) * CHUNK)

    many = papers(8_000_000)
    return [
        Way("plain Python loop", round(100_000 * scale), plain_loop),
        Way("numpy, a review each, argsort", papers(1_000_000), per_reviewer),
        *(
            Way(f"cohort-bot, {name}, {threads} thread{'s' * (threads > 1)}", many, of(threads))
            for name, of in (("threshold", threshold), ("quota", quota), ("quotas of 1,000", small_quotas))
            for threads in (1, 2)
        ),
        Way("drawing the normals alone, 1 thread", many, draws(1)),
        Way("drawing the normals alone, 2 threads", many, draws(2)),
    ]


def speeds(of: Sequence[Way], turns: int) -> tuple[dict[str, float], dict[str, float | None]]:
    """Papers a second by name, the best of so many turns, and the flips that came out."""
    best: dict[str, float] = {}
    flips: dict[str, float | None] = {}
    for _ in range(turns):
        for way in of:
            started = perf_counter()
            flips[way.name] = way.run(way.papers)
            best[way.name] = max(best.get(way.name, 0.0), way.papers / (perf_counter() - started))
    return best, flips


async def answers(report: Report, folder: Path, times: int) -> None:
    """How long a caller waits for `lottery venue` and `lottery scores`."""
    report.heading("The lottery's answers, in the core over SQLite")
    store = await open_store(f"sqlite:///{folder / 'cohort.db'}")
    try:
        ada = (await found_cohort(Core(discover(), store, SystemClock()))).ada
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
    """Measure, print, and return the papers a second by name."""
    best, flips = speeds(ways(0.25 if quick else 1), 2 if quick else 5)
    usual = best["numpy, a review each, argsort"]
    report.heading("The review lottery: papers a second through two committees, accept rate 25 %")
    rows = []
    for name, speed in best.items():
        limit = best[f"drawing the normals alone, {'2 threads' if '2 threads' in name else '1 thread'}"]
        flip = flips[name]
        rows.append(
            (
                name,
                f"{speed / 1e6:,.2f} M",
                f"{speed / usual:,.1f}",
                f"{speed / limit:.2f}" if "cohort-bot" in name else "",
                "" if flip is None else f"{flip:.4f}",
            )
        )
    report.table(("", "papers/s", "x numpy", "of its limit", "flip"), rows)
    report.say(f"Closed form: flip {decisions.flip(P, RHO):.4f}. " + _against_targets(best, usual))
    return best


def _against_targets(best: dict[str, float], usual: float) -> str:
    reached = [
        f"{name} on two threads {best[f'cohort-bot, {name}, 2 threads'] / usual:.1f} x numpy (target {target})"
        for name, target in TARGETS.items()
    ]
    return "; ".join(reached) + "."


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lottery", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs: whether it runs, not how fast")
    times = 4 if parser.parse_args().quick else 40
    with tempfile.TemporaryDirectory(prefix="cohort-bench-lottery-") as folder:
        asyncio.run(lottery(Report(Console(width=110)), Path(folder), times))


if __name__ == "__main__":
    main()
