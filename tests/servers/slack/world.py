"""The world behind a stand-in Slack: who is where, what stands on whose screen, whose turn is open."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.servers.slack import arguments
from tests.servers.slack.faults import DEFAULT_SCOPES, Fault, Faults
from tests.servers.slack.installing import Grant, Organisation, Rotation
from tests.servers.slack.model import (
    ApiError,
    Channel,
    Json,
    Message,
    Modal,
    Shown,
    StoredFile,
    Turn,
    Workspace,
)


@dataclass(frozen=True)
class Call:
    """One recorded Web API call."""

    method: str
    args: Json
    answer: Json


class World:
    """All of the state, and everything that happens to it; knows no transport."""

    def __init__(self) -> None:
        self.calls: deque[Call] = deque(maxlen=5_000)
        self.faults = Faults()
        self.files: dict[str, StoredFile] = {}
        self.turns: dict[str, Turn] = {}
        self.codes: dict[str, Grant] = {}
        self.organisations: dict[str, Organisation] = {}
        """Those that have installed the app, by their tokens."""
        self.rotation = Rotation()
        self.messages_tab = True
        self.refused_blocks: frozenset[str] = frozenset()
        """Kinds of blocks that are refused, whatever the reference says."""
        self.pace_seconds = 0.0
        self.base_url = ""
        self._ids = itertools.count(1)
        self._offset = 0.0
        self._last_ts = 0.0
        self._watchers: list[asyncio.Future[None]] = []
        self._open_turns: dict[str, Turn] = {}
        self.workspaces: dict[str, Workspace] = {}
        self.workspace = self.add_workspace("T0LAB", "Lab", "xoxb-made-up")

    # -- what a test sets up -------------------------------------------------------------------------

    def add_workspace(self, team_id: str, name: str, token: str) -> Workspace:
        """A further team; its token is what an installation hands out."""
        workspace = Workspace(team_id, name, token, f"UBOT{team_id}", f"B{team_id}", set(DEFAULT_SCOPES))
        self.workspaces[token] = workspace
        self.add_member(workspace, workspace.bot_user, "cohort", is_bot=True)
        return workspace

    def add_member(self, workspace: Workspace, user: str, name: str, **facts: Any) -> Json:
        """A member, with the facts `users.info` tells."""
        workspace.members[user] = {
            "id": user,
            "team_id": workspace.team_id,
            "name": name.casefold().replace(" ", "."),
            "real_name": name,
            "deleted": False,
            "is_admin": False,
            "is_owner": False,
            "is_bot": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_stranger": False,
            "tz": "Europe/Berlin",
            "profile": {"display_name": name, "real_name": name},
            **facts,
        }
        return workspace.members[user]

    def add_channel(
        self,
        name: str,
        *,
        kind: str = "public",
        members: set[str] | None = None,
        workspace: Workspace | None = None,
    ) -> Channel:
        """A channel with the bot and, unless told otherwise, every member in it."""
        where = workspace or self.workspace
        initial = {"public": "C", "private": "G", "mpim": "G"}[kind]
        channel = Channel(f"{initial}{self.next_id():06d}", name, kind, set(members or where.members))
        where.channels[channel.id] = channel
        return channel

    def fail(self, method: str, **how: Any) -> None:
        """Plan a failure of a Web API method (a pattern); the fields of `Fault` say how."""
        self.faults.plan(Fault(method, **how))

    # -- time, ids, watching -------------------------------------------------------------------------

    def now(self) -> float:
        """The platform's clock, in Unix seconds."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Let the platform's clock jump, so that triggers and response addresses expire."""
        self._offset += seconds

    def next_id(self) -> int:
        """A number never used before."""
        return next(self._ids)

    def next_ts(self) -> str:
        """A message timestamp, later than all others."""
        self._last_ts = max(self.now(), self._last_ts + 0.000001)
        return f"{self._last_ts:.6f}"

    def changed(self) -> None:
        """Wake everybody who waits for a change."""
        if self._watchers:
            for watcher in self._watchers:
                if not watcher.done():
                    watcher.set_result(None)
            self._watchers.clear()

    async def until(self, ready: Callable[[], Any], within: float = 5.0) -> Any:
        """Wait until something holds and return its (true) value; every change of state asks again."""
        async with asyncio.timeout(within):
            while not (found := ready()):
                watcher = asyncio.get_running_loop().create_future()
                self._watchers.append(watcher)
                await watcher
        return found

    def calls_of(self, method: str) -> list[Call]:
        """The recorded calls of one method."""
        return [c for c in self.calls if c.method == method]

    # -- what the platform does ----------------------------------------------------------------------

    def pace(self, channel: Channel) -> None:
        """Refuse a post that comes sooner than the pace of a channel allows, where a pace is set."""
        if self.pace_seconds and self.now() - channel.last_post < self.pace_seconds:
            raise ApiError("ratelimited", retry_after=max(1, round(self.pace_seconds)))
        channel.last_post = self.now()

    def open_turn(self, workspace: Workspace, user: str, channel: Channel | None, kind: str) -> Turn:
        """Begin an interaction: its id is the trigger id and names the response address."""
        turn_id = f"{self.next_id()}.{workspace.team_id}.t"
        turn = Turn(turn_id, user, channel, kind, self.now(), asyncio.get_running_loop().create_future())
        self.turns[turn_id] = turn
        if kind != "suggestion":
            self._open_turns[turn_id] = turn
        if len(self.turns) > 20_000:
            self._open_turns.pop(self.turns.pop(next(iter(self.turns))).id, None)
        return turn

    def show(self, turn: Turn, what: Shown) -> None:
        """Settle the first thing a member sees of a turn."""
        self._open_turns.pop(turn.id, None)
        turn.show(what)

    def _name_parts(self, blocks: list[Json]) -> None:
        """Give blocks and elements the ids that Slack makes up where the sender gave none."""
        for block in blocks:
            if "block_id" not in block:
                block["block_id"] = f"b{self.next_id()}"
            for element in [*(block["elements"] if block["type"] == "actions" else ()), block.get("element")]:
                if element is not None and "action_id" not in element:
                    element["action_id"] = f"a{self.next_id()}"

    def post(
        self,
        workspace: Workspace,
        channel: Channel,
        payload: Json,
        *,
        via: str,
        only_for: str | None = None,
        thread_ts: str | None = None,
        metadata: Json | None = None,
        files: list[StoredFile] | None = None,
        turn: Turn | None = None,
    ) -> Message:
        """Put a message of the bot on the screens, and settle the turns it answers."""
        message = Message(self.next_ts(), channel, payload, workspace.bot_user, only_for, thread_ts, metadata)
        message.via = via
        message.files = files or []
        if payload.get("blocks"):
            self._name_parts(payload["blocks"])
        (channel.messages if only_for is None else workspace.ephemerals).append(message)
        if turn is not None:
            self.show(turn, message)
        else:
            self._settle(message)
        self.changed()
        return message

    def edit(self, message: Message, payload: Json) -> None:
        """Change a message in place."""
        message.payload = payload
        message.edits += 1
        if payload.get("blocks"):
            self._name_parts(payload["blocks"])
        self._settle(message)
        self.changed()

    def _settle(self, message: Message) -> None:
        """Find the open turn that a message without a trigger answers: the newest that could see it. What carries
        metadata is a post of the bot's own accord, which answers nobody."""
        if message.metadata is not None:
            return
        for turn in reversed(self._open_turns.values()):
            if message.only_for and message.only_for != turn.user:
                continue
            direct = message.channel.kind == "im" and turn.user in message.channel.members
            here = turn.channel is message.channel and turn.kind != "command"
            if message.only_for or direct or here:
                self.show(turn, message)
                return

    def show_modal(self, workspace: Workspace, turn: Turn, view: Json, on: Modal | None = None) -> Modal:
        """Put a modal on the member's screen, on top of another where one is given."""
        if on is not None and sum(m.root == on.root for m in workspace.stack(turn.user)) >= 3:
            raise ApiError("push_limit_reached")
        external = view.get("external_id")
        if external and any(
            m.open and m.view.get("external_id") == external for m in workspace.modals.values()
        ):
            raise ApiError("duplicate_external_id")
        modal = Modal(f"V{self.next_id()}", turn.user, view, turn)
        modal.root = on.root if on else modal.id
        self._name_parts(view["blocks"])
        modal.hash = f"{modal.id}.{self.next_id()}"
        workspace.modals[modal.id] = modal
        if len(workspace.modals) > 5_000:
            workspace.modals.pop(next(iter(workspace.modals)))
        self.show(turn, modal)
        self.changed()
        return modal

    def show_home(self, workspace: Workspace, user: str, view: Json) -> Modal:
        """Put a view on a member's Home tab."""
        turn = Turn(
            f"home.{user}", user, None, "home", self.now(), asyncio.get_running_loop().create_future()
        )
        found = workspace.homes.get(user)
        home = Modal(found.id if found else f"V{self.next_id()}", user, view, turn)
        self._name_parts(view["blocks"])
        home.hash = f"{home.id}.{self.next_id()}"
        workspace.homes[user] = home
        self.changed()
        return home

    def change_modal(self, modal: Modal, view: Json) -> None:
        """Change an open modal in place."""
        self._name_parts(view["blocks"])
        modal.view = view
        modal.errors = {}
        modal.hash = f"{modal.id}.{self.next_id()}"
        for turn in self.turns.values():
            if turn.modal is modal:
                self.show(turn, modal)
        self.changed()

    def new_file(self, name: str, length: int, alt_text: str = "") -> StoredFile:
        """A file that is still to be uploaded."""
        stored = StoredFile(f"F{self.next_id():06d}", name, length, alt_text)
        self.files[stored.id] = stored
        return stored

    def file_json(self, stored: StoredFile) -> Json:
        """A file as payloads carry it."""
        address = f"{self.base_url}/download/{stored.id}"
        return {
            "id": stored.id,
            "name": stored.name,
            "title": stored.title,
            "size": len(stored.data),
            "mimetype": "application/octet-stream",
            "url_private": address,
            "url_private_download": address,
        }

    def respond(self, turn: Turn, payload: Json, *, via: str) -> Message | None:
        """Take what came through a response address or inside an acknowledgement."""
        workspace = self.workspace_of(turn)
        origin = turn.message
        if payload.get("delete_original"):
            if origin is not None:
                origin.deleted = True
                self.changed()
            return None
        arguments.check_payload(payload, self.refused_blocks)
        answered = self._youngest(turn)
        replaces = payload.get("replace_original") is True or str(payload.get("replace_original")) == "true"
        if origin is not None and replaces:
            self.edit(origin, payload)
            self.show(answered, origin)
            return origin
        assert turn.channel is not None, "a response address belongs to a channel"
        public = payload.get("response_type") == "in_channel"
        only_for = None if public else turn.user
        thread = payload.get("thread_ts")
        message = self.post(
            workspace, turn.channel, payload, via=via, only_for=only_for, thread_ts=thread, turn=answered
        )
        turn.message = message if turn.kind == "command" else turn.message
        return message

    def _youngest(self, turn: Turn) -> Turn:
        """The open turn that grew out of this one (a form it opened), or the turn itself."""
        if not turn.shown.done():
            return turn
        for other in reversed(self._open_turns.values()):
            ancestor = other.parent
            while ancestor is not None and ancestor is not turn:
                ancestor = ancestor.parent
            if ancestor is turn:
                return other
        return turn

    def workspace_of(self, turn: Turn) -> Workspace:
        """The team in which an interaction takes place."""
        return next(w for w in self.workspaces.values() if turn.user in w.members)

    def forget_view(self, modal: Modal, *, whole_stack: bool = False) -> None:
        """Close a modal, or everything under it too."""
        for other in self.workspace_of(modal.turn).modals.values():
            if other is modal or (whole_stack and other.root == modal.root):
                other.open = False
        self.changed()
