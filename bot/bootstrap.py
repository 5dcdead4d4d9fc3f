"""The composition root: the only place that knows every part. Nothing is created at import."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.adapter import Adapter, AdapterSpec, find_adapters, migration_folders
from bot.application import Application, log
from bot.settings import Settings
from core.clock import Clock, MovableClock, SystemClock
from core.commands.admission import Admission
from core.commands.dispatch import Core
from core.commands.registry import Registry, discover
from core.delivery import deferred
from core.delivery.outlet import Outlet
from core.delivery.service import Delivery
from core.store.open import open_store
from core.store.port import Store

POST_WAIT = 8.0
"""Seconds that an answer waits to learn what became of a post. Slack and Discord take an answer minutes later too."""


async def bootstrap(
    settings: Settings, *, playground: bool = False, registry: Registry | None = None
) -> Application:
    """Put the bot together: the playground where it is asked for or no platform has its tokens, and every
    platform that has. Nothing is started yet.

    `settings` are those of the bot and of every adapter, see `bot.settings.with_adapters`. `registry` holds
    other features than the bot's own, as tests have them.
    """
    found = find_adapters()
    connected = [each for each in found if each.connected(settings)]
    clock: Clock = MovableClock(settings.clock) if settings.clock or not connected else SystemClock()
    if settings.clock is not None:
        start = settings.clock.isoformat()
        log.warning("the clock does not show the real time: COHORT_CLOCK is set", start=start)
    for problem in filter(None, (each.incomplete(settings) for each in found)):
        log.warning(problem)
    store: Store = await open_store(settings.database_url, adapters=migration_folders())
    try:
        core = Core(
            registry or discover(),
            store,
            clock,
            setup_by_anyone=settings.setup == "anyone",
            extend_reply=deferred.add_to_reply,
            admission=Admission(settings.limits),
            post_wait=POST_WAIT,
        )
        outlets: dict[str, Outlet] = {}
        fallback = [each for each in found if each.fallback and (playground or not connected)]
        specs = [*connected, *fallback]
        delivery = Delivery(core, outlets, [each.name for each in specs])
        application = web.Application(client_max_size=2**20)
        adapters = _adapters(specs, settings, core, delivery, application)
        core.inspectors.update({each.name: each.inspector for each in adapters})
    except BaseException:
        await store.close()  # its threads would keep a process that has failed alive
        raise
    return Application(settings, core, delivery, adapters, outlets, application)


def _adapters(
    specs: Sequence[AdapterSpec[Any]],
    settings: Settings,
    core: Core,
    delivery: Delivery,
    application: web.Application,
) -> list[Adapter]:
    return [each.build(settings, core, delivery, application) for each in specs]
