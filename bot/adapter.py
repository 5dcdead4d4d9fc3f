"""What every adapter is to the composition root."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Protocol, runtime_checkable

from core.delivery.outlet import Outlet


class Adapter(Protocol):
    """One chat platform."""

    name: str

    @property
    def outlet(self) -> Outlet:
        """Through which posts leave."""
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


def migration_folders() -> Mapping[str, Traversable]:
    """The folders with the migrations of the adapters' own tables, by the adapter's name. They are applied
    whether or not the adapter runs, so that every database of one version has the same tables."""
    folders = ((entry.name, entry / "migrations") for entry in files("bot").iterdir() if entry.is_dir())
    return {name: folder for name, folder in folders if folder.is_dir()}
