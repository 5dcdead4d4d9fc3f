"""Makes the sample cohort by running the sample story through the dispatch, each event at its time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from bot.playground import render, sample_story, workspace
from bot.playground.chat import CallOrigin, Chat, NewMessage
from bot.playground.sample_story import AppointMentor, PostMessage, RunCommand, StoryEvent
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

MAX_SCHEDULED = 500
"""How many scheduled events may lie between two events of the story, so that the loop always ends."""


class SampleCohort:
    """Makes the sample cohort of one playground. With a movable clock its three weeks are played through, so
    that check-in calls, prompts and digests stand in the channels; otherwise everything happens now."""

    def __init__(self, core: Core, delivery: Delivery, chat: Chat) -> None:
        self._core = core
        self._delivery = delivery
        self._chat = chat
        self._call_count = 0

    async def make(self) -> list[str]:
        """Make it. Returns a sentence for each event that failed; these are logged too."""
        problems: list[str] = []
        machine = SystemClock()
        clock = self._core.clock if isinstance(self._core.clock, MovableClock) else None
        present = self._core.clock.now()
        began = machine.now()
        for at, event in timetable(
            sample_story.events(clocks.local_date(present, sample_story.ZONE).year), present
        ):
            if clock is not None:
                await self._advance_to(clock, at)
            problem = await self._perform(event)
            if problem is not None:
                problems.append(problem)
                log.warning("an event of the sample failed", problem=problem)
        if clock is not None:
            await self._advance_to(clock, present + (machine.now() - began))
        else:
            await self._delivery.flush()
        return problems

    async def _advance_to(self, clock: MovableClock, until: datetime) -> None:
        """Move the clock, firing every schedule on the way. Only the first event moves it back."""
        for _ in range(MAX_SCHEDULED):
            following = await self._core.store.read(schedules.upcoming, served=self._delivery.served)
            if following is None or following.next is None or following.next.at > until:
                break
            clock.move_to(following.next.at)
            await self._delivery.flush()
        clock.move_to(until)

    async def _perform(self, event: StoryEvent) -> str | None:
        match event.action:
            case PostMessage(text=text, channel=channel):
                body = {"text": render.text(plain(text)), "blocks": [], "error": False}
                await self._chat.post(NewMessage(channel, event.who, body))
                return None
            case RunCommand():
                return await self._run(event.who, event.action)
            case AppointMentor():
                await self._core.store.write(_appoint_mentor, event.who)
                return None

    async def _run(self, who: str, action: RunCommand) -> str | None:
        if action.command not in self._core.registry.commands:
            return f"There is no command {action.command}."
        persona = workspace.persona(who)
        if persona is None:
            return f"There is nobody called {who}."
        self._call_count += 1
        at = self._core.clock.now()
        arguments: dict[str, Argument] = dict(action.args)
        if isinstance(channel := arguments.get("channel"), str):
            arguments["channel"] = ChannelRef(channel, channel)
        request = Request(
            f"sample-{at}-{self._call_count}",
            action.command,
            workspace.person(persona),
            workspace.place(action.channel, None),
            arguments,
        )
        answer = await self._core.run(request)
        if isinstance(answer, Form):
            return f"{action.command} by {who} asks for more."
        if answer.error:
            return f"{action.command} by {who}: {as_text(answer.text).plain()}"
        if not answer.private:
            typed = " ".join(
                (f"/{action.command}", *(f"{key}:{value}" for key, value in action.args.items()))
            )
            via = {"person": who, "text": typed, "button": False}
            origin = CallOrigin(f"re-{request.id}", action.channel, None, who, via)
            await self._chat.answer(origin, answer)
        await self._delivery.flush()
        return None


def timetable(events: Iterable[StoryEvent], present: datetime) -> list[tuple[datetime, StoryEvent]]:
    """The events with their instants, in order of time. Days are counted in working days back from today."""
    today = clocks.local_date(present, sample_story.ZONE)
    dated = []
    for order, event in enumerate(events):
        day = today
        for _ in range(event.days_ago):
            day -= timedelta(days=1)
            while day.weekday() > 4:
                day -= timedelta(days=1)
        dated.append((clocks.to_instant(day, event.at, sample_story.ZONE), order, event))
    dated.sort(key=lambda entry: entry[:2])
    return [(at, event) for at, _, event in dated]


def _appoint_mentor(conn: Conn, who: str) -> None:
    persona = workspace.persona(who)
    person = directory.person_of(conn, workspace.person(persona)) if persona else None
    conn.run(
        "UPDATE member SET mentor = 1 WHERE person_id = :person", person=-1 if person is None else person
    )
