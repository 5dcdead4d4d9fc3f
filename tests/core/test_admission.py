"""Admission: buckets, turns, and executors of their own, so that one member's load is not the others' (case 68)."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.settings import Settings, read
from core.chat.model import Person, Picture, Reply, Request
from core.clock import FixedClock
from core.cohorts.limits import Limits
from core.commands import admission
from core.commands.admission import Admission, TokenBuckets, Turns
from core.commands.dispatch import Core
from core.commands.stored_call import StoredCall, StoredCallCodec
from core.errors import OutOfDate, RateLimited
from core.features.lottery import simulation
from core.store.port import Store
from tests.people import Actor, CohortFixture, answered, found_cohort, number_of, refused, text_of


class Seconds:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    """What the buckets run on."""
    return Seconds()


@pytest.fixture
async def lab(sqlite_core: Core, seconds: Seconds) -> CohortFixture:
    """A cohort with the limits as they are when nobody changes them."""
    return await found_cohort(replace(sqlite_core, admission=Admission(now=seconds)))


@pytest.mark.case(68)
async def test_sixty_calls_a_minute_then_sentence_says_when(lab: CohortFixture, seconds: Seconds) -> None:
    for _ in range(60):
        await lab.ada.ok("cohort members")
    no = await lab.ada.fails("cohort members")
    assert text_of(no) == "That is more than 60 calls in a minute. Please try again in a second."
    assert not answered(await lab.ben("cohort members")).error, "the others go on"
    seconds.now += 1
    await lab.ada.ok("cohort members")
    await lab.ada.fails("cohort members")
    seconds.now += 3600
    for _ in range(60):
        await lab.ada.ok("cohort members")
    await lab.ada.fails("cohort members")


@pytest.mark.case(68)
async def test_eleventh_drawing_in_a_minute_is_refused(lab: CohortFixture, seconds: Seconds) -> None:
    for _ in range(10):
        await lab.ada.ok("lottery venue", venue="ICLR")
    no = await lab.ada.fails("lottery simulate", papers="100", accept_rate="25%", reviewers="3")
    assert text_of(no) == ("That is more than 10 pictures in a minute. Please try again in 6 seconds.")
    await lab.ada.ok("cohort members")
    await lab.ben.ok("lottery venue", venue="ICLR")
    seconds.now += 6
    await lab.ada.ok("lottery simulate", papers="100", accept_rate="25%", reviewers="3")


async def test_form_is_no_drawing(lab: CohortFixture) -> None:
    for _ in range(12):
        await lab.ada.form("lottery simulate")
    await lab.ada.ok("lottery venue", venue="ICLR")


async def test_whole_cohort_has_its_limit(sqlite_core: Core, seconds: Seconds) -> None:
    limits = Limits(cohort_calls=3)
    lab = await found_cohort(replace(sqlite_core, admission=Admission(limits, seconds)))
    for actor in (lab.ada, lab.ben, lab.mina):
        await actor.ok("cohort members")
    assert "This cohort makes more calls than I can answer" in text_of(await lab.olu.fails("cohort members"))
    for _ in range(5):
        await lab.somebody("Eve").fails("checkin now", moved="x")
    seconds.now += 20
    await lab.olu.ok("cohort members")


async def test_second_delivery_is_not_charged(lab: CohortFixture) -> None:
    for _ in range(9):
        await lab.ada.ok("lottery venue", venue="ICLR")
    for _ in range(3):
        request = Request("once", "lottery venue", lab.ada.person, lab.ada.place, {"venue": "ICLR"})
        answered(await lab.core.run(request))
    await lab.ada.fails("lottery venue", venue="ICLR")
    refused(await lab.core.run(replace(request, id="twice")))
    refused(await lab.core.run(replace(request, id="twice")))


async def test_refused_call_leaves_nothing(sqlite_core: Core, seconds: Seconds) -> None:
    lab = await found_cohort(replace(sqlite_core, admission=Admission(Limits(calls=1), seconds)))
    await lab.ada.ok("submission add", title="One")
    await lab.ada.fails("submission add", title="Two")
    seconds.now += 60
    assert "Two" not in text_of(await lab.ada.ok("submission list"))


async def test_account_that_called_too_often_is_not_looked_up(sqlite_core: Core, seconds: Seconds) -> None:
    lab = await found_cohort(replace(sqlite_core, admission=Admission(Limits(calls=1), seconds)))
    request = Request("1", "cohort members", lab.ada.person, lab.ada.place, {})
    await lab.core.authorise(request)
    await lab.core.authorise(request)
    await lab.ada.ok("cohort members")
    with pytest.raises(RateLimited):
        await lab.core.authorise(request)


async def test_completions_end_quietly(sqlite_core: Core, seconds: Seconds) -> None:
    lab = await found_cohort(replace(sqlite_core, admission=Admission(Limits(calls=1), seconds)))
    await lab.ada.ok("submission add", title="One")
    request = Request("c", "submission show", lab.ada.person, lab.ada.place, {})
    offered = [await lab.core.complete(request, "paper", "") for _ in range(admission.COMPLETIONS + 1)]
    assert [len(each) for each in offered] == [1] * admission.COMPLETIONS + [0]


async def test_clock_that_is_moved_does_not_touch_buckets(sqlite_core: Core, clock: FixedClock) -> None:
    lab = await found_cohort(replace(sqlite_core, admission=Admission(Limits(calls=1))))
    await lab.ada.ok("cohort members")
    clock.move_to(clock.now() + timedelta(days=40))
    await lab.ada.fails("cohort members")


def test_buckets_are_bounded(seconds: Seconds) -> None:
    buckets = TokenBuckets(1, seconds, most=3)
    assert [buckets.take(key) for key in "abcd"] == [0, 0, 0, 0]
    assert len(buckets) == 3
    assert buckets.take("d") == pytest.approx(60)
    assert buckets.wait("e") == 0
    assert len(buckets) == 3


def test_who_waits_as_long_as_told_is_let_in(seconds: Seconds) -> None:
    for size in range(1, 101):
        buckets = TokenBuckets(size, seconds)
        for _ in range(3):
            while not (wait := buckets.take("a")):
                pass
            seconds.now += wait


async def test_turns_come_in_order_and_are_forgotten() -> None:
    turns, order = Turns(), []
    gate = asyncio.Event()

    async def work(name: str) -> None:
        async with turns.of("ada"):
            order.append(name)
            await gate.wait()

    tasks = [asyncio.create_task(work(name)) for name in "abc"]
    other = asyncio.create_task(_hold(turns, "ben"))
    await asyncio.sleep(0)
    await other
    tasks[1].cancel()
    gate.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == ["a", "c"]
    assert not len(turns)


async def _hold(turns: Turns, key: str) -> None:
    async with turns.of(key):
        pass


class Gate:
    """Stands in for the drawing of simulations: none ends before the gate opens."""

    def __init__(self, draw: Callable[..., object]) -> None:
        self._draw = draw
        self.open = threading.Event()
        self.begun = threading.Semaphore(0)

    def __call__(self, *args: object) -> object:
        self.begun.release()
        assert self.open.wait(60)
        return self._draw(*args)

    async def wait(self) -> None:
        """Wait until one more has begun."""
        assert await asyncio.to_thread(self.begun.acquire, timeout=60)


@pytest.mark.case(68)
async def test_simulations_of_one_member_hold_up_nobody(
    sqlite_cohort: CohortFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(simulation.draw)
    monkeypatch.setattr(simulation, "draw", gate)
    ada, ben = sqlite_cohort.ada, sqlite_cohort.ben
    started = [
        asyncio.create_task(ada("lottery simulate", papers="100", accept_rate="25%", reviewers="3"))
        for _ in range(60)
    ]
    try:
        await gate.wait()
        found = await asyncio.get_running_loop().getaddrinfo("localhost", 80)
        assert found, "names are looked up in asyncio's own threads"
        chart = await ben.ok("lottery venue", venue="ICLR")
        assert any(isinstance(block, Picture) for block in chart.blocks)
        small = asyncio.create_task(_simulate(ben))
        await gate.wait()
        assert not gate.begun.acquire(blocking=False), "one of each person, and not sixty of one"
        started.pop().cancel()  # one that waits
    finally:
        gate.open.set()
    assert "one committee accepts" in text_of(await small)
    answers = await asyncio.gather(*started)
    assert all(isinstance(each, Reply) and not each.error for each in answers)


async def _simulate(actor: Actor) -> Reply:
    return await actor.ok("lottery simulate", papers="200", accept_rate="25%", reviewers="3")


@pytest.mark.case(68)
async def test_records_have_quotas(core: Core, seconds: Seconds) -> None:
    limits = Limits(papers=2, reviews=2, reading=2, schedules=2)
    lab = await found_cohort(replace(core, admission=Admission(limits, seconds)))
    ada, ben, olu = lab.ada, lab.ben, lab.olu
    for title in ("One", "Two"):
        await ada.ok("submission add", title=title, venue="ICLR 2027")
        noted = await ada.ok("review add", paper="1", score="6")
        await ada.ok("reading add", reference=title)
        await olu.ok("cohort-admin schedule-add", kind="checkin", when=f"every {_DAY[title]} 9:00")
    assert text_of(await ada.fails("submission add", title="Three")) == (
        "You have 2 papers here already, which is as many as I keep. Whoever runs this bot can allow more."
    )
    assert "You have noted 2 reviews already" in text_of(await ada.fails("review add", paper="2", score="6"))
    assert "You have put 2 things on the list" in text_of(await ada.fails("reading add", reference="Three"))
    third = {"kind": "checkin", "when": "every friday 9:00"}
    refusal = text_of(await olu.fails("cohort-admin schedule-add", **third))
    assert "remove one with /cohort-admin schedule-remove" in refusal
    await olu.ok("cohort-admin schedule-add", **third, replaces="2")
    await olu.ok("cohort-admin schedule-remove", schedule="2")
    await olu.ok("cohort-admin schedule-add", **third)
    await ada.ok("review remove", review=number_of(noted), sure="yes")
    await ada.ok("review add", paper="2", score="6")
    await ben.ok("submission add", title="Four")


_DAY = {"One": "monday", "Two": "tuesday"}


async def test_oldest_drafts_of_account_go(store: Store, clock: FixedClock) -> None:
    codec = StoredCallCodec(store, clock, "saved|", 3)
    eve, mal = (Person("test", "W", f"U-{name}", name) for name in ("eve", "mal"))
    other = await codec.save(StoredCall("a b", {}), mal)
    tokens = []
    for number in range(4):
        tokens.append(await codec.save(StoredCall("a b", {"n": str(number)}), eve))
        clock.move_to(clock.now() + timedelta(seconds=1))
    with pytest.raises(OutOfDate):
        await codec.load(tokens[0], eve)
    assert [(await codec.load(token, eve)).args["n"] for token in tokens[1:]] == ["1", "2", "3"]
    assert await codec.load(other, mal)


def test_operator_changes_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHORT_LIMIT_CALLS", "7")
    monkeypatch.setenv("COHORT_LIMIT_READING", "3")
    assert Settings().limits == replace(Limits(), calls=7, reading=3)
    monkeypatch.setenv("COHORT_LIMIT_CALLS", "0")
    with pytest.raises(SystemExit, match="COHORT_LIMIT_CALLS"):
        read(Settings)
