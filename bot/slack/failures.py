"""Slack's refusals as the errors that delivery understands."""

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from core.errors import DeliveryError, Refused, TargetGone, TryLater, Uncertain

_GONE = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "messages_tab_disabled",
        "missing_scope",
        "no_permission",
        "not_in_channel",
        "restricted_action",
        "thread_not_found",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
    }
)
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
_UNSURE = frozenset({"fatal_error", "internal_error", "request_timeout"})
"""Slack says of these that the call may have taken effect."""
_LATER = frozenset({"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org"})

FAILURES = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError)
"""Everything that a call of slack_sdk raises when Slack or the way to it fails."""


def code(error: SlackApiError) -> str:
    """Slack's word for a refusal, or the status where it gave none."""
    body = error.response.data if hasattr(error.response, "data") else error.response
    said = body.get("error") if isinstance(body, dict) else None
    return str(said or f"HTTP {getattr(error.response, 'status_code', '?')}")


def translate(error: BaseException) -> DeliveryError:
    """The delivery error for what a call raised."""
    match error:
        case DeliveryError():
            return error
        case SlackApiError():
            return _refusal(error)
        case aiohttp.ClientConnectorError():
            return TryLater(f"Slack cannot be reached: {error}")
        case aiohttp.ClientError() | OSError() | TimeoutError():
            # The request may have gone out; only looking for the post can tell.
            return Uncertain(f"The connection to Slack broke: {error or type(error).__name__}")
        case SlackClientError():
            return Refused(str(error))
        case _:
            return Uncertain(f"{type(error).__name__}: {error}")


def _refusal(error: SlackApiError) -> DeliveryError:
    said = code(error)
    status = getattr(error.response, "status_code", 200)
    if status == 429 or said in _LATER:
        return TryLater(said, retry_after(error))
    if status >= 500 or said in _UNSURE:
        return Uncertain(f"Slack answered {status} {said[:80]}")
    if said in _TOKEN:
        return TryLater(f"Slack does not accept the bot's token ({said}).")
    if said in _GONE:
        return TargetGone(said)
    return Refused(said)


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
