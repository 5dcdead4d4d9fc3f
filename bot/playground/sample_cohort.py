"""Makes the sample cohort by running the sample story through the dispatch, each event at its time."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import structlog

from bot.playground import sample_story
from bot.playground.sample_people import SamplePeople, call_name
from bot.playground.sample_story import StoryEvent
from core import clock as clocks
from core.clock import MovableClock, SystemClock
from core.commands.dispatch import Core
from core.delivery import schedules
from core.delivery.service import Delivery

log = structlog.get_logger()

MAX_SCHEDULED = 500
"""How many scheduled events may lie between two events of the story, so that the loop always ends."""


class SampleCohort:
    """Makes the sample cohort of one playground. With a movable clock its three weeks are played through, so
    that check-in calls, prompts and digests stand in the channels; otherwise everything happens now."""

    def __init__(self, core: Core, delivery: Delivery, people: SamplePeople) -> None:
        self._core = core
        self._delivery = delivery
        self._people = people

    async def make(self) -> list[str]:
        """Make it. Returns a sentence for each event that failed; these are logged too."""
        problems: list[str] = []
        machine = SystemClock()
        clock = self._core.clock if isinstance(self._core.clock, MovableClock) else None
        present = self._core.clock.now()
        began = machine.now()
        digests = sample_story.WEEKDAYS[last_digest(present).weekday()]
        year = clocks.local_date(present, sample_story.ZONE).year
        events = timetable(sample_story.events(year, digests), present)
        for number, (at, event) in enumerate(events, start=1):
            # Of two events at one instant the second comes later, as it would.
            if clock is not None and (number == 1 or at > clock.now()):
                await self._advance_to(clock, at)
            problem = await self._people.perform(event, call_name(self._core.clock.now(), number))
            if problem is not None:
                problems.append(problem)
                log.warning("an event of the sample failed", problem=problem)
            await self._delivery.flush()
        if clock is not None:
            await self._advance_to(clock, present + (machine.now() - began))
        else:
            await self._delivery.flush()
        return problems

    async def _advance_to(self, clock: MovableClock, until: datetime) -> None:
        """Move the clock, firing every schedule on the way. Only the first event moves it back."""
        for _ in range(MAX_SCHEDULED):
            following = await self._core.store.read(schedules.upcoming, served=self._delivery.served)
            if following is None or following.next is None or following.next.at > until:
                break
            clock.move_to(following.next.at)
            await self._delivery.flush()
        clock.move_to(until)


DIGEST_AT = time(16, 0)
"""When the sample's digest is posted."""


def last_digest(present: datetime) -> date:
    """The working day on whose weekday the sample's digests are posted: the last one whose hour of the digest is over.
    So a week that begins now ends soon after a digest, whatever day it is."""
    now = clocks.local(present, sample_story.ZONE)
    return working_day(now.date() if now.time() > DIGEST_AT else now.date() - timedelta(days=1))


def working_day(day: date) -> date:
    """This day, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def timetable(events: Iterable[StoryEvent], present: datetime) -> list[tuple[datetime, StoryEvent]]:
    """The events with their instants, in order of time. Days are counted in working days back from today."""
    today = clocks.local_date(present, sample_story.ZONE)
    dated = []
    for order, event in enumerate(events):
        day = today
        for _ in range(event.days_ago):
            day = working_day(day - timedelta(days=1))
        dated.append((clocks.to_instant(day, event.at, sample_story.ZONE), order, event))
    dated.sort(key=lambda entry: entry[:2])
    return [(at, event) for at, _, event in dated]
