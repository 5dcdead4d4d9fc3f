"""`python -m tests.bench [--quick] [part ...]`."""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console

from tests.bench import (
    board,
    commands,
    crowd,
    digest,
    feedback,
    growth,
    load,
    lottery,
    pictures,
    profile,
    reading,
    schedules,
    search,
    start,
    store,
)
from tests.bench.figures import Report

Part = Callable[[Report, Path, bool], Awaitable[None]]


async def _slack(report: Report, folder: Path, quick: bool) -> None:
    await commands.slack(report, folder, commands.QUICK if quick else commands.FULL)


async def _discord(report: Report, folder: Path, quick: bool) -> None:
    await commands.discord(report, folder, commands.QUICK if quick else commands.FULL)


async def _profile(report: Report, folder: Path, quick: bool) -> None:
    await profile.profile(report, folder, 200 if quick else 6_000)


async def _lottery(report: Report, folder: Path, quick: bool) -> None:
    await lottery.lottery(report, folder, 2 if quick else 30)


async def _start(report: Report, folder: Path, quick: bool) -> None:
    await start.start(report, folder, 1 if quick else 5)


async def _store(report: Report, folder: Path, quick: bool) -> None:
    await store.store(report, folder, 500 if quick else 5_000, 1 if quick else 5)


async def _schedules(report: Report, folder: Path, quick: bool) -> None:
    await schedules.compare(report, folder, [1_000] if quick else [1_000, 10_000, 100_000])


async def _load(report: Report, folder: Path, quick: bool) -> None:
    await load.load(report, folder, quick, AGAINST[0] if AGAINST else None)


async def _growth(report: Report, folder: Path, quick: bool) -> None:
    await growth.growth(report, folder, quick, AGAINST[0] if AGAINST else None)


async def _crowd(report: Report, folder: Path, quick: bool) -> None:
    await crowd.crowd(report, folder, quick, AGAINST[0] if AGAINST else None)


async def _pictures(report: Report, folder: Path, quick: bool) -> None:
    await pictures.pictures(report, folder, quick)


async def _feedback(report: Report, folder: Path, quick: bool) -> None:
    await feedback.feedback(report, folder, quick)


async def _digest(report: Report, folder: Path, quick: bool) -> None:
    await digest.digest(report, folder, quick)


async def _reading(report: Report, folder: Path, quick: bool) -> None:
    await reading.reading(report, folder, quick)


async def _board(report: Report, folder: Path, quick: bool) -> None:
    await board.board(report, folder, quick)


async def _search(report: Report, folder: Path, quick: bool) -> None:
    await search.search(report, folder, quick)


AGAINST: list[str] = []
"""The git revision to measure beside this tree, where one was given."""

PARTS: dict[str, Part] = {
    "slack": _slack,
    "discord": _discord,
    "profile": _profile,
    "lottery": _lottery,
    "start": _start,
    "store": _store,
    "schedules": _schedules,
    "load": _load,
    "growth": _growth,
    "crowd": _crowd,
    "pictures": _pictures,
    "digest": _digest,
    "search": _search,
    "board": _board,
    "reading": _reading,
    "feedback": _feedback,
}


async def measure(names: list[str], *, quick: bool, report: Report) -> None:
    """Measure the named parts, each in a folder of its own that is gone afterwards."""
    for name in names:
        with tempfile.TemporaryDirectory(prefix=f"cohort-bench-{name}-") as folder:
            await PARTS[name](report, Path(folder), quick)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"any of {', '.join(PARTS)}; all without one"
    )
    parser.add_argument("--quick", action="store_true", help="few calls: whether it runs, not how fast")
    parser.add_argument(
        "--against",
        metavar="REVISION",
        help="a git revision that `load`, `growth` and `crowd` measure beside this tree",
    )
    given = parser.parse_args()
    AGAINST[:] = [given.against] if given.against else []
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    report = Report(Console(width=110))
    asyncio.run(measure(given.parts or list(PARTS), quick=given.quick, report=report))


if __name__ == "__main__":
    main()
