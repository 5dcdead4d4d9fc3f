"""When the sample cohort's people do what they do next: as the clock comes by, once, and never in the way of somebody
who uses the playground."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from bot.playground import sample_weeks, snapshot, touched
from bot.playground.sample_cohort import last_digest
from bot.playground.sample_people import SamplePeople
from bot.playground.sample_story import ZONE, PressButton, RunCommand, StoryEvent
from core import clock as clocks
from core.chat.model import FieldKind
from core.commands.dispatch import Core
from core.store import notes
from core.store.port import Conn

log = structlog.get_logger()

TOO_LATE = timedelta(hours=1)
"""What could not happen for so long does not happen any more: nobody checks in three times when a laptop wakes."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the story has come: the day of the digest after which its first week begins, the week, and how many of the
    week's events are over."""

    digest: date
    week: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class NextEvent:
    """The event that is next, its instant, and how far the story is once it is over."""

    at: datetime
    event: StoryEvent
    id: str
    then: Progress


class SampleAhead:
    """What is still to happen in the sample cohort of one playground."""

    def __init__(self, core: Core, people: SamplePeople) -> None:
        self._core = core
        self._people = people
        self.performed = 0
        """How many events happened since the start."""
        self.refused: list[str] = []
        """A sentence for each event that was refused since the start."""

    async def begin(self, digest: date, present: datetime) -> None:
        """Begin with the week after a digest; what would have been before `present` is left out."""
        progress = Progress(digest)
        while (following := _following(progress)).at <= present:
            progress = following.then
        await self._core.store.write(_save, progress)

    async def resume(self) -> None:
        """Begin now where a sample cohort was made by a version in which nothing followed."""
        mode, story = await self._core.store.read(_notes)
        if mode == snapshot.SAMPLE and story is None:
            now = self._core.clock.now()
            await self.begin(last_digest(now), now)

    async def next_at(self) -> datetime | None:
        """When the next event is; None where there is no sample cohort."""
        progress = await self._core.store.read(_load)
        return _following(progress).at if progress else None

    async def play_next(self) -> bool:
        """Let the next event happen now if its time has come. False where it has not."""
        progress = await self._core.store.read(_load)
        if progress is None or (following := _following(progress)).at > (now := self._core.clock.now()):
            return False
        if now - following.at <= TOO_LATE and not await self._in_the_way(following.event):
            problem = await self._people.perform(following.event, following.id)
            if problem is None:
                self.performed += 1
            else:
                # For example where an organizer removed them, or a paper is gone. The story goes on.
                self.refused.append(problem)
                log.info("an event of the sample was refused", problem=problem)
        await self._core.store.write(_save, following.then)
        return True

    async def _in_the_way(self, event: StoryEvent) -> bool:
        """Whether somebody who uses the playground changed the same record, or checked in as the same person that
        day."""
        action = event.action
        if isinstance(action, PressButton):
            action = RunCommand(action.command, action.args, action.channel)
        if not isinstance(action, RunCommand):
            return False
        today = clocks.local_date(self._core.clock.now(), ZONE)
        request = self._people.request(event.who, action, "")
        if request is None:
            return False
        names = await touched.names(self._core, request, today)
        command = self._core.registry.commands[action.command]
        records = [
            each
            for each in command.params
            if each.kind is FieldKind.RECORD and each.name in ("paper", "item")
        ]
        gone = any(each.name in action.args for each in records) and not any("#" in name for name in names)
        return gone or await self._core.store.read(touched.any_of, names)


def _following(progress: Progress) -> NextEvent:
    """The next event of the story, which never ends."""
    dated = _dated(progress.digest, progress.week)
    at, event = dated[progress.done]
    last = progress.done + 1 == len(dated)
    then = Progress(progress.digest, progress.week + last, 0 if last else progress.done + 1)
    return NextEvent(at, event, f"next-{progress.digest}-{progress.week}-{progress.done}", then)


def _dated(digest: date, week: int) -> list[tuple[datetime, StoryEvent]]:
    """A week's events with their instants, in order of time."""
    begins = digest + timedelta(weeks=week)
    days = [begins + timedelta(days=n) for n in range(1, 8)]
    working = [day for day in days if day.weekday() < 5]
    events = sample_weeks.week(week, digest.year)
    dated = [(clocks.to_instant(working[-event.days_ago - 1], event.at, ZONE), event) for event in events]
    return sorted(dated, key=lambda each: each[0])


def _notes(conn: Conn) -> tuple[str | None, str | None]:
    return notes.get(conn, snapshot.MODE), notes.get(conn, snapshot.STORY)


def _load(conn: Conn) -> Progress | None:
    mode, found = _notes(conn)
    if found is None or mode != snapshot.SAMPLE:
        return None
    digest, week, done = json.loads(found)
    return Progress(date.fromisoformat(digest), week, done)


def _save(conn: Conn, progress: Progress) -> None:
    notes.put(conn, snapshot.STORY, json.dumps([progress.digest.isoformat(), progress.week, progress.done]))
