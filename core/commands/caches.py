"""What features keep in memory for as long as the program runs, such as answers that may be asked for again.

Nothing is created at import, and a `Core` has its own.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
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


class LruCache:
    """A cache of answers: the least recently used go first.

    A question is a pure function and its arguments, which can be hashed: whoever asks the same gets the same.
    """

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    async def get_or_call(
        self, run: Callable[..., Awaitable[Any]], make: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What `make` gives, asked only where the cache has no answer. It blocks: `run` takes it and its arguments
        off the event loop, such as `Executors.draw`."""
        key = (make, args, tuple(kwargs.items()))
        if key in self._answers:
            found: T = self._answers[key]
            self.put(key, found)
            return found
        made: T = await run(make, *args, **kwargs)
        self.put(key, made)
        return made

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
