"""What another cohort waits for beside a hostile member: now, and in the tree of a git revision before."""

import asyncio
import io
import json
import subprocess
import tarfile
from pathlib import Path

from tests.bench.figures import Report, Run, percentile
from tests.bench.process import ROOT, child

CASE = Path(__file__).with_name("load_case.py")
Figures = dict[str, dict[str, list[float]]]


async def load(report: Report, folder: Path, quick: bool, against: str | None) -> None:
    """The figures of this tree, beside those of the tree at `against`, in one table."""
    report.heading("Another cohort beside a hostile member: p50 / p99 in ms")
    trees = {"now": ROOT}
    if against:
        trees = {against: await asyncio.to_thread(_tree_of, against, folder / "before"), **trees}
    figures = {
        name: await _measured(tree, folder / f"{at}.log", quick)
        for at, (name, tree) in enumerate(trees.items())
    }
    rows = [
        (f"{kind}: {asked}", *(_shown(each[kind][asked]) for each in figures.values()))
        for kind, found in figures["now"].items()
        for asked in found
    ]
    report.table(("beside: what is asked", *figures), rows)


def _tree_of(revision: str, folder: Path) -> Path:
    """The files of a revision, in a folder."""
    git = subprocess.run(  # noqa: S603 - a revision that whoever measures gave
        ["git", "archive", revision],  # noqa: S607 - git is found where whoever measures has it
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(git.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


async def _measured(tree: Path, log: Path, quick: bool) -> Figures:
    arguments = ("-P", str(CASE), *(("--quick",) if quick else ()))
    async with child(*arguments, log=log, cwd=tree, env={"PYTHONPATH": str(tree)}) as process:
        assert process.process.stdout is not None
        line = await process.process.stdout.readline()
    if not line:
        said = await asyncio.to_thread(log.read_text)
        raise RuntimeError(f"the process ended: {said[-2_000:]}")
    found: Figures = json.loads(line)
    return found


def _shown(milliseconds: list[float]) -> str:
    runs = [Run(1, [each / 1e3 for each in milliseconds], 0)]
    return f"{percentile(runs, 0.5):,.1f} / {percentile(runs, 0.99):,.1f}"
