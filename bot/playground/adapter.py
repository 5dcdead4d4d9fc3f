"""The playground as an adapter: a WebSocket for each page, a chat in this process, and a movable clock."""

import asyncio
import contextlib

import structlog
from aiohttp import WSMsgType, web

from bot.playground import registration, render, snapshot, workspace
from bot.playground.channels import PlaygroundInspector
from bot.playground.chat import Chat
from bot.playground.clock_moves import ClockMoves
from bot.playground.connections import Connections, PageConnection
from bot.playground.interactions import PlaygroundInteractions
from bot.playground.outlet import PlaygroundOutlet
from bot.playground.payloads import MAX_TEXT, Frame, Tree, read_frame
from bot.playground.routes import PAGE, START_PARAMETER, Routes
from bot.playground.sample_ahead import SampleAhead
from bot.playground.sample_cohort import SampleCohort, last_digest
from bot.playground.sample_people import SamplePeople
from bot.web import LONG_LIVED
from core.chat.model import UPLOAD_BYTES
from core.commands.dispatch import Core
from core.delivery.outlet import Outlet
from core.delivery.service import Delivery
from core.errors import UserError, report, unexpected
from core.store import notes

log = structlog.get_logger()


MAX_TYPED = 64 * 1024
"""The largest frame from a page in bytes, but for a form; everything that can be typed fits in."""

MAX_FRAME = UPLOAD_BYTES * 4 // 3 + MAX_TYPED
"""The largest form in bytes: a file in base64 and what is typed beside it."""

MAX_PAGES = 32
"""How many pages may be connected."""

MAX_ANSWERS = 500
"""How many answers are stored for pages that lost their connection and repeat their request."""

_READ_ONLY = frozenset({"history", "complete"})
"""Kinds of frames that change nothing. Their answers are not stored: a repeated one is answered anew."""

LIVE_INTERVAL = 20.0
"""Seconds between two looks at what the sample's people do about now."""

STOP_TIMEOUT = 5.0
"""Seconds that `stop` waits for calls in progress."""

HEARTBEAT = 25.0
"""Seconds between two pings of a WebSocket."""


