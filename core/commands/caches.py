"""What features keep in memory for as long as the program runs, such as answers that may be asked for again.

Nothing is created at import, and a `Core` has its own.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MOST_ANSWERS = 128
"""How many answers are remembered. One with its picture has some 30 kB."""


class Singletons:
    """One object of each class that is asked for, made without arguments when it is first asked for."""

    def __init__(self) -> None:
        self._objects: dict[type[Any], Any] = {}

    def get(self, kind: type[T]) -> T:
        """The object of this class."""
        if kind not in self._objects:
            self._objects[kind] = kind()
        found: T = self._objects[kind]
        return found


@dataclass(slots=True)
class _Pending:
    """An answer that is being made, and how many callers wait for it."""

    task: asyncio.Future[Any]
    waiting: int = 0


class LruCache:
    """A cache of answers: the least recently used go first.

    A question is a pure function and its arguments, which can be hashed: whoever asks the same gets the same, and what
    is asked by many at once is made once.
    """

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._pending: dict[Hashable, _Pending] = {}

    async def get_or_call(
        self, run: Callable[..., Awaitable[Any]], make: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What `make` gives, asked only where the cache has no answer. It blocks: `run` takes it and its arguments
        off the event loop, such as `Executors.draw`.

        A caller who is cancelled leaves the others waiting; when the last one is, so is the work. A failure is told to
        those who wait for it, and whoever asks afterwards has it tried again.
        """
        key = (make, args, tuple(kwargs.items()))
        if key in self._answers:
            found: T = self._answers[key]
            self.put(key, found)
            return found
        if key not in self._pending:
            task = asyncio.ensure_future(run(make, *args, **kwargs))
            self._pending[key] = _Pending(task)
            task.add_done_callback(partial(self._settle, key))
        made: T = await self._wait(key, self._pending[key])
        return made

    async def _wait(self, key: Hashable, pending: _Pending) -> Any:
        """The answer when it is made. Who waits last and is cancelled ends the work."""
        pending.waiting += 1
        try:
            return await asyncio.shield(pending.task)
        finally:
            pending.waiting -= 1
            if not pending.waiting and not pending.task.done():
                self._pending.pop(key, None)
                pending.task.cancel()

    def _settle(self, key: Hashable, task: asyncio.Future[Any]) -> None:
        """Keep what was made. A failure reaches those who wait, and nobody else."""
        pending = self._pending.get(key)
        if pending is not None and pending.task is task:
            del self._pending[key]
        if not task.cancelled() and task.exception() is None:
            self.put(key, task.result())

    def get(self, key: Hashable) -> Any:
        """The answer under a key of the caller's own, or None."""
        if key in self._answers:
            self._answers.move_to_end(key)
        return self._answers.get(key)

    def put(self, key: Hashable, made: object) -> None:
        """Remember an answer."""
        self._answers[key] = made
        self._answers.move_to_end(key)
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)

    def __len__(self) -> int:
        return len(self._answers)
