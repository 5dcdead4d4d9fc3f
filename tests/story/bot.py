"""The whole bot, put together as `cohort-bot` puts it together, in this process."""

from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from bot.application import Application
from bot.bootstrap import bootstrap
from bot.settings import Settings
from core.clock import MovableClock
from core.commands.dispatch import Core


class Bot:
    """A running bot that can be restarted. `settings` are the environment's, by field name."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._house: Application | None = None

    @property
    def house(self) -> Application:
        """All of its parts."""
        assert self._house is not None, "the bot was not started"
        return self._house

    @property
    def core(self) -> Core:
        """Its core."""
        return self.house.core

    @property
    def clock(self) -> MovableClock:
        """Its clock."""
        assert isinstance(self.core.clock, MovableClock)
        return self.core.clock

    @property
    def address(self) -> str:
        """Where its web part listens."""
        return self.house.address

    async def start(self) -> None:
        """Start every part."""
        self._house = await bootstrap(self.settings)
        try:
            await self._house.start()
        except BaseException:
            with suppress(Exception):
                await self._house.stop()
            self._house = None
            raise

    async def stop(self) -> None:
        """Stop as the bot stops at SIGTERM. The next start takes up the clock and the address."""
        if self._house is None:
            return
        now, where = self.clock.now(), urlsplit(self.address).netloc
        house, self._house = self._house, None
        await house.stop()
        self.settings = self.settings.model_copy(update={"clock": now, "http": where})


def settings(database: str, clock: datetime, **more: str) -> Settings:
    """Settings as the environment gives them, on a free port, whatever this process's own environment is."""
    nothing = dict.fromkeys(
        (
            "discord_token",
            "discord_api_url",
            "slack_bot_token",
            "slack_app_token",
            "slack_signing_secret",
            "slack_api_url",
        )
    )
    given = {"database_url": database, "clock": clock, "http": "127.0.0.1:0", "setup": "managers"}
    return Settings.model_validate({**nothing, **given, **more})
