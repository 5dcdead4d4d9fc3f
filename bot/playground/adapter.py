"""The playground as an adapter: one WebSocket a page, an in-process chat, a clock that can be moved."""

import asyncio
import contextlib
from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from aiohttp import WSMsgType, web

from bot.playground import registration, state, world
from bot.playground.hub import Hub, PageConnection
from bot.playground.interactions import PlaygroundInteractions
from bot.playground.payloads import Frame, Tree, read_frame
from bot.playground.room import Room
from bot.playground.sample import SampleCohort
from bot.playground.web import Routes
from core import clock as clocks
from core.commands import typed_line
from core.commands.dispatch import Core
from core.commands.spec import Command
from core.delivery import schedules
from core.delivery.outlet import Outlet
from core.delivery.service import Delivery
from core.errors import BadInput, UserError, report, unexpected
from core.store import notes

log = structlog.get_logger()


MAX_FRAME = 12 * 1024 * 1024
"""Bytes of the largest frame from a page; a file of 8 MiB in base64 fits in."""

KEPT_ANSWERS = 500
"""How many answers are kept for pages that lost their connection and ask again."""

_ASKED_AGAIN = frozenset({"history", "complete"})
"""What changes nothing is not kept: asked a second time, it is looked up a second time."""

MOST_EVENTS = 200
"""How many scheduled events one move of the clock passes at most."""

FURTHEST = timedelta(days=31)
"""The furthest that one move goes when it is given in seconds."""

DRAIN = 5.0
"""Seconds that a stop waits for calls in progress."""

HEARTBEAT = 25.0


