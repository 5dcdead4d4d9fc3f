"""The composition root: the only place that knows every part. Nothing is created at import."""

from aiohttp import web

from bot.adapter import Adapter, migration_folders
from bot.application import Application, log
from bot.settings import Settings
from core.clock import Clock, MovableClock, SystemClock
from core.commands.dispatch import Core
from core.commands.registry import discover
from core.delivery.outlet import Outlet
from core.delivery.service import Delivery
from core.store.open import open_store
from core.store.port import Store


async def bootstrap(settings: Settings, *, playground: bool = False) -> Application:
    """Put the bot together: the playground where it is asked for or no platform has its tokens, and every
    platform that has. Nothing is started yet."""
    alone = not settings.connected
    clock: Clock = MovableClock(settings.clock) if settings.clock or alone else SystemClock()
    if settings.clock is not None:
        start = settings.clock.isoformat()
        log.warning("the clock does not show the real time: COHORT_CLOCK is set", start=start)
    if settings.slack_bot_token is not None and not settings.slack:
        log.warning(
            "Slack is left out: beside SLACK_BOT_TOKEN it needs SLACK_APP_TOKEN or SLACK_SIGNING_SECRET"
        )
    registry = discover()
    store: Store = await open_store(settings.database_url, adapters=migration_folders())
    try:
        core = Core(registry, store, clock, setup_by_anyone=settings.setup == "anyone")
        outlets: dict[str, Outlet] = {}
        delivery = Delivery(core, outlets)
        application = web.Application(client_max_size=2**20)
        adapters = _adapters(settings, core, delivery, application, playground=playground or alone)
    except BaseException:
        await store.close()  # its threads would keep a process that has failed alive
        raise
    return Application(settings, core, delivery, adapters, outlets, application)


def _adapters(
    settings: Settings, core: Core, delivery: Delivery, application: web.Application, *, playground: bool
) -> list[Adapter]:
    # Imported here, so that a process pays only for the libraries of the platforms that it connects to.
    adapters: list[Adapter] = []
    if settings.discord_token is not None:
        from bot.discord.adapter import DiscordAdapter

        adapters.append(
            DiscordAdapter(core, settings.discord_token.get_secret_value(), api_url=settings.discord_api_url)
        )
    if settings.slack:
        from bot.slack.adapter import SlackAdapter

        adapters.append(SlackAdapter.from_settings(core, settings, application))
    if playground:
        from bot.playground.adapter import PlaygroundAdapter

        adapters.append(PlaygroundAdapter(core, delivery, application))
    return adapters
