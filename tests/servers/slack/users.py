"""A member at a keyboard: commands, clicks, forms, suggestions, each awaited until the answer is visible."""

import asyncio
from typing import Any

from tests.servers.slack import fields, limits
from tests.servers.slack.arguments import as_json
from tests.servers.slack.model import (
    ApiError,
    Channel,
    Failed,
    Json,
    Message,
    Modal,
    Shown,
    Turn,
    Workspace,
    elements,
)
from tests.servers.slack.server import SlackServer, check_options
from tests.servers.slack.transports import Kind
from tests.servers.slack.views import view_json

PATIENCE = 10.0


class SlackUser:
    """One member of a workspace, who stands in a channel."""

    def __init__(
        self, server: SlackServer, user: str, channel: Channel, workspace: Workspace | None = None
    ) -> None:
        self.server = server
        self.id = user
        self.channel = channel
        self.workspace = workspace or server.workspace

    @property
    def ephemerals(self) -> list[Message]:
        """What only this member was shown in channels, oldest first."""
        return [m for m in self.workspace.ephemerals if m.only_for == self.id and not m.deleted]

    @property
    def direct(self) -> list[Message]:
        """The bot's direct messages to this member."""
        return list(self.workspace.direct(self.id).messages)

    @property
    def modals(self) -> list[Modal]:
        """The open modals, undermost first."""
        return self.workspace.stack(self.id)

    # -- payloads ------------------------------------------------------------------------------------

    def _who(self) -> Json:
        member = self.workspace.members[self.id]
        return {
            "id": self.id,
            "username": member["name"],
            "name": member["name"],
            "team_id": self._home,
        }

    @property
    def _home(self) -> str:
        """The workspace that this member belongs to: in a shared channel payloads name it, not the channel's."""
        return str(self.workspace.members[self.id]["team_id"])

    @property
    def _whole(self) -> bool:
        """Whether the app is installed into the whole organisation of this workspace."""
        return any(self.workspace in each.workspaces for each in self.server.organisations.values())

    def _common(self, turn: Turn, kind: str) -> Json:
        enterprise = self.workspace.enterprise
        return {
            "type": kind,
            "user": self._who(),
            "team": None if self._whole else {"id": self._home, "domain": "lab"},
            "api_app_id": "A0COHORT",
            "token": "made-up",
            "enterprise": {"id": enterprise, "name": "Org"} if enterprise else None,
            "is_enterprise_install": self._whole,
            "trigger_id": turn.id,
        }

    def slash(self, turn: Turn, name: str, text: str) -> Json:
        """The payload of a slash command."""
        channel = turn.channel or self.channel
        return {
            "token": "made-up",
            "team_id": self._home,
            "team_domain": "lab",
            "channel_id": channel.id,
            "channel_name": {"im": "directmessage", "private": "privategroup"}.get(
                channel.kind, channel.name
            ),
            "user_id": self.id,
            "user_name": self.workspace.members[self.id]["name"],
            "command": name,
            "text": text,
            "api_app_id": "A0COHORT",
            "is_enterprise_install": str(self._whole).lower(),
            **({"enterprise_id": self.workspace.enterprise} if self.workspace.enterprise else {}),
            "response_url": f"{self.server.base_url}/response/{turn.id}",
            "trigger_id": turn.id,
        }

    def _container(self, turn: Turn, message: Message) -> Json:
        body: Json = {
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": message.channel.id,
                "is_ephemeral": message.only_for is not None,
            },
            "channel": {"id": message.channel.id, "name": message.channel.name},
            "response_url": f"{self.server.base_url}/response/{turn.id}",
        }
        if message.thread_ts:
            body["container"]["thread_ts"] = message.thread_ts
        if message.only_for is None:
            body["message"] = as_json(self.workspace, message)
        return body

    @property
    def home(self) -> Modal | None:
        """What this member's Home tab shows."""
        return self.workspace.homes.get(self.id)

    async def open_home(self, tab: str = "home") -> Modal:
        """Open the app; returns what its Home tab shows once the bot has published it."""
        before = self.home
        body: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.workspace.direct(self.id).id,
            "tab": tab,
        }
        if before is not None:
            body["view"] = view_json(self.workspace, before)
        await self.event({**body, "event_ts": self.server.next_ts()})
        await self.server.until(lambda: self.home not in (None, before))
        assert self.home is not None
        return self.home

    async def home_shows(self, words: str) -> Modal:
        """The Home tab once it shows these words."""
        await self.server.until(lambda: self.home is not None and words in self.home.text)
        assert self.home is not None
        return self.home

    async def write(self, text: str, *, retry: int = 0, **more: Any) -> None:
        """Write to the bot in the direct message."""
        direct = self.workspace.direct(self.id)
        ts = self.server.next_ts()
        said = {
            "type": "message",
            "channel": direct.id,
            "channel_type": "im",
            "user": self.id,
            "text": text,
            "ts": ts,
        }
        await self.event({**said, "event_ts": ts, **more}, retry=retry)

    async def mention(
        self, text: str, *, channel: Channel | None = None, retry: int = 0, **more: Any
    ) -> None:
        """Mention the bot in a channel."""
        ts = self.server.next_ts()
        words = f"<@{self.workspace.bot_user}> {text}"
        said = {
            "type": "app_mention",
            "channel": (channel or self.channel).id,
            "user": self.id,
            "text": words,
            "ts": ts,
        }
        await self.event({**said, "event_ts": ts, **more}, retry=retry)

    # -- turns ---------------------------------------------------------------------------------------

    async def send(self, turn: Turn, kind: Kind, payload: Json, retry: int = 0) -> Any:
        """Deliver a payload and take the acknowledgement; returns what the bot put into it."""
        turn.payload = payload
        turn.ack = await self.server.transport.deliver(kind, payload, retry)
        turn.acknowledged = self.server.now()
        return turn.ack

    async def answer(self, turn: Turn, within: float = PATIENCE) -> Shown:
        """The first thing that becomes visible in this turn.

        Raises:
            Failed: nothing did.
        """
        try:
            return await asyncio.wait_for(asyncio.shield(turn.shown), within)
        except TimeoutError:
            raise Failed(f"acknowledged, but nothing was shown within {within} s: {turn.payload}") from None

    async def command(
        self, name: str, text: str = "", *, channel: Channel | None = None, within: float = PATIENCE
    ) -> Shown:
        """Type a slash command; returns the message or the modal that answers it."""
        turn = await self.begin(name, text, channel=channel)
        return await self.answer(turn, within)

    async def begin(self, name: str, text: str = "", *, channel: Channel | None = None) -> Turn:
        """Type a slash command and return as soon as it is acknowledged."""
        turn = self.server.open_turn(self.workspace, self.id, channel or self.channel, "command")
        await self.slash_again(turn, self.slash(turn, name, text))
        return turn

    async def slash_again(self, turn: Turn, payload: Json, retry: int = 0) -> None:
        """Deliver a slash command's payload, perhaps the same one once more."""
        ack = await self.send(turn, "slash_commands", payload, retry)
        said = {"text": ack} if isinstance(ack, str) else ack or {}
        if said.get("text") or said.get("blocks"):
            try:
                self.server.respond(turn, said, via="ack")
            except ApiError as refusal:
                raise Failed(f"the acknowledgement was refused: {refusal.body}") from refusal

    async def say(self, name: str, text: str = "", **where: Any) -> Message:
        """A command that is answered by a message."""
        return as_message(await self.command(name, text, **where))

    async def form(self, name: str, text: str = "", **where: Any) -> Modal:
        """A command that is answered by a modal."""
        return as_modal(await self.command(name, text, **where))

    async def press(self, shown: Shown, label: str) -> Turn:
        """Click a button and return as soon as it is acknowledged."""
        blocks = shown.view["blocks"] if isinstance(shown, Modal) else shown.blocks
        buttons = [(b, e) for b, e in elements(blocks) if e["type"] == "button"]
        found = next((p for p in buttons if p[1]["text"]["text"] == label), None) or next(
            (p for p in buttons if label.casefold() in p[1]["text"]["text"].casefold()), None
        )
        if found is None:
            raise Failed(f"no button {label!r}; there are {[e['text']['text'] for _, e in buttons]}")
        action: Json = {k: found[1][k] for k in ("type", "action_id", "text", "value") if k in found[1]}
        return await self.act(
            shown, {**action, "block_id": found[0]["block_id"], "action_ts": self.server.next_ts()}
        )

    async def choose(self, shown: Message, label: str, *, within: float = PATIENCE) -> Shown:
        """Choose what begins so from a menu of a message; returns what answers it."""
        return await self.answer(await self.pick(shown, label), within)

    async def pick(self, shown: Message, label: str) -> Turn:
        """Choose what begins so from a menu of a message and return as soon as it is acknowledged."""
        for block, element in elements(shown.blocks):
            for option in element.get("options", ()) if element["type"] == "static_select" else ():
                if option["text"]["text"].startswith(label):
                    action: Json = {key: element[key] for key in ("type", "action_id", "placeholder")}
                    action |= {
                        "selected_option": option,
                        "block_id": block["block_id"],
                        "action_ts": self.server.next_ts(),
                    }
                    return await self.act(shown, action)
        raise Failed(f"no option {label!r} in {shown.blocks}")

    async def act(self, shown: Shown, action: Json) -> Turn:
        """Deliver one block action."""
        channel = shown.channel if isinstance(shown, Message) else shown.turn.channel
        turn = self.server.open_turn(self.workspace, self.id, channel, "click")
        payload = {**self._common(turn, "block_actions"), "actions": [action]}
        if isinstance(shown, Message):
            turn.message = shown
            payload |= self._container(turn, shown)
        else:
            turn.modal, turn.parent = shown, shown.turn
            view = view_json(self.workspace, shown)
            payload |= {"view": view, "container": {"type": "view", "view_id": shown.id}}
        await self.send(turn, "interactive", payload)
        return turn

    async def click(self, shown: Shown, label: str, *, within: float = PATIENCE) -> Shown:
        """Click a button by its label; returns the message or the modal that answers it."""
        return await self.answer(await self.press(shown, label), within)

    async def suggest(self, modal: Modal, label: str, typed: str = "") -> list[Json]:
        """Type into a select with suggestions; returns the options shown."""
        block = modal.input(label)
        element = block["element"]
        if element["type"] != "external_select":
            raise Failed(f"{label!r} is a {element['type']}, it asks for no suggestions")
        if len(typed) < element.get("min_query_length", 3):
            return []
        turn = self.server.open_turn(self.workspace, self.id, modal.turn.channel, "suggestion")
        payload = {
            **self._common(turn, "block_suggestion"),
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "value": typed,
            "container": {"type": "view", "view_id": modal.id},
            "view": view_json(self.workspace, modal),
        }
        return check_options(await self.send(turn, "interactive", payload))

    async def type_into(self, modal: Modal, values: dict[str, Any]) -> bool:
        """Type into inputs by label, without sending the form. Returns whether Slack tells the app of it: only a field
        that asks for that does, and then of all fields."""
        chosen = {modal.input(label)["block_id"]: value for label, value in values.items()}
        telling = [block for block in map(modal.input, values) if block.get("dispatch_action")]
        if not telling:
            return False
        config = telling[-1]["element"].get("dispatch_action_config") or {}
        assert config.get("trigger_actions_on") == ["on_character_entered"], config
        block_id, action_id = telling[-1]["block_id"], telling[-1]["element"]["action_id"]
        turn = self.server.open_turn(self.workspace, self.id, modal.turn.channel, "typing")
        turn.modal, turn.parent = modal, modal.turn
        view = view_json(self.workspace, modal)
        view["state"] = {"values": fields.fill(modal, chosen)}
        action = {"type": "plain_text_input", "block_id": block_id, "action_id": action_id}
        action |= {"value": chosen[block_id], "action_ts": self.server.next_ts()}
        container = {"type": "view", "view_id": modal.id}
        payload = {
            **self._common(turn, "block_actions"),
            "actions": [action],
            "view": view,
            "container": container,
        }
        await self.send(turn, "interactive", payload)
        return True

    async def close(self, modal: Modal) -> Turn | None:
        """Press Escape. Returns the turn in which the app is told, None where it did not ask for that; Slack does not
        tell then what was typed."""
        modal.open = False
        if not modal.view.get("notify_on_close"):
            return None
        turn = self.server.open_turn(self.workspace, self.id, modal.turn.channel, "close")
        turn.modal, turn.parent = modal, modal.turn
        payload = {
            **self._common(turn, "view_closed"),
            "view": view_json(self.workspace, modal),
            "is_cleared": False,
        }
        await self.send(turn, "interactive", payload)
        return turn

    async def submit(
        self,
        modal: Modal,
        values: dict[str, Any] | None = None,
        *,
        quiet: bool = False,
        within: float = PATIENCE,
    ) -> Shown:
        """Fill in inputs by label and press submit; returns what is shown next.

        That is the same modal with `errors`, another modal, or the message that answers. With `quiet` the
        modal itself is returned as soon as it closed.
        """
        turn = await self.send_form(modal, values or {})
        ack = turn.ack if isinstance(turn.ack, dict) else {}
        shown = self._take_form_ack(modal, turn, ack)
        if shown is not None:
            return shown
        return modal if quiet else await self.answer(turn, within)

    async def send_form(self, modal: Modal, values: dict[str, Any]) -> Turn:
        """Deliver a submission and return with its acknowledgement, not applied yet."""
        if not modal.open:
            raise Failed("this modal is closed")
        chosen: Json = {}
        for label, value in values.items():
            block = modal.input(label)
            if block["element"]["type"] == "external_select" and value is not None:
                typed = str(value)
                value = fields.find_option(await self.suggest(modal, label, typed), value)
            chosen[block["block_id"]] = value
        turn = self.server.open_turn(self.workspace, self.id, modal.turn.channel, "submit")
        turn.modal, turn.parent = modal, modal.turn
        view = view_json(self.workspace, modal)
        view["state"] = {"values": fields.fill(modal, chosen)}
        payload = {**self._common(turn, "view_submission"), "view": view, "response_urls": []}
        await self.send(turn, "interactive", payload)
        return turn

    def _take_form_ack(self, modal: Modal, turn: Turn, ack: Json) -> Shown | None:
        action = ack.get("response_action")
        if action == "errors":
            blocks = {b["block_id"]: b["label"]["text"] for b in modal.view["blocks"] if b["type"] == "input"}
            errors: Json = ack.get("errors") or {}
            if not errors or not errors.keys() <= blocks.keys() or not all(errors.values()):
                raise Failed(
                    f"We had some trouble connecting. Try again? (errors for unknown blocks: {errors})"
                )
            modal.errors = {blocks[block]: str(said) for block, said in errors.items()}
            self.server.show(turn, modal)
            return modal
        if action in ("update", "push"):
            wrong = limits.view(ack["view"])
            if wrong:
                raise Failed(f"We had some trouble connecting. Try again? {wrong}")
            if action == "update":
                self.server.change_modal(modal, ack["view"])
                return modal
            return self.server.show_modal(self.workspace, turn, ack["view"], on=modal)
        if action not in (None, "clear"):
            raise Failed(f"unknown response_action {action!r}")
        modal.errors = {}
        self.server.forget_view(modal, whole_stack=action == "clear")
        return None

    async def event(self, body: Json, *, retry: int = 0) -> None:
        """Deliver an event of the Events API; `body` is its `event`."""
        whose: Json = {"team_id": self.workspace.team_id, "user_id": self.workspace.bot_user}
        if self._whole:
            of_all = ("app_uninstalled", "tokens_revoked", "team_access_granted", "team_access_revoked")
            team = None if body["type"] in of_all else whose["team_id"]
            whose |= {"team_id": team, "enterprise_id": self.workspace.enterprise}
            whose |= {"is_enterprise_install": True}
        event_id = body.pop("event_id", f"Ev{self.server.next_id()}")
        await self.server.transport.deliver(
            "events_api",
            {
                "type": "event_callback",
                "token": "made-up",
                "team_id": whose["team_id"],
                **({"enterprise_id": self.workspace.enterprise} if self.workspace.enterprise else {}),
                "api_app_id": "A0COHORT",
                "event_id": event_id,
                "event_time": int(self.server.now()),
                "authorizations": [whose],
                "event": body,
            },
            retry,
        )

    def upload(self, name: str, data: bytes) -> Json:
        """A file of this member, for a file input; the bot fetches it with `files:read`."""
        stored = self.server.new_file(name, len(data))
        stored.data, stored.done = data, True
        return self.server.file_json(stored)


def as_message(shown: Shown) -> Message:
    """The message that was expected."""
    if isinstance(shown, Message):
        return shown
    raise Failed(f"a modal opened instead of a message: {shown.title} {shown.errors}")


def as_modal(shown: Shown) -> Modal:
    """The modal that was expected."""
    if isinstance(shown, Modal):
        return shown
    raise Failed(f"a message came instead of a modal: {shown.text}")
