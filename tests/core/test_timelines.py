"""The timeline of a paper: its rounds as a picture, and words that say the same."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from core.chat.model import Picture, Reply
from core.clock import FixedClock
from core.features.submissions import timeline
from core.features.submissions.records import Event
from core.features.submissions.rounds import TimedRound, of_events
from core.papers.model import Round, Stage, VenueEdition
from tests.people import CohortFixture, text_of

TODAY = date(2026, 11, 23)
DRAFTING, SENT, REVISING = Stage.DRAFTING, Stage.SUBMITTED, Stage.REVISING
REJECTED, WITHDRAWN, ACCEPTED, PUBLISHED = Stage.REJECTED, Stage.WITHDRAWN, Stage.ACCEPTED, Stage.PUBLISHED


def picture_of(reply: Reply) -> Picture:
    """The only picture of an answer."""
    (found,) = (each for each in reply.blocks if isinstance(each, Picture))
    return found


def moved(*stages: Stage, venue: str = "TMLR") -> list[Event]:
    """A paper that came to these stages, on the first day of one month after the other."""
    before: Sequence[Stage | None] = (None, *stages)
    return [
        Event(date(2026, month, 1), was, now, None, "Ada", venue if was else "")
        for month, (was, now) in enumerate(zip(before, stages, strict=False), 1)
    ]


def brief(found: Sequence[TimedRound]) -> list[tuple[int, str, int | None, int | None]]:
    """Rounds as (number, stage, month in which it was sent, month in which it ended)."""
    return [
        (
            each.number,
            each.stage.value,
            each.sent.month if each.sent else None,
            each.ended.month if each.ended else None,
        )
        for each in found
    ]


@pytest.mark.parametrize(
    ("stages", "told"),
    [
        ((DRAFTING,), [(0, "drafting", None, None)]),
        ((DRAFTING, SENT), [(1, "submitted", 2, None)]),
        ((DRAFTING, SENT, REJECTED, SENT), [(1, "rejected", 2, 3), (2, "submitted", 4, None)]),
        ((SENT, REJECTED, Stage.IN_REVIEW), [(1, "in-review", 1, None)]),
        ((SENT, REJECTED, DRAFTING), [(1, "rejected", 1, 2), (0, "drafting", None, None)]),
        ((SENT, REJECTED, DRAFTING, SENT), [(1, "rejected", 1, 2), (2, "submitted", 4, None)]),
        ((SENT, REVISING, SENT, ACCEPTED), [(1, "accepted", 1, 4)]),
        ((SENT, ACCEPTED, PUBLISHED), [(1, "published", 1, 2)]),
        ((SENT, REJECTED, ACCEPTED), [(1, "accepted", 1, 3)]),
        ((ACCEPTED,), [(1, "accepted", None, 1)]),
        ((SENT, WITHDRAWN, SENT), [(1, "withdrawn", 1, 2), (2, "submitted", 3, None)]),
    ],
)
def test_events_are_told_round_by_round(
    stages: Sequence[Stage], told: list[tuple[int, str, int | None, int | None]]
) -> None:
    rounds = tuple(Round(VenueEdition("TMLR")) for number, *_ in told if number)
    assert brief(of_events(rounds, moved(*stages), TODAY)) == told


async def shown(cohort: CohortFixture, who: str = "ada") -> tuple[str, str]:
    """The words and the alternative text of the timeline of the paper #1."""
    reply = await getattr(cohort, who).ok("submission timeline", paper="1")
    return text_of(reply), picture_of(reply).alt


async def test_sent_elsewhere_while_revised_is_next_round(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="TMLR")
    await cohort.ada.ok("submission update", paper="1", stage="revising")
    await cohort.ada.ok("submission resubmit", paper="1", venue="ICLR 2027")
    text, alt = await shown(cohort)
    assert "Submitted to ICLR 2027 since 23 Nov 2026, round 2" in text
    assert "round 1, TMLR: withdrawn" in alt
    assert "round 2, ICLR 2027: submitted" in alt


async def test_picture_and_words_say_the_same(cohort: CohortFixture, clock: FixedClock) -> None:
    clock.move_to(datetime(2026, 1, 5, 12, tzinfo=UTC))
    await cohort.ada.ok("submission add", title="Onward", stage="drafting", venue="ICML 2026")
    for stage, day in (("submitted", "2026-01-28"), ("rebuttal", "2026-03-24"), ("rejected", "2026-05-01")):
        clock.move_to(datetime.fromisoformat(f"{day}T12:00:00+00:00"))
        await cohort.ada.ok("submission update", paper="1", stage=stage)
    clock.move_to(datetime(2026, 5, 15, 12, tzinfo=UTC))
    await cohort.ada.ok("submission resubmit", paper="1", venue="NeurIPS 2026")
    text, alt = await shown(cohort, "ben")
    assert text.splitlines()[:2] == ["#1 Onward", "Submitted to NeurIPS 2026 since 15 May 2026, round 2."]
    assert alt == (
        "Onward: Submitted to NeurIPS 2026 since 15 May 2026, round 2. round 1, ICML 2026: rejected, 28 Jan – 1 May 2026;"
        " round 2, NeurIPS 2026: submitted, since 15 May 2026."
    )
    assert "Fri 1 May 2026: rebuttal → rejected at ICML 2026, by Ada" in text


async def test_reviews_are_in_it_for_their_owner_alone(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="TMLR")
    for score in ("5", "6"):
        await cohort.ada.ok("review add", paper="1", score=score)
    text, alt = await shown(cohort)
    assert "Mon 23 Nov 2026: 2 reviews noted of round 1, with 5, 6; you alone see this" in text
    assert "2 reviews" in alt
    for other in ("ben", "olu", "mina"):
        assert "review noted" not in "".join(await shown(cohort, other))
        assert "2 reviews" not in "".join(await shown(cohort, other))


async def test_timeline_of_one_event(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="فكرة واحدة", stage="idea")
    text, alt = await shown(cohort)
    assert text.splitlines() == [
        "#1 فكرة واحدة",
        "Idea since 23 Nov 2026.",
        "• Mon 23 Nov 2026: added as idea, by Ada",
    ]
    assert alt == "فكرة واحدة: Idea since 23 Nov 2026. in the making: idea, since 23 Nov 2026."


def test_of_many_rounds_latest_are_drawn_and_alt_stays_short() -> None:
    venue = VenueEdition("International Conference on Things with a Long Name", 2026)
    events = [Event(TODAY, None, SENT, None, "Ada")]
    for _ in range(19):
        events += [Event(TODAY, SENT, REJECTED, None, "Ada"), Event(TODAY, REJECTED, SENT, None, "Ada")]
    told = of_events(tuple(Round(venue) for _ in range(20)), events, TODAY)
    chart = timeline.draw("T" * 250, timeline.Story(events, (), told))
    assert len(told) == 20
    assert "round 8," not in chart.alt
    assert "round 20," in chart.alt
    assert len(chart.alt) <= 1_000, "as much as Slack takes"
