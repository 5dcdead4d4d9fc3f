"""Makes the sample cohort: the story's calls, made through the same door as anybody's, each at its time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from bot.playground import render, story, world
from bot.playground.room import Room
from bot.playground.story import Did, Said, StoryStep
from core import clock as clocks
from core.chat.model import Argument, ChannelRef, Form, Request
from core.chat.text import as_text, plain
from core.clock import MovableClock, SystemClock
from core.cohorts import directory
from core.commands.dispatch import Core
from core.delivery import schedules
from core.delivery.service import Delivery
from core.store.port import Conn

log = structlog.get_logger()

MOST_POSTS = 500
"""A guard against a story that never reaches the present."""


class SampleCohort:
    """The sample cohort of one playground. With a clock that can be moved its three weeks really pass, so
    that calls, prompts and digests stand in the channels; else everything happens now."""

    def __init__(self, core: Core, delivery: Delivery, room: Room) -> None:
        self._core = core
        self._delivery = delivery
        self._room = room
        self._calls = 0

    async def make(self) -> list[str]:
        """Make it. Returns what did not succeed, in sentences; it is in the log too."""
        problems: list[str] = []
        machine = SystemClock()
        clock = self._core.clock if isinstance(self._core.clock, MovableClock) else None
        present = self._core.clock.now()
        began = machine.now()
        for at, step in timetable(story.steps(clocks.local_date(present, story.ZONE).year), present):
            if clock is not None:
                await self._let_pass(clock, at)
            problem = await self._do(step)
            if problem is not None:
                problems.append(problem)
                log.warning("a step of the sample failed", problem=problem)
        if clock is not None:
            await self._let_pass(clock, present + (machine.now() - began))
        else:
            await self._delivery.flush()
        return problems

    async def _let_pass(self, clock: MovableClock, until: datetime) -> None:
        """Move the clock, with everything that is scheduled on the way. It goes back only at the start."""
        for _ in range(MOST_POSTS):
            following = await self._core.store.read(schedules.upcoming)
            if following is None or following.next is None or following.next.at > until:
                break
            clock.move_to(following.next.at)
            await self._delivery.flush()
        clock.move_to(until)

    async def _do(self, step: StoryStep) -> str | None:
        match step.what:
            case Said(text=text, channel=channel):
                body = {"text": render.text(plain(text)), "blocks": [], "error": False}
                await self._room.say(channel, step.who, body)
                return None
            case Did():
                return await self._call(step.who, step.what)
            case story.Mentor():
                await self._core.store.write(_make_mentor, step.who)
                return None

    async def _call(self, who: str, did: Did) -> str | None:
        if did.command not in self._core.registry.commands:
            return f"There is no command {did.command}."
        persona = world.persona(who)
        if persona is None:
            return f"There is nobody called {who}."
        self._calls += 1
        at = self._core.clock.now()
        arguments: dict[str, Argument] = dict(did.args)
        if isinstance(channel := arguments.get("channel"), str):
            arguments["channel"] = ChannelRef(channel, channel)
        request = Request(
            f"sample-{at}-{self._calls}",
            did.command,
            world.person(persona),
            world.place(did.channel, None),
            arguments,
        )
        answer = await self._core.run(request)
        if isinstance(answer, Form):
            return f"{did.command} by {who} asks for more."
        if answer.error:
            return f"{did.command} by {who}: {as_text(answer.text).plain()}"
        if not answer.private:
            typed = " ".join((f"/{did.command}", *(f"{key}:{value}" for key, value in did.args.items())))
            via = {"person": who, "text": typed, "button": False}
            await self._room.answer(f"re-{request.id}", did.channel, None, who, answer, via)
        await self._delivery.flush()
        return None


def timetable(steps: Iterable[StoryStep], present: datetime) -> list[tuple[datetime, StoryStep]]:
    """The steps with their instants, in order of time. A step's day counts working days back from today,
    so that nothing of it lies in the future."""
    today = clocks.local_date(present, story.ZONE)
    placed = []
    for order, step in enumerate(steps):
        day = today
        for _ in range(step.days_ago):
            day -= timedelta(days=1)
            while day.weekday() > 4:
                day -= timedelta(days=1)
        placed.append((clocks.to_instant(day, step.at, story.ZONE), order, step))
    placed.sort(key=lambda entry: entry[:2])
    return [(at, step) for at, _, step in placed]


def _make_mentor(conn: Conn, who: str) -> None:
    persona = world.persona(who)
    person = directory.person_of(conn, world.person(persona)) if persona else None
    conn.run(
        "UPDATE member SET mentor = 1 WHERE person_id = :person", person=-1 if person is None else person
    )
