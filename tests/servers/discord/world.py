"""The things that exist on the stand-in: servers, channels, people, messages, interactions."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.servers.discord import limits, markup
from tests.servers.discord.permissions import ORDINARY, Overwrite, Role

TEXT_CHANNEL, DM, VOICE, CATEGORY, NEWS, PUBLIC_THREAD, FORUM = 0, 1, 2, 4, 5, 11, 15
COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5


@dataclass(eq=False)
class Attachment:
    """A file that was uploaded."""

    id: str
    filename: str
    data: bytes
    description: str | None = None
    media_type: str = "application/octet-stream"


@dataclass(eq=False)
class Message:
    """A message as it stands now; ``history`` has the bodies that made it so, first to last."""

    id: str
    channel: "Channel"
    author: str
    body: dict[str, Any]
    attachments: list[Attachment] = field(default_factory=list)
    ephemeral: bool = False
    loading: bool = False
    nonce: str | int | None = None
    edited: bool = False
    history: list[dict[str, Any]] = field(default_factory=list)
    thread: "Channel | None" = None

    @property
    def content(self) -> str:
        """The content as it was sent."""
        return self.body.get("content") or ""

    @property
    def embeds(self) -> list[dict[str, Any]]:
        """The embeds as they were sent."""
        return self.body.get("embeds") or []

    @property
    def text(self) -> str:
        """Everything a reader sees: content, embeds, component texts, without their markup."""
        return "\n".join(part for part in (markup.render(raw)[0] for raw in self._raw()) if part)

    @property
    def marks(self) -> list[markup.Mark]:
        """The active markup anywhere in the message."""
        return [mark for raw in self._raw() for mark in markup.render(raw)[1]]

    def _raw(self) -> list[str]:
        parts = [self.content]
        for embed in self.embeds:
            parts += [embed.get("title") or "", embed.get("description") or ""]
            for item in embed.get("fields") or []:
                parts += [item["name"], item["value"]]
            parts.append((embed.get("footer") or {}).get("text") or "")
        _texts(self.body.get("components") or [], parts)
        return [part for part in parts if part]

    @property
    def pings(self) -> set[str]:
        """Everybody whom any version of this message notified."""
        return set().union(*(markup.pings(body) for body in self.history))

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """The buttons, left to right and top to bottom."""
        return [c for c in _walk(self.body.get("components") or []) if c.get("type") == limits.BUTTON]

    def button(self, which: str) -> dict[str, Any]:
        """The button with that label or custom_id."""
        for button in self.buttons:
            if which in (button.get("label"), button.get("custom_id")):
                return button
        raise AssertionError(f"no button {which!r} among {[b.get('label') for b in self.buttons]}")

    @property
    def menus(self) -> list[dict[str, Any]]:
        """The menus with options of their own, top to bottom."""
        return [c for c in _walk(self.body.get("components") or []) if c.get("type") == limits.SELECT]

    def option(self, label: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The menu with an option whose label begins so, and that option."""
        for menu in self.menus:
            for option in menu["options"]:
                if option["label"].startswith(label):
                    return menu, option
        raise AssertionError(f"no option {label!r} among {self.menus}")


def _walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for component in components:
        found.append(component)
        found += _walk(component.get("components") or [])
    return found


def _texts(components: list[dict[str, Any]], parts: list[str]) -> None:
    parts += [c.get("content") or "" for c in _walk(components) if c.get("type") == limits.TEXT]


@dataclass(eq=False)
class Channel:
    """A channel of any kind, a thread or a direct message. `overwrites` are by the id of a role or a member."""

    id: str
    name: str
    kind: int = TEXT_CHANNEL
    guild: "Guild | None" = None
    parent: "Channel | None" = None
    recipient: str | None = None
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    messages: deque[Message] = field(default_factory=deque)
    hidden: bool = False
    """The bot cannot see it (50001), whatever roles and overwrites say."""
    muted: bool = False
    """The bot may not write in it (50013), whatever they say."""
    archived: bool = False
    locked: bool = False
    closed: bool = False
    """A direct message that the person does not accept (50007)."""

    @property
    def last(self) -> Message:
        """The newest message."""
        return self.messages[-1]


@dataclass(eq=False)
class Guild:
    """A server with its channels. `held` are the ids of the roles that each member was given."""

    id: str
    name: str
    owner: str
    channels: dict[str, Channel] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)
    has_bot: bool = True
    nicks: dict[str, str] = field(default_factory=dict)
    """What some members are called in this server alone."""
    roles: dict[str, Role] = field(default_factory=dict)
    held: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.roles[self.id] = Role(self.id, "@everyone", ORDINARY)

    def roles_of(self, user: str) -> list[Role]:
        """The roles that a member was given, without everybody's."""
        return [self.roles[role] for role in self.held.get(user, ())]


@dataclass(eq=False)
class Interaction:
    """One call by a person, with everything the bot answered to it."""

    id: str
    token: str
    kind: int
    user: str
    channel: Channel
    created: float
    payload: dict[str, Any]
    source: Message | None = None
    callback: int | None = None
    """The type of the first answer, None while there is none."""
    acknowledged: float | None = None
    original: Message | None = None
    messages: list[Message] = field(default_factory=list)
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] | None = None
    refusals: list[dict[str, Any]] = field(default_factory=list)
    """What the server refused about this interaction, in order."""
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def deferred(self) -> bool:
        """Whether the first answer only promised a later one."""
        return self.callback in (5, 6)

    @property
    def ephemeral(self) -> bool:
        """Whether every message of the answer is for the caller alone."""
        return bool(self.messages) and all(message.ephemeral for message in self.messages)

    @property
    def text(self) -> str:
        """What the caller reads, all messages of the answer together."""
        return "\n".join(message.text for message in self.messages)

    @property
    def attachments(self) -> list[Attachment]:
        """The files of the answer."""
        return [attachment for message in self.messages for attachment in message.attachments]
