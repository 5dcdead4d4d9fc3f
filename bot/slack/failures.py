"""Slack's refusals as the errors that delivery understands."""

import re

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from core.errors import DeliveryError, Refused, TargetGone, TryLater, Uncertain

INVITE = "If I am still wanted there, type /invite in the channel and choose me."
GONE = {
    "cannot_dm_bot": "This account is a bot, and bots cannot write to each other.",
    "channel_not_found": f"The channel is gone, or it is private and I am not in it. {INVITE}",
    "is_archived": "The channel is archived.",
    "messages_tab_disabled": "Direct messages from me are switched off: the app's Messages tab is not enabled.",
    "missing_scope": "The app lacks a permission for this. Please install it again with its current manifest.",
    "no_permission": "The workspace does not let me write in the channel.",
    "not_in_channel": f"I am not in the channel. {INVITE}",
    "restricted_action": "The settings of the channel or the workspace do not let me write there.",
    "user_disabled": "This person's account is switched off.",
    "user_not_found": "Slack does not know this person any more.",
    "user_not_visible": "I cannot see this person any more.",
}
"""Why a place takes no posts now, as organizers read it."""
REFUSED = {
    "cannot_reply_to_message": "The message that this belongs below takes no replies.",
    "cant_update_message": "The message is not mine to change.",
    "edit_window_closed": "The workspace does not let messages be changed any more after so long.",
    "message_not_found": "The message is gone.",
    "msg_too_long": "The post is longer than Slack takes.",
    "thread_not_found": "The message that this belongs below is gone.",
    "user_not_in_channel": "This person is not in the channel any more.",
}
"""What concerns one post alone."""
UNSHOWABLE = frozenset(
    {
        "block_mismatch",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_payload",
        "msg_blocks_too_long",
        "msg_too_long",
        "too_many_attachments",
    }
)
"""Refusals of how a message is written. What it says is sent again in its plainest form."""
NO_THREAD = frozenset(
    {
        "cannot_reply_to_message",
        "message_not_found",
        "restricted_action_non_threadable_channel",
        "thread_not_found",
    }
)
"""With these a post that was meant for a thread goes into the channel."""
_TOKEN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "team_not_found",
        "token_expired",
        "token_revoked",
    }
)
"""These say that the bot may not speak at all. No channel is closed by that, nor anybody's direct messages."""
DEAD = frozenset({"account_inactive", "invalid_auth", "token_expired", "token_revoked"})
"""With these a token is good for nothing any more: the app was removed."""
_UNSURE = frozenset({"fatal_error", "internal_error", "request_timeout"})
"""Slack says of these that the call may have taken effect."""
_LATER = frozenset({"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org"})

FAILURES = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError)
"""Everything that a call of slack_sdk raises when Slack or the way to it fails."""

_SAID = re.compile(r'([a-z_]{1,60})|\{.*"error":\s*"([a-z_]{1,60})".*\}', re.DOTALL)
_POINTER = re.compile(r"json-pointer:([\w/-]{1,200})")


def code(error: SlackApiError) -> str:
    """Slack's word for a refusal, or the status where it gave none."""
    body = error.response.data if hasattr(error.response, "data") else error.response
    said = body.get("error") if isinstance(body, dict) else None
    return str(said or f"HTTP {getattr(error.response, 'status_code', '?')}")


def refusal(body: str) -> str:
    """Slack's word in the body of a refused answer, empty where it is something else."""
    found = _SAID.fullmatch(body.strip())
    return (found[1] or found[2]) if found else ""


def pointers(error: SlackApiError) -> list[str]:
    """Which parts of a payload Slack refused. What it says about them may quote them, and is left out."""
    body = error.response.data if hasattr(error.response, "data") else error.response
    metadata = (body.get("response_metadata") if isinstance(body, dict) else None) or {}
    return _POINTER.findall(" ".join(map(str, metadata.get("messages") or ())))


def is_unshowable(error: BaseException) -> bool:
    """Whether Slack refused how a message is written."""
    return isinstance(error, SlackApiError) and code(error) in UNSHOWABLE


def translate(error: BaseException) -> DeliveryError:
    """The delivery error for what a call raised."""
    match error:
        case DeliveryError():
            return error
        case SlackApiError():
            return _refusal(error)
        case aiohttp.ClientConnectorError():
            return TryLater(f"Slack cannot be reached ({type(error).__name__}).")
        case aiohttp.ClientError() | OSError() | TimeoutError():
            # The request may have gone out; only looking for the post can tell.
            return Uncertain(f"The connection to Slack broke ({type(error).__name__}).")
        case SlackClientError():
            return Refused(f"Slack's library refused the post ({type(error).__name__}).")
        case _:
            return Uncertain(f"Something unexpected happened on the way to Slack ({type(error).__name__}).")


def _refusal(error: SlackApiError) -> DeliveryError:
    said = code(error)
    status = getattr(error.response, "status_code", 200)
    if status == 429 or said in _LATER:
        return TryLater(f"Slack asks me to wait ({said[:80]}).", retry_after(error))
    if status >= 500 or said in _UNSURE:
        return Uncertain(f"Slack answered {status} {said[:80]}")
    if said in _TOKEN:
        return TryLater(f"Slack does not accept the bot's token ({said}).")
    if said in GONE:
        return TargetGone(GONE[said])
    return Refused(REFUSED.get(said, f"Slack refused the post ({said[:80]})."))


def retry_after(error: SlackApiError) -> float | None:
    """How many seconds Slack asks to wait."""
    headers = getattr(error.response, "headers", None) or {}
    for name, value in headers.items():
        if str(name).casefold() == "retry-after":
            try:
                return max(0.0, float(value))
            except ValueError:
                return None
    return None
