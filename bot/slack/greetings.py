"""Who says hello: a direct message to the bot, or a mention of it. Both get a private line with buttons."""

import re
from collections import OrderedDict
from typing import Any

from bot.slack.payloads import ReplyContext, plain_text

Json = dict[str, Any]

MOST_SEEN = 1_000
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^<>]*)?>")


class SeenEvents:
    """The ids of events that were answered: Slack tells of one again where it did not hear an acknowledgement."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()

    def is_new(self, event_id: str) -> bool:
        """Whether an event comes for the first time; it is noted."""
        if not event_id or event_id in self._seen:
            return not event_id
        self._seen[event_id] = None
        if len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)
        return True


def is_said_by_somebody(event: Json) -> bool:
    """Whether a message is what a member said, not an edit, a notice or what an app said."""
    return bool(event.get("user")) and not event.get("bot_id") and not event.get("subtype")


def is_direct(event: Json) -> bool:
    """Whether a message was sent to the bot alone."""
    return event.get("channel_type") == "im"


def context_of_event(workspace: str, event: Json) -> ReplyContext:
    """Where something was said. An event has no response address."""
    thread = event.get("thread_ts")
    return ReplyContext(workspace, str(event["channel"]), str(thread) if thread else None)


def words_of(event: Json) -> str:
    """What was said, without the mention of the bot."""
    return plain_text(_MENTION.sub("", str(event.get("text") or "")), {}).strip()
