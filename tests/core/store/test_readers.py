"""Several readers on snapshots, over both engines: a slow question holds up no other (case 68)."""

import asyncio
from typing import Any

import pytest

from core.store.port import Conn, Store
from core.store.readers import READERS
from tests.core.store.test_transactions import Gate
from tests.core.store.things import add, add_and_fail, kept, make


@pytest.fixture
async def things(store: Store) -> Store:
    """A store with an empty table of things."""
    await store.write(make)
    return store


def hold(conn: Conn, gate: Gate) -> str:
    """A slow question: it has its snapshot before it waits."""
    conn.all("SELECT name FROM thing")
    return gate.hold(conn)


async def begun(store: Store, gates: list[Gate]) -> list[asyncio.Task[str]]:
    """Slow questions, each with a reader of its own."""
    tasks = []
    for gate in gates:
        tasks.append(asyncio.create_task(store.read(hold, gate)))
        await gate.began.wait()
    return tasks


@pytest.mark.case(68)
async def test_slow_question_holds_up_no_other(things: Store) -> None:
    gate = Gate()
    others: list[asyncio.Task[Any]] = [asyncio.create_task(kept(things))]
    slow = asyncio.create_task(things.read(hold, gate))
    others += [asyncio.create_task(kept(things)) for _ in range(20)]  # asked with it, before and after
    assert await asyncio.gather(*others) == [[]] * 21
    await things.write(add, "meanwhile")
    assert await kept(things) == ["meanwhile"]
    assert not slow.done()
    gate.let_go()
    assert await slow == "held"


async def test_what_all_readers_hold_up_waits_and_is_answered(things: Store) -> None:
    gates = [Gate() for _ in range(READERS)]
    slow = await begun(things, gates)
    waiting = asyncio.create_task(kept(things))
    cancelled = asyncio.create_task(kept(things))
    await things.write(add, "late")
    cancelled.cancel()
    assert not waiting.done()
    gates[2].let_go()
    assert await waiting == ["late"], "what was committed before a reader was free is seen"
    for gate in gates:
        gate.let_go()
    assert await asyncio.gather(*slow) == ["held"] * READERS
    with pytest.raises(asyncio.CancelledError):
        await cancelled


async def test_question_sees_what_was_committed_before_it_was_asked(things: Store) -> None:
    async def write_and_look(number: int) -> None:
        await things.write(add, str(number))
        assert str(number) in await kept(things)

    await asyncio.gather(*map(write_and_look, range(60)))


async def test_question_that_fails_hurts_no_other(things: Store) -> None:
    gate = Gate()
    first = asyncio.create_task(things.read(hold, gate))
    await gate.began.wait()
    work = [things.read(add_and_fail, "a") if at % 2 else kept(things) for at in range(10)]
    tasks = [asyncio.create_task(each) for each in work]
    await asyncio.sleep(0)
    gate.let_go()
    results = await asyncio.gather(first, *tasks, return_exceptions=True)
    assert [isinstance(each, Exception) for each in results] == [False, *[False, True] * 5]
    assert await kept(things) == []


async def test_cancelled_question_ends_at_once(things: Store) -> None:
    gate = Gate()
    (slow,) = await begun(things, [gate])
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    assert await kept(things) == []
    closing = asyncio.create_task(things.close())
    await asyncio.sleep(0)
    assert not closing.done(), "the connection is at work still"
    gate.let_go()
    await closing
    with pytest.raises(RuntimeError, match="closed"):
        await kept(things)
