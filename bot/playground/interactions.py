"""Handlers of the frames that a page sends, one for each kind. Answers are JSON trees."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.playground import messages, registration, render, touched, workspace
from bot.playground.chat import CallOrigin, NewMessage
from bot.playground.connections import PageConnection, can_see, message_tree
from bot.playground.payloads import MAX_OFFER, Frame, Tree, read_line
from bot.playground.sample_story import ZONE
from core import clock as clocks
from core.chat.model import FieldKind, Form, Reply, Request, Source
from core.chat.text import as_text, clean, plain
from core.commands.greetings import call_for
from core.commands.spec import Command
from core.commands.stored_call import StoredCall
from core.errors import BadInput, NotFound, UserError

if TYPE_CHECKING:
    from bot.playground.adapter import PlaygroundAdapter


class PlaygroundInteractions:
    """The handlers of one playground. `kinds` maps a frame's type to its handler."""

    def __init__(self, playground: "PlaygroundAdapter") -> None:
        self._playground = playground
        self._core = playground.core
        self._store = playground.core.store
        self.kinds: Mapping[str, Callable[[PageConnection, Frame], Awaitable[Tree]]] = {
            "become": self._become,
            "history": self._read_history,
            "say": self._post_message,
            "command": self._run_command,
            "complete": self._complete,
            "click": self._click_button,
            "offer": self._take_offer,
            "submit": self._submit_form,
            "clock": self._move_clock,
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
            said = error.text.plain()
            errors = {error.field: said} if error.field else {}
            offers = render.offers(error)
            return {
                "type": "answer",
                "id": id_,
                "ok": False,
                "error": said,
                "errors": errors,
                "offers": offers,
            }

    async def _become(self, page: PageConnection, frame: Frame) -> Tree:
        who = workspace.persona(frame.text("person"))
        if who is None:
            raise NotFound("There is nobody of that name here.")
        page.person = who.id
        await self._playground.send_state(page)
        return {}

    async def _read_history(self, page: PageConnection, frame: Frame) -> Tree:
        place, parent = self._where(page, frame)
        if parent:
            found = await self._store.read(messages.thread, parent, page.person)
            more = False
        else:
            before = frame.optional("before")
            found, more = await self._store.read(messages.page, place, page.person, before)
        visible = [message_tree(each, page.person) for each in found if can_see(page.person, each)]
        return {"messages": visible, "more": more}

    async def _post_message(self, page: PageConnection, frame: Frame) -> Tree:
        place, thread = self._where(page, frame)
        text = clean(frame.text("text"), multiline=True)
        if text:
            body = {"text": render.text(plain(text)), "blocks": [], "error": False}
            id_ = f"say-{frame.text('id', 64)}"
            await self._playground.chat.post(NewMessage(place, page.person, body, id=id_, thread=thread))
            if place.startswith(workspace.DIRECT):
                await self._answer_greeting(page, frame, place, text)
        return {}

    async def _answer_greeting(self, page: PageConnection, frame: Frame, place: str, text: str) -> None:
        """Answer what somebody said to the bot alone."""
        command, arguments = call_for(text)
        answer = await self._core.run(self._request(page, frame, command, arguments))
        if isinstance(answer, Reply):
            shown = render.reply(answer)
            id_ = f"re-{frame.text('id', 64)}"
            await self._playground.chat.post(
                NewMessage(
                    place, workspace.BOT, shown.body, shown.blobs, id=id_, thread=frame.optional("thread")
                )
            )

    async def _run_command(self, page: PageConnection, frame: Frame) -> Tree:
        line = clean(frame.text("text"), multiline=True)
        command, given = read_line(self._core.registry, line)
        arguments = registration.arguments(command, given)
        request = self._request(page, frame, command.name, arguments)
        return await self._run(page, frame, request, {"text": line, "button": False})

    async def _click_button(self, page: PageConnection, frame: Frame) -> Tree:
        message = await self._store.read(messages.get, frame.text("message"))
        if message is None or not can_see(page.person, message):
            raise NotFound("This message is not there any more.")
        found = render.call_of(message.body, frame.text("button"))
        if found is None:
            raise NotFound("This button is out of date. Please run the command again.")
        label, packed = found
        stored = StoredCall.unpack(packed)
        arguments = registration.arguments(self._known(stored.command), stored.args)
        request = self._request(page, frame, stored.command, arguments, stored.cohort, Source.BUTTON)
        request = replace(request, message=frame.text("message"))
        return await self._run(page, frame, request, {"text": label, "button": True})

    async def _take_offer(self, page: PageConnection, frame: Frame) -> Tree:
        """A button beside a refusal was pressed."""
        stored = StoredCall.unpack(frame.text("call", MAX_OFFER))
        arguments = registration.arguments(self._known(stored.command), stored.args)
        request = self._request(page, frame, stored.command, arguments, stored.cohort, Source.BUTTON)
        return await self._run(page, frame, request, {"text": frame.text("label", 100), "button": True})

    async def _submit_form(self, page: PageConnection, frame: Frame) -> Tree:
        stored = StoredCall.unpack(frame.text("form"))
        command = self._known(stored.command)
        arguments = {**stored.args, **registration.arguments(command, frame.tree("values"))}
        request = self._request(page, frame, command.name, arguments, stored.cohort, Source.FORM)
        return await self._run(page, frame, request, {"text": f"/{command.name}", "button": False})

    async def _run(self, page: PageConnection, frame: Frame, request: Request, via: Tree) -> Tree:
        """Run a command. A form is returned to the page that asked; a reply is posted where the call was made,
        and so is the progress that the command reports until then."""
        place, thread = self._where(page, frame)
        answer_id = f"re-{frame.text('id', 64)}"
        origin = CallOrigin(answer_id, place, thread, page.person, {"person": page.person, **via})
        answered = False

        async def show(reply: Reply) -> None:
            nonlocal answered
            await self._playground.chat.answer(origin, reply, replace=answered)
            answered = True

        about = await touched.names(self._core, request, clocks.local_date(self._core.clock.now(), ZONE))
        answer = await self._core.run(request, show)
        changed = await self._store.write(touched.note, request, about, self._core.clock.now())
        if isinstance(answer, Form):
            packed = StoredCall.of_form(answer).pack()
            return {"form": render.form(answer, self._known(answer.command), packed)}
        if answer.error and request.source is Source.FORM and not answered:
            raise BadInput(as_text(answer.text), field=answer.field, blocks=answer.blocks)
        await show(answer)
        if changed and not answer.error:
            await self._mark_pressed(page, frame)
        await self._playground.refresh()
        return {}

    async def _mark_pressed(self, page: PageConnection, frame: Frame) -> None:
        """A button, or the form that it opened, did what it is for."""
        message, button = frame.optional("message"), frame.optional("button")
        found = await self._store.read(messages.get, message) if message and button else None
        if (
            found is not None
            and button
            and can_see(page.person, found)
            and render.call_of(found.body, button)
        ):
            await self._playground.chat.press(found.id, button, page.person)

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
        return {"items": registration.choices(list(await self._core.complete(request, param.name, typed)))}

    async def _move_clock(self, page: PageConnection, frame: Frame) -> Tree:
        if frame.optional("to") == "now":
            return await self._playground.move_back()
        return await self._playground.move_clock(frame.number("forward"))

    async def _reset(self, page: PageConnection, frame: Frame) -> Tree:
        await self._playground.reset(sample=frame.text("to") == "sample")
        return {}

    async def _check_thread(self, page: PageConnection, frame: Frame) -> None:
        """Refuse a thread that does not exist: nobody would see what is posted in it."""
        if (thread := frame.optional("thread")) is None:
            return
        place, _ = self._where(page, frame)
        parent = await self._store.read(messages.get, thread)
        if parent is None or parent.thread or parent.place != place or not can_see(page.person, parent):
            raise NotFound("This thread is not there any more. Please close it, or reload the page.")

    def _where(self, page: PageConnection, frame: Frame) -> tuple[str, str | None]:
        place = frame.text("place")
        if not workspace.can_open(page.person, place):
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
        who = workspace.persona(page.person)
        if who is None:
            raise NotFound("There is nobody of that name here.")
        return Request(
            frame.text("id", 64),
            command,
            workspace.person(who),
            workspace.place(place, thread),
            arguments,
            cohort,
            source,
        )