class PlaygroundAdapter:
    """The local web chat. `delivery` fires and sends when the clock is moved. `token` is what a page has to know
    where other machines can reach it."""

    name = workspace.PLATFORM

    def __init__(
        self, core: Core, delivery: Delivery, application: web.Application, *, token: str | None = None
    ) -> None:
        self.core = core
        self.delivery = delivery
        self.connections = Connections()
        self.chat = Chat(core.store, core.clock, self.connections)
        self.outlet: Outlet = PlaygroundOutlet(self.chat)
        self.inspector = PlaygroundInspector()
        self._people = SamplePeople(core, self.chat)
        self.ahead = SampleAhead(core, self._people)
        self.moves = ClockMoves(core, delivery, self.ahead, self._tell_time)
        self._interactions = PlaygroundInteractions(self)
        self._answers: dict[str, asyncio.Task[Tree]] = {}
        self._moving = asyncio.Lock()
        self._commands = registration.commands(core.registry)
        self._groups = registration.groups(core.registry)
        self._snapshot: snapshot.Snapshot | None = None
        self._ready = asyncio.Event()
        self._preparing: asyncio.Task[None] | None = None
        self._running = False
        self.problems: list[str] = []
        """A sentence for each event of the sample cohort that failed."""
        self._token = token
        self._socket_count = 0
        Routes(core.store, core.executors, self._socket, token).add_to(application)

    async def start(self) -> None:
        """Set the clock where the last run left it, and make the sample cohort in a new database. Pages wait for
        it."""
        await self.moves.resume()
        self._running = True
        self._preparing = asyncio.create_task(self._prepare())

    async def _prepare(self) -> None:
        try:
            if await self.core.store.read(notes.get, snapshot.MODE) is None:
                # An interrupted start may have left a part of the sample.
                await self.core.store.write(snapshot.clear)
                await self._make_sample()
            else:
                await self.ahead.resume()
        except Exception:
            log.exception("sample cohort failed")
        finally:
            self._ready.set()
        await self._live()

    async def ready(self) -> None:
        """Return when the sample cohort has been made."""
        await self._ready.wait()

    async def stop(self) -> None:
        """Finish calls in progress and disconnect the pages."""
        self._running = False
        if self._preparing is not None and not self._preparing.done():
            self._preparing.cancel()
            await asyncio.wait([self._preparing])
        open_calls = [task for task in self._answers.values() if not task.done()]
        if open_calls:
            _, late = await asyncio.wait(open_calls, timeout=STOP_TIMEOUT)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        await self.connections.close()

    def healthy(self) -> bool:
        """Whether pages are served."""
        return self._running

    def page(self, address: str) -> str:
        """What to open in a browser: the page's address, with the start token where there is one."""
        return f"{address}{PAGE}?{START_PARAMETER}={self._token}" if self._token else address

    # ---- pages

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if not self._running:
            raise web.HTTPServiceUnavailable(text="The playground is stopping.\n")
        if self._socket_count >= MAX_PAGES:
            raise web.HTTPServiceUnavailable(text="Too many pages are open. Please close one.\n")
        request[LONG_LIVED] = True
        # Not compressed: nothing can unpack to more than what was sent.
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=MAX_FRAME, compress=False)
        self._socket_count += 1
        try:
            await socket.prepare(request)
            await self._serve(socket)
        finally:
            self._socket_count -= 1
        return socket

    async def _serve(self, socket: web.WebSocketResponse) -> None:
        page = PageConnection(socket, workspace.PEOPLE[0].id)
        sender = asyncio.create_task(page.send_queued())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._handle_frame(page, message.data)
        finally:
            self.connections.pages.discard(page)
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sender

    async def _handle_frame(self, page: PageConnection, data: str) -> None:
        frame = read_frame(data)
        if frame is None:
            return
        try:
            kind = frame.text("type", 20)
            if kind == "hello":
                await self._welcome(page, frame)
                return
            id_ = frame.text("id", 64)
        except UserError:
            return
        if not id_:
            return
        if kind != "submit" and len(data) > MAX_TYPED:
            error = f"This is too long. I can take {MAX_TEXT:,} characters at once."
            page.send({"type": "answer", "id": id_, "ok": False, "error": error})
            return
        task = self._answers.get(id_)
        if task is None:
            task = asyncio.create_task(self._answer(page, frame, kind, id_))
            self._answers[id_] = task
            while len(self._answers) > MAX_ANSWERS:
                self._answers.pop(next(iter(self._answers)))
        task.add_done_callback(lambda done: None if done.cancelled() else page.send(done.result()))
        if kind in _READ_ONLY:
            task.add_done_callback(lambda _: self._answers.pop(id_, None))

    async def _answer(self, page: PageConnection, frame: Frame, kind: str, id_: str) -> Tree:
        try:
            return await self._interactions.answer(page, frame, kind, id_)
        except Exception:
            reference = report("playground call failed", kind=kind)
            return {"type": "answer", "id": id_, "ok": False, "error": unexpected(reference).plain()}

    async def _welcome(self, page: PageConnection, frame: Frame) -> None:
        await self._ready.wait()
        if who := workspace.persona(frame.optional("person") or ""):
            page.person = who.id
        self.connections.pages.add(page)
        current = await self._load_snapshot()
        page.send(
            {
                "type": "welcome",
                "state": self._tree(current, page.person),
                "commands": self._commands,
                "groups": self._groups,
            }
        )

    # ---- state

    async def _load_snapshot(self) -> snapshot.Snapshot:
        self._snapshot = await self.core.store.read(snapshot.load)
        return self._snapshot

    def _tree(self, current: snapshot.Snapshot, person: str) -> Tree:
        now, registry = self.core.clock.now(), self.core.registry
        return current.tree(person, now, registry, ahead=self.moves.is_ahead())

    async def send_state(self, page: PageConnection) -> None:
        """Send the state to one page."""
        current = await self._load_snapshot()
        page.send({"type": "state", "state": self._tree(current, page.person)})

    async def refresh(self, *, always: bool = False) -> None:
        """Send the state to all pages if it has changed, or `always`."""
        before = self._snapshot
        current = await self._load_snapshot()
        if always or current != before:
            self.connections.broadcast(lambda person: {"type": "state", "state": self._tree(current, person)})

    # ---- requests of pages

    async def move_clock(self, forward: float | None) -> Tree:
        """Move to the next scheduled event, or some seconds forward. Returns what happened on the way."""
        async with self._moving:
            happened = await self.moves.forward(forward)
        await self.refresh(always=True)
        return happened

    async def move_back(self) -> Tree:
        """Move the clock back to now. Returns what stays as it is."""
        async with self._moving:
            stays = await self.moves.back()
        await self.refresh(always=True)
        return stays

    def _tell_time(self) -> None:
        frame = {"type": "clock", "now": render.instant(self.core.clock.now())}
        self.connections.broadcast(lambda _: frame)

    async def _live(self) -> None:
        """Let the sample's people go on while nobody moves the clock, and keep the pages' clocks with it."""
        while True:
            await asyncio.sleep(LIVE_INTERVAL)
            try:
                async with self._moving:
                    await self.moves.live()
                self._tell_time()
            except Exception:
                log.exception("the sample's people could not go on")

    async def reset(self, *, sample: bool) -> None:
        """Delete everything in the playground and begin again, with or without the sample cohort."""
        async with self._moving:
            await self.core.store.write(snapshot.clear)
            if sample:
                await self._make_sample()
            else:
                await self.core.store.write(notes.put, snapshot.MODE, snapshot.EMPTY)
        await self.refresh(always=True)

    async def _make_sample(self) -> None:
        present = self.core.clock.now()
        self.problems = await SampleCohort(self.core, self.delivery, self._people).make()
        await self.ahead.begin(last_digest(present), self.core.clock.now())
        await self.core.store.write(notes.put, snapshot.MODE, snapshot.SAMPLE)
        await self.moves.save()
