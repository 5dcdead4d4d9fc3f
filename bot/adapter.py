"""What an adapter is to the composition root: how it describes itself, and what it does once it is built."""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, runtime_checkable

import bot
from bot.findings import Finding
from bot.settings import EnvironmentSettings

if TYPE_CHECKING:  # the command line imports this module, and shall start quickly
    import typer
    from aiohttp import web

    from core.chat.channels import ChannelInspector
    from core.chat.model import Place
    from core.commands.dispatch import Core
    from core.delivery.outlet import Outlet
    from core.delivery.service import Delivery
    from core.store.port import Store

S = TypeVar("S", bound=EnvironmentSettings)


class Adapter(Protocol):
    """One chat platform."""

    name: str

    @property
    def outlet(self) -> "Outlet":
        """Through which posts leave."""
        ...

    @property
    def inspector(self) -> "ChannelInspector":
        """Who tells of its channels before a cohort takes one."""
        ...

    async def start(self) -> None:
        """Connect. Returns when calls can arrive; raises where that is not possible, and may be called again
        then."""
        ...

    async def stop(self) -> None:
        """Finish the calls in progress and disconnect."""
        ...

    def healthy(self) -> bool:
        """Whether calls can arrive now."""
        ...


@runtime_checkable
class Reconnectable(Protocol):
    """An adapter whose connection may end for good while it runs: it has to be started again then."""

    async def wait_closed(self) -> Exception:
        """Wait until the connection that `start` made has ended for good. Returns what ended it.

        Calls in progress are still being answered then; the next `start` lets them finish.
        """
        ...


@runtime_checkable
class WithPage(Protocol):
    """An adapter that is used through a page of the web part."""

    def page(self, address: str) -> str:
        """The address to open, where the web part listens on `address`."""
        ...


Build = Callable[[S, "Core", "Delivery", "web.Application"], Adapter]
"""Makes an adapter from the settings, the core, delivery, and the web part, to which it may add routes."""


@dataclass(frozen=True, slots=True)
class Examined:
    """An installation that is looked at: the cohorts' channels on the platform, the records where they can be opened, and
    the address of the web part from outside, empty where there is none."""

    channels: "Sequence[Place]"
    store: "Store | None" = None
    public_url: str = ""


Examine = Callable[[S, Examined], AsyncIterator[Finding]]
"""Asks a platform about the tokens, and about the bot in the channels of cohorts. Gives what it finds as it comes, and
never raises for it."""


@dataclass(frozen=True, slots=True)
class AdapterSpec(Generic[S]):
    """How an adapter describes itself, as `ADAPTER` in its package, which imports no chat library for that.

    `settings` are the environment variables that it adds. `connected` says whether they suffice to start it.
    `build` imports the library and makes the adapter.
    """

    name: str
    settings: type[S]
    connected: Callable[[S], bool]
    build: Build[S]
    secrets: tuple[str, ...] = ()
    """Regular expressions of the platform's tokens, which no log may hold."""
    chatty_loggers: tuple[str, ...] = ()
    """Loggers of its library that write payloads, and so members' words, below the level WARNING."""
    incomplete: Callable[[S], str | None] = lambda _: None
    """What is missing where some of the settings are given but not enough to start it, as a sentence."""
    fallback: bool = False
    """Whether it is started alone: where no other adapter is connected, or where it is asked for."""
    database: Callable[[S], str] | None = None
    """The address of a database of its own, in which no other adapter has cohorts; None for the bot's."""
    examine: Examine[S] | None = None
    """What `doctor` says of it; None where there is nothing to ask."""
    add_commands: "Callable[[typer.Typer], None] | None" = None
    """Adds the adapter's own commands to the command line."""


def find_adapters() -> tuple[AdapterSpec[Any], ...]:
    """The description of every adapter among the packages of `bot`, by name, those to fall back on last."""
    packages = [each.name for each in pkgutil.iter_modules(bot.__path__) if each.ispkg]
    modules = [importlib.import_module(f"{bot.__name__}.{name}") for name in packages]
    found: list[AdapterSpec[Any]] = [each.ADAPTER for each in modules if hasattr(each, "ADAPTER")]
    return tuple(sorted(found, key=lambda spec: (spec.fallback, spec.name)))


def migration_folders() -> Mapping[str, Traversable]:
    """The folders with the migrations of the adapters' own tables, by the adapter's name. They are applied
    whether or not the adapter runs, so that every database of one version has the same tables."""
    folders = ((entry.name, entry / "migrations") for entry in files("bot").iterdir() if entry.is_dir())
    return {name: folder for name, folder in folders if folder.is_dir()}
