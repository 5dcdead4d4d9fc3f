"""What happens between a payload from Slack and the core: commands, clicks, forms and completion.

Every handler runs before Slack is answered; `turns` sees to it that Slack is answered in time.
"""

import asyncio
import secrets
from dataclasses import replace
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import command_text, modals, payloads, responder
from bot.slack.checks import Checks
from bot.slack.files import fetch
from bot.slack.payloads import ReplyContext
from bot.slack.people import People
from bot.slack.responder import PendingAnswer, Responder
from bot.slack.responses import ResponseSender, reply_payload
from core.chat.model import Argument, Form, Person, Reply, Request, Source
from core.commands.arguments import with_references
from core.commands.dispatch import Core
from core.commands.drafts import Draft
from core.errors import OutOfDate, StoreError, UserError, report, unexpected

Json = dict[str, Any]

STILL_MISSING = "Something that I need is still missing."


class SlackInteractions:
    """The listeners, over one core. `workspace` is the bot's own: a payload of a shared channel may name the
    workspace of an outsider instead."""

    def __init__(
        self, core: Core, client: AsyncWebClient, people: People, answers: ResponseSender, workspace: str
    ) -> None:
        self._core = core
        self._workspace = workspace
        self._client = client
        self._people = people
        self._answers = answers
        self._checks = Checks(core, client, answers)
        self._turns = Responder(core, client, answers)

    async def _run(self, turn: PendingAnswer, request: Request) -> Reply | Form:
        """The core's answer, after what only Slack knows was checked."""
        checked = await self._checks.check(self._identified(request))
        if isinstance(checked, Reply):
            return checked

        async def show(reply: Reply) -> None:
            await self._turns.progress(turn, request.person, reply)

        return await self._core.run(checked, show)

    def _identified(self, request: Request) -> Request:
        """The request with the bare ids among its arguments as people and channels."""
        command = self._core.registry.commands.get(request.command)
        if command is None:
            return request
        args = with_references(command, request.args, command_text.ID, request.source)
        return request if args is request.args else replace(request, args=args)

    async def drain(self, seconds: float) -> None:
        """Wait for the answers still under way, at most so long."""
        await self._turns.drain(seconds)

    # -- commands ------------------------------------------------------------------------------------

    async def command(self, ack: AsyncAck, body: Json) -> None:
        """A slash command."""
        name = body.get("channel_name", "")
        origin = ReplyContext(self._workspace, body["channel_id"], None, name, body.get("response_url"))
        turn = PendingAnswer(origin, body["user_id"])
        await self._turns.in_time(ack, turn, self._command(turn, body))

    async def _command(self, turn: PendingAnswer, body: Json) -> Json:
        person, (command, args, problem) = await asyncio.gather(
            self._people.person(turn.user, body.get("user_name", "")),
            command_text.read(self._core.registry, body.get("text") or "", self._people.names),
        )
        if command is None or problem is not None:
            return await self._turns.reply(turn, person, Reply(problem or "", error=True))
        request = Request(body["trigger_id"], command.name, person, turn.origin.place, args)
        result = await self._run(turn, request)
        if isinstance(result, Form):
            return await self._turns.open(turn, person, result, body["trigger_id"])
        return await self._turns.reply(turn, person, result)

    async def failed(self, error: Exception, body: Json) -> BoltResponse:
        """A listener failed in a way that nobody foresaw: the caller is told, with a reference."""
        kind = str(body.get("type") or body.get("command"))
        words = unexpected(report("a payload could not be handled", exc_info=error, kind=kind))
        view = body.get("view")
        if kind == "view_submission" and isinstance(view, dict):
            # The form stays on the screen, with what was typed.
            errors = modals.errors(view, Reply(words, error=True))
            if errors:
                return BoltResponse(status=200, body={"response_action": "errors", "errors": errors})
        said = responder.payload(words)
        if body.get("command"):
            return BoltResponse(status=200, body=reply_payload(said, public=False))
        user = body.get("user")
        if isinstance(user, dict) and body.get("type") in ("block_actions", "view_submission"):
            origin = _clicked(self._workspace, body)
            self._turns.later(self._answers.send(origin, user["id"], said, public=False))
        return BoltResponse(status=200, body="")

    # -- forms ---------------------------------------------------------------------------------------

    async def submission(self, ack: AsyncAck, body: Json, view: Json) -> None:
        """A form came back."""
        turn = PendingAnswer(_clicked(self._workspace, body), body["user"]["id"])
        await self._turns.in_time(ack, turn, self._submission(turn, body, view))

    async def _submission(self, turn: PendingAnswer, body: Json, view: Json) -> Json:
        person = await self._people.person(turn.user, body["user"].get("name", ""))
        draft: Draft | None = None
        result: Reply | Form
        try:
            packed, turn.origin = payloads.unhide(view.get("private_metadata", ""), self._workspace)
            draft = await payloads.restore(self._core, person, packed)
            given = await self._given(view)
        except UserError as error:
            result = Reply(error.text, error=True, field=error.field)
        else:
            request = Request(
                f"{view['id']}:{view.get('hash', '')}",
                draft.command,
                person,
                turn.origin.place,
                {**draft.args, **given},
                draft.cohort,
                Source.FORM,
            )
            result = await self._run(turn, request)
        return await self._submitted(turn, person, view, draft, result)

    async def _submitted(
        self, turn: PendingAnswer, person: Person, view: Json, draft: Draft | None, result: Reply | Form
    ) -> Json:
        """What becomes of the form on the screen. A late acknowledgement has closed it already."""
        if isinstance(result, Form):
            try:
                shown = modals.modal(result, await payloads.hide(self._core, person, result, turn.origin))
            except StoreError as error:
                result = Reply(error.text, error=True)
            else:
                if not turn.late:
                    return {"response_action": "update", "view": shown}
                result = Reply(STILL_MISSING, error=True)
        if not result.error:
            return await self._turns.answer(turn, person, result)
        errors = modals.errors(view, result)
        if errors and not turn.late:
            return {"response_action": "errors", "errors": errors}
        return await self._turns.refuse(turn, person, result, view, draft)

    async def _given(self, view: Json) -> dict[str, Argument]:
        found = await modals.values(view["state"]["values"], self._people.names)
        given: dict[str, Argument] = {}
        for name, value in found.items():
            given[name] = await fetch(self._client, name, value) if isinstance(value, dict) else value
        return given

    async def suggestion(self, ack: AsyncAck, body: Json) -> None:
        """Somebody types into a field with completion. Nobody waits for what comes late."""
        try:
            async with asyncio.timeout(responder.BUDGET):
                options = await self._suggestions(body)
        except (UserError, TimeoutError):
            options = {"options": []}
        await ack(options)

    async def _suggestions(self, body: Json) -> Json:
        person = await self._people.person(body["user"]["id"])
        typed = str(body.get("value") or "")
        packed, origin = payloads.unhide(body["view"].get("private_metadata", ""), self._workspace)
        draft = await payloads.restore(self._core, person, packed)
        request = Request(body.get("trigger_id") or secrets.token_hex(8), draft.command, person, origin.place,
                          draft.args, draft.cohort, Source.FORM)  # fmt: skip
        return modals.suggestions(await self._core.complete(request, str(body["block_id"]), typed), typed)

    # -- clicks --------------------------------------------------------------------------------------

    async def click(self, ack: AsyncAck, body: Json) -> None:
        """A button was pressed."""
        turn = PendingAnswer(_clicked(self._workspace, body), body["user"]["id"])
        await self._turns.in_time(ack, turn, self._click(turn, body))

    async def _click(self, turn: PendingAnswer, body: Json) -> Json:
        person = await self._people.person(turn.user, body["user"].get("name", ""))
        try:
            draft = await payloads.restore(self._core, person, str(body["actions"][0].get("value") or ""))
            args, typed = payloads.reopened(draft.args)
            command = self._core.registry.commands.get(draft.command)
            if typed and command is not None and not command.missing(args):
                raise OutOfDate("This form is from an earlier version of me. Please run the command again.")
        except UserError as error:
            return await self._turns.answer(turn, person, Reply(error.text, error=True))
        request = Request(body["trigger_id"], draft.command, person, turn.origin.place, args, draft.cohort,
                          Source.BUTTON)  # fmt: skip
        result = await self._run(turn, request)
        if isinstance(result, Form):
            form = modals.refilled(result, typed)
            return await self._turns.open(turn, person, form, body["trigger_id"])
        return await self._turns.answer(turn, person, result)


def _clicked(workspace: str, body: Json) -> ReplyContext:
    container = body.get("container") or {}
    channel = body.get("channel") or {}
    thread = container.get("thread_ts")
    return ReplyContext(
        workspace,
        channel.get("id") or container.get("channel_id") or body["user"]["id"],
        str(thread) if thread else None,
        channel.get("name", ""),
        body.get("response_url"),
    )
