"""The benchmark runs. How quick anything is, no test says."""

import io
import subprocess
import sys

import pytest
from rich.console import Console

from tests.bench import __main__ as bench
from tests.bench.figures import Report, Run, percentile


async def test_quick_run_prints_its_table() -> None:
    printed = io.StringIO()
    await bench.measure(["store"], quick=True, report=Report(Console(file=printed, width=110)))
    said = printed.getvalue()
    assert "synchronous=FULL" in said
    assert all(label in said for label in ("alone", "50 callers", "ratio")), said


@pytest.mark.slow
@pytest.mark.parametrize("part", ["board", "digest", "feedback", "reading"])
def test_quick_run_measures_both_engines(part: str) -> None:
    # In a process of its own: a benchmark tells the engines how large its tables are, and these are small in a quick run.
    command = [sys.executable, "-m", "tests.bench", "--quick", part]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the project's own
    assert run.returncode == 0, run.stderr[-4000:]
    assert "sqlite" in run.stdout
    assert "postgres" in run.stdout


def test_figures_of_run() -> None:
    run = Run(2.0, [0.001, 0.002, 0.003, 0.010], 0.004)
    assert run.per_second == 2
    assert run.processor_each == 1_000
    assert (percentile([run], 0.5), percentile([run], 0.99)) == (3, 10)
