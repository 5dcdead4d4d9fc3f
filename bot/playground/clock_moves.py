"""Moving the playground's clock: forward through everything that happens on the way, and back to now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.playground import messages, snapshot, workspace
from bot.playground.messages import Posted
from bot.playground.payloads import Tree
from bot.playground.sample_ahead import SampleAhead
from core import clock as clocks
from core.chat.text import enumerated
from core.clock import MovableClock, SystemClock
from core.cohorts import directory
from core.commands.dispatch import Core
from core.commands.spec import ScheduleKind
from core.delivery import outbox, timers
from core.delivery.service import Delivery
from core.errors import BadInput
from core.store import notes
from core.store.port import Conn

MAX_EVENTS = 600
"""How many scheduled posts and doings of the sample's people one move lets happen at most."""

MAX_FORWARD = timedelta(days=31)
"""How far one move goes at most when it is given in seconds."""

AHEAD = timedelta(minutes=1)
"""From how much on the clock counts as moved."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What was posted on the way: by channel, by direct messages, and the channel of a digest that was among it."""

    channels: tuple[Posted, ...]
    direct: tuple[Posted, ...]
    digest: str | None


class ClockMoves:
    """The movements of one playground's clock. `tell` is called after each step of a move."""

    def __init__(self, core: Core, delivery: Delivery, ahead: SampleAhead, tell: Callable[[], None]) -> None:
        self._core = core
        self._delivery = delivery
        self._ahead = ahead
        self._tell = tell
        self._unmoved = core.clock.now() - SystemClock().now()

    async def resume(self) -> None:
        """Set the clock where the last run left it."""
        offset = await self._core.store.read(notes.get, snapshot.CLOCK)
        if offset and isinstance(self._core.clock, MovableClock):
            resumed = SystemClock().now() + timedelta(seconds=float(offset))
            self._core.clock.move_to(max(resumed, self._core.clock.now()))

    async def save(self) -> None:
        """Store how far the clock is from the machine's, for the next start."""
        offset = self._core.clock.now() - SystemClock().now()
        await self._core.store.write(notes.put, snapshot.CLOCK, str(offset.total_seconds()))

    def _present(self) -> datetime:
        """What the clock would show if nobody had moved it."""
        return SystemClock().now() + self._unmoved

    def is_ahead(self) -> bool:
        """Whether somebody moved the clock forward and not back."""
        return self._core.clock.now() - self._present() > AHEAD

    async def forward(self, seconds: float | None) -> Tree:
        """Move to the next scheduled event, or some seconds forward; everything on the way happens. Returns what
        happened, in sentences and for the page."""
        clock = self._movable()
        before, began = await self._core.store.read(messages.newest_number), clock.now()
        lived = await self._core.store.read(messages.later_than, began)
        did = self._ahead.performed
        until = await self._destination(clock, seconds)
        await self._advance_to(clock, until)
        await self.save()
        return await self._report(before, began, self._ahead.performed - did, lived=lived > 0)

    async def back(self) -> Tree:
        """Move back to now. What happened meanwhile stays, and the answer says so."""
        clock = self._movable()
        if not self.is_ahead():
            raise BadInput("The clock is at now already.")
        present, ahead = self._present(), clock.now()
        later = await self._core.store.read(messages.later_than, present)
        clock.move_to(present)
        await self.save()
        zone = await self._core.store.read(_zone)
        return {"words": _words_of_return(present, ahead, later, await self._scheduled(), zone)}

    async def live(self) -> None:
        """Let happen what the sample's people do about now."""
        while await self._ahead.play_next():
            self._tell()

    def _movable(self) -> MovableClock:
        if isinstance(self._core.clock, MovableClock):
            return self._core.clock
        raise BadInput("This playground runs by the machine's clock, which cannot be moved.")

    async def _destination(self, clock: MovableClock, seconds: float | None) -> datetime:
        if seconds is not None:
            return clock.now() + timedelta(seconds=min(max(seconds, 0), MAX_FORWARD.total_seconds()))
        following = await self._scheduled()
        if following is None:
            raise BadInput("Nothing is scheduled. An organizer can add something with schedule-add.")
        return max(clock.now(), following)

    async def _scheduled(self) -> datetime | None:
        """When the next schedule is due, or the next timer."""
        following = await self._core.store.read(timers.upcoming_event, self._delivery.served)
        return following[1] if following else None

    async def _advance_to(self, clock: MovableClock, until: datetime) -> None:
        for _ in range(MAX_EVENTS):
            coming = [at for at in (await self._scheduled(), await self._ahead.next_at()) if at is not None]
            if not coming or (following := min(coming)) > until:
                break
            clock.move_to(max(clock.now(), following))
            await self._delivery.flush()
            await self._ahead.play_next()
            await self._delivery.flush()
            self._tell()
        clock.move_to(max(clock.now(), until))
        await self._delivery.flush()

    async def _report(self, before: int, began: datetime, did: int, *, lived: bool) -> Tree:
        """What a move did, in sentences; where posts stand now; and the channel of a digest that was among them. `lived`
        says that the clock had been later before."""
        kind = self._core.registry.schedules.get("digest")
        happened = await self._core.store.read(_happened, before, began, kind)
        zone = await self._core.store.read(_zone)
        now = clocks.words_without_zone(self._core.clock.now(), zone)
        return {
            "posted": [
                {"place": each.place, "count": each.count, "last": each.last} for each in happened.channels
            ],
            "digest": happened.digest,
            "words": [f"It is now {now}.", *words_of_move(happened, did, lived=lived)],
        }


