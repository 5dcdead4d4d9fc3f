"""What pictures cost, beside what they cost when matplotlib drew them, and what they may cost."""

import os
from pathlib import Path
from typing import Any

from tests.bench.figures import Report, middle
from tests.bench.pictures_case import KINDS
from tests.bench.process import ROOT
from tests.bench.trees import measured

CASE = "tests.bench.pictures_case"
WERE = {"each": "65 to 130", "first": "450 to 1,170", "memory": "236"}
"""Measured on this project's last version that drew with matplotlib; the memory after 90 pictures."""
MAY = {"each": 40.0, "first": 250.0, "memory": 130.0}
"""Milliseconds at p95, milliseconds, MB."""

CLOCKS = ("clock", "processor")
"""What is waited for, which other work on the machine makes longer; and what it costs."""


async def pictures(report: Report, folder: Path, quick: bool) -> None:
    """First ones in fresh processes, warm ones by kind, and memory through the whole core."""
    report.heading("Pictures: laid out, packed and drawn for a chat; memory through dispatch on SQLite")

    async def case(*words: str) -> Any:
        return await measured(ROOT, CASE, words, folder / f"{'-'.join(words)}.log")

    times = 1 if quick else 3
    firsts = {kind: [await case("first", kind) for _ in range(times)] for kind in KINDS}
    first = {
        kind: {of: middle(each[of] for each in found) for of in CLOCKS} for kind, found in firsts.items()
    }
    warm = await case("warm", "1" if quick else "12")
    used = await case("memory", *(("8", "40") if quick else ("200", "10000")))
    rows = [
        (
            kind,
            *(
                f"{each:.0f}"
                for of in CLOCKS
                for each in (first[kind][of], _at(found[of], 0.5), _at(found[of], 0.95))
            ),
        )
        for kind, found in warm.items()
    ]
    report.table(("ms", "first", "p50", "p95", "processor: first", "p50", "p95"), rows)
    late = {of: _at([each for found in warm.values() for each in found[of]], 0.95) for of in CLOCKS}
    begun = {of: max(each[of] for each in first.values()) for of in CLOCKS}
    report.table(
        ("", "matplotlib", "now", "processor", "may be"),
        (
            ("a picture, p95, ms", WERE["each"], *(f"{late[of]:.0f}" for of in CLOCKS), f"{MAY['each']:.0f}"),
            (
                "the first, at most, ms",
                WERE["first"],
                *(f"{begun[of]:.0f}" for of in CLOCKS),
                f"{MAY['first']:.0f}",
            ),
            (
                f"resident, MB, after {used['different pictures']:.0f} different and the commands",
                WERE["memory"],
                f"{used['after the commands']:.0f}",
                "",
                f"{MAY['memory']:.0f}",
            ),
        ),
    )
    report.say(
        "resident, MB: "
        + ", ".join(f"{each:.0f} {name}" for name, each in used.items() if "different" not in name)
    )
    report.say(f"load of the machine, processes over the last minute: {os.getloadavg()[0]:.1f}")


def _at(milliseconds: list[float], share: float) -> float:
    return sorted(milliseconds)[min(len(milliseconds) - 1, int(share * len(milliseconds)))]
