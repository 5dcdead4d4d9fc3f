"""`lottery ours`: how far the cohort's own reviewers agree, and that nobody's reviews can be told from it."""

import asyncio
import io
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from core.charts.agreement import reviewer_agreement
from core.charts.looks import ANYWHERE
from core.chat.model import Picture, Reply
from core.clock import FixedClock
from core.cohorts import directory
from core.cohorts.model import Scope
from core.features.lottery import agreement
from core.features.lottery.agreement import Reviewed
from core.lottery.fit import Estimate, anova_icc, icc
from tests.people import Actor, CohortFixture, all_of, all_said, number_of, refused, text_of

EIGHT = [[6, 6, 8], [3, 5, 5, 6], [8, 8, 6], [3, 3, 5], [5, 6, 6, 8], [1, 3, 3], [6, 5, 3], [8, 6, 6, 5]]
"""The scores of LOTTERY's check: ANOVA .582, with the prior .422 (.25 to .60)."""

FEW = "There are not enough reviews yet. It takes 8 papers or more"
NEVER = ("wrong", "bad", "weak", "fail", "luck")


async def people(cohort_fixture: CohortFixture, count: int) -> list[Actor]:
    """So many members."""
    found = [cohort_fixture.ada, cohort_fixture.ben, cohort_fixture.mina, cohort_fixture.olu]
    for n in range(count - len(found)):
        actor = cohort_fixture.somebody(f"Extra{n}")
        await actor.ok("cohort join")
        found.append(actor)
    return found[:count]


async def note(
    actor: Actor,
    scores: Sequence[float],
    *,
    venue: str = "ICLR 2024",
    when: str = "before",
    stage: str = "rejected",
    visibility: str = "cohort",
) -> str:
    """A new paper with these scores. Returns the number of its last review."""
    reply = await actor.ok("submission add", title="Paper", venue=venue, stage=stage, visibility=visibility)
    paper = number_of(reply)
    for score in scores:
        reply = await actor.ok("review add", paper=paper, score=score, when=when)
    return number_of(reply)


async def eight(cohort_fixture: CohortFixture, count: int = 5, **how: str) -> list[Actor]:
    """The eight papers, shared out among so many people."""
    owners = await people(cohort_fixture, count)
    for n, scores in enumerate(EIGHT):
        await note(owners[n % count], scores, **how)
    return owners


def picture_of(reply: Reply) -> Picture:
    """The one picture."""
    (found,) = [block for block in reply.blocks if isinstance(block, Picture)]
    return found


async def test_cohorts_reviewers_are_shown_in_round_figures(cohort: CohortFixture) -> None:
    owners = await eight(cohort)
    reply = await owners[4].ok("lottery ours")
    words = await all_of(owners[4], reply)
    assert reply.private
    assert "note themselves run high" in text_of(reply)
    assert "from 8 papers or more of 5 people or more" in words
    assert "on the scale of 1 3 5 6 8 10 from before the discussion" in words
    assert "about 40 in 100 (25 to 60) lies with the paper" in words
    assert "about 60 in 100" in words.partition("ANOVA")[2]
    assert "correlation of 0.57 at most (0.43 to 0.70); the experiments found 0.55 (0.46 to 0.63)" in words
    assert "no sample of any venue" in words
    assert "As of Mon 23 Nov 2026" in words
    assert not any(each in words.casefold() for each in NEVER)
    assert picture_of(reply).png.startswith(b"\x89PNG")
    assert "about 40 in 100 (25 to 60)" in picture_of(reply).alt
    assert await all_said(owners[0], "lottery ours") == words


async def test_nothing_is_said_of_another_committee_after_discussion(cohort: CohortFixture) -> None:
    owners = await eight(cohort, when="after")
    words = await all_said(owners[0], "lottery ours")
    assert "from after the discussion" in words
    assert "does not follow from this" in words
    assert "correlation" not in words


