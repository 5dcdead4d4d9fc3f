"""What `doctor` says of an app of many workspaces: where it is installed, and whether each token can be read and used."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError

from bot.adapter import Examined
from bot.findings import Finding, clock, each_as_it_comes
from bot.slack import installations, missing_for_many
from bot.slack.examination import look_at, states_scopes, transport
from bot.slack.failures import FAILURES, code
from bot.slack.installations import Installed
from bot.slack.registration import INSTALL_PATH
from bot.slack.workspace import client
from bot.vault import UnreadableSecret, Vault
from core.chat.model import Place
from core.clock import SystemClock
from core.errors import CohortBotError

if TYPE_CHECKING:
    from bot.slack import SlackSettings

RENEW = "Start the bot, which renews it. Where it runs, its log says why it could not."
"""What is done about a token that has ended."""


async def examine_many(settings: "SlackSettings", asked: Examined) -> AsyncIterator[Finding]:
    """The settings, then each workspace with its token and the cohorts' channels there."""
    if lacking := missing_for_many(settings, asked.public_url):
        yield Finding("SLACK_CLIENT_ID", "Slack cannot start for many workspaces", lacking)
        return
    channels, store = asked.channels, asked.store
    page = f"{asked.public_url}{INSTALL_PATH}"
    yield Finding("installing", f"workspaces install the app at {page}")
    yield await transport(settings, client(None, settings.slack_api_url))
    if store is None:
        return
    try:
        served = dict(await store.read(installations.with_served))
    except CohortBotError:
        mend = "Bring the database up to date: start the bot once, or run cohort-bot migrate."
        yield Finding("workspaces", "cannot be read", mend)
        return
    if not served:
        yield Finding("workspaces", "none has installed the app yet")
    for place in channels:
        if not any(place.workspace in each for each in served.values()):
            mend = f"Let an admin of that workspace open {page}."
            yield Finding(_name(place), f"the app is not in its workspace {place.workspace}", mend)
    assert settings.secret_key is not None  # noqa: S101 - it is not missing
    vault = Vault(settings.secret_key.get_secret_value())

    async def look(each: Installed) -> list[Finding]:
        there = [place for place in channels if place.workspace in served[each]]
        return await _workspace(settings, vault, each, there, f"Let an admin of it open {page}.")

    async for findings in each_as_it_comes(look, served):
        for finding in findings:
            yield finding


def _name(place: Place) -> str:
    return f"#{place.name}" if place.name else place.id


async def _workspace(
    settings: "SlackSettings", vault: Vault, installed: Installed, channels: Sequence[Place], again: str
) -> list[Finding]:
    """A workspace, or an organisation, that has installed the app; `again` says how it is installed once more."""
    subject = f"workspace {installed.title}"
    try:
        token = vault.open(installed.token, installed.key)
    except UnreadableSecret:
        mend = (
            f"Put the key that was used before behind the new one, after a comma. Where it is lost: {again}"
        )
        return [Finding(subject, "no key in COHORT_SECRET_KEY opens its token", mend)]
    now = SystemClock().now()
    if installed.ends_by(now):
        return [Finding(subject, "its token has ended and was not renewed", RENEW)]
    slack = client(token, settings.slack_api_url)
    try:
        who = await slack.auth_test()
    except FAILURES as error:
        if isinstance(error, SlackApiError):
            return [Finding(subject, f"Slack refuses its token ({code(error)})", again)]
        mend = "Look whether this machine reaches Slack: a proxy, a firewall, its status page."
        return [Finding(subject, f"Slack cannot be reached ({type(error).__name__})", mend)]
    found = [Finding(subject, f"installed as @{who.get('user')}")]
    if not vault.is_current(installed.token):
        found = [
            Finding(
                subject, f"installed as @{who.get('user')}; its token is encrypted anew at the next start"
            )
        ]
    scopes = states_scopes(who.headers)
    found += [Finding(f"{subject}: {scopes.subject}", scopes.said, again)] if scopes.mend else []
    time = clock("Slack", who.headers.get("Date"), now)
    found += [time] if time and time.mend else []
    return [*found, *[each async for each in look_at(slack, channels, settings.slack_command)]]
