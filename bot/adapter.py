"""What every adapter is to the composition root."""

from typing import Protocol

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
