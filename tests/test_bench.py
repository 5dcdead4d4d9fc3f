"""The benchmark runs. How quick anything is, no test says."""

import io

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
async def test_quick_run_measures_both_engines(part: str) -> None:
    printed = io.StringIO()
    await bench.measure([part], quick=True, report=Report(Console(file=printed, width=110)))
    said = printed.getvalue()
    assert "sqlite" in said, said
    assert "postgres" in said, said


def test_figures_of_run() -> None:
    run = Run(2.0, [0.001, 0.002, 0.003, 0.010], 0.004)
    assert run.per_second == 2
    assert run.processor_each == 1_000
    assert (percentile([run], 0.5), percentile([run], 0.99)) == (3, 10)
