"""Several readers on snapshots, so that a slow question of one cohort holds up no other. Shared by both engines.

One reader runs what waits, several questions on one snapshot, as long as each takes a moment: that is quicker than
several threads which take the interpreter from each other. Where it is busy with one question for longer, another
reader takes over what waits.
"""

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from core.store.batch import Session
from core.store.port import Conn

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4
"""Connections of a store that read."""
PATIENCE = 0.005
"""Seconds after which a question counts as slow, and what waits behind it goes to another reader."""

RunOnThread = Callable[[Callable[[], None]], Awaitable[None]]
"""Runs a function on the thread of a connection."""


@dataclass(slots=True, eq=False)
class Question:
    """One read that waits. `number` counts those that were asked, from 1."""

    fn: Callable[[Conn], Any]
    done: asyncio.Future[None]
    number: int
    cancelled: bool = False
    result: Any = None
    error: BaseException | None = None


class Reader:
    """A connection on its thread. `since` is when its present question began, on the monotonic clock."""

    def __init__(self, session: Session, run_on_thread: RunOnThread) -> None:
        self.session = session
        self.run_on_thread = run_on_thread
        self.since = 0.0


class ReaderPool:
    """Answers questions on the event loop with the connections of several readers."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._idle = list(reversed(readers))
        self._active: dict[Reader, asyncio.Task[None]] = {}
        self._lock = threading.Lock()  # of `_waiting`
        self._waiting: deque[Question] = deque()
        self._answered: deque[Question] = deque()
        self._asked = 0
        self._watch: asyncio.TimerHandle | None = None
        self._closed = False

    async def submit(self, fn: Callable[Concatenate[Conn, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` on a snapshot that holds everything committed before this call."""
        if self._closed:
            raise RuntimeError("The store is closed.")
        loop = asyncio.get_running_loop()
        self._asked += 1
        question = Question((lambda conn: fn(conn, *args, **kwargs)), loop.create_future(), self._asked)
        with self._lock:
            self._waiting.append(question)
        if not self._active:
            self._start_reader()
        elif self._watch is None:
            self._watch = loop.call_later(PATIENCE, self._look)
        try:
            await question.done
        except asyncio.CancelledError:
            question.cancelled = True  # a reader that has it already runs it for nobody
            raise
        if question.error is not None:
            raise question.error
        return question.result  # type: ignore[no-any-return]  # the question's own T, erased while it crossed the thread

    def _start_reader(self) -> None:
        reader = self._idle.pop()
        self._active[reader] = asyncio.create_task(self._run(reader))

    async def _run(self, reader: Reader) -> None:
        reader.since = time.monotonic()
        try:
            await reader.run_on_thread(lambda: self._answer(reader))
        except Exception as error:  # the thread is gone
            self._fail_waiting(error, self._asked)
        finally:
            del self._active[reader]
            self._idle.append(reader)
            self._deliver()
        if self._waiting and not self._active:
            self._start_reader()

    def _look(self) -> None:
        """Several questions are being answered: deliver what is ready, and let another reader begin where all that
        are at work have a slow one."""
        self._watch = None
        self._deliver()
        slow = time.monotonic() - PATIENCE
        if self._waiting and self._idle and all(reader.since <= slow for reader in self._active):
            self._start_reader()
        if self._active:
            self._watch = asyncio.get_running_loop().call_later(PATIENCE, self._look)

    def _answer(self, reader: Reader) -> None:
        """On the thread of a reader: answer until nothing waits, on a new snapshot for what was asked since the
        one before, and after an error."""
        while self._waiting:
            newest = self._asked
            try:
                reader.session.begin()
            except Exception as error:
                self._fail_waiting(error, newest)
                continue
            try:
                while (question := self._next(newest)) is not None:
                    reader.since = time.monotonic()
                    self._answer_one(reader.session, question)
                reader.session.control("COMMIT")
            except BaseException:
                with contextlib.suppress(Exception):
                    reader.session.control("ROLLBACK")

    def _answer_one(self, session: Session, question: Question) -> None:
        """Raises where the snapshot is of no more use; the question has its error then."""
        try:
            question.result = question.fn(session)
        except BaseException as error:  # handed to its caller
            question.error = error
            raise
        finally:
            self._answered.append(question)

    def _next(self, newest: int) -> Question | None:
        """The oldest question that waits, unless it was asked after the snapshot began."""
        with self._lock:
            while self._waiting and self._waiting[0].number <= newest:
                if not (question := self._waiting.popleft()).cancelled:
                    return question
        return None

    def _fail_waiting(self, error: Exception, newest: int) -> None:
        while (question := self._next(newest)) is not None:
            question.error = error
            self._answered.append(question)

    def _deliver(self) -> None:
        """On the event loop: give the answers to those who wait for them."""
        while self._answered:
            done = self._answered.popleft().done
            if not done.done():  # its caller was cancelled
                done.set_result(None)

    async def close(self) -> None:
        """Take no more questions and wait for the answers to those that were asked."""
        self._closed = True
        while self._active:
            await asyncio.wait(set(self._active.values()))
        if self._watch is not None:
            self._watch.cancel()
