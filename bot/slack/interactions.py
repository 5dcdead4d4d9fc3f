"""What happens between a payload from Slack and the core: commands, clicks, forms and completion.

Every listener runs before Slack is answered; the `Responder` acknowledges in time.
"""

import asyncio
import secrets
from dataclasses import replace
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import greetings, modals, payloads, responses
from bot.slack.checks import RequestChecks
from bot.slack.files import fetch
from bot.slack.greetings import SeenEvents
from bot.slack.home import TAB, SlackHome
from bot.slack.open_forms import OpenForms
from bot.slack.payloads import RootCommand
from bot.slack.people import People
from bot.slack.responses import PendingAnswer, Responder, ResponseSender, reply_payload
from core.chat.model import Argument, Form, Person, Reply, Request, Source
from core.commands import forms
from core.commands.arguments import with_references
from core.commands.dispatch import Core, error_reply
from core.commands.greetings import call_for
from core.commands.stored_call import StoredCall, StoredCallCodec, new_draft
from core.commands.typed_line import HOME
from core.errors import StoreError, UserError, report, unexpected

Json = dict[str, Any]

SAVED = "draft|"
"""How a button's value or a modal's call begins that holds the token of a saved call."""
KEPT = "What you typed is kept. Open the form again, and it stands there."
"""What is said of a form that was closed without being sent."""


