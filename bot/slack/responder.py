"""The time that a payload has, and the ways its answer travels: in the acknowledgement, or after it.

Slack waits three seconds. What is ready within the budget travels in the acknowledgement itself, which saves a
round trip and Bolt's polling. What is not goes on after an empty one, and never into a response that nobody
waits for any more.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import modals, payloads, richtext
from bot.slack.failures import FAILURES, code
from bot.slack.payloads import ReplyContext
from bot.slack.render import RenderedReply, render
from bot.slack.responses import IN_DIRECT, ResponseSender, reply_payload
from core.chat.model import Button, Buttons, File, Form, Person, Picture, Reply
from core.chat.text import Text, as_text, join, say
from core.commands.dispatch import Core
from core.commands.drafts import Draft
from core.errors import StoreError, report, unexpected

log = structlog.get_logger()

Json = dict[str, Any]

BUDGET = 2.0
"""Seconds from the arrival of a payload until it is acknowledged at the latest: two of Slack's three."""
PROGRESS = (0.0, 15.0)
"""Seconds into a call from which on a first and a second message may say how far its answer has come. Slack
cannot change a message that only one member sees, and takes five answers a call."""
TOO_LATE = "That took me too long to open the form. Please run the command again."
AGAIN = "Open it again"
KEPT_HERE = say("What you wrote, so that it is not lost:")
EXCHANGED = frozenset({"exchanged_trigger_id", "trigger_exchanged"})
"""The form stands on the screen already: Slack delivered the same call twice."""


@dataclass(slots=True)
class PendingAnswer:
    """One payload on its way to its answer. `late` from when it was acknowledged without one."""

    origin: ReplyContext
    user: str
    began: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    late: bool = False
    shown: int = 0
    """How many messages of progress went out."""


class Responder:
    """Carries answers back to where their turns began."""

    def __init__(self, core: Core, client: AsyncWebClient, answers: ResponseSender) -> None:
        self._core = core
        self._client = client
        self._answers = answers
        self._tasks: set[asyncio.Future[Any]] = set()

    async def in_time(self, ack: Any, turn: PendingAnswer, work: Coroutine[Any, Any, Json]) -> None:
        """Acknowledge with what `work` returns where it comes within the budget; else without, and let the
        work go on. From then on it finds the turn late, and answers another way."""
        running = asyncio.ensure_future(work)
        left = turn.began + BUDGET - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait({running}, timeout=max(left, 0.0))
        if done:
            await ack(running.result() or "")
            return
        turn.late = True
        await ack()
        self.later(self._finish(turn, running))

    async def _finish(self, turn: PendingAnswer, running: asyncio.Future[Json]) -> None:
        try:
            await running
        except Exception as error:
            said = unexpected(report("a payload could not be handled", exc_info=error))
            await self._answers.send(turn.origin, turn.user, payload(said), public=False)

    async def progress(self, turn: PendingAnswer, person: Person, reply: Reply) -> None:
        """Show how far a late answer has come, when it is time to."""
        at = asyncio.get_running_loop().time() - turn.began
        if turn.late and turn.shown < len(PROGRESS) and at >= PROGRESS[turn.shown]:
            turn.shown += 1
            rendered = await self._render(person, reply)
            await self._follow(turn.origin, person, reply, rendered, rendered.messages)

    async def reply(self, turn: PendingAnswer, person: Person, reply: Reply) -> Json:
        """Answer a slash command. What does not fit into its acknowledgement follows."""
        rendered = await self._render(person, reply)
        if turn.late:
            self.later(self._follow(turn.origin, person, reply, rendered, rendered.messages))
            return {}
        if len(rendered.messages) > 1 or rendered.files:
            self.later(self._follow(turn.origin, person, reply, rendered, rendered.messages[1:]))
        return reply_payload(rendered.messages[0], public=not reply.private)

    async def answer(self, turn: PendingAnswer, person: Person, reply: Reply) -> Json:
        """Answer a click or a form, whose acknowledgements carry no message."""
        rendered = await self._render(person, reply)
        self.later(self._follow(turn.origin, person, reply, rendered, rendered.messages))
        return {}

    async def refuse(
        self, turn: PendingAnswer, person: Person, reply: Reply, view: Json, draft: Draft | None
    ) -> Json:
        """Tell that a form was refused which does not stand on the screen any more, and give back what was
        typed: with a button that opens it again, or as text where the database cannot keep it."""
        if any(isinstance(block, Buttons) for block in reply.blocks):
            return await self.answer(turn, person, reply)  # they carry what was typed
        written = modals.written(view)
        in_words = replace(reply, text=join((reply.text, KEPT_HERE, *written)) if written else reply.text)
        if draft is None:
            return await self.answer(turn, person, in_words)
        args = payloads.reopening(draft.args, modals.typed(view))
        again = Buttons((Button(AGAIN, draft.command, args, cohort=draft.cohort),))
        offered = replace(reply, blocks=(*reply.blocks, again))
        try:
            rendered = render(offered, await payloads.values(self._core, person, offered))
        except StoreError:
            return await self.answer(turn, person, in_words)
        self.later(self._follow(turn.origin, person, reply, rendered, rendered.messages))
        return {}

    async def open(self, turn: PendingAnswer, person: Person, form: Form, trigger: str) -> Json:
        """Show a form; the trigger is good for three seconds."""
        try:
            hidden = await payloads.hide(self._core, person, form, turn.origin)
            await self._client.views_open(trigger_id=trigger, view=modals.modal(form, hidden))
        except StoreError as error:
            return await self.answer(turn, person, Reply(error.text, error=True))
        except FAILURES as error:
            said = _unopened(form, error)
            return await self.answer(turn, person, Reply(said, error=True)) if said else {}
        return {}

    async def _render(self, person: Person, reply: Reply) -> RenderedReply:
        if reply.private and any(isinstance(block, Picture | File) for block in reply.blocks):
            note = say("*{note}*", note=IN_DIRECT)
            reply = replace(reply, text=join((as_text(reply.text), note)))
        try:
            return render(reply, await payloads.values(self._core, person, reply))
        except StoreError as error:
            # What was done is done, and has to be said; only what a long button stands for cannot be kept.
            log.warning("an answer goes without its buttons", reason=str(error))
            blocks = tuple(block for block in reply.blocks if not isinstance(block, Buttons))
            return render(replace(reply, blocks=blocks), payloads.public_value(reply))

    async def _follow(
        self,
        origin: ReplyContext,
        person: Person,
        reply: Reply,
        rendered: RenderedReply,
        messages: tuple[Json, ...],
    ) -> None:
        public = not reply.private
        for message in messages:
            await self._answers.send(origin, person.id, message, public=public)
        if rendered.files:
            await self._answers.files(origin, person.id, rendered.files, public=public)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the acknowledgement; a failure is logged, and `drain` waits for it."""
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Wait for the answers still under way, those that they lead to included, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        except TimeoutError:
            log.warning("stopped while answers were under way", count=len(self._tasks))


def payload(text: Text | str) -> Json:
    """A few words as a message."""
    return {"text": richtext.fallback(text, 3_000), "blocks": richtext.blocks(text)}


def _unopened(form: Form, error: Exception) -> Text | str | None:
    """What to say about a form that Slack did not show; None where it stands there."""
    if not isinstance(error, SlackApiError):
        return TOO_LATE
    said = code(error)
    if said in EXCHANGED:
        return None
    if "trigger" in said:
        return TOO_LATE
    details = str(error.response.get("response_metadata"))
    facts = {"command": form.command, "reason": said, "details": details}
    return unexpected(report("a form was refused", exc_info=False, **facts))


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("an answer could not be delivered")
