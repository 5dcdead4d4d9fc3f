"""An outlet that keeps what it is sent, for tests of delivery. It can be told to fail."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from core.delivery.outlet import Outgoing, Pace


@dataclass
class KeepingOutlet:
    """The `Outlet` port in memory. `faults` are run one per send, before or after the post was taken."""

    platform: str = "test"
    pace: float = 0.0
    direct_pace: Pace = field(default_factory=Pace)
    supports_ephemeral: bool = False
    sent: list[Outgoing] = field(default_factory=list)
    edits: list[tuple[str, Outgoing]] = field(default_factory=list)
    before: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    after: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    searches: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    took: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Outgoing) -> str:
        """Keep it, unless a fault says otherwise."""
        self.asked.set()
        if self.before:
            await self.before.pop(0)()
        self.sent.append(message)
        self.took.set()
        if self.after:
            await self.after.pop(0)()
        return f"m{len(self.sent)}"

    async def edit(self, message_id: str, message: Outgoing) -> None:
        """Keep the new version, unless a fault says otherwise."""
        if self.before:
            await self.before.pop(0)()
        self.edits.append((message_id, message))

    async def find(self, message: Outgoing) -> str | None:
        """Look for the key among what was sent."""
        self.searches += 1
        keys = [each.key for each in self.sent]
        return f"m{keys.index(message.key) + 1}" if message.key in keys else None


def raising(error: Exception) -> Callable[[], Awaitable[None]]:
    """A fault that raises."""

    async def fault() -> None:
        raise error

    return fault


def hanging(released: asyncio.Event) -> Callable[[], Awaitable[None]]:
    """A fault that waits until it is released."""

    async def fault() -> None:
        await released.wait()

    return fault
