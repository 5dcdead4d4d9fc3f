"""`cohort-bot lottery`: the JSON contract, the words, bad input, pictures, and the same draw from one seed."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from core.lottery import decisions

NEVER = ("wrong", "good paper", "bad paper", "weak", "expected number", "lucky")
COHORT = [[6, 6, 8], [3, 5, 5, 6], [8, 8, 6], [3, 3, 5], [5, 6, 6, 8], [1, 3, 3], [6, 5, 3], [8, 6, 6, 5]]
QUARTER = ("--accept-rate", "25%")
ICLR = (
    "--mean",
    "5.48",
    "--between",
    "1.18",
    "--within",
    "1.84",
    "--reviews",
    "3.9",
    "--accept-rate",
    ".409",
)


def lottery(*words: str) -> Result:
    """What the command line does with these words."""
    return CliRunner().invoke(app, ["lottery", *words])


def said(*words: str) -> str:
    """What a person reads, its lines joined."""
    result = lottery(*words)
    assert result.exit_code == 0, result.output
    assert not any(each in result.stdout.casefold() for each in NEVER)
    return " ".join(result.stdout.split())


def figures(*words: str) -> dict[str, Any]:
    """What a script reads. Every range holds its figure, and stands beside it."""
    result = lottery(*words, "--json")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def holds(data: dict[str, Any], *names: str) -> bool:
    """Whether these figures lie in their ranges."""
    return all(data[f"{name}_range"][0] <= data[name] <= data[f"{name}_range"][1] for name in names)


def reviews_file(folder: Path, text: str | bytes) -> str:
    path = folder / "reviews.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def cohort_csv() -> str:
    lines = [f"paper {n},{score}" for n, scores in enumerate(COHORT, 1) for score in scores]
    return "\n".join(["paper,score", *lines, ""])


# The contract, with the figures of the nine checks


def test_venue() -> None:
    data = figures("venue", *QUARTER)
    names = ("both_accept", "disagreement", "flip", "accept_after_rejection")
    assert [data[name] for name in names] == pytest.approx([0.12722, 0.24557, 0.49114, 0.16371], abs=1e-4)
    assert holds(data, *names)
    assert data["flip"] == decisions.flip(0.25, 0.55), "full precision"
    assert data["flip_range"] == [decisions.flip(0.25, 0.63), decisions.flip(0.25, 0.46)]
    assert figures("venue", "--accept-rate", "25%", "--agreement", "0")["flip"] == pytest.approx(
        0.75, abs=1e-9
    )
    half = figures("venue", "--accept-rate", "50", "--agreement", ".5")
    assert half["both_accept"] == pytest.approx(1 / 3, abs=1e-9)
    sure = figures("venue", "--accept-rate", ".25", "--agreement", ".999")
    assert sure["flip"] == pytest.approx(0.0227, abs=1e-4)
    assert sure["agreement_range"] == [0.999, 0.999], "what was given has no range"
    assert holds(sure, *names)


def test_plan() -> None:
    data = figures("plan", *QUARTER, "--tries", "20")
    assert len(data["by"]) == len(data["by_range"]) == len(data["after_rejections"]) == 20
    by = [data["by"][n - 1] for n in (1, 2, 3, 5, 10, 20)]
    assert by == pytest.approx([0.25, 0.3728, 0.45, 0.5459, 0.6631, 0.7587], abs=1e-4)
    assert data["median_tries"] == 4
    assert data["after_rejections"][:4] == pytest.approx([0.164, 0.123, 0.099, 0.083], abs=1e-3)
    assert all(low <= value <= high for value, (low, high) in zip(data["by"], data["by_range"], strict=True))
    assert data["by_improved_after_first"] == data["by"]
    assert data["model_dependent_from_try"] == 3
    assert not any("mean" in key or "expected" in key for key in data), "there is no expected number of tries"


@pytest.mark.parametrize(("improve", "first", "again"), [("0.5", 0.3807, 0.2835), ("1", 0.5268, 0.4328)])
def test_plan_with_improvement(improve: str, first: float, again: float) -> None:
    data = figures("plan", *QUARTER, "--tries", "20", "--improve", improve)
    assert data["by"][0] == pytest.approx(first, abs=1e-4)
    assert data["after_rejections"][0] == pytest.approx(again, abs=1e-4)
    once, twice = data["by_improved_after_first"][:2]
    assert once == pytest.approx(0.25, abs=1e-6)
    assert (twice - once) / (1 - once) == pytest.approx(again, abs=1e-4)


def test_plan_over_several_venues() -> None:
    data = figures("plan", "--accept-rate", "NeurIPS", "--accept-rate", "30%", "--tries", "4")
    assert data["accept_rates"] == [0.245, 0.3, 0.3, 0.3]
    turned = figures("plan", "--accept-rate", "30%", "--accept-rate", "NeurIPS", "--tries", "2")
    assert data["by"][1] == pytest.approx(turned["by"][1]), "the order of two venues does not matter"
    assert all(earlier < later for earlier, later in pairwise(data["by"]))
    assert figures("plan", "--accept-rate", ".001", "--tries", "2")["median_tries"] is None


@pytest.mark.parametrize(
    ("own", "now", "following", "within"),
    [
        ("5,6,6", 0.4004, 0.4273, 1e-4),
        ("3 6 8", 0.4004, 0.4273, 1e-4),
        ("6,6,6", 0.648, 0.496, 5e-4),
        ("3,3,5", 0.0, 0.111, 1e-3),
    ],
)
def test_scores(own: str, now: float, following: float, within: float) -> None:
    data = figures("scores", own, *ICLR)
    assert [data["now"], data["next"]] == pytest.approx([now, following], abs=within)
    assert holds(data, "now", "next")
    named = figures("scores", *own.replace(" ", ",").split(","), "--venue", "ICLR")
    assert [named["now"], named["next"]] == [data["now"], data["next"]]


def test_scores_at_another_venue() -> None:
    data = figures("scores", "5,6,6", *ICLR, "--next-rate", ".25")
    assert data["next"] == pytest.approx(0.2344, abs=1e-4)
    assert figures("scores", "5,6,6", "--next-rate", "25%")["next"] == data["next"], "ICLR stands in"
    assert figures("scores", "4", "--venue", "NeurIPS 2025")["accept_rate"] == 0.245
    assert figures("scores", "5,6,6", "--venue", "ICLR", "--accept-rate", "30%")["accept_rate"] == 0.3


def test_fit() -> None:
    data = figures("fit", "22,21,22,101")
    assert data["agreement"] == pytest.approx(0.5265, abs=0.002)
    assert [data["low"], data["high"]] == pytest.approx([0.29, 0.71], abs=0.005)
    assert figures("fit", "99", "107", "96", "580")["agreement"] == pytest.approx(0.557, abs=0.002)


def test_simulate() -> None:
    data = figures("simulate", "--papers", "1000000", *QUARTER, "--seed", "7")
    assert data["flip"] == pytest.approx(0.49114, abs=0.003)
    assert data["disagreement"] == pytest.approx(0.24557, abs=0.003)
    assert data["flip_range"][0] < data["flip_expected"] < data["flip_range"][1]
    assert data["papers_per_second"] > 0
    assert data["seed"] == 7
    assert sum(data["counts"].values()) == 1_000_000


@pytest.mark.parametrize("extra", [(), ("--quota",)])
@pytest.mark.parametrize("papers", ["882", "300000"])
def test_one_seed_gives_one_result(extra: tuple[str, ...], papers: str) -> None:
    command = ["simulate", "--papers", papers, *QUARTER, "--seed"]
    runs = [figures(*command, "9", *extra), figures(*command, "9", "--threads", "2", *extra)]
    for run in runs:
        del run["papers_per_second"]
    assert runs[0] == runs[1]
    assert figures(*command, "10", *extra)["counts"] != runs[0]["counts"]
    assert "--threads does nothing any more" in said(*command, "9", "--threads", "2", *extra)


def test_small_quotas_mean_is_exact() -> None:
    data = figures("simulate", "--papers", "10", "--accept-rate", "20%", "--quota", "--seed", "1")
    assert data["flip_expected"] == pytest.approx(0.555, abs=0.001)


def test_quota_is_exact_and_seed_is_made_up_and_shown() -> None:
    data = figures("simulate", "--papers", "166", "--accept-rate", "24.7%", "--quota")
    assert data["counts"]["both"] + data["counts"]["only_a"] == data["accepted"] == 41
    again = figures(
        "simulate", "--papers", "166", "--accept-rate", "24.7%", "--quota", "--seed", str(data["seed"])
    )
    assert again["counts"] == data["counts"]
    assert str(data["seed"]) in said("simulate", "--papers", "166", "--seed", str(data["seed"]))
    assert figures("simulate", "--papers", "1", "--accept-rate", "1e-9", "--seed", "1")["flip"] is None


def test_ours(tmp_path: Path) -> None:
    data = figures("ours", reviews_file(tmp_path, cohort_csv()))
    assert data["icc_anova"] == pytest.approx(0.5824, abs=1e-4)
    assert data["icc"] == pytest.approx(0.422, abs=0.005)
    assert [data["low"], data["high"]] == pytest.approx([0.25, 0.60], abs=0.005)
    shuffled = "\ufeffWho;Score; Paper\n" + "".join(
        f'x;{score};"{n}; {n}"\n' for n, scores in enumerate(COHORT) for score in scores
    )
    assert figures("ours", reviews_file(tmp_path, shuffled))["icc"] == pytest.approx(data["icc"])
    negative = figures("ours", reviews_file(tmp_path, "paper,score\na,1\na,9\n\nb,9\nb,1\nc,2\nc,8\n"))
    assert negative["icc_anova"] < 0 < negative["low"] < negative["icc"] < negative["high"] < 1


@pytest.mark.parametrize(
    "text",
    [
        "paper;score\na;5,5\na;6\nb;3,0\nb;2.5\n",
        "Score\tpaper\n5,5\ta\n6\ta\n3,0\tb\n2.5\tb\n",
        "paper,score,what; why\na,5.5,x\na,6,;\nb,3,y\nb,2.5,z\n",
        "paper,score,tab\tin it\na,5.5,\na,6,\nb,3,\nb,2.5,\n",
        '"paper","score","why; so"\n"a","5.5",""\n"a","6",";"\n"b","3",""\n"b","2.5",""\n',
        'paper,score,note\na,5.5,one\u2028two\x0bthree\x0cfour\x85\na,6,\nb,3,\nb,2.5,"two\nlines"\n',
        "\n\npaper,score\r\na,5.5\r\na,6\r\nb,3\r\nb,2.5\r\n",
        "\ufeffpaper,score\ra,5.5\ra,6\rb,3\rb,2.5\r",
    ],
)
def test_files_of_any_spreadsheet_are_read_alike(tmp_path: Path, text: str) -> None:
    plain = figures("ours", reviews_file(tmp_path, "paper,score\na,5.5\na,6\nb,3\nb,2.5\n"))
    assert figures("ours", reviews_file(tmp_path, text)) == plain


def test_median_has_its_range() -> None:
    assert "by try 2286 (786 to 9041), model-dependent" in said("plan", "--accept-rate", "1%", "--tries", "3")
    assert figures("plan", "--accept-rate", "1%", "--tries", "3")["median_tries_range"] == [786, 9041]
    assert "by try 4 (4 to 5), model-dependent" in said("plan", "--tries", "3")
    assert "are in by try 1 Next" in said("plan", "--accept-rate", "60%")
    # Only the highest median, 3, lies beyond what was measured.
    assert "by try 2 (2 to 3), model-dependent" in said("plan", "--accept-rate", "36.5%")
    assert "by try over 10,000, model-dependent" in said("plan", "--accept-rate", ".01%")


def test_scores_say_which_agreement_was_used() -> None:
    data = figures("scores", "5,6,6")
    assert data["agreement"] == 0.55
    assert data["agreement_range"] == pytest.approx([0.46, 0.6237], abs=1e-4)
    assert data["agreement_most"] == pytest.approx(0.6116, abs=1e-4)
    assert "allow an agreement of 0.62 at most" in said("scores", "5,6,6")
    assert "read as scores from after the discussion" in said("scores", "5,6,6")
    early = (
        "scores",
        "5,6,6",
        "--mean",
        "5.48",
        "--between",
        ".65",
        "--within",
        "2.37",
        "--accept-rate",
        ".4",
    )
    data = figures(*early)
    assert data["agreement"] == data["agreement_most"] < 0.46
    assert data["agreement_range"] == pytest.approx([0.29, 0.4513], abs=1e-3)
    assert data["next_range"][1] - data["next_range"][0] > 0.002
    assert holds(data, "next", "now", "agreement")
    assert "0.29 to 0.45" in said(*early)


def test_agreement_that_was_given_has_no_range() -> None:
    data = figures("plan", "--improve", "1", "--accept-rate", "40%", "--tries", "2", "--agreement", ".6")
    assert data["agreement_range"] == [0.6, 0.6]
    assert data["by_range"] == [[each, each] for each in data["by"]]
    assert "so there are no ranges" in said("venue", "--agreement", ".6")
    data = figures("scores", "5,6,6", "--agreement", ".6")
    assert data["agreement_range"] == [0.6, 0.6]
    assert data["now_range"][1] - data["now_range"][0] > 0.3, "what else is not known stays in it"
    assert "the agreement of two committees" not in said("scores", "5,6,6", "--agreement", ".6")


def test_figures_that_were_given_are_named_and_not_those_they_replace() -> None:
    words = said("scores", "5,6,6", "--venue", "TMLR", "--accept-rate", "30%", "--mean", "5")
    assert "accept rate 30 in 100 (as given)" in words
    assert "mean 5 (as given), variance between papers 1.133, variance of one reviewer 1.887" in words
    assert "accept rate of 25" not in words
    words = said("scores", "5,6,6", "--accept-rate", "30%", "--reviews", "3")
    assert "3 reviews a paper (as given), accept rate 30 in 100 (as given)" in words
    assert "40.9 in" not in words


def test_tiny_variances_are_answered() -> None:
    given = ("--mean", "5", "--between", "1e-200", "--within", "1e-200", "--accept-rate", ".25")
    assert figures("scores", "5", *given)["now"] > 0


@pytest.mark.parametrize(("year", "flip", "fit"), [("2014", 43 / 87, 0.5265), ("2021", 203 / 401, 0.557)])
def test_experiment(year: str, flip: float, fit: float) -> None:
    data = figures("experiment", year, "--seed", "3")
    assert data["published"]["flip"] == pytest.approx(flip)
    assert data["fit"]["agreement"] == pytest.approx(fit, abs=0.002)
    assert holds(data["model"], "both", "split", "neither", "flip", "disagreement")
    for key in ("published", "rerun"):
        table = data[key]
        assert table["both"] + table["only_a"] + table["only_b"] + table["neither"] == data["papers"]
    assert figures("experiment", year, "--seed", "3")["rerun"] == data["rerun"]


# What a person reads


def test_words_have_ranges_and_say_what_they_rest_on(tmp_path: Path) -> None:
    words = said("venue", *QUARTER)
    assert "about 49 in 100 (44 to 54)" in words
    assert "about 25 in 100" in words
    assert "0.46 to 0.63" in words
    words = said("plan", *QUARTER, "--tries", "3")
    assert "By try 2 about 37 in 100 (36 to 39) By try 3" in words, "what was measured has no caution"
    assert "about 45 in 100 (43 to 47), model-dependent" in words
    assert (
        "another one, which fits two committees as well, gives about 43 in 100 by try 3" in words.casefold()
    )
    assert "after a discussion" in said("scores", "5,6,6")
    words = said("ours", reviews_file(tmp_path, cohort_csv()))
    assert "0.42 (0.25 to 0.60)" in words
    assert "Do not take them for the agreement of two committees" in words
    assert "arXiv:2109.09774" in said("experiment", "2014", "--seed", "1")
    assert "38.9 in 100" in said("venue", "ICLR 2026")
    assert "0.527 (0.29 to 0.71)" in said("fit", "22,21,22,101")


@pytest.mark.parametrize(
    ("rate", "read"),
    [("25%", 0.25), ("25", 0.25), (".25", 0.25), ("0,25", 0.25), ("0.26204819277108", 0.26204819277108)],
)
def test_accept_rates_are_read_alike(rate: str, read: float) -> None:
    assert figures("venue", "--accept-rate", rate)["accept_rate"] == pytest.approx(read, rel=1e-12)


# Bad input


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["venue", "--accept-rate", "0"], "between 0% and 100%"),
        (["venue", "--accept-rate", "1"], "1% or 100%"),
        (["venue", "--accept-rate", "150 %"], "between 0% and 100%"),
        (["venue", "--accept-rate", "-5"], "cannot read"),
        (["venue", "--accept-rate", "nan"], "cannot read"),
        (["venue", "--agreement", "1.5"], "between 0 and 1"),
        (["venue", "--agreement", "nan"], "between 0 and 1"),
        (["venue", "TMLR"], "no accept rate of TMLR"),
        (["venue", "Nowhere"], "do not know the venue"),
        (["venue", "--chart", "out.svg"], "ends in .png"),
        (["plan", "--tries", "0"], "at least 1"),
        (["plan", "--tries", "100000"], "at most 10,000"),
        (["plan", "--improve", "nan"], "between -5 and 5"),
        (["plan", "--agreement", "1"], "below 1"),
        (["plan", "--accept-rate", "TMLR"], "no accept rate"),
        (["scores", ""], "at least one"),
        (["scores", "5,x"], "no score"),
        (["scores", "7,7"], "not on the scale"),
        (["scores", "5", "--scale", "1-4"], "scale"),
        (["scores", "5", "--scale", "4"], "at least two"),
        (["scores", "5", "--venue", "TMLR"], "no figures of TMLR"),
        (["scores", "5", "--venue", "Nowhere"], "do not know"),
        (["scores", "5", "--mean", "5", "--between", "1", "--within", "1"], "--accept-rate"),
        (["scores", "5", *ICLR[:6], "--reviews", "0", *ICLR[8:]], "at least one review"),
        (["scores", "5", "--between", "-1"], "above 0"),
        (["scores", "5", "--mean", "inf"], "must lie between"),
        (["scores", ",".join(["5"] * 101)], "more than 100"),
        (["fit", "22,21,22"], "four counts"),
        (["fit", "22,21,22,-1"], "four counts"),
        (["fit", "0,0,0,9"], "accepted and papers that were rejected"),
        (["simulate", "--papers", "1000000000"], "At most 100,000,000"),
        (["simulate", "--papers", "0"], "at least 1"),
        (["simulate", "--seed", "-1"], "seed must be at least 0"),
        (["simulate", "--agreement", "1"], "every committee decides alike"),
        (
            ["simulate", "--papers", "3", "--accept-rate", "1%", "--quota"],
            "ask for more papers or another rate",
        ),
        (["experiment", "2015"], "2014 and 2021"),
        (["experiment", "2014", "--seed", "-3"], "seed must be at least 0"),
        (["ours", "no such file.csv"], "No such file"),
    ],
)
def test_bad_input_is_answered_with_sentence(words: list[str], says: str) -> None:
    result = lottery(*words)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stderr.strip().endswith((".", "?"))
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "columns"),
        ("a,b\n1,2\n", "columns"),
        ("paper,score\n", "at least two papers"),
        ("paper,score\na,5\nb,6\n", "at least two"),
        ("paper,score\na,5\na,5\nb,5\n", "the same"),
        ("paper,score\na,5\na\n", "Line 3 has 1 column, and"),
        ("paper,score\na,5\na,6,7\n", "Line 3 has 3 columns, and"),
        ("paper,score\na,5,5\n", "Line 2 has 3 columns, and"),
        ("paper;score\na;5,x\n", "Line 2: '5,x' is no score"),
        ("paper;score\na;1,000,5\n", "no score"),
        ("paper,score\na,5\na,good\n", "Line 3: 'good' is no score"),
        ("paper,score\na,5\na,nan\n", "no score"),
        ("paper,score\na,5\n,6\n", "Line 3 names no paper"),
        ('paper,score\n"a,5\n', "no CSV"),
        (b"paper,score\n\xff\xfe,5\n", "no CSV"),
    ],
)
def test_odd_files_are_answered_with_sentence(tmp_path: Path, text: str | bytes, says: str) -> None:
    result = lottery("ours", reviews_file(tmp_path, text))
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert result.stdout == ""


# Pictures
