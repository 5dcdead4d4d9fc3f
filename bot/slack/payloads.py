"""Calls that travel through Slack and come back: button values and the hidden part of a modal.

Both are strings that survive a restart. One that is too long for its place is kept in the store, and a token
travels in its stead.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.chat.model import Button, Buttons, Form, Person, Place, PlaceKind, Reply
from core.commands import drafts, stored_call
from core.commands.dispatch import Core
from core.commands.drafts import Draft
from core.errors import OutOfDate, Refused

Json = dict[str, Any]

VALUE = 2_000
METADATA = 2_400
"""Of 3,000 that a modal may hide; the rest is for where it came from."""
_DRAFT = "draft|"
_TYPED = "="
"""Marks, among a call's arguments, what was typed into a form that shall be opened again."""
_CHANNEL = re.compile(r"[CDGUW][A-Z0-9]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """Where a turn began and how it may be answered. `response_url` is good for half an hour."""

    workspace: str
    channel: str
    thread: str | None = None
    name: str = ""
    response_url: str | None = None

    @property
    def place(self) -> Place:
        """The place in the core's words."""
        kind = PlaceKind.CHANNEL
        if self.channel[:1] in "DUW":  # a modal may know only the person
            kind = PlaceKind.DIRECT
        elif self.name.startswith("mpdm-"):
            kind = PlaceKind.GROUP
        # Slack's own words where it does not tell a name.
        name = "" if self.name in ("directmessage", "privategroup") else self.name
        if self.thread is not None and kind is PlaceKind.CHANNEL:
            thread = f"{self.channel}:{self.thread}"
            return Place("slack", self.workspace, thread, PlaceKind.THREAD, parent=self.channel, name=name)
        return Place("slack", self.workspace, self.channel, kind, name=name)


async def keep(core: Core, person: Person, draft: Draft, limit: int) -> str:
    """A call as a string of at most `limit` characters."""
    packed = stored_call.pack(draft.command, draft.args, draft.cohort)
    if len(packed) <= limit:
        return packed
    return _DRAFT + await core.store.write(drafts.save, person, draft, core.clock.now())


async def restore(core: Core, person: Person, packed: str) -> Draft:
    """The call in a string. Raises `OutOfDate` where it cannot be read any more."""
    if packed.startswith(_DRAFT):
        now = core.clock.now()
        return await core.store.read(drafts.load, person, packed.removeprefix(_DRAFT), now)
    return Draft(*stored_call.unpack(packed))


def _draft(button: Button, reply: Reply) -> Draft:
    return Draft(button.command, button.args, reply.cohort if button.cohort is None else button.cohort)


async def values(core: Core, person: Person, reply: Reply) -> Callable[[Button], str]:
    """The values of a reply's buttons, those kept in the store included."""
    buttons = [each for block in reply.blocks if isinstance(block, Buttons) for each in block.items]
    kept = [(each, await keep(core, person, _draft(each, reply), VALUE)) for each in buttons]

    def value(button: Button) -> str:
        return next(found for each, found in kept if each is button)

    return value


def public_value(reply: Reply) -> Callable[[Button], str]:
    """The values of the buttons of a post, which belongs to nobody and so can keep nothing in the store."""

    def value(button: Button) -> str:
        draft = _draft(button, reply)
        packed = stored_call.pack(draft.command, draft.args, draft.cohort)
        if len(packed) > VALUE:
            raise Refused(f"The button {button.label!r} holds more than Slack takes.")
        return packed

    return value


def reopening(args: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """The arguments of a button that opens a form again: its hidden ones, and what was typed into it."""
    return {**args, **{_TYPED + name: value for name, value in typed.items()}}


def reopened(args: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """A button's arguments, and apart from them what shall stand in the form that it opens."""
    kept = {name: value for name, value in args.items() if not name.startswith(_TYPED)}
    typed = {name.removeprefix(_TYPED): value for name, value in args.items() if name.startswith(_TYPED)}
    return kept, typed


async def hide(core: Core, person: Person, form: Form, origin: ReplyContext) -> str:
    """The hidden part of a form's modal."""
    call = await keep(core, person, Draft(form.command, form.args, form.cohort), METADATA)
    there = [origin.workspace, origin.channel, origin.thread, origin.name[:80], origin.response_url]
    # Slack counts characters, and an escaped one is six.
    return json.dumps([call, there], separators=(",", ":"), ensure_ascii=False)


def unhide(metadata: str, workspace: str) -> tuple[str, ReplyContext]:
    """A packed call and its origin out of the hidden part of a modal.

    Raises `OutOfDate` for anything else, also for a modal that claims another workspace.
    """
    try:
        call, (home, channel, thread, name, response_url) = json.loads(metadata)
    except (ValueError, TypeError, RecursionError):
        raise OutOfDate("This form is from an earlier version of me. Please run the command again.") from None
    words = all(isinstance(each, str | None) for each in (call, channel, thread, name, response_url))
    if not words or call is None or home != workspace or not _CHANNEL.fullmatch(channel or ""):
        raise OutOfDate("This form belongs somewhere else. Please run the command again.")
    return call, ReplyContext(home, channel, thread, name or "", response_url)
