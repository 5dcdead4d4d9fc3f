"""What happens between a payload from Slack and the core: commands, clicks, forms and completion.

Every handler runs before Slack is answered. What is ready within the budget travels in the acknowledgement
itself, which saves a round trip and Bolt's polling; what is not follows through the response address.
"""

import asyncio
import secrets
from collections.abc import Coroutine
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import calls, commands, forms, richtext
from bot.slack.answers import IN_DIRECT, Answers, reply_payload
from bot.slack.calls import Origin
from bot.slack.failures import FAILURES, code
from bot.slack.files import fetch
from bot.slack.people import People
from bot.slack.render import Rendered, render
from core.chat import Argument, File, Form, Person, Picture, Reply, Request, Source
from core.errors import OutOfDate, UserError, unexpected
from core.run import Core
from core.text import Text, as_text, join, say

log = structlog.get_logger()

Json = dict[str, Any]

BUDGET = 2.0
"""Seconds of the three until an acknowledgement that the core may take; what is slower is answered later."""
PROGRESS = (0.0, 15.0)
"""Seconds into a call from which on a first and a second message may say how far its answer has come. Slack
cannot change a message that only one member sees, and takes five answers a call."""
TOO_LATE = "That took me too long to open the form. Please run the command again."


class Handlers:
    """The listeners, over one core. `workspace` is the bot's own: a payload of a shared channel may name the
    workspace of an outsider instead."""

    def __init__(
        self, core: Core, client: AsyncWebClient, people: People, answers: Answers, workspace: str
    ) -> None:
        self._core = core
        self._workspace = workspace
        self._client = client
        self._people = people
        self._answers = answers
        self._tasks: set[asyncio.Future[Any]] = set()

    # -- commands ------------------------------------------------------------------------------------

    async def command(self, ack: AsyncAck, body: Json) -> None:
        """A slash command."""
        name = body.get("channel_name", "")
        origin = Origin(self._workspace, body["channel_id"], None, name, body.get("response_url"))
        person = await self._people.person(body["user_id"], body.get("user_name", ""))
        text = body.get("text") or ""
        command, args, problem = await commands.read(self._core.registry, text, self._people.name)
        if command is None or problem is not None:
            await self._ack_reply(ack, origin, person, Reply(problem or "", error=True))
            return
        request = Request(body["trigger_id"], command.name, person, origin.place, args)
        result = await self._in_time(ack, request, origin)
        if isinstance(result, Form):
            await self._open(ack, result, origin, person, body["trigger_id"])
        elif result is not None:
            await self._ack_reply(ack, origin, person, result)

    async def _in_time(self, ack: AsyncAck, request: Request, origin: Origin) -> Reply | Form | None:
        """The core's answer where it comes within the budget. Else acknowledges, answers later, and returns
        None."""
        acknowledged, shown = False, 0
        loop = asyncio.get_running_loop()

        async def show(reply: Reply) -> None:
            nonlocal shown  # how many went out
            if acknowledged and shown < len(PROGRESS) and loop.time() >= began + PROGRESS[shown]:
                shown += 1
                await self._answer(origin, request.person, reply)

        began = loop.time()
        running = asyncio.ensure_future(self._core.run(request, show))
        done, _ = await asyncio.wait({running}, timeout=BUDGET)
        if done:
            return running.result()
        await ack()
        acknowledged = True
        self._later(self._when_done(running, request, origin))
        return None

    async def _when_done(
        self, running: asyncio.Future[Reply | Form], request: Request, origin: Origin
    ) -> None:
        result = await running
        reply = result if isinstance(result, Reply) else Reply(TOO_LATE, error=True)
        await self._answer(origin, request.person, reply)

    async def _ack_reply(self, ack: AsyncAck, origin: Origin, person: Person, reply: Reply) -> None:
        """Answer a slash command in its acknowledgement; what does not fit into it follows."""
        rendered = await self._render(person, reply)
        await ack(reply_payload(rendered.messages[0], public=not reply.private))
        if len(rendered.messages) > 1 or rendered.files:
            self._later(self._follow(origin, person, reply, rendered, rendered.messages[1:]))

    # -- answers -------------------------------------------------------------------------------------

    async def _render(self, person: Person, reply: Reply) -> Rendered:
        if reply.private and any(isinstance(block, Picture | File) for block in reply.blocks):
            note = say("*{note}*", note=IN_DIRECT)
            reply = Reply(join((as_text(reply.text), note)), reply.blocks, cohort=reply.cohort)
        return render(reply, await calls.values(self._core, person, reply))

    async def _answer(self, origin: Origin, person: Person, reply: Reply) -> None:
        rendered = await self._render(person, reply)
        await self._follow(origin, person, reply, rendered, rendered.messages)

    async def _follow(
        self, origin: Origin, person: Person, reply: Reply, rendered: Rendered, messages: tuple[Json, ...]
    ) -> None:
        public = not reply.private
        for message in messages:
            await self._answers.send(origin, person.id, message, public=public)
        if rendered.files:
            await self._answers.files(origin, person.id, rendered.files, public=public)

    async def _tell(self, origin: Origin, person: Person, text: Text | str) -> None:
        await self._answer(origin, person, Reply(text, error=True))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something after the acknowledgement; a failure is logged, and `drain` waits for it."""
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def failed(self, error: Exception, body: Json) -> BoltResponse:
        """A listener failed in a way that nobody foresaw: the caller is told, with a reference."""
        said = _reference("a payload could not be handled", kind=str(body.get("type") or body.get("command")),
                          error=error)  # fmt: skip
        payload = reply_payload(_payload(said), public=False)
        if body.get("command"):
            return BoltResponse(status=200, body=payload)
        user = body.get("user")
        if isinstance(user, dict) and body.get("type") in ("block_actions", "view_submission"):
            origin = _clicked(self._workspace, body)
            self._later(self._answers.send(origin, user["id"], _payload(said), public=False))
        return BoltResponse(status=200, body="")

    async def drain(self, seconds: float) -> None:
        """Wait for the answers still under way, at most so long."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    # -- forms ---------------------------------------------------------------------------------------

    async def _open(self, ack: AsyncAck, form: Form, origin: Origin, person: Person, trigger: str) -> None:
        """Show a form, then acknowledge: the trigger is good for three seconds."""
        try:
            hidden = await calls.hide(self._core, person, form, origin)
            await self._client.views_open(trigger_id=trigger, view=forms.modal(form, hidden))
        except FAILURES as error:
            await ack()
            said: Text | str = TOO_LATE
            if isinstance(error, SlackApiError) and "trigger" not in code(error):
                said = _reference("a form was refused", command=form.command, reason=str(error.response.get("error")),
                                  details=str(error.response.get("response_metadata")))  # fmt: skip
            self._later(self._tell(origin, person, said))
        else:
            await ack()

    async def submission(self, ack: AsyncAck, body: Json, view: Json) -> None:
        """A form came back."""
        person = await self._people.person(body["user"]["id"], body["user"].get("name", ""))
        try:
            packed, origin = calls.unhide(view.get("private_metadata", ""), self._workspace)
            draft = await calls.restore(self._core, person, packed)
            given = await self._given(view)
        except UserError as error:
            reply = Reply(error.text, error=True, field=error.field)
            await ack(response_action="errors", errors=forms.errors(view, reply))
            return
        request = Request(
            f"{view['id']}:{view.get('hash', '')}",
            draft.command,
            person,
            origin.place,
            {**draft.args, **given},
            draft.cohort,
            Source.FORM,
        )
        result = await self._in_time(ack, request, origin)
        if isinstance(result, Form):
            hidden = await calls.hide(self._core, person, result, origin)
            await ack(response_action="update", view=forms.modal(result, hidden))
        elif result is not None:
            errors = forms.errors(view, result) if result.error else {}
            if errors:
                await ack(response_action="errors", errors=errors)
            else:
                await ack()
                self._later(self._answer(origin, person, result))

    async def _given(self, view: Json) -> dict[str, Argument]:
        found = await forms.values(view["state"]["values"], self._people.name, self._people.channel)
        given: dict[str, Argument] = {}
        for name, value in found.items():
            given[name] = await fetch(self._client, name, value) if isinstance(value, dict) else value
        return given

    async def suggestion(self, ack: AsyncAck, body: Json) -> None:
        """Somebody types into a field with completion."""
        person = await self._people.person(body["user"]["id"])
        typed = str(body.get("value") or "")
        try:
            packed, origin = calls.unhide(body["view"].get("private_metadata", ""), self._workspace)
            draft = await calls.restore(self._core, person, packed)
        except OutOfDate:
            await ack(options=[])
            return
        request = Request(body.get("trigger_id") or secrets.token_hex(8), draft.command, person, origin.place,
                          draft.args, draft.cohort, Source.FORM)  # fmt: skip
        found = await self._core.complete(request, str(body["block_id"]), typed)
        await ack(**forms.suggestions(found, typed))

    # -- clicks --------------------------------------------------------------------------------------

    async def click(self, ack: AsyncAck, body: Json) -> None:
        """A button was pressed."""
        origin = _clicked(self._workspace, body)
        person = await self._people.person(body["user"]["id"], body["user"].get("name", ""))
        try:
            draft = await calls.restore(self._core, person, str(body["actions"][0].get("value") or ""))
        except UserError as error:
            await ack()
            self._later(self._tell(origin, person, error.text))
            return
        request = Request(body["trigger_id"], draft.command, person, origin.place, draft.args, draft.cohort,
                          Source.BUTTON)  # fmt: skip
        result = await self._in_time(ack, request, origin)
        if isinstance(result, Form):
            await self._open(ack, result, origin, person, body["trigger_id"])
        elif result is not None:
            await ack()
            self._later(self._answer(origin, person, result))


def _payload(text: Text | str) -> Json:
    return {"text": richtext.fallback(text, 3_000), "blocks": richtext.blocks(text)}


def _clicked(workspace: str, body: Json) -> Origin:
    container = body.get("container") or {}
    channel = body.get("channel") or {}
    thread = container.get("thread_ts")
    return Origin(
        workspace,
        channel.get("id") or container.get("channel_id") or body["user"]["id"],
        str(thread) if thread else None,
        channel.get("name", ""),
        body.get("response_url"),
    )


def _reference(event: str, error: Exception | None = None, **facts: str) -> Text:
    """Log something that should not have happened; the words for the member carry its reference."""
    reference = secrets.token_hex(4)
    log.error(event, reference=reference, exc_info=error, **facts)
    return unexpected(reference)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("an answer could not be delivered")