async def test_too_few_papers_or_people_are_not_shown_and_not_counted(sqlite_cohort: CohortFixture) -> None:
    ada = sqlite_cohort.ada
    empty = text_of(await ada.ok("lottery ours"))
    assert empty.startswith(FEW)
    owners = await people(sqlite_cohort, 5)
    for n, scores in enumerate(EIGHT[:7]):
        await note(owners[n % 5], scores)
    assert text_of(await ada.ok("lottery ours")) == empty
    await note(owners[2], [5])
    assert text_of(await ada.ok("lottery ours")) == empty, "one review says nothing of two"
    await note(owners[2], [5, 6], venue="NeurIPS 2025")
    await note(owners[2], [5, 6], when="after")
    await note(owners[2], [5, 8], venue="ICLR")
    assert text_of(await ada.ok("lottery ours")) == empty, "scales and sides of the discussion do not mix"
    await note(owners[2], [5, 6])
    assert not text_of(await ada.ok("lottery ours")).startswith(FEW)


async def test_four_people_are_too_few_however_many_papers(sqlite_cohort: CohortFixture) -> None:
    await eight(sqlite_cohort, 4)
    assert text_of(await sqlite_cohort.ada.ok("lottery ours")).startswith(FEW)


async def test_accepted_papers_alone_are_not_used(sqlite_cohort: CohortFixture) -> None:
    owners = await eight(sqlite_cohort, stage="accepted")
    assert text_of(await owners[0].ok("lottery ours")).startswith(FEW)
    for owner in owners[:3]:
        await note(owner, [3, 5, 5], stage="in-review")
    assert "lies with the paper" in text_of(await owners[0].ok("lottery ours"))


async def test_private_and_anonymous_papers_count_and_are_never_shown(sqlite_cohort: CohortFixture) -> None:
    owners = await people(sqlite_cohort, 5)
    for n, scores in enumerate(EIGHT):
        await note(owners[n % 5], scores, visibility=("private", "anonymous")[n % 2])
    words = text_of(await owners[0].ok("lottery ours"))
    assert "about 40 in 100 (25 to 60)" in words
    assert "Paper" not in words
    assert "#" not in words


async def test_one_persons_reviews_do_not_move_figure(cohort: CohortFixture, clock: FixedClock) -> None:
    owners = await people(cohort, 5)
    for n, scores in enumerate(EIGHT):
        number = await note(owners[n % 5], scores)
    before = text_of(await owners[0].ok("lottery ours"))
    clock.move_to(clock.now() + timedelta(days=7))
    for scores in ([10, 10, 10], [1, 1], [10, 1]):
        await note(owners[1], scores)
    assert text_of(await owners[0].ok("lottery ours")) == before
    newcomer = cohort.somebody("New")
    await newcomer.ok("cohort join")
    await note(newcomer, [1, 1, 1])
    assert text_of(await owners[0].ok("lottery ours")) == before
    await owners[7 % 5].ok("review remove", review=number, sure="yes")
    assert text_of(await owners[0].ok("lottery ours")) == before, "nor does a review that goes"
    await note(owners[3], [1, 10])
    assert text_of(await owners[0].ok("lottery ours")) == before
    await note(owners[4], [1, 1])
    after = text_of(await owners[0].ok("lottery ours"))
    assert after != before, "five people's reviews have changed"
    after = await all_said(owners[0], "lottery ours")
    assert "As of Mon 30 Nov 2026" in after
    assert "from 12 papers or more" in after


async def test_figure_goes_when_most_of_its_reviews_have_gone(sqlite_cohort: CohortFixture) -> None:
    owners = await eight(sqlite_cohort)
    assert "lies with the paper" in text_of(await owners[0].ok("lottery ours"))
    for owner in owners:
        await owner("review remove")
        assert owner.last is not None
        for each in await sqlite_cohort.core.complete(owner.last, "review", ""):
            await owner.ok("review remove", review=each.value, sure="yes")
    assert text_of(await owners[0].ok("lottery ours")).startswith(FEW)


