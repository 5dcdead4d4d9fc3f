"""What a page asks for, one function a kind of frame. Answers are JSON trees."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.playground import chatlog, registration, render, world
from bot.playground.hub import PageConnection, shown, visible
from bot.playground.payloads import Frame, Tree
from core.chat.model import FieldKind, Form, Reply, Request, Source
from core.chat.text import as_text, clean, plain
from core.commands.spec import Command
from core.commands.stored_call import StoredCall
from core.errors import BadInput, NotFound, UserError

if TYPE_CHECKING:
    from bot.playground.adapter import PlaygroundAdapter


class PlaygroundInteractions:
    """The frames' handlers, over one playground."""

    def __init__(self, playground: "PlaygroundAdapter") -> None:
        self._playground = playground
        self._core = playground.core
        self._store = playground.core.store
        self.kinds: Mapping[str, Callable[[PageConnection, Frame], Awaitable[Tree]]] = {
            "become": self._become,
            "history": self._history,
            "say": self._say,
            "command": self._command,
            "complete": self._complete,
            "click": self._click,
            "submit": self._submit,
            "clock": self._clock,
            "reset": self._reset,
        }

    async def answer(self, page: PageConnection, frame: Frame, kind: str, id_: str) -> Tree:
        """The answer to a request. A `UserError` is an answer too."""
        handle = self.kinds.get(kind)
        try:
            if handle is None:
                raise BadInput("This page is from another version of the playground. Please reload it.")
            await self._check_thread(page, frame)
            return {"type": "answer", "id": id_, "ok": True, **await handle(page, frame)}
        except UserError as error:
            errors = {error.field: error.text.plain()} if error.field else {}
            return {"type": "answer", "id": id_, "ok": False, "error": error.text.plain(), "errors": errors}

    async def _become(self, page: PageConnection, frame: Frame) -> Tree:
        who = world.persona(frame.text("person"))
        if who is None:
            raise NotFound("There is nobody of that name here.")
        page.person = who.id
        await self._playground.show_state(page)
        return {}

    async def _history(self, page: PageConnection, frame: Frame) -> Tree:
        place, parent = self._where(page, frame)
        if parent:
            messages = await self._store.read(chatlog.thread, parent, page.person)
            more = False
        else:
            before = frame.optional("before")
            messages, more = await self._store.read(chatlog.page, place, page.person, before)
        return {"messages": [shown(each) for each in messages if visible(each, page.person)], "more": more}

    async def _say(self, page: PageConnection, frame: Frame) -> Tree:
        place, thread = self._where(page, frame)
        words = clean(frame.text("text"), multiline=True)
        if words:
            body = {"text": render.text(plain(words)), "blocks": [], "error": False}
            await self._playground.room.say(
                place, page.person, body, id_=f"say-{frame.text('id', 64)}", thread=thread
            )
        return {}

    async def _command(self, page: PageConnection, frame: Frame) -> Tree:
        line = clean(frame.text("text"), multiline=True)
        command, given = self._playground.read_line(line)
        arguments = registration.arguments(command, given)
        request = self._request(page, frame, command.name, arguments)
        return await self._run(page, frame, request, {"text": line, "button": False})

    async def _click(self, page: PageConnection, frame: Frame) -> Tree:
        message = await self._store.read(chatlog.get, frame.text("message"))
        if message is None or not visible(message, page.person):
            raise NotFound("This message is not there any more.")
        found = render.call_of(message.body, frame.text("button"))
        if found is None:
            raise NotFound("This button is out of date. Please run the command again.")
        label, packed = found
        stored = StoredCall.unpack(packed)
        request = self._request(page, frame, stored.command, stored.args, stored.cohort, Source.BUTTON)
        return await self._run(page, frame, request, {"text": label, "button": True})

    async def _submit(self, page: PageConnection, frame: Frame) -> Tree:
        stored = StoredCall.unpack(frame.text("form"))
        command = self._known(stored.command)
        arguments = {**stored.args, **registration.arguments(command, frame.tree("values"))}
        request = self._request(page, frame, command.name, arguments, stored.cohort, Source.FORM)
        return await self._run(page, frame, request, {"text": f"/{command.name}", "button": False})

    async def _run(self, page: PageConnection, frame: Frame, request: Request, via: Tree) -> Tree:
        """A form goes back to the page that asked; a reply goes where the call was made, and so does what the
        call shows until then."""
        person, instead = page.person, False
        place, thread = self._where(page, frame)

        async def show(reply: Reply) -> None:
            nonlocal instead
            await self._playground.room.answer(
                f"re-{frame.text('id', 64)}",
                place,
                thread,
                person,
                reply,
                {"person": person, **via},
                instead=instead,
            )
            instead = True

        answer = await self._core.run(request, show)
        if isinstance(answer, Form):
            packed = StoredCall.of_form(answer).pack()
            return {"form": render.form(answer, self._known(answer.command), packed)}
        refused = answer.error and not answer.blocks
        if refused and request.source is Source.FORM and not instead:
            raise BadInput(as_text(answer.text), field=answer.field)
        await show(answer)
        await self._playground.refresh()
        return {}

    async def _complete(self, page: PageConnection, frame: Frame) -> Tree:
        command = self._core.registry.commands.get(frame.text("command"))
        param = command.param(frame.text("param")) if command else None
        typed = frame.text("text")
        if command is None or param is None:
            return {"items": []}
        if param.kind is FieldKind.PERSON:
            return {"items": registration.people(typed)}
        if param.kind is FieldKind.CHANNEL:
            return {"items": registration.channels(typed)}
        form = frame.optional("form")
        stored = StoredCall.unpack(form) if form else StoredCall(command.name, {})
        given = {key: value for key, value in frame.tree("args").items() if isinstance(value, str)}
        arguments = {**stored.args, **registration.arguments(command, given)}
        request = self._request(page, frame, command.name, arguments, stored.cohort)
        return {"items": registration.offered(list(await self._core.complete(request, param.name, typed)))}

    async def _clock(self, page: PageConnection, frame: Frame) -> Tree:
        forward = frame.number("forward")
        return await self._playground.move_clock(forward)

    async def _reset(self, page: PageConnection, frame: Frame) -> Tree:
        await self._playground.reset(sample=frame.text("to") == "sample")
        return {}

    async def _check_thread(self, page: PageConnection, frame: Frame) -> None:
        """Refuse a thread that is not there: what is said in it would be seen by nobody."""
        if (thread := frame.optional("thread")) is None:
            return
        place, _ = self._where(page, frame)
        parent = await self._store.read(chatlog.get, thread)
        if parent is None or parent.thread or parent.place != place or not visible(parent, page.person):
            raise NotFound("This thread is not there any more. Please close it, or reload the page.")

    def _where(self, page: PageConnection, frame: Frame) -> tuple[str, str | None]:
        place = frame.text("place")
        if not world.may_see(page.person, place):
            raise NotFound("There is no such place.")
        return place, frame.optional("thread")

    def _known(self, name: str) -> Command:
        command = self._core.registry.commands.get(name)
        if command is None:
            raise NotFound("This is from an earlier version of me. Please run the command again.")
        return command

    def _request(
        self,
        page: PageConnection,
        frame: Frame,
        command: str,
        arguments: Mapping[str, Any],
        cohort: int | None = None,
        source: Source = Source.COMMAND,
    ) -> Request:
        place, thread = self._where(page, frame)
        who = world.persona(page.person)
        if who is None:
            raise NotFound("There is nobody of that name here.")
        return Request(
            frame.text("id", 64),
            command,
            world.person(who),
            world.place(place, thread),
            arguments,
            cohort,
            source,
        )
