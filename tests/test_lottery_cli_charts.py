"""Pictures of the lottery in a terminal, and the program itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_lottery_cli import ICLR, QUARTER, figures, lottery, said


@pytest.mark.parametrize(
    "words",
    [
        ("venue", "NeurIPS"),
        ("plan", "--tries", "6"),
        ("scores", "5,6,6"),
        ("scores", "5,6.5,12", *ICLR),
        ("fit", "22,21,22,101"),
        ("experiment", "2014", "--seed", "1"),
        ("simulate", "--papers", "166", "--seed", "1", "--quota"),
        ("simulate", "--papers", "500", "--seed", "1"),
        ("simulate", "--papers", "50000", "--seed", "1"),
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_chart_is_drawn_into_file(tmp_path: Path, words: tuple[str, ...]) -> None:
    picture = tmp_path / "out.PNG"
    data = figures(*words, "--chart", str(picture))
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert data["chart"] == str(picture)
    assert "in 100" in data["chart_alt"]
    assert "%" not in data["chart_alt"]


def test_draw_without_accepted_paper_has_no_picture(tmp_path: Path) -> None:
    picture = tmp_path / "x.png"
    words = ("simulate", "--papers", "1", "--seed", "2", "--chart", str(picture))
    text = said(*words)
    assert "1 paper before two committees" in text
    assert "nothing was accepted" in text
    assert "No picture: nothing was accepted in this draw." in text
    data = figures(*words)
    assert (data["flip"], data["chart"]) == (None, None)
    assert data["chart_alt"].startswith("No picture")
    assert not picture.exists()


def test_plans_picture_names_its_venues_or_rates(tmp_path: Path) -> None:
    chart = ("--tries", "3", "--chart", str(tmp_path / "x.png"))
    assert figures("plan", *chart)["chart_alt"].startswith(
        "accept rate 25 in 100: Of such papers, accepted by try 1:"
    )
    named = ("--accept-rate", "NeurIPS", "--accept-rate", ".3")
    assert figures("plan", *named, *chart)["chart_alt"].startswith("NeurIPS, then 30 in 100: ")
    rates = ("--accept-rate", ".2", "--accept-rate", ".3")
    assert figures("plan", *rates, *chart)["chart_alt"].startswith("accept rate 20 in 100, then 30 in 100: ")


def test_chart_that_cannot_be_written(tmp_path: Path) -> None:
    result = lottery("venue", "--chart", str(tmp_path / "nowhere" / "out.png"))
    assert result.exit_code == 2
    assert "No such file" in result.stderr


# The whole program


def test_real_program_starts_without_numpy_and_answers() -> None:
    code = "import sys, bot.cli; print('numpy' in sys.modules, 'PIL' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert run.stdout.split() == ["False", "False"]
    command = [sys.executable, "-m", "bot", "lottery", "venue", *QUARTER, "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - as above
    assert json.loads(run.stdout)["flip"] == pytest.approx(0.49114, abs=1e-4)
    assert run.stderr == ""
    command = [sys.executable, "-m", "bot", "lottery", "venue", "--accept-rate", "150%"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - as above
    assert refused.returncode == 2
    assert refused.stderr.startswith("The accept rate")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read there")
@pytest.mark.parametrize("extra", [[], ["--quota"]])
def test_ten_million_papers_need_little_memory(extra: list[str]) -> None:
    # Not from getrusage: what it reports of a child begins with the memory of its parent.
    code = (
        "import re, sys; from bot.cli import app\n"
        "app(sys.argv[1:], standalone_mode=False)\n"
        "print(re.search(r'VmHWM:\\s*(\\d+) kB', open('/proc/self/status').read())[1], file=sys.stderr)"
    )
    words = ["lottery", "simulate", "--papers", "10000000", "--seed", "7", "--json", *extra]
    run = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)  # noqa: S603 - as above
    assert json.loads(run.stdout)["flip"] == pytest.approx(0.49114, abs=0.001)
    assert 20_000 < int(run.stderr) < 200_000
