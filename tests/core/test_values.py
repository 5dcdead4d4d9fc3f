"""Values as people type them: scores, numbers, venue editions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lottery import reading
from core.papers.venues import read_edition
from tests.people import CohortFixture, buttons_of, text_of


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5,6,6", (5, 6, 6)),
        ("5 6 6", (5, 6, 6)),
        ("5, 6, 6", (5, 6, 6)),
        ("5/6/6", (5, 6, 6)),
        ("3,5 4 3,5", (3.5, 4, 3.5)),
        ("3,5; 4; 3,5", (3.5, 4, 3.5)),
        ("3,5, 4, 3,5", (3.5, 4, 3.5)),
        ("3,5", (3, 5)),
        ("1,3,5,6,8,10", (1, 3, 5, 6, 8, 10)),
        ("6: marginally above the threshold", (6,)),
        ("6: marginally above, 5: borderline", (6, 5)),
        ("Rating: 6: marginally above\nRating: 5: below", (6, 5)),
        ("Rating: 6: marginally above Rating: 5: below", (6, 5)),
        ("2.5 = weak accept", (2.5,)),
        ("2,5 = weak accept; 3 = accept", (2.5, 3)),
        ("6 - weak accept; 3 - reject", (6, 3)),
        ("6 marginally above", (6,)),
    ],
)
def test_scores_as_they_are_pasted(typed: str, meant: tuple[float, ...]) -> None:
    assert reading.scores(typed, 20) == meant


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("5,6 6", "5.6, or 5 6"),
        ("6: good, 2 typos", "2 typos"),
        ("Rating: 6, Confidence: 4", "Confidence: 4"),
        ("six", "six"),
        ("5-6", "5-6"),
        ("", "5,6,6"),
    ],
)
def test_what_may_mean_two_things_or_none_is_named(typed: str, named: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        reading.scores(typed, 20)
    assert named in str(refused.value)


@given(st.lists(st.integers(0, 40).map(lambda quarters: quarters / 4), min_size=2, max_size=8))
def test_decimal_commas_and_points_are_one_number(scores: list[float]) -> None:
    points = " ".join(f"{each:g}" for each in scores)
    assert reading.scores(points, 20) == tuple(scores)
    assert reading.scores(points.replace(".", ","), 20) == tuple(scores)
    assert reading.scores(points.replace(".", ",").replace(" ", "; "), 20) == tuple(scores)


@given(st.text(alphabet="0123456789.,;:/= -abc\n", max_size=60))
def test_any_text_is_scores_or_a_sentence(typed: str) -> None:
    try:
        found = reading.scores(typed, 20)
    except ValueError as error:
        assert str(error)[-1] in ".”"  # noqa: PT017 - either is right
    else:
        assert 1 <= len(found) <= 20


@pytest.mark.parametrize(
    ("typed", "value"),
    [("55%", 0.55), ("55 %", 0.55), (".55", 0.55), ("0,55", 0.55), (",5", 0.5), ("1", 1.0)],
)
def test_fractions(typed: str, value: float) -> None:
    assert reading.fraction(typed) == pytest.approx(value)


@pytest.mark.case(59)
async def test_a_decimal_comma_is_one_number_everywhere(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Deep", venue="Our Workshop 2026", stage="in-review")
    assert "3.5" in text_of(await cohort.ada.ok("review add", paper="#1", score="3,5"))
    assert "2.5" in text_of(await cohort.ada.ok("review add", paper="#1", score="2.5 = weak accept"))
    listed = str(await cohort.ada.ok("review list", paper="#1"))
    assert "3.5" in listed
    assert "2.5" in listed
    answers = {
        text_of(await cohort.ada.ok("lottery venue", accept_rate=rate, agreement=agreement))
        for rate, agreement in (("24,5 %", "55%"), ("24.5", "0,55"), (".245", ".55"))
    }
    assert len(answers) == 1, answers
    assert "24.5 in 100" in answers.pop()
    for scores in ("3,5 4 3,5", "3.5 4 3.5"):
        assert "3.5" in str(await cohort.ada.ok("lottery scores", scores=scores, venue="Our Workshop"))
    refused = await cohort.ada.fails("review add", paper="#1", score="good")
    assert refused.field == "score"
    assert "good" in text_of(refused)


@pytest.mark.parametrize(
    ("typed", "edition"),
    [
        ("SIGIR2027", ("SIGIR", 2027)),
        ("SIGIR '27", ("SIGIR", 2027)),
        ("SIGIR’27", ("SIGIR", 2027)),
        ("SIGIR 2027", ("SIGIR", 2027)),
        ("SIGIR-2027", ("SIGIR", 2027)),
        ("SIGIR27", ("SIGIR", 2027)),
        ("CHI 27", ("CHI", 2027)),
        ("nips 26", ("NeurIPS", 2026)),
        ("Our Workshop 2027", ("Our Workshop", 2027)),
        ("Area 51", ("Area 51", None)),
        ("3DV 2027", ("3DV", 2027)),
        ("Web3D", ("Web3D", None)),
        ("2027", ("2027", None)),
    ],
)
def test_one_edition_however_it_is_written(typed: str, edition: tuple[str, int | None]) -> None:
    found = read_edition(typed)
    assert (found.name, found.year) == edition


@given(st.text(max_size=250))
def test_any_text_is_some_venue(typed: str) -> None:
    found = read_edition(typed)
    assert found.year is None or 1900 <= found.year < 2100


async def test_a_year_that_cannot_be_is_asked_about(cohort: CohortFixture) -> None:
    asked = await cohort.ada.fails("submission add", title="Deep", venue="ICML 2062")
    assert asked.field == "venue"
    assert "2062" in text_of(asked)
    assert [each.label for each in buttons_of(asked)] == ["ICML 2026", "ICML 2027"]
    done = await cohort.ada.click(asked, "ICML 2027")
    assert "“Deep”" in text_of(done)
    assert "ICML 2027" in text_of(done)


async def test_the_next_try_is_not_the_same_edition(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Deep", venue="SIGIR '26", stage="rejected")
    asked = await cohort.ada.fails("submission resubmit", paper="#1", venue="sigir2026")
    assert asked.field == "venue"
    assert [each.label for each in buttons_of(asked)] == ["sigir 2027"]
    done = await cohort.ada.ok("submission resubmit", paper="#1", venue="SIGIR")
    assert "SIGIR 2027" in text_of(done), "without a year it is the next edition"
