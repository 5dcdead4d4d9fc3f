"""Acting as a person: typing commands, choosing completions, clicking, filling in forms."""

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

from tests.servers.discord import commands, limits
from tests.servers.discord.permissions import Role
from tests.servers.discord.world import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    DM,
    MODAL,
    Attachment,
    Channel,
    Guild,
    Interaction,
    Message,
)

if TYPE_CHECKING:
    from tests.servers.discord.server import DiscordServer

WITHIN = 5.0
Upload = tuple[str, bytes]


class Person:
    """Somebody in a server. Every act goes over the gateway and returns what the bot answered."""

    def __init__(self, server: "DiscordServer", user: str, name: str) -> None:
        self.server = server
        self.id = user
        self.name = name

    @property
    def direct(self) -> Channel:
        """This person's direct messages with the bot."""
        return self.server.direct(self.id)

    async def slash(
        self, command: str, /, *, at: Channel | None = None, forged: bool = False, **options: Any
    ) -> Interaction:
        """Run a command such as ``submission add`` and wait for the answer.

        The options are checked as the platform's client checks them; ``forged`` sends them all the same.
        A person option takes a `Person`, a channel option a `Channel`, a file option ``(name, bytes)``.
        """
        interaction = await self.start(command, at=at, forged=forged, **options)
        return await self.answered(interaction)

    async def start(
        self, command: str, /, *, at: Channel | None = None, forged: bool = False, **options: Any
    ) -> Interaction:
        """As :meth:`slash`, without waiting for the answer."""
        channel = at or self.server.general
        data = _CommandData(self, command, channel, forged=forged)
        return await self._send(COMMAND, data.build(options), channel)

    async def autocomplete(
        self, command: str, option: str, typed: str = "", /, *, at: Channel | None = None, **options: Any
    ) -> list[dict[str, Any]]:
        """What is offered for an option after typing something."""
        channel = at or self.server.general
        data = _CommandData(self, command, channel, forged=True)
        body = data.build({**options, option: typed}, focused=option)
        answer = await self.answered(await self._send(AUTOCOMPLETE, body, channel))
        assert answer.choices is not None
        return answer.choices

    async def click(self, message: Message, which: str, *, forged: str | None = None) -> Interaction:
        """Press the button with a label or custom_id; ``forged`` sends another custom_id in its place."""
        button = message.button(which)
        assert not button.get("disabled"), f"{which!r} is disabled"
        custom_id = forged or button.get("custom_id")
        assert custom_id, f"{which!r} is a link"
        data = {"custom_id": custom_id, "component_type": limits.BUTTON, "id": 1}
        return await self.answered(await self._send(COMPONENT, data, message.channel, message))

    async def choose(self, message: Message, label: str) -> Interaction:
        """Choose what begins so from a menu of a message."""
        menu, option = message.option(label)
        data = {
            "custom_id": menu["custom_id"],
            "component_type": limits.SELECT,
            "id": 1,
            "values": [option["value"]],
        }
        return await self.answered(await self._send(COMPONENT, data, message.channel, message))

    async def submit(self, form: Interaction, values: dict[str, Any] | None = None) -> Interaction:
        """Fill in the form that an answer opened, by the labels of its fields, and send it."""
        assert form.modal is not None, "no form was opened"
        data = _ModalData(self, form.modal, form.channel.guild).build(values or {})
        return await self.answered(await self._send(MODAL, data, form.channel, form.source))

    async def answered(self, interaction: Interaction) -> Interaction:
        """Wait until the bot has answered for good: a message, a form or choices."""
        try:
            await asyncio.wait_for(interaction.done.wait(), WITHIN)
        except TimeoutError:
            told = f"first answer {interaction.callback}, refused {interaction.refusals}"
            raise TimeoutError(f"{interaction.payload.get('data')} was not answered: {told}") from None
        return interaction

    async def redeliver(self, interaction: Interaction) -> None:
        """Let the gateway bring the same call once more."""
        guild = interaction.channel.guild
        await self.server.gateway.broadcast(
            "INTERACTION_CREATE", interaction.payload, guild.id if guild else None
        )

    def say(self, content: str, at: Channel | None = None) -> Message:
        """Write something in a channel, which is nothing to the bot."""
        channel = at or self.server.general
        message = Message(self.server.snowflake(), channel, self.id, {"content": content})
        channel.messages.append(message)
        return message

    async def write(self, content: str, *, redelivered: Message | None = None, **more: Any) -> Message:
        """Write to the bot in the direct messages; the gateway tells it, where it asked for that."""
        message = redelivered or self.say(content, self.direct)
        event = {**self.server.payloads.message(message), **more}
        await self.server.gateway.tell_message(event)
        return message

    async def _send(
        self, kind: int, data: dict[str, Any], channel: Channel, source: Message | None = None
    ) -> Interaction:
        server = self.server
        payload = self.payload(kind, data, channel, source)
        interaction = Interaction(
            payload["id"], payload["token"], kind, self.id, channel, server.now(), payload, source
        )
        server.interactions[interaction.id] = server.by_token[interaction.token] = interaction
        while len(server.interactions) > server.keep:
            old = server.interactions.pop(next(iter(server.interactions)))
            server.by_token.pop(old.token, None)
        await server.gateway.broadcast(
            "INTERACTION_CREATE", payload, channel.guild.id if channel.guild else None
        )
        return interaction

    def payload(
        self, kind: int, data: dict[str, Any], channel: Channel, source: Message | None = None
    ) -> dict[str, Any]:
        """The body of an INTERACTION_CREATE."""
        payloads = self.server.payloads
        body: dict[str, Any] = {
            "id": self.server.snowflake(),
            "application_id": self.server.application_id,
            "type": kind,
            "token": secrets.token_urlsafe(64),
            "version": 1,
            "data": data,
            "channel": payloads.channel(channel),
            "channel_id": channel.id,
            "app_permissions": str(payloads.permissions(self.server.bot_id, channel)),
            "locale": "en-US",
            "entitlements": [],
            "attachment_size_limit": limits.FILE_BYTES,
        }
        if channel.guild is None:
            body |= {
                "user": payloads.user(self.id),
                "context": 1,
                "authorizing_integration_owners": {"0": "0"},
            }
        else:
            guild = channel.guild.id
            body |= {
                "member": payloads.member(self.id, channel.guild, at=channel),
                "guild_id": guild,
                "guild": {"id": guild, "locale": "en-US", "features": []},
                "guild_locale": "en-US",
                "context": 0,
                "authorizing_integration_owners": {"0": guild},
            }
        if source is not None:
            body["message"] = payloads.message(source)
        return body