class PlaygroundAdapter:
    """The local web chat. `delivery` fires and sends when the clock is moved. `hosts` are names besides
    loopback's under which the page may be reached."""

    name = world.PLATFORM

    def __init__(
        self, core: Core, delivery: Delivery, application: web.Application, *, hosts: Collection[str] = ()
    ) -> None:
        self.core = core
        self.delivery = delivery
        self.hub = Hub()
        self.room = Room(core.store, core.clock, self.hub)
        self.outlet: Outlet = self.room
        self._calls = PlaygroundInteractions(self)
        self._answers: dict[str, asyncio.Task[Tree]] = {}
        self._moving = asyncio.Lock()
        self._commands = registration.commands(core.registry)
        self._groups = registration.groups(core.registry)
        self._state: state.Snapshot | None = None
        self._ready = asyncio.Event()
        self._preparing: asyncio.Task[None] | None = None
        self._running = False
        self.problems: list[str] = []
        """What did not succeed when the sample cohort was made, in sentences."""
        Routes(core.store, self._socket, hosts).add_to(application)

    async def start(self) -> None:
        """Take up the clock where it was left. A sample cohort is made where nothing is yet; pages wait."""
        kept = await self.core.store.read(notes.get, state.CLOCK)
        if kept and isinstance(self.core.clock, clocks.MovableClock):
            left = clocks.SystemClock().now() + timedelta(seconds=float(kept))
            self.core.clock.move_to(max(left, self.core.clock.now()))
        self._running = True
        self._preparing = asyncio.create_task(self._prepare())

    async def _prepare(self) -> None:
        try:
            if await self.core.store.read(notes.get, state.MODE) is None:
                # What an interrupted start left is not half a sample but none.
                await self.core.store.write(state.clear)
                await self._make_sample()
        except Exception:
            log.exception("sample cohort failed")
        finally:
            self._ready.set()

    async def ready(self) -> None:
        """Return when the sample cohort stands."""
        await self._ready.wait()

    async def stop(self) -> None:
        """Finish calls in progress and let the pages go."""
        self._running = False
        if self._preparing is not None and not self._preparing.done():
            self._preparing.cancel()
            await asyncio.wait([self._preparing])
        open_calls = [task for task in self._answers.values() if not task.done()]
        if open_calls:
            _, late = await asyncio.wait(open_calls, timeout=DRAIN)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        await self.hub.close()

    def healthy(self) -> bool:
        """Whether it serves."""
        return self._running

    # ---- pages

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if not self._running:
            raise web.HTTPServiceUnavailable(text="The playground is stopping.\n")
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=MAX_FRAME)
        await socket.prepare(request)
        page = PageConnection(socket, world.PEOPLE[0].id)
        pump = asyncio.create_task(page.pump())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._received(page, message.data)
        finally:
            self.hub.pages.discard(page)
            pump.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pump
        return socket

    async def _received(self, page: PageConnection, data: str) -> None:
        frame = read_frame(data)
        if frame is None:
            return
        try:
            kind = frame.text("type", 20)
            if kind == "hello":
                await self._greet(page, frame)
                return
            id_ = frame.text("id", 64)
        except UserError:
            return
        if not id_:
            return
        task = self._answers.get(id_)
        if task is None:
            task = asyncio.create_task(self._answer(page, frame, kind, id_))
            self._answers[id_] = task
            while len(self._answers) > KEPT_ANSWERS:
                self._answers.pop(next(iter(self._answers)))
        task.add_done_callback(lambda done: None if done.cancelled() else page.send(done.result()))
        if kind in _ASKED_AGAIN:
            task.add_done_callback(lambda _: self._answers.pop(id_, None))

    async def _answer(self, page: PageConnection, frame: Frame, kind: str, id_: str) -> Tree:
        try:
            return await self._calls.answer(page, frame, kind, id_)
        except Exception:
            reference = report("playground call failed", kind=kind)
            return {"type": "answer", "id": id_, "ok": False, "error": unexpected(reference).plain()}

    async def _greet(self, page: PageConnection, frame: Frame) -> None:
        await self._ready.wait()
        if who := world.persona(frame.optional("person") or ""):
            page.person = who.id
        self.hub.pages.add(page)
        current = await self._current()
        page.send(
            {"type": "welcome", "state": self._tree(current, page.person),
             "commands": self._commands, "groups": self._groups}
        )  # fmt: skip

    # ---- state

    async def _current(self) -> state.Snapshot:
        self._state = await self.core.store.read(state.load)
        return self._state

    def _tree(self, current: state.Snapshot, person: str) -> Tree:
        return current.tree(person, self.core.clock.now(), self.core.registry)

    async def show_state(self, page: PageConnection) -> None:
        """Tell one page how things stand."""
        current = await self._current()
        page.send({"type": "state", "state": self._tree(current, page.person)})

    async def refresh(self, *, always: bool = False) -> None:
        """Tell all pages how things stand, if it changed."""
        before = self._state
        current = await self._current()
        if always or current != before:
            self.hub.tell(lambda person: {"type": "state", "state": self._tree(current, person)})

    # ---- what pages ask for

    def read_line(self, line: str) -> tuple[Command, dict[str, str]]:
        """The command and arguments of a typed line. `/cohort group verb` is the same as `/group verb`.
        Raises `BadInput` with what is wrong."""
        registry = self.core.registry
        words = line.removeprefix("/").split(maxsplit=2)
        if words and words[0].casefold() == typed_line.ROOT:
            second = words[1].casefold() if len(words) > 1 else ""
            known = second in registry.groups or f"{typed_line.ROOT}-{second}" in registry.groups
            if not second or (known and f"{typed_line.ROOT} {second}" not in registry.commands):
                line = line.removeprefix("/").lstrip()[len(words[0]) :]
        command, given, problem = typed_line.parse(registry, line)
        if problem is not None or command is None:
            raise BadInput(problem or "I do not know this command.")
        return command, given

    async def move_clock(self, forward: float | None) -> Tree:
        """Move to the next scheduled event, or some seconds forward past every event on the way. Answers
        with the places where something was posted and a sentence about it."""
        clock = self._movable()
        async with self._moving:
            before = await self.core.store.read(state.newest)
            until = await self._destination(clock, forward)
            await self._pass_events(clock, until)
            await self._remember(clock)
            posted = await self.core.store.read(state.posted_since, before)
        await self.refresh(always=True)
        return {"posted": posted, "words": self._moved_words(until, posted)}

    def _movable(self) -> clocks.MovableClock:
        if isinstance(self.core.clock, clocks.MovableClock):
            return self.core.clock
        raise BadInput(
            "The clock cannot be moved while I am connected to Slack or Discord too: people there rely on it."
        )

    async def _destination(self, clock: clocks.MovableClock, forward: float | None) -> datetime:
        if forward is not None:
            return clock.now() + timedelta(seconds=min(max(forward, 0), FURTHEST.total_seconds()))
        following = await self.core.store.read(schedules.upcoming)
        if following is None or following.next is None:
            raise BadInput("Nothing is scheduled. An organizer can add something with schedule-add.")
        return max(clock.now(), following.next.at)

    async def _pass_events(self, clock: clocks.MovableClock, until: datetime) -> None:
        for _ in range(MOST_EVENTS):
            following = await self.core.store.read(schedules.upcoming)
            if following is None or following.next is None or following.next.at > until:
                break
            clock.move_to(max(clock.now(), following.next.at))
            await self.delivery.flush()
        clock.move_to(max(clock.now(), until))
        await self.delivery.flush()

    def _moved_words(self, until: datetime, posted: list[str]) -> str:
        zone = self._state.zone if self._state and self._state.zone else "UTC"
        when = clocks.words(until, zone)
        if not posted:
            return f"It is now {when}. Nothing was posted."
        return f"It is now {when}. Posted in " + ", ".join(f"#{place}" for place in posted) + "."

    async def _remember(self, clock: clocks.MovableClock) -> None:
        """Keep how far the clock is from the machine's, for the next start."""
        shift = clock.now() - clocks.SystemClock().now()
        await self.core.store.write(notes.put, state.CLOCK, str(shift.total_seconds()))

    async def reset(self, *, sample: bool) -> None:
        """Clear the playground away and begin again, with the sample cohort or with none."""
        async with self._moving:
            await self.core.store.write(state.clear)
            if sample:
                await self._make_sample()
            else:
                await self.core.store.write(notes.put, state.MODE, state.EMPTY)
        await self.refresh(always=True)

    async def _make_sample(self) -> None:
        self.problems = await SampleCohort(self.core, self.delivery, self.room).make()
        await self.core.store.write(notes.put, state.MODE, state.SAMPLE)
        if isinstance(self.core.clock, clocks.MovableClock):
            await self._remember(self.core.clock)
