"""Slack: transport, commands and rendering."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from typer import Option

from bot.adapter import Adapter, AdapterSpec
from bot.findings import Finding
from bot.settings import EnvironmentSettings, read

if TYPE_CHECKING:
    import typer
    from aiohttp import web

    from core.chat.model import Place
    from core.commands.dispatch import Core
    from core.delivery.service import Delivery


class SlackSettings(EnvironmentSettings):
    """What an operator sets to connect to Slack: with an app token over Socket Mode, with a signing secret over
    HTTP. The address is that of a test server."""

    slack_bot_token: SecretStr | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(default=None, validation_alias="SLACK_SIGNING_SECRET")
    slack_api_url: str | None = Field(default=None, validation_alias="SLACK_API_URL")
    slack_command: str = Field(default="/cohort", validation_alias="SLACK_COMMAND")

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _not_swapped(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        token = value.get_secret_value() if value else ""
        if info.field_name == "slack_bot_token" and token.startswith("xapp-"):
            raise ValueError("this is an app-level token, for SLACK_APP_TOKEN; the bot's begins with xoxb-")
        if info.field_name == "slack_app_token" and token.startswith("xox"):
            raise ValueError(
                "this is no app-level token, which begins with xapp-; xoxb- is for SLACK_BOT_TOKEN"
            )
        return value

    @field_validator("slack_command")
    @classmethod
    def _with_slash(cls, value: str) -> str:
        if not re.fullmatch(r"/[^\s/]{1,31}", value):
            raise ValueError("begin it with a slash and write one word, such as /cohort")
        return value


def _connected(settings: SlackSettings) -> bool:
    transport = settings.slack_app_token or settings.slack_signing_secret
    return settings.slack_bot_token is not None and transport is not None


def _incomplete(settings: SlackSettings) -> str | None:
    if _connected(settings):
        return None
    if settings.slack_bot_token is not None:
        return "Slack is left out: beside SLACK_BOT_TOKEN it needs SLACK_APP_TOKEN or SLACK_SIGNING_SECRET"
    if settings.slack_app_token is not None:
        return "Slack is left out: beside SLACK_APP_TOKEN it needs SLACK_BOT_TOKEN"
    if settings.slack_signing_secret is not None:
        return "Slack is left out: beside SLACK_SIGNING_SECRET it needs SLACK_BOT_TOKEN"
    return None


def _build(settings: SlackSettings, core: "Core", _: "Delivery", application: "web.Application") -> Adapter:
    from bot.slack.adapter import SlackAdapter

    if settings.slack_bot_token is None:
        raise ValueError("SLACK_BOT_TOKEN is not set.")
    app_token, secret = settings.slack_app_token, settings.slack_signing_secret
    return SlackAdapter(
        core,
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=app_token.get_secret_value() if app_token else None,
        signing_secret=secret.get_secret_value() if secret else None,
        application=application,
        command=settings.slack_command,
        api_url=settings.slack_api_url,
    )


def _add_commands(app: "typer.Typer") -> None:
    @app.command(name="slack-manifest")
    def slack_manifest(
        http: Annotated[
            str | None,
            Option(
                help="For HTTP instead of Socket Mode: the bot's address from outside, such as https://bot.example.org"
            ),
        ] = None,
    ) -> None:
        """Print the Slack app manifest that fits this version, as YAML."""
        import typer

        from bot.slack.registration import manifest
        from core.commands.registry import discover

        if http is not None and not re.fullmatch(r"https://[^\s/]+(/[^\s?#]*)?", http):
            raise typer.BadParameter(
                "Slack calls addresses that begin with https:// alone.", param_hint="--http"
            )
        typer.echo(manifest(discover(), read(SlackSettings).slack_command, http), nl=False)


async def _examine(settings: SlackSettings, channels: "Sequence[Place]") -> "Sequence[Finding]":
    from bot.slack.examination import examine

    return await examine(settings, channels)


ADAPTER = AdapterSpec(
    name="slack",
    settings=SlackSettings,
    connected=_connected,
    build=_build,
    # Tokens; and what follows the address of a response or a web hook, with which anybody can answer.
    secrets=(
        r"xox[a-z]-[\w-]+",
        r"xoxe\.[\w.-]+",
        r"xapp-[\w-]+",
        r"(?<=hooks\.slack\.com/)[\w/-]+",
        r"(?<=/response/)[\w-]+",
    ),
    chatty_loggers=("slack_bolt", "slack_sdk"),
    incomplete=_incomplete,
    examine=_examine,
    add_commands=_add_commands,
)
