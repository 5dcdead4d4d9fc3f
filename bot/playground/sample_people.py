"""What the sample cohort's people do, through the same dispatch as what a page asks for."""

from datetime import datetime

from bot.playground import registration, render, workspace
from bot.playground.chat import CallOrigin, Chat, NewMessage
from bot.playground.sample_story import AppointMentor, PostMessage, RunCommand, StoryEvent
from core.chat.model import Form, Request
from core.chat.text import as_text, plain
from core.cohorts import directory
from core.commands.dispatch import Core
from core.store.port import Conn


class SamplePeople:
    """The made-up people of one playground."""

    def __init__(self, core: Core, chat: Chat) -> None:
        self._core = core
        self._chat = chat

    async def perform(self, event: StoryEvent, id_: str) -> str | None:
        """Let it happen now. `id_` names the event: under the same id it happens once. Returns a sentence where it was
        refused."""
        match event.action:
            case PostMessage(text=text, channel=channel):
                body = {"text": render.text(plain(text)), "blocks": [], "error": False}
                await self._chat.post(NewMessage(channel, event.who, body, id=f"say-{id_}"))
                return None
            case RunCommand():
                return await self._run(event.who, event.action, id_)
            case AppointMentor():
                await self._core.store.write(_appoint_mentor, event.who)
                return None

    async def _run(self, who: str, action: RunCommand, id_: str) -> str | None:
        if action.command not in self._core.registry.commands:
            return f"There is no command {action.command}."
        request = self.request(who, action, id_)
        if request is None:
            return f"There is nobody called {who}."
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
            await self._chat.answer(CallOrigin(f"re-{request.id}", action.channel, None, who, via), answer)
        return None

    def request(self, who: str, action: RunCommand, id_: str) -> Request | None:
        """The call of a command by a persona; None where there is none of that id."""
        persona = workspace.persona(who)
        if persona is None:
            return None
        return Request(
            id_,
            action.command,
            workspace.person(persona),
            workspace.place(action.channel, None),
            registration.arguments(self._core.registry.commands[action.command], action.args),
        )


def call_name(at: datetime, number: int) -> str:
    """The id of a call in the sample's past."""
    return f"sample-{at}-{number}"


def _appoint_mentor(conn: Conn, who: str) -> None:
    persona = workspace.persona(who)
    person = directory.person_of(conn, workspace.person(persona)) if persona else None
    conn.run(
        "UPDATE member SET mentor = 1 WHERE person_id = :person", person=-1 if person is None else person
    )
