"""The state of a stand-in Slack: workspaces, members, channels, messages, modals, files and open turns."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.servers.slack import visible

Json = dict[str, Any]


class ApiError(Exception):
    """A refusal in Slack's own shape: `{"ok": false, "error": code, ...}`."""

    def __init__(self, code: str, messages: list[str] | None = None, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.body: Json = {"ok": False, "error": code, **more}
        if messages:
            self.body["response_metadata"] = {"messages": messages}


class Failed(AssertionError):
    """What a member would see instead of an answer: Slack's own notice that the app failed."""


@dataclass
class Channel:
    """A conversation; `kind` is public, private, im or mpim."""

    id: str
    name: str
    kind: str = "public"
    members: set[str] = field(default_factory=set)
    archived: bool = False
    restricted: bool = False
    """Its settings let only some people post, and the bot is none of them (restricted_action)."""
    deleted: bool = False
    messages: "deque[Message]" = field(default_factory=lambda: deque(maxlen=2_000))
    last_post: float = 0.0


@dataclass(eq=False)
class StoredFile:
    """An uploaded file; `channels` says who can see it."""

    id: str
    name: str
    length: int
    alt_text: str = ""
    title: str = ""
    data: bytes = b""
    done: bool = False
    deleted: bool = False
    owner: str = ""
    """Who uploaded it."""
    channels: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Message:
    """A message as it stands now, after edits."""

    ts: str
    channel: Channel
    payload: Json
    author: str
    only_for: str | None = None
    thread_ts: str | None = None
    metadata: Json | None = None
    files: list[StoredFile] = field(default_factory=list)
    edits: int = 0
    deleted: bool = False
    via: str = ""

    @property
    def blocks(self) -> list[Json]:
        """The blocks as the bot sent them."""
        return self.payload.get("blocks") or []

    @property
    def text(self) -> str:
        """The words that a member sees on the screen."""
        return visible.plain(str(self.payload.get("text") or ""), self.blocks)

    @property
    def effects(self) -> visible.Effects:
        """Whom this message pings and which links it makes."""
        return visible.effects(self.payload)

    @property
    def private(self) -> bool:
        """True where only one member sees it."""
        return self.only_for is not None or self.channel.kind == "im"

    @property
    def thread(self) -> "list[Message]":
        """The replies under this message."""
        return [
            m for m in self.channel.messages if m.thread_ts == self.ts and m is not self and not m.deleted
        ]

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons."""
        return [e["text"]["text"] for _, e in elements(self.blocks) if e["type"] == "button"]


@dataclass(eq=False)
class Modal:
    """A view on one member's screen."""

    id: str
    user: str
    view: Json
    turn: "Turn"
    hash: str = ""
    root: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    open: bool = True

    @property
    def title(self) -> str:
        """The title in its head; a Home tab has none."""
        return str(self.view["title"]["text"]) if "title" in self.view else ""

    @property
    def text(self) -> str:
        """The words that a member sees, errors included, labels too."""
        said = visible.plain("", self.view["blocks"])
        return "\n".join([self.title, said, *self.errors.values()])

    @property
    def labels(self) -> list[str]:
        """The labels of its inputs, as written."""
        return [b["label"]["text"] for b in self.view["blocks"] if b["type"] == "input"]

    def input(self, label: str) -> Json:
        """The input block with this label (exact, or its beginning), block_id or action_id."""
        inputs = [b for b in self.view["blocks"] if b["type"] == "input"]
        for block in inputs:
            if label in (block["label"]["text"], block.get("block_id"), block["element"].get("action_id")):
                return dict(block)
        for block in inputs:
            if block["label"]["text"].casefold().startswith(label.casefold()):
                return dict(block)
        raise Failed(f"no input {label!r} in {self.title!r}; it has {self.labels}")


Shown = Message | Modal


@dataclass(eq=False)
class Turn:
    """One interaction of a member and everything that may be done in answer to it."""

    id: str
    user: str
    channel: Channel | None
    kind: str
    at: float
    shown: "asyncio.Future[Shown]"
    parent: "Turn | None" = None
    message: Message | None = None
    modal: Modal | None = None
    trigger_used: bool = False
    responses: int = 0
    acknowledged: float | None = None
    ack: Any = None
    payload: Json = field(default_factory=dict)

    def show(self, what: Shown) -> None:
        """Settle the first thing the member sees of this turn."""
        if not self.shown.done():
            self.shown.set_result(what)


@dataclass
class Workspace:
    """One team, with the token its bot holds."""

    team_id: str
    name: str
    token: str
    bot_user: str
    bot_id: str
    scopes: set[str]
    members: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    modals: dict[str, Modal] = field(default_factory=dict)
    ephemerals: "deque[Message]" = field(default_factory=lambda: deque(maxlen=2_000))
    homes: dict[str, Modal] = field(default_factory=dict)
    """What each member's Home tab shows."""
    home_tab: bool = True
    revoked: bool = False
    enterprise: str | None = None

    def direct(self, user: str) -> Channel:
        """The bot's direct message with a member, opened where there is none yet."""
        found = f"D{user[1:]}"
        if found not in self.channels:
            self.channels[found] = Channel(found, "directmessage", "im", {user, self.bot_user})
        return self.channels[found]

    def stack(self, user: str) -> list[Modal]:
        """The member's open modals, undermost first."""
        return [m for m in self.modals.values() if m.user == user and m.open]


def elements(blocks: list[Json]) -> list[tuple[Json, Json]]:
    """Every interactive element with the block it stands in."""
    found: list[tuple[Json, Json]] = []
    for block in blocks:
        if block["type"] == "actions":
            found += [(block, e) for e in block["elements"]]
        for key in ("accessory", "element"):
            if key in block:
                found.append((block, block[key]))
    return found
