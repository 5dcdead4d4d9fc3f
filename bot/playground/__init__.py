"""The playground: a local web chat in which everything the bot does can be tried without a token."""

import secrets
from typing import TYPE_CHECKING

from pydantic import Field, field_validator

from bot.adapter import Adapter, AdapterSpec
from bot.settings import EnvironmentSettings

if TYPE_CHECKING:
    from aiohttp import web

    from core.commands.dispatch import Core
    from core.delivery.service import Delivery


class PlaygroundSettings(EnvironmentSettings):
    """The playground's own file. Its page is on the web part's address."""

    playground_db: str = Field(default="playground.db", validation_alias="COHORT_PLAYGROUND_DB")

    @field_validator("playground_db")
    @classmethod
    def _file(cls, value: str) -> str:
        path = value.removeprefix("sqlite:///")
        if not path or "://" in path:
            raise ValueError("give the name of a file, such as playground.db")
        return path


def _build(
    _: PlaygroundSettings, core: "Core", delivery: "Delivery", application: "web.Application"
) -> Adapter:
    from bot.playground.adapter import PlaygroundAdapter
    from bot.web import PUBLIC

    token = secrets.token_urlsafe(32) if application[PUBLIC] else None
    return PlaygroundAdapter(core, delivery, application, token=token)


ADAPTER = AdapterSpec(
    name="playground",
    settings=PlaygroundSettings,
    connected=lambda _: False,
    build=_build,
    fallback=True,
    database=lambda settings: f"sqlite:///{settings.playground_db}",
)
