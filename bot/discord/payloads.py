"""Interactions turned into the core's requests."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.discord.channels import told
from bot.discord.registration import ATTACHMENT, CHANNEL, MANAGE_GUILD, MENTIONABLE, SUBCOMMAND, USER
from core.chat.channels import ChannelReport
from core.chat.model import (
    UPLOAD_BYTES,
    Argument,
    ChannelRef,
    Person,
    PersonRef,
    Place,
    PlaceKind,
    Request,
    Source,
    Upload,
)
from core.errors import BadInput, FileTooLarge

PLATFORM = "discord"
EVERYBODY = "@everyone"
"""The name of the role that every member of a server has."""

Fetch = Callable[[str, str, str, str], Awaitable[Upload]]
"""Loads a file from the address that the platform gave: that, the parameter, the file's name and its media type."""

COMMAND, COMPONENT, COMPLETION, FORM = 2, 3, 4, 5
"""Discord's types of interactions."""

_KINDS: Final[Mapping[int, PlaceKind]] = {
    1: PlaceKind.DIRECT,
    3: PlaceKind.GROUP,
    10: PlaceKind.THREAD,
    11: PlaceKind.THREAD,
    12: PlaceKind.THREAD,
}


@dataclass(frozen=True, slots=True)
class Interaction:
    """An interaction as the gateway brought it."""

    id: int
    token: str
    kind: int
    data: Mapping[str, Any]
    person: Person
    place: Place
    message: str = ""
    """The id of the message whose button was pressed."""
    here: ChannelReport | None = None

    @property
    def resolved(self) -> Mapping[str, Any]:
        """Users, members, channels and attachments by the ids that the interaction names."""
        found: Mapping[str, Any] = self.data.get("resolved") or {}
        return found

    def request(
        self,
        command: str,
        args: Mapping[str, Argument],
        *,
        cohort: int | None = None,
        source: Source = Source.COMMAND,
        draft: str | None = None,
    ) -> Request:
        """The request that it makes, under the interaction's id."""
        message = self.message if source is Source.BUTTON else ""
        return Request(
            str(self.id),
            command,
            self.person,
            self.place,
            args,
            cohort,
            source,
            message,
            self.here,
            draft=draft,
        )


def read_interaction(event: Mapping[str, Any]) -> Interaction:
    """The interaction in an INTERACTION_CREATE event. User ids hold in every server, so an account belongs to none."""
    member = event.get("member") or {}
    user = member.get("user") or event["user"]
    name = member.get("nick") or user.get("global_name") or user["username"]
    manager = bool(int(member.get("permissions") or 0) & MANAGE_GUILD)
    channel = event.get("channel") or {}
    kind = _KINDS.get(channel.get("type", 0), PlaceKind.CHANNEL)
    parent = str(channel["parent_id"]) if kind is PlaceKind.THREAD else None
    where = str(channel.get("id") or event.get("channel_id") or "")
    return Interaction(
        int(event["id"]),
        event["token"],
        event["type"],
        event.get("data") or {},
        Person(
            PLATFORM,
            "",
            user["id"],
            name,
            manager=manager,
            handle=user["username"],
            named_in=event.get("guild_id") or "",
            roles=frozenset(map(str, member["roles"])) if "roles" in member else None,
        ),
        Place(PLATFORM, event.get("guild_id") or "", where, kind, parent, channel.get("name") or ""),
        str((event.get("message") or {}).get("id") or ""),
        told(event),
    )


def command_and_options(data: Mapping[str, Any]) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """The name "group verb" of a called command, and its options."""
    options = data.get("options") or ()
    if options and options[0]["type"] == SUBCOMMAND:
        return f"{data['name']} {options[0]['name']}", options[0].get("options") or ()
    return str(data["name"]), options


def focused(options: Sequence[Mapping[str, Any]]) -> tuple[str, str, dict[str, Argument]]:
    """While somebody types: the option's name, what is typed, and the other options as far as given."""
    name = typed = ""
    others: dict[str, Argument] = {}
    for option in options:
        if option.get("focused"):
            name, typed = option["name"], str(option["value"])
        elif option["type"] not in (USER, MENTIONABLE, CHANNEL, ATTACHMENT):
            others[option["name"]] = option["value"]
    return name, typed, others


async def arguments(
    values: Mapping[str, tuple[int, Any]], resolved: Mapping[str, Any], fetch: Fetch
) -> dict[str, Argument]:
    """Raw values, by their option's type, as the core takes them. Raises `BadInput` for a person, a channel or
    a file that cannot be taken."""
    args: dict[str, Argument] = {}
    for name, (kind, value) in values.items():
        if value is None or value == "":
            continue
        if kind == USER:
            args[name] = _person_ref(name, str(value), resolved)
        elif kind == MENTIONABLE:
            args[name] = _mentioned(name, str(value), resolved)
        elif kind == CHANNEL:
            args[name] = _channel_ref(name, str(value), resolved)
        elif kind == ATTACHMENT and str(value) in resolved.get("attachments", {}):
            args[name] = await _upload(name, resolved["attachments"][str(value)], fetch)
        elif isinstance(value, str | int | float):
            args[name] = value
    return args


# Discord tells about everybody and every channel that can be picked; an id without that was made up.


def _person_ref(name: str, user: str, resolved: Mapping[str, Any]) -> PersonRef:
    data = resolved.get("users", {}).get(user)
    if data is None:
        raise BadInput("I do not know this person. Please pick them from Discord's own list.", field=name)
    nick = resolved.get("members", {}).get(user, {}).get("nick")
    return PersonRef(user, nick or data.get("global_name") or data.get("username") or "")


def _mentioned(name: str, id_: str, resolved: Mapping[str, Any]) -> PersonRef:
    """A role, or a person. The role that everybody has is none that could be told from having joined."""
    role = resolved.get("roles", {}).get(id_)
    if role is None:
        return _person_ref(name, id_, resolved)
    if role.get("name") == EVERYBODY:
        raise BadInput("Everybody has that role. Please choose another one, or a person.", field=name)
    return PersonRef(f"&{id_}", role.get("name") or "")


def _channel_ref(name: str, channel: str, resolved: Mapping[str, Any]) -> ChannelRef:
    data = resolved.get("channels", {}).get(channel)
    if data is None:
        raise BadInput("I do not know this channel. Please pick it from Discord's own list.", field=name)
    return ChannelRef(channel, data.get("name") or "")


async def _upload(name: str, data: Mapping[str, Any], fetch: Fetch) -> Upload:
    file = str(data.get("filename") or "file")[:200]
    if int(data.get("size") or 0) > UPLOAD_BYTES:
        raise FileTooLarge(file, name)
    return await fetch(data["url"], name, file, data.get("content_type") or "application/octet-stream")
