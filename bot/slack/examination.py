"""What `doctor` asks Slack: whose the tokens are, what they may do, and whether the bot is in the cohorts' channels."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.findings import Finding, clock, each_as_it_comes
from bot.slack.failures import FAILURES, GONE, INVITE, code
from bot.slack.registration import scopes
from core.chat.model import Place
from core.clock import SystemClock
from core.commands.registry import discover

if TYPE_CHECKING:
    from bot.slack import SlackSettings

_REACH = "Look whether this machine reaches Slack: a proxy, a firewall, its status page."
_TOKEN_PAGE = "https://api.slack.com/apps"  # noqa: S105 - a page, and no token


async def examine(settings: "SlackSettings", channels: Sequence[Place]) -> AsyncIterator[Finding]:
    """The bot token with its scopes, what the transport needs, the clock, and each channel."""
    assert settings.slack_bot_token is not None  # noqa: S101 - without it Slack is not connected
    token = settings.slack_bot_token.get_secret_value()
    address = settings.slack_api_url or AsyncWebClient.BASE_URL
    client = AsyncWebClient(token, base_url=address, timeout=10, retry_handlers=[])
    try:
        who = await client.auth_test()
    except FAILURES as error:
        yield _refused("SLACK_BOT_TOKEN", token, error)
        yield await transport(settings, client)
        return
    yield _bot(token, who.data if isinstance(who.data, dict) else {})
    yield states_scopes(who.headers)
    if time := clock("Slack", who.headers.get("Date"), SystemClock().now()):
        yield time
    yield await transport(settings, client)
    async for finding in look_at(client, channels, settings.slack_command):
        yield finding


def look_at(client: AsyncWebClient, channels: Sequence[Place], command: str) -> AsyncIterator[Finding]:
    """Whether the bot is in these channels. `command` is what people type to call it."""
    return each_as_it_comes(partial(_channel, client, command), channels)


def _refused(variable: str, token: str, error: BaseException) -> Finding:
    if not isinstance(error, SlackApiError):
        return Finding(variable, f"Slack cannot be reached ({type(error).__name__})", _REACH)
    kind = "App-Level Tokens" if token.startswith("xapp-") else "OAuth & Permissions"
    mend = (
        f"Copy it once more from {_TOKEN_PAGE}, your app, {kind}, into {variable}, and start the bot again."
    )
    return Finding(variable, f"Slack refuses it ({code(error)})", mend)


def _bot(token: str, who: dict[str, Any]) -> Finding:
    said = f"@{who.get('user')} in {who.get('team')}"
    if token.startswith("xoxe."):
        mend = (
            "Make an app without token rotation, which cannot be switched off again; or let the workspace install this one by"
            " itself (SLACK_CLIENT_ID, see the README), so that I renew its token."
        )
        return Finding("SLACK_BOT_TOKEN", f"{said}, and ends after twelve hours", mend)
    if not token.startswith("xoxb-"):
        mend = "Use the Bot User OAuth Token, which begins with xoxb-."
        return Finding("SLACK_BOT_TOKEN", f"{said}, and no token of a bot", mend)
    return Finding("SLACK_BOT_TOKEN", said)


def states_scopes(headers: Any) -> Finding:
    """Whether a token may do what the commands need."""
    stated = headers.get("x-oauth-scopes") or headers.get("X-OAuth-Scopes")
    if not stated:
        return Finding("scopes", "Slack does not state them")
    missing = scopes(discover()) - {each.strip() for each in stated.split(",")}
    if not missing:
        return Finding("scopes", "all that the commands need")
    mend = "Paste the manifest of `cohort-bot slack-manifest` into the app's settings, and install it again."
    return Finding("scopes", f"{', '.join(sorted(missing))} missing", mend)


async def transport(settings: "SlackSettings", client: AsyncWebClient) -> Finding:
    """Socket Mode where there is an app token, as the adapter has it; else the signing secret of HTTP."""
    if settings.slack_app_token is not None:
        token = settings.slack_app_token.get_secret_value()
        try:
            await client.apps_connections_open(app_token=token)
        except FAILURES as error:
            return _refused("SLACK_APP_TOKEN", token, error)
        return Finding("SLACK_APP_TOKEN", "Socket Mode opens")
    secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else ""
    if len(secret) != 32 or not all(each in "0123456789abcdef" for each in secret):
        mend = f"Copy it from {_TOKEN_PAGE}, your app, Basic Information: 32 letters a to f and digits."
        return Finding("SLACK_SIGNING_SECRET", "does not look like one", mend)
    return Finding("SLACK_SIGNING_SECRET", "looks right; only a call of Slack's can show it")


async def _channel(client: AsyncWebClient, command: str, place: Place) -> Finding:
    name = f"#{place.name}" if place.name else place.id
    try:
        facts: dict[str, Any] = (await client.conversations_info(channel=place.id))["channel"]
    except FAILURES as error:
        if not isinstance(error, SlackApiError):
            return Finding(name, f"Slack cannot be reached ({type(error).__name__})", _REACH)
        return Finding(name, f"Slack refuses it ({code(error)})", GONE.get(code(error), INVITE))
    if facts.get("is_archived"):
        return Finding(name, "is archived", f"Open it again, or choose another with {command} admin channel.")
    if not facts.get("is_member"):
        return Finding(name, "I am not in it", INVITE)
    return Finding(name, "I am in it")