@pytest.mark.case(68)
async def test_others_read_and_write_while_figures_are_computed(
    cohort: CohortFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    owners = await eight(cohort)
    begun, go = threading.Semaphore(0), threading.Event()

    def compute(due: Sequence[agreement.DueFigure]) -> list[dict[str, Any]]:
        begun.release()
        assert go.wait(60)
        return computed(due)

    computed = agreement.compute
    monkeypatch.setattr(agreement, "compute", compute)
    asked = [asyncio.create_task(each("lottery ours")) for each in owners[:2]]
    for _ in asked:
        assert await asyncio.to_thread(begun.acquire, timeout=60)
    await cohort.ben.ok("submission add", title="Meanwhile")
    assert "9 papers" in text_of(await cohort.ben.ok("submission list"))
    go.set()
    first, second = await asyncio.gather(*asked)
    assert text_of(first) == text_of(second), "two computed it, one was stored"
    assert "lies with the paper" in text_of(first)


async def test_figure_that_another_call_renewed_stays(cohort: CohortFixture) -> None:
    await eight(cohort)
    core, scope = cohort.core, await _scope(cohort)
    due = await core.read(cohort.id, agreement.due_figures, scope)
    late = agreement.compute([replace(due[0], papers=due[0].papers[:-1])])
    await core.write(cohort.id, agreement.store_figures, scope, agreement.compute(due))
    kept = await core.read(cohort.id, agreement.current_figure, scope)
    await core.write(cohort.id, agreement.store_figures, scope, late)
    assert await core.read(cohort.id, agreement.current_figure, scope) == kept
    assert not await core.read(cohort.id, agreement.due_figures, scope)


async def _scope(cohort: CohortFixture) -> Scope:
    now = cohort.core.clock.now()
    found = await cohort.core.store.read(directory.cohort, cohort.id)
    assert found is not None
    return Scope(found, None, now, now.date())


async def test_who_is_no_member_sees_nothing(sqlite_cohort: CohortFixture) -> None:
    await eight(sqlite_cohort)
    refused(await sqlite_cohort.somebody("Eve")("lottery ours"))


def paper(owner: int, scores: tuple[float, ...] = (5.0, 6.0), *, accepted: bool = False) -> Reviewed:
    return Reviewed(owner, False, "1 3 5 6 8 10", (1, 2), scores, accepted)


def test_nobody_makes_up_more_than_half() -> None:
    rounds = [agreement._Round(n, max(1, n - 39), False, "1 3 5 6 8 10", False) for n in range(1, 45)]
    (group,) = agreement._grouped(rounds).values()
    assert sum(each.owner == 1 for each in group) == agreement.MOST_EACH
    papers = [paper(each.owner) for each in group]
    assert agreement.is_enough([*papers[:-1], replace(papers[-1], scores=(1.0, 8.0))])
    assert 2 * agreement.MOST_EACH <= agreement.FEWEST_PAPERS


def test_what_cannot_be_estimated_is_not_enough() -> None:
    same = [paper(n % 5, (6.0, 6.0)) for n in range(9)]
    assert not agreement.is_enough(same)
    two_levels = [replace(each, scores=(8.0, 8.0)) if n == 3 else each for n, each in enumerate(same)]
    assert agreement.is_enough(two_levels)
    assert icc([each.scores for each in two_levels]).high <= 1
    assert anova_icc([each.scores for each in two_levels]) == pytest.approx(1)


@pytest.mark.parametrize(
    "icc_", [Estimate(0, 0, 0), Estimate(0.4, 0.25, 0.6), Estimate(1, 1, 1), Estimate(0.05, 0, 1)]
)
@pytest.mark.parametrize("discussed", [False, True])
def test_picture_takes_every_agreement(icc_: Estimate, discussed: bool) -> None:
    chart = reviewer_agreement(icc_, discussed=discussed, subject="Lab Ba$$in 🎉")
    image = Image.open(io.BytesIO(chart.drawing.png(ANYWHERE)))
    assert image.width == 720
    assert chart.alt.startswith("Lab Ba$$in 🎉: ")
    assert ("after" if discussed else "before") in chart.alt


def test_picture_of_no_agreement_is_refused() -> None:
    with pytest.raises(ValueError, match="in order"):
        reviewer_agreement(Estimate(0.5, 0.6, 0.7), discussed=False)
    with pytest.raises(ValueError, match="between 0 and 1"):
        reviewer_agreement(Estimate(-0.1, -0.2, 0.7), discussed=False)
