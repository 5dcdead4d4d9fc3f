"""What another cohort waits for beside a hostile member: now, and in the tree of a git revision before."""

from pathlib import Path

from tests.bench.figures import Report, Run, percentile
from tests.bench.trees import measured, trees

Figures = dict[str, dict[str, list[float]]]


async def load(report: Report, folder: Path, quick: bool, against: str | None) -> None:
    """The figures of this tree, beside those of the tree at `against`, in one table."""
    report.heading("Another cohort beside a hostile member: p50 / p99 in ms")
    arguments = ("--quick",) if quick else ()
    figures: dict[str, Figures] = {}
    for name, tree in (await trees(folder, against, "load_case.py")).items():
        figures[name] = await measured(
            tree, "tests.bench.load_case", arguments, folder / f"{len(figures)}.log"
        )
    rows = [
        (f"{kind}: {asked}", *(_shown(each[kind][asked]) for each in figures.values()))
        for kind, found in figures["now"].items()
        for asked in found
    ]
    report.table(("beside: what is asked", *figures), rows)


def _shown(milliseconds: list[float]) -> str:
    runs = [Run(1, [each / 1e3 for each in milliseconds], 0)]
    return f"{percentile(runs, 0.5):,.1f} / {percentile(runs, 0.99):,.1f}"
