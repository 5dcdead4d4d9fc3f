"""The whole bot, put together as `cohort-bot` puts it together, in this process."""

from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from bot.adapter import find_adapters
from bot.application import Application
from bot.bootstrap import bootstrap
from bot.settings import Settings, with_adapters
from core.clock import MovableClock
from core.commands.dispatch import Core
from core.commands.registry import Registry


class Bot:
    """A running bot that can be restarted. `settings` are the environment's, by field name; `registry` holds
    other features than the bot's own."""

    def __init__(self, settings: Settings, registry: Registry | None = None) -> None:
        self.settings = settings
        self._registry = registry
        self._application: Application | None = None

    @property
    def application(self) -> Application:
        """All of its parts."""
        assert self._application is not None, "the bot was not started"
        return self._application

    @property
    def core(self) -> Core:
        """Its core."""
        return self.application.core

    @property
    def clock(self) -> MovableClock:
        """Its clock."""
        assert isinstance(self.core.clock, MovableClock)
        return self.core.clock

    @property
    def address(self) -> str:
        """Where its web part listens."""
        return self.application.address

    async def start(self) -> None:
        """Start every part."""
        self._application = await bootstrap(self.settings, registry=self._registry)
        try:
            await self._application.start()
        except BaseException:
            with suppress(Exception):
                await self._application.stop()
            self._application = None
            raise

    async def stop(self) -> None:
        """Stop as the bot stops at SIGTERM. The next start takes up the clock and the address."""
        if self._application is None:
            return
        now, where = self.clock.now(), urlsplit(self.address).netloc
        application, self._application = self._application, None
        await application.stop()
        self.settings = self.settings.model_copy(update={"clock": now, "http": where})


def settings(database: str, clock: datetime, **more: str) -> Settings:
    """Settings as the environment gives them, on a free port, whatever this process's own environment is. Without
    tokens the playground keeps its records in the same file."""
    kind = with_adapters(each.settings for each in find_adapters())
    defaults = {name: each.get_default() for name, each in kind.model_fields.items()}
    given = {
        "database_url": database,
        "clock": clock,
        "http": "127.0.0.1:0",
        "arxiv_url": "off",
        "crossref_url": "off",
    }
    if database.startswith("sqlite:"):
        given["playground_db"] = database.removeprefix("sqlite:///")
    return kind.model_validate({**defaults, **given, **more})
