"""What the sample cohort's people do, through the same dispatch as what a page asks for."""

from datetime import datetime

from bot.playground import registration, render, workspace
from bot.playground.chat import CallOrigin, Chat, NewMessage
from bot.playground.sample_story import AppointMentor, PostMessage, PressButton, RunCommand, StoryEvent
from core.chat.model import Buttons, Form, Reply, Request, Source
from core.chat.text import as_text, plain
from core.cohorts import directory
from core.commands.dispatch import Core
from core.commands.stored_call import StoredCall
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
            case PressButton():
                return await self._press(event.who, event.action, id_)
            case AppointMentor():
                await self._core.store.write(_appoint_mentor, event.who)
                return None

    async def _run(self, who: str, action: RunCommand, id_: str) -> str | None:
        if action.command not in self._core.registry.commands:
            return f"There is no command {action.command}."
        request = self.request(who, action, id_)
        if request is None:
            return f"There is nobody called {who}."
        typed = " ".join((f"/{action.command}", *(f"{key}:{value}" for key, value in action.args.items())))
        answer = await self._answer(who, request, action.channel, {"text": typed, "button": False})
        return answer if isinstance(answer, str) else None

    async def _press(self, who: str, action: PressButton, id_: str) -> str | None:
        """Press a button of an answer that only they are shown."""
        if not {action.command, action.presses} <= self._core.registry.commands.keys():
            return f"There is no command {action.command}, or none {action.presses}."
        request = self.request(who, RunCommand(action.command, action.args, action.channel), f"{id_}-shown")
        if request is None:
            return f"There is nobody called {who}."
        shown = await self._answer(who, request, action.channel, None)
        if isinstance(shown, str):
            return shown
        rows = [block.items for block in shown.blocks if isinstance(block, Buttons)]
        button = next((each for row in rows for each in row if each.command == action.presses), None)
        if button is None:
            return f"{action.command} by {who} has no button for {action.presses}."
        stored = StoredCall.of_button(button, shown.cohort)
        arguments = registration.arguments(self._core.registry.commands[stored.command], stored.args)
        pressed = Request(
            id_,
            stored.command,
            request.person,
            request.place,
            arguments,
            stored.cohort,
            Source.BUTTON,
            f"re-{request.id}",
        )
        answer = await self._answer(who, pressed, action.channel, {"text": button.label, "button": True})
        return answer if isinstance(answer, str) else None

    async def _answer(
        self, who: str, request: Request, channel: str, typed: dict[str, object] | None
    ) -> Reply | str:
        """The answer to a call, or a sentence where it was refused. One that all read stands in the channel, below what
        was `typed`."""
        answer = await self._core.run(request)
        if isinstance(answer, Form):
            return f"{request.command} by {who} asks for more."
        if answer.error:
            return f"{request.command} by {who}: {as_text(answer.text).plain()}"
        if not answer.private and typed is not None:
            via = {"person": who, **typed}
            await self._chat.answer(CallOrigin(f"re-{request.id}", channel, None, who, via), answer)
        return answer

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