class _Resolved:
    """The things that ids in a call stand for, as far as its caller can see them."""

    def __init__(self, person: Person, guild: Guild | None) -> None:
        self._server = person.server
        self._caller = person.id
        self._guild = guild
        self.body: dict[str, dict[str, Any]] = {}

    def person(self, person: Person) -> str:
        payloads = self._server.payloads
        self.body.setdefault("users", {})[person.id] = payloads.user(person.id)
        # Of somebody who is not in the server Discord tells the user alone.
        if self._guild is not None and person.id in self._guild.members:
            member = payloads.member(person.id, self._guild, with_user=False)
            self.body.setdefault("members", {})[person.id] = member
        return person.id

    def role(self, role: Role) -> str:
        self.body.setdefault("roles", {})[role.id] = self._server.payloads.role(role, 1)
        return role.id

    def channel(self, channel: Channel) -> str:
        found = self._server.payloads.resolved_channel(channel, self._caller)
        self.body.setdefault("channels", {})[channel.id] = found
        return channel.id

    def file(self, upload: Upload) -> str:
        attachment = Attachment(self._server.snowflake(), upload[0], upload[1])
        self._server.files[attachment.id] = attachment
        self.body.setdefault("attachments", {})[attachment.id] = self._server.payloads.attachment(attachment)
        return attachment.id


class _CommandData:
    """The data of a command call, from the command as it is registered."""

    def __init__(self, person: Person, command: str, channel: Channel, *, forged: bool) -> None:
        self._person, self._forged = person, forged
        self._resolved = _Resolved(person, channel.guild)
        root, *self._path = command.split()
        server = person.server
        known = server.commands.get(channel.guild.id if channel.guild else None, []) + server.commands.get(
            None, []
        )
        found = [c for c in known if c["name"] == root]
        assert found, f"/{root} is not registered; there are {[c['name'] for c in known]}"
        self._command = self._spec = found[0]
        needed = int(self._command.get("default_member_permissions") or 0)
        hidden = needed & ~server.payloads.permissions(person.id, channel)
        assert forged or not hidden, f"/{root} is hidden from {person.name}"
        contexts = self._command.get("contexts")
        assert forged or channel.kind != DM or contexts is None or 1 in contexts, f"/{root} is not for DMs"
        for name in self._path:
            below = [o for o in self._spec.get("options") or [] if o["name"] == name]
            assert below, (
                f"/{command}: no {name!r} among {[o['name'] for o in self._spec.get('options') or []]}"
            )
            self._spec = below[0]

    def build(self, given: dict[str, Any], focused: str | None = None) -> dict[str, Any]:
        specs = {o["name"]: o for o in self._spec.get("options") or []}
        given = {name: value for name, value in given.items() if value is not None}
        unknown = set(given) - set(specs)
        assert not unknown, f"no options {unknown} among {list(specs)}"
        missing = [n for n, o in specs.items() if o.get("required") and n not in given]
        assert self._forged or not missing, f"required options {missing} are missing"
        options = [self._option(specs[name], value, focused) for name, value in given.items()]
        spec = self._spec
        for name in reversed(self._path):
            options = [{"name": name, "type": spec["type"], "options": options}]
            spec = self._command if name == self._path[0] else self._group()
        data = {"id": self._command["id"], "name": self._command["name"], "type": 1, "options": options}
        return data | ({"resolved": self._resolved.body} if self._resolved.body else {})

    def _group(self) -> dict[str, Any]:
        return next(o for o in self._command["options"] if o["name"] == self._path[0])

    def _option(self, spec: dict[str, Any], value: Any, focused: str | None) -> dict[str, Any]:
        kind = spec["type"]
        if isinstance(value, Person):
            value = self._resolved.person(value)
        elif isinstance(value, Role):
            assert kind in (commands.ROLE, commands.MENTIONABLE), f"{spec['name']} takes no role"
            value = self._resolved.role(value)
        elif isinstance(value, Channel):
            offered = value.kind in spec.get("channel_types", (value.kind,))
            assert self._forged or offered, f"{spec['name']}: {value.name} is not offered"
            value = self._resolved.channel(value)
        elif isinstance(value, tuple):
            value = self._resolved.file(value)
        option = {"name": spec["name"], "type": kind, "value": value}
        if focused == spec["name"]:
            return option | {"focused": True}
        if not self._forged:
            self._check(spec, value)
        return option

    def _check(self, spec: dict[str, Any], value: Any) -> None:
        """What the platform's client refuses before anything is sent."""
        name, kind = spec["name"], spec["type"]
        expected: dict[int, Any] = {
            commands.INTEGER: int,
            commands.NUMBER: int | float,
            commands.BOOLEAN: bool,
        }
        assert isinstance(value, expected.get(kind, str)), f"{name}: {value!r} is not of type {kind}"
        if choices := spec.get("choices"):
            assert value in [c["value"] for c in choices], f"{name}: {value!r} is not among {choices}"
        if kind == commands.STRING:
            low, high = spec.get("min_length", 0), spec.get("max_length", 6000)
            assert low <= len(value) <= high, f"{name}: {len(value)} characters"
        if kind in (commands.INTEGER, commands.NUMBER):
            assert spec.get("min_value", value) <= value <= spec.get("max_value", value), f"{name}: {value}"


