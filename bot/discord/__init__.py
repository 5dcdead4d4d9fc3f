"""Discord: commands registered from the registry, calls turned into requests, replies into messages."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from pydantic import Field, SecretStr, field_validator

from bot.adapter import Adapter, AdapterSpec, Examined
from bot.findings import Finding
from bot.settings import EnvironmentSettings

if TYPE_CHECKING:
    from aiohttp import web

    from core.commands.dispatch import Core
    from core.delivery.service import Delivery


class DiscordSettings(EnvironmentSettings):
    """What an operator sets to connect to Discord. The address is that of a test server."""

    discord_token: SecretStr | None = Field(default=None, validation_alias="DISCORD_TOKEN")
    discord_api_url: str | None = Field(default=None, validation_alias="DISCORD_API_URL")

    @field_validator("discord_token")
    @classmethod
    def _the_token_alone(cls, value: SecretStr | None) -> SecretStr | None:
        token = value.get_secret_value() if value else ""
        if token.startswith(("xoxb-", "xapp-")):
            raise ValueError("this is a token of Slack; Discord's is on the page Bot of its developer portal")
        if token.lower().startswith("bot "):
            raise ValueError("give the token alone, without “Bot” before it")
        return value


def _connected(settings: DiscordSettings) -> bool:
    return settings.discord_token is not None


def _build(settings: DiscordSettings, core: "Core", _: "Delivery", __: "web.Application") -> Adapter:
    from bot.discord.adapter import DiscordAdapter

    if settings.discord_token is None:
        raise ValueError("DISCORD_TOKEN is not set.")
    return DiscordAdapter(core, settings.discord_token.get_secret_value(), api_url=settings.discord_api_url)


def _examine(settings: DiscordSettings, asked: Examined) -> AsyncIterator[Finding]:
    from bot.discord.examination import examine

    return examine(settings, asked.channels)


ADAPTER = AdapterSpec(
    name="discord",
    settings=DiscordSettings,
    connected=_connected,
    build=_build,
    # Tokens of bots; those of interactions, by their beginning and in addresses; those of web hooks.
    secrets=(
        r"[\w-]{23,30}\.[\w-]{6}\.[\w-]{27,}",
        r"aW50ZXJhY3Rpb246[\w=+/-]+",
        r"(?<=/webhooks/)\d+/[\w.-]+",
        r"(?<=/interactions/)\d+/[\w.-]+",
    ),
    chatty_loggers=("discord",),
    examine=_examine,
)
