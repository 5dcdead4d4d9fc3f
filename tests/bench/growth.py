"""What commands cost by how much is in the database: now, and in the tree of a git revision before."""

from pathlib import Path

from tests.bench.engines import engines
from tests.bench.figures import Report
from tests.bench.trees import measured, trees

SIZES = ((1_000, 1), (100_000, 1), (1_000_000, 1), (1_000_000, 1_000))
QUICK = ((1_000, 1), (1_000, 10))


async def growth(report: Report, folder: Path, quick: bool, against: str | None) -> None:
    """A table for each engine and size: milliseconds at the median of each command."""
    found = await trees(folder, against, "growth_case.py")
    with engines(folder) as made:
        for engine in ("sqlite", "postgres"):
            for size, cohorts in QUICK if quick else SIZES:
                held = f"{size:,} papers, check-ins and posts each in {cohorts:,} cohort{'s' * (cohorts > 1)}"
                report.heading(f"Commands with {held}, {engine}: p50 in ms")
                columns: dict[str, dict[str, float]] = {}
                for name, tree in found.items():
                    with made.database(engine) as url:
                        log = folder / f"{engine}-{size}-{cohorts}-{len(columns)}.log"
                        arguments = (url, str(size), str(cohorts))
                        columns[name] = await measured(tree, "tests.bench.growth_case", arguments, log)
                rows = [
                    (command, *(f"{each[command]:,.1f}" for each in columns.values()))
                    for command in columns["now"]
                ]
                report.table(("", *columns), rows)
