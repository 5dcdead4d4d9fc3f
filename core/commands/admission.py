"""Admission: how often an account and a cohort may call, and how much of what is costly one person has in flight.

Token buckets, because people work in bursts: a bucket holds a minute's worth and fills evenly. They run on the
monotonic clock and not on the core's: a clock that is moved would empty them for hours or fill them at will.
"""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from core.chat.model import Person, Request
from core.chat.text import say
from core.cohorts.limits import Limits
from core.commands.spec import Cost
from core.errors import RateLimited

MOST_KEYS = 10_000
"""Buckets and calls that are remembered. A bucket that was not used for a minute is full, as a new one is, so that
only more callers than this within one minute would make one be forgotten too early."""

COMPLETIONS = 5
"""Completions for each call that an account may make: one comes with nearly every key that is pressed."""


class TokenBuckets:
    """A bucket for each key, with room for `per_minute` tokens. `now` tells seconds that never go back."""

    def __init__(self, per_minute: int, now: Callable[[], float], most: int = MOST_KEYS) -> None:
        self._size = float(per_minute)
        self._now = now
        self._most = most
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> float:
        """Take a token. Returns 0, or where there is none the seconds until there is one."""
        now = self._now()
        level = self._level(key, now)
        wait = self._wait(level)
        self._buckets[key] = (level if wait else level - 1, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return wait

    def wait(self, key: Hashable) -> float:
        """The seconds until `take` would succeed, without taking anything."""
        return self._wait(self._level(key, self._now()))

    def _level(self, key: Hashable, now: float) -> float:
        level, at = self._buckets.get(key, (self._size, now))
        return min(self._size, level + (now - at) * self._size / 60)

    def _wait(self, level: float) -> float:
        # Whoever waits exactly as long as they were told is let in, whatever was lost in rounding.
        return 0.0 if level > 1 - 1e-6 else (1 - level) * 60 / self._size

    def __len__(self) -> int:
        return len(self._buckets)


class Turns:
    """One at a time for each key, in the order in which they came; keys do not wait for each other."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, key: Hashable) -> AsyncIterator[None]:
        """Wait for the turn and hold it."""
        lock, count = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, count + 1)
        try:
            async with lock:
                yield
        finally:
            lock, count = self._locks.pop(key)
            if count > 1:
                self._locks[key] = (lock, count - 1)

    def __len__(self) -> int:
        return len(self._locks)


class Admission:
    """Lets calls in, or says when to try again. A call that is delivered again is charged once."""

    def __init__(self, limits: Limits | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits or Limits()
        self._accounts = TokenBuckets(self.limits.calls, now)
        self._cohorts = TokenBuckets(self.limits.cohort_calls, now)
        self._drawings = TokenBuckets(self.limits.drawings, now)
        self._completions = TokenBuckets(self.limits.calls * COMPLETIONS, now)
        self._charged: OrderedDict[Hashable, None] = OrderedDict()
        self._turns = Turns()

    def check(self, person: Person) -> None:
        """Raise `RateLimited` where a call of this account would not be let in. Charges nothing."""
        if wait := self._accounts.wait(account(person)):
            raise self._too_many_calls(wait)

    def enter(self, request: Request) -> None:
        """Charge a call to its account, before anything is looked up for it. Raises `RateLimited`."""
        if wait := self._charge(self._accounts, account(request.person), request):
            raise self._too_many_calls(wait)

    def admit(self, request: Request, cost: Cost, cohort_id: int | None) -> AbstractAsyncContextManager[None]:
        """Charge an authorised call to its cohort, and what it draws to its account. Raises `RateLimited`. Enter
        what is returned for as long as the call runs: one drawing and one
        simulation a person, further ones wait in order."""
        if cohort_id is not None and (wait := self._charge(self._cohorts, cohort_id, request)):
            text = "This cohort makes more calls than I can answer just now. Please try again in {wait}."
            raise RateLimited(say(text, wait=in_words(wait)), wait)
        if cost is Cost.CHEAP:
            return nullcontext()
        person = account(request.person)
        if wait := self._charge(self._drawings, person, request):
            text = "That is more than {most} pictures in a minute. Please try again in {wait}."
            raise RateLimited(say(text, most=self.limits.drawings, wait=in_words(wait)), wait)
        return self._turns.of((person, cost))

    def may_complete(self, person: Person) -> bool:
        """Whether to look for completions for this account; charges it."""
        return not self._completions.take(account(person))

    def _charge(self, buckets: TokenBuckets, key: Hashable, request: Request) -> float:
        charged = (id(buckets), account(request.person), request.id)
        if charged in self._charged:
            return 0.0
        wait = buckets.take(key)
        if not wait:
            self._charged[charged] = None
            if len(self._charged) > MOST_KEYS:
                self._charged.popitem(last=False)
        return wait

    def _too_many_calls(self, wait: float) -> RateLimited:
        text = "That is more than {most} calls in a minute. Please try again in {wait}."
        return RateLimited(say(text, most=self.limits.calls, wait=in_words(wait)), wait)


def account(person: Person) -> tuple[str, str, str]:
    """What stands for one account: platform, workspace and the platform's id."""
    return person.platform, person.workspace, person.id


def in_words(wait: float) -> str:
    """A wait in whole seconds, rounded up."""
    seconds = math.ceil(wait - 1e-6)
    return "a second" if seconds <= 1 else f"{seconds} seconds"
