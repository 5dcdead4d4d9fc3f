"""Simulated conferences in the chat: seeds, limits, progress, and stopping by whoever started."""

import asyncio
import re
import threading
from dataclasses import replace

import pytest

from core.chat.model import Button, Buttons, Picture, Reply, Request
from core.commands.caches import Singletons
from core.commands.dispatch import Call
from core.features.lottery import jobs, models, simulation
from core.features.lottery.jobs import RunningSimulations, SimulationStopped
from core.features.lottery.simulation import SimulationRequest
from core.lottery.chunks import Progress
from core.lottery.decisions import RHO, flip
from tests.people import Actor, CohortFixture, button_of, text_of


@pytest.fixture
def ada(sqlite_cohort: CohortFixture) -> Actor:
    """A member."""
    return sqlite_cohort.ada


def request(actor: Actor, id_: str, command: str, **args: str) -> Request:
    """A request under an id that the test chooses."""
    return Request(id_, command, actor.person, actor.place, args)


async def test_conference_shows_its_seed_and_draws_same_again(ada: Actor) -> None:
    asked = {"papers": "1000", "accept_rate": "25%", "reviewers": "4"}
    first = await ada.ok("lottery simulate", **asked)
    found = re.search(r"Seed (\d+):", text_of(first))
    assert found
    elsewhere = Actor(replace(ada.core, singletons=Singletons()), ada.person)  # which remembers nothing
    again = await elsewhere.ok("lottery simulate", **asked, seed=found[1])
    assert text_of(again) == text_of(first)
    pictures = [block for reply in (first, again) for block in reply.blocks if isinstance(block, Picture)]
    assert pictures[0].alt == pictures[1].alt
    assert "yours" in pictures[0].alt
    other = await ada.click(first, "Another seed")
    assert f"Seed {found[1]}:" not in text_of(other)
    assert "1,000 papers, 250 accepted" in text_of(other)


def test_quotas_are_exact_and_draw_agrees_with_closed_form() -> None:
    asked = SimulationRequest(20_000, 0.25, 4, 3)
    drawn = simulation.draw(asked)
    assert (drawn.accepted, asked.conferences, len(drawn.both)) == (5000, 200, 200)
    assert drawn.mean == pytest.approx(flip(0.25, models.agreement_of(4)), abs=0.002)


def test_more_reviews_agree_more() -> None:
    by = [models.agreement_of(count) for count in (1, 3, 4, 20)]
    assert by == sorted(by)
    assert by[1] < RHO < by[2] + 0.005
    assert by[0] == pytest.approx(0.322, abs=0.001)
    assert by[3] == pytest.approx(0.685, abs=0.001)


async def test_one_reviewer_is_allowed_with_caveat(ada: Actor) -> None:
    words = text_of(await ada.ok("lottery simulate", papers="166", accept_rate="25", reviewers="1"))
    assert "With one review a paper nothing weighs against it" in words
    assert "model alone" in words
    assert "rests on the model" in text_of(
        await ada.ok("lottery simulate", papers="166", accept_rate="25", reviewers="20")
    )


@pytest.mark.parametrize(
    ("args", "field"),
    [
        ({"papers": "9"}, "papers"),
        ({"papers": "1000000000"}, "papers"),
        ({"papers": "many"}, "papers"),
        ({"accept_rate": "0"}, "accept_rate"),
        ({"accept_rate": "1"}, "accept_rate"),
        ({"accept_rate": "100%"}, "accept_rate"),
        ({"accept_rate": "150%"}, "accept_rate"),
        ({"accept_rate": "1%", "papers": "10"}, "accept_rate"),
        ({"accept_rate": "99.9%", "papers": "10"}, "accept_rate"),
        ({"reviewers": "0"}, "reviewers"),
        ({"reviewers": "21"}, "reviewers"),
        ({"seed": "-1"}, "seed"),
    ],
)
async def test_what_cannot_be_simulated_is_refused(ada: Actor, args: dict[str, str], field: str) -> None:
    given = {"papers": "100", "accept_rate": "25%", "reviewers": "3", **args}
    reply = await ada.fails("lottery simulate", **given)
    assert reply.field == field
    assert text_of(reply).endswith(".")


async def test_missing_number_opens_form(ada: Actor) -> None:
    form = await ada.form("lottery simulate", papers="50")
    reply = await ada.submit(form, accept_rate="30%", reviewers="3")
    assert "50 papers, 15 accepted" in text_of(reply)


async def test_largest_shows_progress_and_its_starter_stops_it(
    sqlite_cohort: CohortFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "EVERY", 0.01)
    core, ada, ben = sqlite_cohort.core, sqlite_cohort.ada, sqlite_cohort.ben
    shown: asyncio.Queue[Reply] = asyncio.Queue()
    large = request(ada, "big", "lottery simulate", papers="10000000", accept_rate=".25", reviewers="3")
    running = asyncio.create_task(core.run(large, shown.put))
    progress = await shown.get()
    assert "10,000,000 papers" in text_of(progress)
    assert re.search(r"\d+%", text_of(progress))
    assert progress.private
    stop = button_of(progress, "Stop")
    assert "No simulation of yours" in text_of(await ben.click(stop))
    second = await core.run(
        request(ada, "two", "lottery simulate", papers="9000000", accept_rate=".2", reviewers="3")
    )
    assert "still running" in text_of(second)
    assert isinstance(second, Reply)
    assert second.error
    assert "stops" in text_of(await ada.click(button_of(second, "Stop")))
    assert "Stopped" in text_of(await running)
    assert not core.singletons.get(RunningSimulations).of(ada.person)


async def test_cancelled_call_ends_its_simulation(ada: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "EVERY", 0.01)
    begun, ended = threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        begun.set()
        try:
            while True:
                progress(0.0)
        except SimulationStopped:
            ended.set()
            raise

    call = Call(ada.core, request(ada, "c", "lottery simulate"), None, ada.core.clock.now())
    task = asyncio.create_task(RunningSimulations().run(call, "Simulating", True, work))
    assert await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, 10)


async def test_progress_that_cannot_be_shown_does_not_touch_answer(ada: Actor) -> None:
    tried = 0

    async def broken(reply: Reply) -> None:
        nonlocal tried
        tried += 1
        raise OSError("gone")

    call = Call(ada.core, request(ada, "p", "lottery simulate"), None, ada.core.clock.now(), broken)
    await call.progress("Half", Button("Stop", "lottery stop"))
    await call.progress("More")
    assert tried == 1


async def test_without_somebody_to_show_it_to_progress_is_silent(ada: Actor) -> None:
    call = Call(ada.core, request(ada, "q", "lottery simulate"), None, ada.core.clock.now())
    await call.progress("Half")
    assert text_of(jobs.bar("A **b**", 0.5)).endswith("50%")
    assert "99%" in text_of(jobs.bar("x", 1.0))


async def test_progress_belongs_to_cohort_and_carries_its_buttons(sqlite_cohort: CohortFixture) -> None:
    shown: list[Reply] = []

    async def show(reply: Reply) -> None:
        shown.append(reply)

    ada = sqlite_cohort.ada
    call = Call(ada.core, request(ada, "r", "lottery simulate"), None, ada.core.clock.now(), show)
    await call.progress("Half", jobs.STOP)
    assert shown == [Reply("Half", (Buttons((jobs.STOP,)),), private=True)]