class _ModalData:
    """The data of a submitted form."""

    def __init__(self, person: Person, modal: dict[str, Any], guild: Guild | None) -> None:
        self._modal = modal
        self._resolved = _Resolved(person, guild)

    def build(self, values: dict[str, Any]) -> dict[str, Any]:
        components: list[dict[str, Any]] = []
        labels = []
        for number, top in enumerate(self._modal["components"], 1):
            if top["type"] == limits.TEXT:
                components.append({"type": limits.TEXT, "id": number})
                continue
            field = top["component"] if top["type"] == limits.LABEL else top["components"][0]
            label = top.get("label") or field.get("label")
            labels.append(label)
            filled = self._field(field, values.get(label), label) | {"id": 100 + number}
            if top["type"] == limits.LABEL:
                components.append({"type": limits.LABEL, "id": number, "component": filled})
            else:
                components.append({"type": limits.ROW, "id": number, "components": [filled]})
        unknown = set(values) - set(labels)
        assert not unknown, f"no fields {unknown} among {labels}"
        data = {"custom_id": self._modal["custom_id"], "components": components}
        return data | ({"resolved": self._resolved.body} if self._resolved.body else {})

    def _field(self, field: dict[str, Any], value: Any, label: str) -> dict[str, Any]:
        kind = field["type"]
        body = {"type": kind, "custom_id": field["custom_id"]}
        required = field.get("required", True)
        if kind == limits.TEXT_INPUT:
            text = value if value is not None else field.get("value") or ""
            low = max(field.get("min_length") or 0, 1 if required else 0)
            if text or required:
                assert low <= len(text) <= (field.get("max_length") or 4000), (
                    f"{label}: {len(text)} characters"
                )
            return body | {"value": text}
        if kind == limits.CHECK:
            return body | {"value": bool(field.get("default") if value is None else value)}
        chosen = self._chosen(field, value)
        assert chosen or not required, f"{label} is required"
        if kind == limits.RADIO:
            return body | {"value": chosen[0] if chosen else None}
        return body | {"values": chosen}

    def _chosen(self, field: dict[str, Any], value: Any) -> list[str]:
        options = field.get("options") or []
        if value is None:
            return [o["value"] for o in options if o.get("default")]
        values = value if isinstance(value, list) else [value]
        chosen = []
        for one in values:
            if isinstance(one, Person):
                chosen.append(self._resolved.person(one))
            elif isinstance(one, Role):
                assert field["type"] == limits.ENTITY_SELECTS[2], f"{field['custom_id']} takes no role"
                chosen.append(self._resolved.role(one))
            elif isinstance(one, Channel):
                assert one.kind in field.get("channel_types", (one.kind,)), f"{one.name} is not offered"
                chosen.append(self._resolved.channel(one))
            elif isinstance(one, tuple):
                chosen.append(self._resolved.file(one))
            else:
                found = [o["value"] for o in options if one in (o["label"], o["value"])]
                assert found, f"{one!r} is not among {[o['label'] for o in options]}"
                chosen += found
        return chosen
