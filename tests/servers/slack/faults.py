"""Faults that a test asks for, per Web API method, and the scopes each method needs."""

from dataclasses import dataclass
from fnmatch import fnmatch

SCOPES: dict[str, tuple[str, ...]] = {
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "conversations.open": ("im:write", "mpim:write"),
    "conversations.info": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "conversations.list": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "conversations.members": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "conversations.history": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "conversations.replies": ("channels:history", "groups:history", "im:history", "mpim:history"),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "files.getUploadURLExternal": ("files:write",),
    "files.completeUploadExternal": ("files:write",),
    "files.info": ("files:read",),
    "files.delete": ("files:write",),
}
"""Any one of the scopes named lets the method through."""

DEFAULT_SCOPES = [
    "app_mentions:read",
    "im:history",
    "commands",
    "chat:write",
    "im:write",
    "users:read",
    "files:write",
    "channels:read",
    "groups:read",
]


@dataclass
class Fault:
    """One planned failure. `after` lets the call take effect first, then drops the connection."""

    method: str
    status: int = 200
    error: str = ""
    retry_after: int = 1
    drop: bool = False
    after: bool = False
    delay: float = 0.0
    times: int = 1
    channel: str | None = None


class Faults:
    """The failures still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        """Add a failure."""
        self._planned.append(fault)

    def clear(self) -> None:
        """Forget all of the failures."""
        self._planned.clear()

    def take(self, method: str, channel: str | None) -> Fault | None:
        """The failure for this call, if one is due; counts it down."""
        for fault in self._planned:
            if fnmatch(method, fault.method) and fault.channel in (None, channel):
                fault.times -= 1
                if fault.times <= 0:
                    self._planned.remove(fault)
                return fault
        return None
