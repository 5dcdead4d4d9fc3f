"""What a post consists of besides its first message: further messages, and files. Each is written down before anybody
can read it and until it is gone, so that a change or a take-back of the post reaches all of it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import responses
from bot.slack.failures import NO_THREAD, code, is_unshowable, translate
from bot.slack.render import plainest
from core.chat.model import File, Picture
from core.delivery.outlet import Outgoing
from core.errors import DeliveryError, Refused, TargetGone, Uncertain

Json = dict[str, Any]

EVENT = "cohort_bot_post"
PAGES = 5
PAGE = 200

MESSAGE, FILE, UNKNOWN = "message:", "file:", "unknown"
"""A further message as `message:channel:ts`, a file as `file:id`; a message of which Slack did not say whether it took
it."""
GONE = frozenset({"message_not_found", "file_not_found", "file_deleted"})
"""Refusals that say that what is to be removed is not there."""
CANNOT_LOOK = "Slack did not say whether it took a further message of it, and I have no right to look; that message may stand there."
MOVED_ON = (
    "Slack did not say whether it took a further message of it, and I cannot find it; it may stand there."
)
STANDS = {
    MESSAGE: "A further message of it still stands there, because Slack refused to let me delete it ({reason}).",
    FILE: "The file with the whole of it still stands there, because Slack refused to let me delete it ({reason}).",
}


class PostParts:
    """The parts of one post in a channel, below the first message `first`."""

    def __init__(
        self,
        client: AsyncWebClient,
        channel: str,
        first: str,
        thread: str | None,
        message: Outgoing,
        *,
        pace: float,
    ) -> None:
        self._client = client
        self._channel = channel
        self._first = first
        self._first_part = f"{MESSAGE}{channel}:{first}"
        self._thread: Json = {"thread_ts": thread} if thread else {}
        self._ids = list(message.parts)
        self._keep = message.keep_parts
        self._pace = pace
        self._problems: list[DeliveryError] = []

    async def add(self, messages: Iterable[Json], files: Iterable[Picture | File]) -> None:
        """Post what follows the first message. Raises one of `FAILURES`, or a `StoreError`."""
        await self._show(deque(messages), deque())
        for file in files:
            await self._upload(file)

    async def replace(
        self, messages: Iterable[Json], files: Iterable[Picture | File], metadata: Json
    ) -> None:
        """Show this in place of the first message and of every part: what is there is changed, what is too much goes,
        what is missing follows. Where Slack refuses something for good, the rest is done all the same; where that is
        the first message, the parts go, because what they say may be what was taken back.

        Raises `DeliveryError` that says what still stands, or one of `FAILURES`.
        """
        if UNKNOWN in self._ids:
            await self._find_unknown()
        there = deque([self._first_part])
        there += [each for each in self._ids if each.startswith(MESSAGE)]
        for uploaded in [each for each in self._ids if each.startswith(FILE)]:
            await self._remove(uploaded)
        changed = await self._show(deque(messages), there, metadata)
        for surplus in there:
            await self._remove(surplus)
        if changed:
            for file in files:
                await self._upload(file)
        if len(self._problems) == 1:
            raise self._problems[0]
        if self._problems:
            raise Refused(" ".join(dict.fromkeys(map(str, self._problems))))

    async def _show(self, messages: deque[Json], there: deque[str], metadata: Json | None = None) -> bool:
        """Show messages, in the place of those that are there as long as there are any; what Slack refuses as it is
        written in its plainest form. Takes what it changed out of `there`. False where the first cannot be changed."""
        while messages:
            shown = messages.popleft()
            try:
                if not there:
                    await self._post(shown)
                    continue
                changed = await self._update(there[0], shown, metadata)
                part = there.popleft()
                if not changed and part == self._first_part:
                    return False
                if not changed:
                    messages.appendleft(shown)
                metadata = None  # it belongs to the first message
            except SlackApiError as error:
                if not is_unshowable(error) or not shown.get("blocks"):
                    raise
                messages.extendleft(reversed(plainest(shown)))
        return True

    async def _update(self, part: str, shown: Json, metadata: Json | None) -> bool:
        """Change a message. False where it is not there or cannot be changed: the first message is noted, a further
        one goes."""
        channel, _, ts = part.removeprefix(MESSAGE).partition(":")
        own: Json = {"metadata": metadata} if metadata else {}
        inert: Json = {"parse": "none", "link_names": False}
        try:
            # Without blocks of its own an edit would keep those that stand there.
            whole: Json = {"blocks": [], **shown}
            await self._client.chat_update(channel=channel, ts=ts, **inert, **own, **whole)
        except SlackApiError as error:
            failure = translate(error)
            if is_unshowable(error) or not isinstance(failure, Refused | TargetGone):
                raise
            if part != self._first_part:
                await self._remove(part)
            else:
                self._problems.append(failure)
            return False
        return True

    async def _post(self, shown: Json) -> None:
        await asyncio.sleep(self._pace)
        mine: Json = {"event_type": EVENT, "event_payload": {"part_of": self._first}}
        await self._keep((*self._ids, UNKNOWN))
        post = partial(self._client.chat_postMessage, channel=self._channel, metadata=mine, **self._thread)
        try:
            sent = await post(**responses.INERT, **shown)
        except SlackApiError as error:
            if not isinstance(translate(error), Uncertain):
                await self._keep(self._ids)
            if not self._thread or code(error) not in NO_THREAD:
                raise
            self._thread = {}  # what was said in it is gone, and the post is in the channel
            await self._post(shown)
            return
        self._ids.append(f"{MESSAGE}{self._channel}:{sent['ts']}")
        await self._keep(self._ids)

    async def _upload(self, file: Picture | File) -> None:
        """Upload a file. Its id is written down before it is in the channel."""
        address, number = await responses.reserve(self._client, file)
        self._ids.append(f"{FILE}{number}")
        await self._keep(self._ids)
        thread = self._thread.get("thread_ts")
        await responses.complete(self._client, address, number, self._channel, thread, file)

    async def _remove(self, part: str) -> None:
        """Delete a message or a file, and forget it. What cannot be deleted is noted."""
        kind = FILE if part.startswith(FILE) else MESSAGE
        try:
            if kind == FILE:
                await self._client.files_delete(file=part.removeprefix(FILE))
            else:
                channel, _, ts = part.removeprefix(MESSAGE).partition(":")
                await self._client.chat_delete(channel=channel, ts=ts)
        except SlackApiError as error:
            if code(error) not in GONE:
                if not isinstance(translate(error), Refused | TargetGone):
                    raise
                self._problems.append(Refused(STANDS[kind].format(reason=code(error)[:80])))
                return
        self._ids.remove(part)
        await self._keep(self._ids)

    async def _find_unknown(self) -> None:
        """Look for the messages of this post of which Slack did not say whether it took them."""
        thread = self._thread.get("thread_ts")
        found: list[str] = []
        try:
            async for ts, payload in own_posts(self._client, self._channel, thread):
                if payload.get("part_of") == self._first:
                    found.append(ts)
                if thread is None and float(ts) <= float(self._first):
                    break
        except Uncertain:
            self._problems.append(Refused(MOVED_ON))
            return
        except SlackApiError as error:
            if not isinstance(translate(error), Refused | TargetGone):
                raise
            self._problems.append(Refused(CANNOT_LOOK if code(error) == "missing_scope" else MOVED_ON))
            return
        known = [each for each in self._ids if each != UNKNOWN]
        new = (f"{MESSAGE}{self._channel}:{each}" for each in sorted(found))
        self._ids = [*known, *(each for each in new if each not in known)]
        await self._keep(self._ids)


async def own_posts(
    client: AsyncWebClient, channel: str, thread: str | None
) -> AsyncIterator[tuple[str, Json]]:
    """The messages of a channel, or of a thread in it, that were marked by a post: each with what the mark says. Raises
    `Uncertain` where there are more messages than the bot looks through."""
    cursor: str | None = None
    for _ in range(PAGES):
        page: Json = {"channel": channel, "limit": PAGE, "include_all_metadata": True, "cursor": cursor}
        if thread:
            answer = await client.conversations_replies(ts=thread, **page)
        else:
            answer = await client.conversations_history(**page)
        for found in answer["messages"]:
            metadata = found.get("metadata") or {}
            if metadata.get("event_type") == EVENT:
                yield str(found["ts"]), metadata["event_payload"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
    raise Uncertain("The channel has moved on too far to look for the post.")
