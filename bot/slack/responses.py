"""The ways an answer travels: in the acknowledgement, by the response address, as an ephemeral message, in the direct
message, and files.

Slack waits three seconds. What is ready within the budget travels in the acknowledgement itself, which saves a
round trip and Bolt's polling. What is not follows an empty acknowledgement, because Slack ignores a late one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.logs import describe_error
from bot.slack import modals, richtext
from bot.slack.direct import DirectChannels
from bot.slack.failures import FAILURES, UNSHOWABLE, code, is_unshowable, pointers, refusal
from bot.slack.payloads import ReplyContext, RootCommand
from bot.slack.render import (
    RenderedReply,
    button_values,
    describe,
    plainest,
    public_button_values,
    render,
    without_presses,
)
from core.chat.model import Button, Buttons, File, Form, Person, Picture, Reply
from core.chat.text import Text, as_text, join, say
from core.commands import forms
from core.commands.stored_call import StoredCall, StoredCallCodec
from core.errors import StoreError, report, unexpected

log = structlog.get_logger()

Json = dict[str, Any]

# Slack's own reading of names and addresses stays off: what is shown is what was rendered.
INERT: Json = {"parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False}

IN_DIRECT = "I sent the file to you as a direct message."
NO_FILE_HERE = "I could not put a file here; please invite me to this channel. What it shows: {words}"
NO_DIRECT = "I could not send you a direct message with the file. What it shows: {words}"
BUDGET = 2.0
"""Seconds from the arrival of a payload until it is acknowledged at the latest: two of Slack's three."""
PROGRESS = (0.0, 15.0)
"""Seconds into a call from which on a first and a second message may say how far its answer has come. Slack
cannot change a message that only one member sees, and takes five answers a call."""
TOO_LATE = "That took me too long to open the form. Please run the command again."
YOUR_TEXT = say("What you wrote, so that it is not lost:")
EXCHANGED = frozenset({"exchanged_trigger_id", "trigger_exchanged"})
"""The form is on the screen already: Slack delivered the same call twice."""


def reply_payload(message: Json, *, public: bool) -> Json:
    """A rendered message as an acknowledgement or a response address takes it."""
    kind = "in_channel" if public else "ephemeral"
    return {**message, **INERT, "response_type": kind, "replace_original": False}


def is_response_address(address: str, api: str) -> bool:
    """Whether this can be a response address: Slack's, or one of the configured server. A form's metadata
    hold one, and answers go nowhere else because of what came back in them."""
    try:
        found, own = urlsplit(address), urlsplit(api)
    except ValueError:
        return False
    if (found.scheme, found.netloc) == (own.scheme, own.netloc):
        return True
    return (found.scheme, found.netloc) == ("https", "hooks.slack.com")


def text_message(text: Text | str) -> Json:
    """A text as a message."""
    return {"text": richtext.fallback(text, 3_000), "blocks": richtext.blocks(text)}


class ResponseSender:
    """Sends messages and files to where a payload came from, over one connection pool."""

    def __init__(
        self, client: AsyncWebClient, session: aiohttp.ClientSession, direct: DirectChannels
    ) -> None:
        self._client = client
        self._session = session
        self._direct = direct

    async def send(self, context: ReplyContext, user: str, message: Json, *, public: bool) -> None:
        """Show a message where the payload came from: by the response address while it is good, else by the Web
        API, and privately in the direct message where the bot may not speak in that channel."""
        address = context.response_url
        usable = address is not None and is_response_address(address, self._client.base_url)
        if address and usable and await self._respond(address, context, message, public=public):
            return
        place: Json = {
            "channel": context.channel,
            **({"thread_ts": context.thread} if context.thread else {}),
        }
        if context.channel[:1] in "UW":  # a form or the Home tab knows only the person
            place = {"channel": await self.direct_channel(user)}
        try:
            if public or place["channel"].startswith("D"):
                post = partial(self._client.chat_postMessage, **place, **INERT)
            else:
                inert: Json = {"parse": "none", "link_names": False}
                post = partial(self._client.chat_postEphemeral, user=user, **place, **inert)
            await showing(post, message)
        except SlackApiError as error:
            log.info("an answer goes by direct message", reason=code(error))
            there = await self.direct_channel(user)
            await showing(partial(self._client.chat_postMessage, channel=there, **INERT), message)

    async def _respond(self, address: str, context: ReplyContext, message: Json, *, public: bool) -> bool:
        client = AsyncWebhookClient(address, session=self._session, retry_handlers=[])
        there: Json = {"thread_ts": context.thread} if context.thread else {}
        try:
            answer = await client.send_dict({**reply_payload(message, public=public), **there})
            if answer.status_code != 200 and refusal(answer.body) in UNSHOWABLE:
                for plain in plainest(message):
                    answer = await client.send_dict({**reply_payload(plain, public=public), **there})
        except FAILURES:
            if public:
                raise  # it may have arrived, and two public answers are worse than a lost one
            return False
        if answer.status_code == 200:
            return True
        log.info("a response address was refused", status=answer.status_code, reason=refusal(answer.body))
        return False

    async def direct_channel(self, user: str) -> str:
        """The channel of the direct message with somebody."""
        return await self._direct.channel(user)

    async def send_files(
        self, context: ReplyContext, user: str, files: Sequence[Picture | File], *, public: bool
    ) -> None:
        """Bring files to where the answer is. Slack cannot show an uploaded file to one member of a channel
        only, so that private files go to the direct message, never to the channel."""
        try:
            channel = context.channel if public else await self.direct_channel(user)
            thread = context.thread if public else None
            for file in files:
                await upload(self._client, channel, thread, file)
        except FAILURES as error:
            log.warning("files could not be sent", reason=describe_error(error))
            notice = say(NO_FILE_HERE if public else NO_DIRECT, words="; ".join(map(describe, files)))
            await self.send(context, user, text_message(notice), public=False)


