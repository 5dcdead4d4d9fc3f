"""The playground: a local web chat in which everything the bot does can be tried without a token."""

from typing import TYPE_CHECKING

from bot.adapter import Adapter, AdapterSpec
from bot.settings import EnvironmentSettings

if TYPE_CHECKING:
    from aiohttp import web

    from core.commands.dispatch import Core
    from core.delivery.service import Delivery


class PlaygroundSettings(EnvironmentSettings):
    """Nothing: the playground is on the web part's address and in the bot's database."""


def _build(
    _: PlaygroundSettings, core: "Core", delivery: "Delivery", application: "web.Application"
) -> Adapter:
    from bot.playground.adapter import PlaygroundAdapter

    return PlaygroundAdapter(core, delivery, application)


ADAPTER = AdapterSpec(
    name="playground",
    settings=PlaygroundSettings,
    connected=lambda _: False,
    build=_build,
    fallback=True,
)
