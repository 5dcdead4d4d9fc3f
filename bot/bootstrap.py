"""The composition root: the only place that knows every part. Nothing is created at import."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from aiohttp import web

from bot import calendars
from bot.adapter import Adapter, AdapterSpec, find_adapters, migration_folders
from bot.application import Application, log
from bot.lookup.late import LateSource
from bot.settings import Settings
from bot.web import PUBLIC, is_loopback
from core.clock import Clock, MovableClock, SystemClock
from core.commands.admission import Admission
from core.commands.dispatch import Core
from core.commands.registry import Registry, discover
from core.delivery import deferred
from core.delivery.outlet import Outlet
from core.delivery.served import Served, platforms_elsewhere
from core.delivery.service import Delivery
from core.errors import BadInput
from core.store.open import open_store
from core.store.port import Conn, Store

POST_WAIT = 8.0
"""Seconds that an answer waits to learn what became of a post. Slack and Discord take an answer minutes later too."""


async def bootstrap(
    settings: Settings, *, playground: bool = False, registry: Registry | None = None
) -> Application:
    """Put the bot together: every platform that has its tokens, or the playground alone where it is asked for or no
    platform has. Nothing is started yet.

    `settings` are those of the bot and of every adapter, see `bot.settings.with_adapters`. `registry` holds
    other features than the bot's own, as tests have them. Raises `BadInput` where the playground's database holds
    cohorts of other platforms.
    """
    found = find_adapters()
    connected = [each for each in found if each.connected(settings)]
    alone = playground or not connected
    specs = [each for each in found if each.fallback] if alone else connected
    clock: Clock = MovableClock(settings.clock) if settings.clock or alone else SystemClock()
    _say_what_is_unusual(settings, found, connected if alone else [])
    names = [each.name for each in specs]
    own = next((each.database(settings) for each in specs if each.database), None)
    check = partial(refuse_others, Served(frozenset(names)), own) if own else None
    database = own or settings.database_url
    store: Store = await open_store(database, adapters=migration_folders(), check=check)
    # The playground promises that nothing leaves the machine, so that it asks only where it is told to.
    lookup = LateSource(settings.arxiv_url, settings.crossref_url, asks=not alone)
    try:
        core = Core(
            registry or discover(),
            store,
            clock,
            setup_by_anyone=settings.setup == "anyone",
            extend_reply=deferred.add_to_reply,
            admission=Admission(settings.limits),
            post_wait=POST_WAIT,
            works=lookup,
            public_url=settings.public_url,
        )
        outlets: dict[str, Outlet] = {}
        delivery = Delivery(core, outlets, names)
        application = web.Application(client_max_size=2**20)
        application[PUBLIC] = not is_loopback(settings.http_address[0])
        if settings.public_url:
            calendars.add_routes(application, core)
        adapters = _adapters(specs, settings, core, delivery, application)
        core.inspectors.update({each.name: each.inspector for each in adapters})
    except BaseException:
        await lookup.close()
        await store.close()  # its threads would keep a process that has failed alive
        raise
    return Application(settings, core, delivery, adapters, outlets, application, database, lookup)


def _adapters(
    specs: Sequence[AdapterSpec[Any]],
    settings: Settings,
    core: Core,
    delivery: Delivery,
    application: web.Application,
) -> list[Adapter]:
    return [each.build(settings, core, delivery, application) for each in specs]


def _say_what_is_unusual(
    settings: Settings, found: Sequence[AdapterSpec[Any]], left_out: Sequence[AdapterSpec[Any]]
) -> None:
    if settings.clock is not None:
        start = settings.clock.isoformat()
        log.warning("the clock does not show the real time: COHORT_CLOCK is set", start=start)
    for problem in filter(None, (each.incomplete(settings) for each in found)):
        log.warning(problem)
    if left_out:
        log.warning(
            "the playground is a process of its own, so the platforms whose tokens are set are left out",
            platforms=[each.name for each in left_out],
        )


def refuse_others(served: Served, url: str, conn: Conn) -> None:
    """Raise `BadInput` where a database of an adapter's own holds cohorts of other platforms."""
    if others := platforms_elsewhere(conn, served):
        raise BadInput(
            f"{url.removeprefix('sqlite:///')} holds cohorts of {', '.join(others)}, and the playground, whose clock"
            " can be moved, keeps to a database of its own. Set COHORT_PLAYGROUND_DB to another file, such as"
            " playground.db."
        )