async def showing(post: Callable[..., Awaitable[Any]], message: Json) -> Any:
    """Post a message; where Slack refuses how it is written, what it says in the plainest form. Returns what Slack
    answered to the first that it took."""
    try:
        return await post(**message)
    except SlackApiError as error:
        if not is_unshowable(error):
            raise
        log.warning("Slack refused how a message is written; it goes as plain text", reason=code(error))
    first, *rest = plainest(message)
    answer = await post(**first)
    for each in rest:
        await post(**each)
    return answer


async def upload(client: AsyncWebClient, channel: str, thread: str | None, file: Picture | File) -> None:
    """Upload one file into a channel, with its alternative text."""
    address, number = await reserve(client, file)
    await complete(client, address, number, channel, thread, file)


async def reserve(client: AsyncWebClient, file: Picture | File) -> tuple[str, str]:
    """Ask for the address at which a file is taken, and for its id; nobody sees it yet."""
    content, alt = (file.png, file.alt[:1_000]) if isinstance(file, Picture) else (file.content, None)
    answer = await client.files_getUploadURLExternal(filename=file.name, length=len(content), alt_txt=alt)
    return str(answer["upload_url"]), str(answer["file_id"])


async def complete(
    client: AsyncWebClient, address: str, number: str, channel: str, thread: str | None, file: Picture | File
) -> None:
    """Upload a file to the address that was reserved for it, and show it in a channel."""
    content, title = (file.png, file.alt[:200]) if isinstance(file, Picture) else (file.content, file.name)
    session = client.session
    assert session is not None  # noqa: S101 - the adapter gives the client its session before anything is sent
    async with session.post(address, data=content, proxy=client.proxy) as taken:
        if taken.status != 200:
            raise SlackRequestError(f"A file was not taken (status {taken.status}).")
    extra: Json = {"thread_ts": thread} if thread else {}
    await client.files_completeUploadExternal(
        files=[{"id": number, "title": title}], channel_id=channel, **extra
    )


@dataclass(slots=True)
class PendingAnswer:
    """A payload that is not answered yet. `late` says that it was acknowledged without its answer, which took
    longer than `BUDGET`."""

    context: ReplyContext
    user: str
    arrived_at: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    late: bool = False
    progress_sent: int = 0
    """How many messages of progress went out."""


