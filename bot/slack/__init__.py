"""Slack: transport, commands and rendering."""

import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from typer import Option

from bot.adapter import Adapter, AdapterSpec, Examined
from bot.findings import Finding
from bot.settings import EnvironmentSettings, read

if TYPE_CHECKING:
    import typer
    from aiohttp import web

    from core.commands.dispatch import Core
    from core.delivery.service import Delivery


MAKE_A_KEY = (
    'Make one with: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
)
"""How an operator comes to a key for COHORT_SECRET_KEY."""


class SlackSettings(EnvironmentSettings):
    """What an operator sets to connect to Slack: with an app token over Socket Mode, with a signing secret over
    HTTP. With a client id in place of a bot's token many workspaces can install the app. The address is that of a test
    server."""

    slack_bot_token: SecretStr | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(default=None, validation_alias="SLACK_SIGNING_SECRET")
    slack_client_id: str | None = Field(default=None, validation_alias="SLACK_CLIENT_ID")
    slack_client_secret: SecretStr | None = Field(default=None, validation_alias="SLACK_CLIENT_SECRET")
    secret_key: SecretStr | None = Field(default=None, validation_alias="COHORT_SECRET_KEY")
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

    @field_validator("secret_key")
    @classmethod
    def _fernet(cls, value: SecretStr | None) -> SecretStr | None:
        for each in value.get_secret_value().split(",") if value else ():
            if not re.fullmatch(r"[\w-]{43}=", each.strip(), re.ASCII):
                raise ValueError(f"this is no key, or several with commas between them. {MAKE_A_KEY}")
        return value

    @field_validator("slack_command")
    @classmethod
    def _with_slash(cls, value: str) -> str:
        if not re.fullmatch(r"/[^\s/]{1,31}", value):
            raise ValueError("begin it with a slash and write one word, such as /cohort")
        return value


def for_many(settings: SlackSettings) -> bool:
    """Whether workspaces install the app by themselves."""
    return settings.slack_client_id is not None or settings.slack_client_secret is not None


def _connected(settings: SlackSettings) -> bool:
    if for_many(settings):
        # What else it needs is asked for when it starts, and nothing is left out in silence.
        return True
    transport = settings.slack_app_token or settings.slack_signing_secret
    return settings.slack_bot_token is not None and transport is not None


def missing_for_many(settings: SlackSettings, public_url: str) -> str | None:
    """What keeps an app of many workspaces from starting, as a sentence that says how it is mended."""
    if settings.slack_bot_token is not None:
        return "SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for many: take one of them away."
    needed = {
        "SLACK_CLIENT_ID": settings.slack_client_id,
        "SLACK_CLIENT_SECRET": settings.slack_client_secret,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
    }
    lacking = [name for name, value in needed.items() if value is None]
    if lacking:
        return f"{' and '.join(lacking)} must be set too: your app's Basic Information at Slack shows them."
    if settings.secret_key is None:
        return f"COHORT_SECRET_KEY must be set: it encrypts the tokens of the workspaces. {MAKE_A_KEY}"
    if not public_url:
        return (
            "COHORT_PUBLIC_URL must be set to the address of the web part from outside, such as"
            " https://bot.example.org: Slack sends those who install the app back there."
        )
    return None


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
    if for_many(settings):
        return _build_for_many(settings, core, application)
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


def _build_for_many(settings: SlackSettings, core: "Core", application: "web.Application") -> Adapter:
    from bot.slack.many import SlackWorkspaces
    from bot.vault import Vault

    if lacking := missing_for_many(settings, core.public_url):
        raise SystemExit(f"Slack cannot start. {lacking}")
    client_id, app_token = settings.slack_client_id, settings.slack_app_token
    client_secret, signing_secret = settings.slack_client_secret, settings.slack_signing_secret
    assert client_id and client_secret and signing_secret and settings.secret_key  # noqa: S101, PT018 - see above
    return SlackWorkspaces(
        core,
        Vault(settings.secret_key.get_secret_value()),
        credentials=(client_id, client_secret.get_secret_value()),
        signing_secret=signing_secret.get_secret_value(),
        application=application,
        app_token=app_token.get_secret_value() if app_token else None,
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


def _examine(settings: SlackSettings, asked: Examined) -> AsyncIterator[Finding]:
    if for_many(settings):
        from bot.slack.examination_of_many import examine_many

        return examine_many(settings, asked)
    from bot.slack.examination import examine

    return examine(settings, asked.channels)


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