class SlackInteractions:
    """The listeners, over one core. `workspace` is the bot's own: a payload of a shared channel may name the
    workspace of an outsider instead."""

    def __init__(
        self,
        core: Core,
        client: AsyncWebClient,
        people: People,
        answers: ResponseSender,
        workspace: str,
        root: RootCommand,
    ) -> None:
        self._core = core
        self._workspace = workspace
        self._root = root
        self._client = client
        self._people = people
        self._answers = answers
        self._checks = RequestChecks(core, client, answers)
        self._codec = StoredCallCodec(core.store, core.clock, SAVED, core.admission.limits.drafts)
        self._responder = Responder(self._codec, client, answers, root)
        self._seen = SeenEvents()
        self._open_forms = OpenForms()
        self.home = SlackHome(core, client, people, self._checks, self._codec, workspace, root)

    async def _run(self, pending: PendingAnswer, request: Request) -> Reply | Form:
        """The core's answer, after what only Slack knows was checked."""
        try:
            checked = await self._checks.check(self._identified(request))
        except UserError as error:
            return error_reply(error, request.cohort)

        async def show(reply: Reply) -> None:
            await self._responder.progress(pending, request.person, reply)

        try:
            return await self._core.run(checked, show)
        finally:
            self.home.touched(request.person.id)

    def _identified(self, request: Request) -> Request:
        """The request with the bare ids among its arguments as people and channels."""
        command = self._core.registry.commands.get(request.command)
        if command is None:
            return request
        args = with_references(command, request.args, payloads.ID, request.source)
        return request if args is request.args else replace(request, args=args)

    async def drain(self, seconds: float) -> None:
        """Wait for the answers still under way, at most so long."""
        await self._responder.drain(seconds)

    # -- commands ------------------------------------------------------------------------------------

    async def command(self, ack: AsyncAck, body: Json) -> None:
        """A slash command."""
        context = payloads.context_of_command(self._workspace, body)
        pending = PendingAnswer(context, body["user_id"])
        await self._responder.acknowledge(ack, pending, self._command(pending, body))

    async def _command(self, pending: PendingAnswer, body: Json) -> Json:
        person, (command, args, problem) = await asyncio.gather(
            self._people.person(pending.user, body.get("user_name", "")),
            payloads.read_command(self._core.registry, body.get("text") or "", self._people.names),
        )
        if problem is not None:
            return await self._responder.answer_command(pending, person, error_reply(problem))
        assert command is not None  # noqa: S101 - a line names a command, or there is a problem
        request = Request(body["trigger_id"], command.name, person, pending.context.place, args)
        result = await self._run(pending, request)
        if isinstance(result, Form):
            return await self._responder.open_form(pending, person, result, body["trigger_id"])
        return await self._responder.answer_command(pending, person, result)

    async def failed(self, error: Exception, body: Json) -> BoltResponse:
        """A listener failed in a way that nobody foresaw: the caller is told, with a reference."""
        kind = str(body.get("type") or body.get("command"))
        notice = unexpected(report("a payload could not be handled", exc_info=error, kind=kind))
        view = body.get("view")
        if kind == "view_submission" and isinstance(view, dict):
            # The form stays on the screen, with what was typed.
            errors = modals.errors(view, Reply(notice, error=True))
            if errors:
                return BoltResponse(status=200, body={"response_action": "errors", "errors": errors})
        message = responses.text_message(notice)
        if body.get("command"):
            return BoltResponse(status=200, body=reply_payload(message, public=False))
        user = body.get("user")
        if isinstance(user, dict) and body.get("type") in ("block_actions", "view_submission"):
            context = payloads.context_of_action(self._workspace, body)
            self._responder.run_in_background(self._answers.send(context, user["id"], message, public=False))
        return BoltResponse(status=200, body="")

    # -- greetings -----------------------------------------------------------------------------------

    async def mention(self, body: Json, event: Json) -> None:
        """Somebody mentioned the bot in a channel; they alone see the answer."""
        await self._greet(body, event)

    async def message(self, body: Json, event: Json) -> None:
        """Somebody wrote to the bot in the direct message."""
        if greetings.is_direct(event):
            await self._greet(body, event)

    async def _greet(self, body: Json, event: Json) -> None:
        event_id = str(body.get("event_id") or "")
        if greetings.is_said_by_somebody(event) and self._seen.is_new(event_id):
            context = greetings.context_of_event(self._workspace, event)
            self._responder.run_in_background(self._greeting(PendingAnswer(context, event["user"]), event))

    async def _greeting(self, pending: PendingAnswer, event: Json) -> None:
        person = await self._people.person(pending.user)
        command, args = call_for(greetings.words_of(event))
        request = Request(str(event["ts"]), command, person, pending.context.place, args)
        result = await self._run(pending, request)
        if isinstance(result, Reply):
            await self._responder.answer_action(pending, person, result)

    # -- forms ---------------------------------------------------------------------------------------

    async def typed(self, ack: AsyncAck, body: Json) -> None:
        """Somebody types into a long field of a form."""
        self._open_forms.typed(body["view"])
        await ack()

    async def closed(self, ack: AsyncAck, body: Json, view: Json) -> None:
        """A form was closed without being sent: what was typed into it is offered again."""
        await ack()
        typed = self._open_forms.closed(view)
        if typed is not None:
            pending = PendingAnswer(payloads.context_of_action(self._workspace, body), body["user"]["id"])
            self._responder.run_in_background(self._offer_again(pending, body, typed))

    async def _offer_again(self, pending: PendingAnswer, body: Json, view: Json) -> None:
        person = await self._people.person(pending.user, body["user"].get("name", ""))
        try:
            call = await self._call_of(pending, person, view)
        except UserError:
            return  # a form of an earlier version; nobody asked for an answer
        await self._responder.refuse_form(pending, person, Reply(KEPT), view, call)

    async def _call_of(self, pending: PendingAnswer, person: Person, view: Json) -> StoredCall:
        """The call that a form completes, whose answer goes to where the form was asked for."""
        encoded, pending.context = modals.decode_metadata(view.get("private_metadata", ""), self._workspace)
        call = await self._codec.decode(encoded, person)
        return replace(call, draft=call.draft or new_draft())

    async def submission(self, ack: AsyncAck, body: Json, view: Json) -> None:
        """A form came back."""
        self._open_forms.sent(view)
        pending = PendingAnswer(payloads.context_of_action(self._workspace, body), body["user"]["id"])
        await self._responder.acknowledge(ack, pending, self._submission(pending, body, view))

    async def _submission(self, pending: PendingAnswer, body: Json, view: Json) -> Json:
        person = await self._people.person(pending.user, body["user"].get("name", ""))
        call: StoredCall | None = None
        result: Reply | Form
        try:
            call = await self._call_of(pending, person, view)
            given = await self._given(view)
        except UserError as error:
            result = error_reply(error)
        else:
            request = Request(
                f"{view['id']}:{view.get('hash', '')}",
                call.command,
                person,
                pending.context.place,
                {**call.args, **given},
                call.cohort,
                Source.FORM,
                in_place=False,
                draft=call.draft,
            )
            result = await self._run(pending, request)
        return await self._submitted(pending, person, view, call, result)

    async def _submitted(
        self,
        pending: PendingAnswer,
        person: Person,
        view: Json,
        call: StoredCall | None,
        result: Reply | Form,
    ) -> Json:
        """What becomes of the form on the screen. A late acknowledgement has closed it already."""
        if isinstance(result, Form):
            try:
                metadata = await modals.encode_metadata(self._codec, person, result, pending.context)
            except StoreError as error:
                result = error_reply(error)
            else:
                if not pending.late:
                    return {"response_action": "update", "view": modals.modal(result, metadata)}
                result = Reply(forms.STILL_MISSING, error=True)
        if not result.error:
            return await self._responder.answer_action(pending, person, result)
        shown = result.with_commands(self._root.write)
        again = modals.with_readings(view, shown, call.command) if call is not None else None
        if again is not None and not pending.late:
            return {"response_action": "update", "view": again}
        errors = modals.errors(view, shown)
        if errors and not pending.late:
            return {"response_action": "errors", "errors": errors}
        return await self._responder.refuse_form(pending, person, result, view, call)

    async def _given(self, view: Json) -> dict[str, Argument]:
        found = await modals.values(view["state"]["values"], self._people.names)
        given: dict[str, Argument] = {}
        for name, value in found.items():
            given[name] = await fetch(self._client, name, value) if isinstance(value, dict) else value
        return given

    async def suggestion(self, ack: AsyncAck, body: Json) -> None:
        """Somebody types into a field with completion. Nobody waits for what comes late."""
        try:
            async with asyncio.timeout(responses.BUDGET):
                options = await self._suggestions(body)
        except (UserError, TimeoutError):
            options = {"options": []}
        await ack(options)

    async def _suggestions(self, body: Json) -> Json:
        person = await self._people.person(body["user"]["id"])
        typed = str(body.get("value") or "")
        metadata = body["view"].get("private_metadata", "")
        encoded, context = modals.decode_metadata(metadata, self._workspace)
        call = await self._codec.decode(encoded, person)
        request_id = body.get("trigger_id") or secrets.token_hex(8)
        request = Request(
            request_id,
            call.command,
            person,
            context.place,
            call.args,
            call.cohort,
            Source.FORM,
            in_place=False,
        )
        return modals.suggestions(await self._core.complete(request, str(body["block_id"]), typed), typed)

    # -- clicks --------------------------------------------------------------------------------------

    async def click(self, ack: AsyncAck, body: Json) -> None:
        """A button was pressed, or something was chosen from a menu."""
        pending = PendingAnswer(payloads.context_of_action(self._workspace, body), body["user"]["id"])
        await self._responder.acknowledge(ack, pending, self._click(pending, body))

    async def _click(self, pending: PendingAnswer, body: Json) -> Json:
        person = await self._people.person(pending.user, body["user"].get("name", ""))
        try:
            call = await self._codec.decode(payloads.value_of_action(body), person)
            command = self._core.registry.commands.get(call.command)
            asking = forms.reopening(command, call) if command and forms.has_typed(call) else call
        except UserError as error:
            return await self._responder.answer_action(pending, person, error_reply(error))
        request = Request(
            body["trigger_id"],
            asking.command,
            person,
            pending.context.place,
            asking.args,
            asking.cohort,
            Source.BUTTON,
            payloads.message_of_action(body),
            draft=asking.draft,
        )
        result = await self._run(pending, request)
        if isinstance(result, Form):
            form = forms.refill(result, call)
            return await self._responder.open_form(pending, person, form, body["trigger_id"])
        if asking.command == HOME and payloads.view_of_action(body) == TAB:
            self._responder.run_in_background(self.home.choose(person, result))
            return {}
        return await self._responder.answer_action(pending, person, result)