class Responder:
    """Answers payloads: in the acknowledgement where that is in time, else after it."""

    def __init__(
        self, codec: StoredCallCodec, client: AsyncWebClient, answers: ResponseSender, root: RootCommand
    ) -> None:
        self._root = root
        self._codec = codec
        self._client = client
        self._answers = answers
        self._tasks: set[asyncio.Future[Any]] = set()

    async def acknowledge(self, ack: Any, pending: PendingAnswer, work: Coroutine[Any, Any, Json]) -> None:
        """Acknowledge with what `work` returns where it comes within the budget; else acknowledge without it and
        let the work go on. From then on `pending` is late, and the work answers another way."""
        running = asyncio.ensure_future(work)
        left = pending.arrived_at + BUDGET - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait({running}, timeout=max(left, 0.0))
        if done:
            await ack(running.result() or "")
            return
        pending.late = True
        await ack()
        self.run_in_background(self._finish(pending, running))

    async def _finish(self, pending: PendingAnswer, running: asyncio.Future[Json]) -> None:
        try:
            await running
        except Exception as error:
            notice = unexpected(report("a payload could not be handled", exc_info=error))
            await self._answers.send(pending.context, pending.user, text_message(notice), public=False)

    async def progress(self, pending: PendingAnswer, person: Person, reply: Reply) -> None:
        """Show how far a late answer has come, when it is time to."""
        at = asyncio.get_running_loop().time() - pending.arrived_at
        if pending.late and pending.progress_sent < len(PROGRESS) and at >= PROGRESS[pending.progress_sent]:
            pending.progress_sent += 1
            rendered = await self._render(person, reply)
            await self._send(pending.context, person, reply, rendered, rendered.messages)

    async def answer_command(self, pending: PendingAnswer, person: Person, reply: Reply) -> Json:
        """Answer a slash command. What does not fit into its acknowledgement follows."""
        rendered = await self._render(person, reply)
        if pending.late:
            self.run_in_background(self._send(pending.context, person, reply, rendered, rendered.messages))
            return {}
        if len(rendered.messages) > 1 or rendered.files:
            self.run_in_background(
                self._send(pending.context, person, reply, rendered, rendered.messages[1:])
            )
        return reply_payload(rendered.messages[0], public=not reply.private)

    async def answer_action(self, pending: PendingAnswer, person: Person, reply: Reply) -> Json:
        """Answer a click or a form, whose acknowledgements carry no message."""
        rendered = await self._render(person, reply)
        self.run_in_background(self._send(pending.context, person, reply, rendered, rendered.messages))
        return {}

    async def refuse_form(
        self, pending: PendingAnswer, person: Person, reply: Reply, view: Json, call: StoredCall | None
    ) -> Json:
        """Tell that a form was refused which is not on the screen any more, and give back what was typed: with a
        button that opens it again, or as text where it cannot be saved. `call` is the form's own, None where it
        is out of date."""
        typed = modals.typed(view)
        quotes = forms.quote_typed(modals.keyboard_labels(view), typed)
        with_quotes = replace(reply, text=join((reply.text, YOUR_TEXT, *quotes)) if quotes else reply.text)
        if call is None:
            return await self.answer_action(pending, person, with_quotes)
        again = forms.with_typed(call, typed)
        button = Button(forms.OPEN_AGAIN, again.command, again.args, cohort=again.cohort, draft=again.draft)
        offered = replace(reply, blocks=(*reply.blocks, Buttons((button,)))).with_commands(self._root.write)
        try:
            rendered = render(offered, await button_values(self._codec, person, offered))
        except StoreError:
            return await self.answer_action(pending, person, with_quotes)
        self.run_in_background(self._send(pending.context, person, reply, rendered, rendered.messages))
        return {}

    async def open_form(self, pending: PendingAnswer, person: Person, form: Form, trigger: str) -> Json:
        """Show a form; the trigger is good for three seconds."""
        try:
            metadata = await modals.encode_metadata(self._codec, person, form, pending.context)
            await self._client.views_open(trigger_id=trigger, view=modals.modal(form, metadata))
        except StoreError as error:
            return await self.answer_action(pending, person, Reply(error.text, error=True))
        except FAILURES as error:
            reason = _not_opened(form, error)
            return await self.answer_action(pending, person, Reply(reason, error=True)) if reason else {}
        return {}

    async def _render(self, person: Person, reply: Reply) -> RenderedReply:
        if reply.private and any(isinstance(block, Picture | File) for block in reply.blocks):
            note = say("*{note}*", note=IN_DIRECT)
            reply = replace(reply, text=join((as_text(reply.text), note)))
        reply = reply.with_commands(self._root.write)
        try:
            return render(reply, await button_values(self._codec, person, reply))
        except StoreError as error:
            # The command has run, and the caller has to know; only a button's long call cannot be saved.
            log.warning("an answer goes without its buttons", reason=str(error))
            bare = without_presses(reply)
            return render(bare, public_button_values(bare))

    async def _send(
        self,
        context: ReplyContext,
        person: Person,
        reply: Reply,
        rendered: RenderedReply,
        messages: tuple[Json, ...],
    ) -> None:
        public = not reply.private
        for message in messages:
            await self._answers.send(context, person.id, message, public=public)
        if rendered.files:
            await self._answers.send_files(context, person.id, rendered.files, public=public)

    def run_in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something without waiting for it. A failure is logged, and `drain` waits for it."""
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Wait for what runs in the background, and for what that starts, at most so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        except TimeoutError:
            log.warning("stopped while answers were under way", count=len(self._tasks))


def _not_opened(form: Form, error: Exception) -> Text | str | None:
    """What to say about a form that Slack did not open; None where it is on the screen."""
    if not isinstance(error, SlackApiError):
        return TOO_LATE
    reason = code(error)
    if reason in EXCHANGED:
        return None
    if "trigger" in reason:
        return TOO_LATE
    facts = {"command": form.command, "reason": reason, "where": pointers(error)}
    return unexpected(report("a form was refused", exc_info=False, **facts))


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("an answer could not be delivered")
