"""A cohort of 2,000 members and a year of theirs: what another cohort waits for beside it, how fast posts leave and how
long they take to be claimed, now and in the tree of a git revision before."""

from pathlib import Path
from typing import Any

from tests.bench.engines import engines
from tests.bench.figures import Report, Run, percentile
from tests.bench.trees import measured, trees


async def crowd(report: Report, folder: Path, quick: bool, against: str | None) -> None:
    """A table for each engine."""
    found = await trees(folder, against, "growth_case.py", "crowd_case.py")
    arguments = ("--quick",) if quick else ()
    with engines(folder) as made:
        for engine in ("sqlite", "postgres"):
            report.heading(f"Beside 2,000 members, 500,000 check-ins and 669,000 posts, {engine}")
            columns: dict[str, Any] = {}
            for name, tree in found.items():
                with made.database(engine) as url:
                    log = folder / f"{engine}-{len(columns)}.log"
                    columns[name] = await measured(tree, "tests.bench.crowd_case", (url, *arguments), log)
            report.table(("", *columns), _rows(list(columns.values())))


def _rows(figures: list[Any]) -> list[tuple[str, ...]]:
    beside = [
        (
            f"another cohort's {kind} beside {load}, p50 / p99 ms",
            *(_shown(each["beside"][load][kind]) for each in figures),
        )
        for load in figures[0]["beside"]
        for kind in ("read", "write")
    ]
    loads = [
        (f"{load}, p50 / p99 ms", *(_shown(each["beside"][load]["load"]) for each in figures))
        for load in figures[0]["beside"]
        if load != "nothing"
    ]
    posts = [
        (
            "posts a second on a platform that rests a channel",
            *(f"{each['posts a second']:,.0f}" for each in figures),
        )
    ]
    leased = [
        (f"lease, {backlog}, ms", *(_seconds(each["lease"][backlog]) for each in figures))
        for backlog in figures[0]["lease"]
    ]
    return [*beside, *loads, *posts, *leased]


def _shown(milliseconds: list[float]) -> str:
    runs = [Run(1, [each / 1e3 for each in milliseconds], 0)]
    return f"{percentile(runs, 0.5):,.1f} / {percentile(runs, 0.99):,.1f}"


def _seconds(taken: float | None) -> str:
    return "no result in 60 s" if taken is None else f"{1e3 * taken:,.1f}"
