"""What is asked by many at once is made once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from core.commands.caches import LruCache
from tests.people import CohortFixture


class Slow:
    """Runs what it is given when it is let, and counts it."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.begun = 0
        self.cancelled = 0

    async def run(self, make: Callable[..., Any], *args: Any) -> Any:
        """As `Executors.draw`."""
        self.begun += 1
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return make(*args)


def double(number: int) -> int:
    """A pure function."""
    if number < 0:
        raise ValueError("nothing below 0")
    return 2 * number


async def begun(*waiting: Coroutine[Any, Any, Any]) -> list[asyncio.Task[Any]]:
    """Callers who wait by now."""
    tasks = [asyncio.create_task(each) for each in waiting]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_same_question_by_many_at_once_is_asked_once() -> None:
    cache, slow = LruCache(), Slow()
    tasks = await begun(*(cache.get_or_call(slow.run, double, number) for number in (1, 2, 1, 1, 2)))
    assert slow.begun == 2
    slow.let.set()
    assert await asyncio.gather(*tasks) == [2, 4, 2, 2, 4]
    assert await cache.get_or_call(slow.run, double, 1) == 2
    assert slow.begun == 2


async def test_who_is_cancelled_leaves_others_waiting() -> None:
    cache, slow = LruCache(), Slow()
    first, second, third = await begun(*(cache.get_or_call(slow.run, double, 1) for _ in range(3)))
    first.cancel()
    third.cancel()
    await asyncio.wait([first, third])
    assert first.cancelled()
    assert third.cancelled()
    slow.let.set()
    assert await second == 2
    assert (slow.begun, slow.cancelled) == (1, 0)


async def test_what_nobody_waits_for_is_given_up_and_asked_anew() -> None:
    cache, slow = LruCache(), Slow()
    waiting = await begun(*(cache.get_or_call(slow.run, double, 1) for _ in range(2)))
    for each in waiting:
        each.cancel()
    await asyncio.wait(waiting)
    (again,) = await begun(cache.get_or_call(slow.run, double, 1))
    slow.let.set()
    assert await again == 2
    assert (slow.begun, slow.cancelled, len(cache)) == (2, 1, 1)


async def test_failure_reaches_who_waits_and_is_not_remembered() -> None:
    cache, slow = LruCache(), Slow()
    slow.let.set()
    answers = await asyncio.gather(
        *(cache.get_or_call(slow.run, double, number) for number in (-1, -1, 1)), return_exceptions=True
    )
    assert [str(each) for each in answers] == ["nothing below 0", "nothing below 0", "2"]
    assert slow.begun == 2
    with pytest.raises(ValueError, match="nothing below 0"):
        await cache.get_or_call(slow.run, double, -1)
    assert (slow.begun, len(cache)) == (3, 1)


async def test_picture_asked_for_by_both_is_drawn_once(
    sqlite_cohort: CohortFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, executors = [], sqlite_cohort.core.executors
    draw = executors.draw

    async def counted(make: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        drawn.append(make)
        return await draw(make, *args, **kwargs)

    monkeypatch.setattr(executors, "draw", counted)
    people = (sqlite_cohort.ada, sqlite_cohort.ben)
    first, second = await asyncio.gather(*(each.ok("lottery venue") for each in people))
    assert len(drawn) == 1
    assert first.blocks[0] is second.blocks[0]