def _happened(conn: Conn, before: int, began: datetime, digest: ScheduleKind | None) -> Happened:
    posted = messages.posted_after(conn, before)
    cohorts = directory.cohorts_of_workspace(conn, workspace.PLATFORM, workspace.WORKSPACE)
    place = None
    if digest is not None and cohorts:
        last = outbox.last_sent(conn, cohorts[0].id, digest.post)
        if last is not None and last.slot_at >= began:
            places = directory.places_for(conn, cohorts[0].id, digest.purpose)
            place = next((each.channel for each in places), None)
    direct = [each for each in posted if each.place.startswith(workspace.DIRECT)]
    channels = [each for each in posted if each not in direct]
    return Happened(
        tuple(channels), tuple(direct), place if any(each.place == place for each in channels) else None
    )


def _zone(conn: Conn) -> str:
    cohorts = directory.cohorts_of_workspace(conn, workspace.PLATFORM, workspace.WORKSPACE)
    return cohorts[0].zone if cohorts else "UTC"


def words_of_move(happened: Happened, did: int, *, lived: bool) -> list[str]:
    """What happened on the way, in sentences."""
    channels, direct = happened.channels, happened.direct
    said = []
    if did:
        said.append(f"The sample's people did {did} {'thing' if did == 1 else 'things'} on the way.")
    if channels:
        said.append("I posted " + enumerated([f"{each.count} in #{each.place}" for each in channels]) + ".")
    if direct:
        to = enumerated([f"{each.count} to {_reader(each.place)}" for each in direct])
        said.append(f"Direct messages went out: {to}.")
    if not said and lived:
        return ["Nothing new: the clock was here before, and what happened then stands in the channels."]
    return said or ["Nothing was posted."]


def _words_of_return(
    present: datetime, ahead: datetime, later: int, following: datetime | None, zone: str
) -> list[str]:
    """What moving back leaves as it is."""
    said = [f"It is {clocks.words_without_zone(present, zone)} again."]
    if later:
        them = "1 message has a date" if later == 1 else f"{later} messages have dates"
        said.append(
            f"What happened while the clock was ahead stays: {them} up to {clocks.words_without_zone(ahead, zone)}, and what was"
            " entered meanwhile is kept."
        )
    else:
        said.append("Nothing was posted while the clock was ahead.")
    if following is not None:
        said.append(
            f"Nothing is posted twice: what is scheduled goes on {clocks.words_without_zone(following, zone)}."
        )
    return said


def _reader(place: str) -> str:
    who = workspace.persona(place.removeprefix(workspace.DIRECT))
    return who.name if who else "somebody"
