"""The one way in: a request becomes a reply or a form.

`Core.run` finds who calls, where, which cohort is meant and whether they may; turns raw arguments into what
the handler's signature says; and runs the handler. It raises nothing but cancellation.
"""

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog

from core import clock as clocks
from core import directory, held
from core.chat import (
    Argument,
    Block,
    Button,
    Buttons,
    ChannelRef,
    Choice,
    Form,
    FormField,
    PersonRef,
    PlaceKind,
    Reply,
    Request,
    Upload,
)
from core.coerce import coerce
from core.directory import Standing
from core.errors import BadInput, NoCohort, NotAllowed, OutOfDate, UserError, unexpected
from core.kept import Kept
from core.people import Access, Cohort, Member, Scope
from core.registry import Command, Registry
from core.store import Conn, Store
from core.text import Sayable, clean, join, say

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger()

KEEP_HANDLED = 3 * 24 * 60 * 60 * 1_000_000
"""How long a call's id is remembered, microseconds. Platforms re-deliver within the hour."""

Show = Callable[[Reply], Awaitable[None]]
"""Shows a reply in the place of the one that is still to come. An adapter shows it when and if it can."""


@dataclass(slots=True)
class Call:
    """What a handler is given: the request, on whose behalf it runs, and the store."""

    core: "Core"
    request: Request
    scope: Scope | None
    now: datetime
    _show: Show | None = None
    _writes: int = field(default=0, init=False)

    @property
    def known(self) -> Scope:
        """The scope. Raises `NoCohort` where the command runs without a cohort."""
        if self.scope is None:
            raise NoCohort(NO_COHORT)
        return self.scope

    @property
    def cohort(self) -> Cohort:
        """The cohort that is meant."""
        return self.known.cohort

    @property
    def member(self) -> Member:
        """The caller as a member of the cohort. Raises `NotAllowed` for somebody who has not joined."""
        if self.known.member is None:
            raise NotAllowed(NOT_A_MEMBER)
        return self.known.member

    async def progress(self, words: Sayable, *buttons: Button) -> None:
        """Say how far a long answer has come. Call it about once a second; an adapter shows what its platform
        permits, which may be nothing. What fails here does not touch the answer."""
        if self._show is None:
            return
        command = self.core.registry.commands[self.request.command]
        cohort = self.scope.cohort.id if self.scope else None
        blocks = (Buttons(buttons),) if buttons else ()
        try:
            await self._show(Reply(words, blocks, private=command.private, cohort=cohort))
        except Exception:
            self._show = None
            log.exception("progress could not be shown", command=command.name)

    async def read(self, fn: Callable[Concatenate[Conn, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a plain function on a snapshot of the store."""
        return await self.core.store.read(fn, *args, **kwargs)

    async def write(self, fn: Callable[Concatenate[Conn, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a plain function in a transaction that also records this call. When the platform delivers the
        call again, `fn` is not run; its first result is given back. Results are JSON values."""
        self._writes += 1
        key = f"{call_id(self.request)}:{self._writes}"

        def once(conn: Conn) -> T:
            row = conn.one("SELECT result FROM handled WHERE call_id = :key", key=key)
            if row is not None:
                return json.loads(row["result"])  # type: ignore[no-any-return]  # it was a T when it was stored
            result = fn(conn, *args, **kwargs)
            conn.run(
                "INSERT INTO handled (call_id, at, result) VALUES (:key, :at, :result)",
                key=key,
                at=clocks.micros(self.now),
                result=json.dumps(result),
            )
            return result

        return await self.core.store.write(once)


NO_COHORT = say(
    "This channel does not belong to a cohort yet. Use the command in your cohort's channel, or ask an "
    "organizer to run `cohort-admin setup` here."
)
HELD_BACK = say(
    "\nI could not send you this as a direct message. If you want it there, allow messages from me and run "
    "`profile reminders`; until then it comes with my answers."
)
NOT_A_MEMBER = say("You have not joined this cohort yet. Run `cohort join` first; it takes a second.")


def call_id(request: Request) -> str:
    """The platform's id of a call, made unique over platforms and workspaces."""
    return f"{request.person.platform}:{request.person.workspace}:{request.id}"


@dataclass(frozen=True)
class Core:
    """Registry, store and clock under one roof, and the way in."""

    registry: Registry
    store: Store
    clock: clocks.Clock
    setup_by_anyone: bool = False
    kept: Kept = field(default_factory=Kept)

    async def run(self, request: Request, show: Show | None = None) -> Reply | Form:
        """Carry out a request. A missing required parameter gives the form that asks for it. `show` is told
        how far a long answer has come."""
        try:
            return await self._run(request, show)
        except UserError as error:
            return Reply(
                error.text, error.blocks, private=True, cohort=request.cohort, error=True, field=error.field
            )
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("call failed", reference=reference, command=request.command, source=request.source)
            return Reply(unexpected(reference), private=True, cohort=request.cohort, error=True)

    async def _run(self, request: Request, show: Show | None) -> Reply | Form:
        command = self.registry.commands.get(request.command)
        if command is None:
            raise OutOfDate(say("I do not know `{name}`. `cohort help` lists what I can do.",
                                name=request.command[:80]))  # fmt: skip
        now = self.clock.now()
        prepared = await self.store.read(self._prepare, request, command, now)
        if isinstance(prepared, Form):
            return prepared
        scope, values, closed = prepared
        call = Call(self, request, scope, now, show)
        reply = await command.handler(call, **values)
        cohort = reply.cohort if reply.cohort is not None else (scope.cohort.id if scope else None)
        # Made anew rather than by the slower `replace`; every call comes through here.
        reply = Reply(reply.text, reply.blocks, command.private, cohort, reply.error, reply.field)
        return await self._with_held(request, reply) if closed and reply.private else reply

    async def _with_held(self, request: Request, reply: Reply) -> Reply:
        """The answer to somebody whose direct messages are closed, with the posts that wait for them below."""
        now = clocks.micros(self.clock.now())
        if request.place.kind is PlaceKind.DIRECT:
            await self.store.write(held.open_door, request.person)
        posts = await self.store.write(held.take, self.registry, request.person, call_id(request), now)
        for post in posts:
            try:
                more = await self.registry.posts[post.kind].render(self, post)
            except Exception:
                reference = secrets.token_hex(4)
                log.exception("post cannot be rendered", reference=reference, post=post.id)
                reason = f"It could not be put into words (reference {reference})."
                await self.store.write(held.failed, post.id, reason, now)
                continue
            blocks = (*reply.blocks, *(of_cohort(block, post.cohort.id) for block in more.blocks))
            reply = replace(reply, text=join([reply.text, HELD_BACK, more.text]), blocks=blocks)
        return reply

    def _prepare(
        self, conn: Conn, request: Request, command: Command, now: datetime
    ) -> tuple[Scope | None, dict[str, Any], bool] | Form:
        stands = directory.standing(conn, request.person, request.place)
        scope = self._scope(conn, request, command, now, stands)
        if command.missing(request.args):
            return build_form(conn, command, request.args, scope)
        values = coerce(conn, self.registry, command, request.args, scope, request.person, request.source)
        return scope, values, stands.closed

    def _scope(
        self, conn: Conn, request: Request, command: Command, now: datetime, stands: Standing
    ) -> Scope | None:
        """The scope a command runs in, after the caller's right to run it was checked."""
        if request.place.kind is PlaceKind.GROUP:
            raise NotAllowed("I do not work in group messages. Please use your cohort's channel.")
        person_id, cohort, member, _ = stands
        if cohort is None or request.cohort is not None:
            cohort = find_cohort(conn, request, person_id)
            member = (
                directory.member_of(conn, cohort.id, person_id) if cohort and person_id is not None else None
            )
        if request.person.guest and member is None:
            raise NotAllowed("Guests of this workspace cannot use me unless they are members of the cohort.")
        self._authorise(conn, request, command, cohort, member)
        if cohort is None:
            return None
        return Scope(cohort, member, clocks.micros(now), clocks.local_date(now, cohort.zone))

    def _authorise(
        self, conn: Conn, request: Request, command: Command, cohort: Cohort | None, member: Member | None
    ) -> None:
        if command.access is Access.SETUP:
            if not self._may_set_up(conn, request):
                raise NotAllowed(
                    "Setting up a cohort is for those who manage this workspace or server. "
                    "Please ask one of them to run this command."
                )
            return
        if cohort is None:
            if command.needs_cohort:
                raise ask_which(conn, request)
            return
        match command.access:
            case Access.MEMBER if member is None:
                raise NotAllowed(NOT_A_MEMBER)
            case Access.MENTOR if member is None or not (member.mentor or member.organizer):
                raise NotAllowed("This is for the cohort's mentors and organizers.")
            case Access.ORGANIZER if member is None or not member.organizer:
                if not (request.person.manager and not directory.has_organizer(conn, cohort.id)):
                    raise NotAllowed("This is for the cohort's organizers. Please ask one of them.")

    def _may_set_up(self, conn: Conn, request: Request) -> bool:
        """Managers may; so may organizers of a cohort here; and anyone, if the operator said so, for as long
        as there is no organizer."""
        if request.person.manager:
            return True
        place = request.place
        here = directory.cohorts_of_workspace(conn, place.platform, place.workspace)
        person_id = directory.person_of(conn, request.person)
        own = (
            [directory.member_of(conn, each.id, person_id) for each in here] if person_id is not None else []
        )
        if any(member is not None and member.organizer for member in own):
            return True
        return self.setup_by_anyone and not any(directory.has_organizer(conn, each.id) for each in here)

    async def complete(
        self, request: Request, param_name: str, typed: str, *, most: int = 25
    ) -> Sequence[Choice]:
        """What to offer for a parameter while it is typed. Never raises; offers nothing to those who may
        not run the command."""
        command = self.registry.commands.get(request.command)
        param = command.param(param_name) if command else None
        if command is None or param is None or not param.completes:
            return ()
        kind = self.registry.records[param.type]

        def offer(conn: Conn) -> Sequence[Choice]:
            stands = directory.standing(conn, request.person, request.place)
            scope = self._scope(conn, request, command, self.clock.now(), stands)
            if scope is None and kind.needs_cohort:
                return ()
            return kind.complete(conn, scope, clean(typed, multiline=False))[:most]  # type: ignore[arg-type]  # as in coerce

        try:
            return await self.store.read(offer)
        except UserError:
            return ()
        except Exception:
            log.exception("completion failed", command=request.command, parameter=param_name)
            return ()


MOST_ASKED = 25
"""Cohorts that somebody can choose among: as many buttons as every platform shows."""


def find_cohort(conn: Conn, request: Request, person_id: int | None) -> Cohort | None:
    """The cohort that a request means where that is not the channel's: the one its button belongs to, or the
    person's only one in this workspace. Nobody gets at a cohort that they are not in but in its own channels:
    whoever let them in there let them in here."""
    if request.cohort is not None:
        found = directory.cohort_in_reach(conn, request.cohort, request.place, person_id)
        if found is None:
            raise OutOfDate(
                "This belongs to a cohort that is not active here any more, or to one that you are not in. "
                "In a cohort's own channel anybody can run `cohort join`."
            )
        return found
    own = candidates(conn, request, person_id)
    return own[0] if len(own) == 1 else None


def candidates(conn: Conn, request: Request, person_id: int | None) -> list[Cohort]:
    """The cohorts that may be meant where the channel does not say: those that the person is in."""
    return directory.cohorts_of_person(conn, person_id, request.place) if person_id is not None else []


def ask_which(conn: Conn, request: Request) -> UserError:
    """No cohort was found: say what to do, or ask which one is meant, with a button for each."""
    found = candidates(conn, request, directory.person_of(conn, request.person))
    if not found:
        return NoCohort(NO_COHORT)
    args = as_words(request.args)
    buttons = [Button(each.name[:75], request.command, args, cohort=each.id) for each in found[:MOST_ASKED]]
    rows = tuple(Buttons(tuple(buttons[at : at + 5])) for at in range(0, len(buttons), 5))
    more = len(found) - MOST_ASKED
    left = f" {more} more are not shown; use the command in their channel." if more > 0 else ""
    return NoCohort(say("Which cohort do you mean?{left}", left=left), blocks=rows)


def of_cohort(block: Block, cohort: int) -> Block:
    """A post's buttons mean its own cohort, whatever cohort the answer is about that they come with."""
    if not isinstance(block, Buttons):
        return block
    return Buttons(tuple(replace(each, cohort=each.cohort or cohort) for each in block.items))


def as_words(args: Mapping[str, Argument]) -> dict[str, str]:
    """Arguments as texts, for buttons and forms. Files cannot be kept and are left out."""
    words = {}
    for name, value in args.items():
        match value:
            case PersonRef(id=id_) | ChannelRef(id=id_):
                words[name] = id_
            case Upload():
                continue
            case bool():
                words[name] = "yes" if value else "no"
            case _:
                words[name] = str(value)
    return words


def build_form(conn: Conn, command: Command, given: Mapping[str, Argument], scope: Scope | None) -> Form:
    """The form that asks for a command's parameters. What was given already stands in it, or stays with it
    where the form does not show the parameter."""
    for name in given:
        if command.param(name) is None:
            raise BadInput(say("`{command}` has no parameter {name}.", command=command.name, name=name))
    stored = command.prefill(conn, scope) if command.prefill and scope else {}
    words = {**stored, **as_words(given)}
    shown = [
        param for param in command.params if param.in_form or (param.required and param.name not in words)
    ]
    fields = tuple(
        FormField(
            param.name,
            param.label,
            param.kind,
            param.required,
            param.help,
            param.choices,
            param.max_length,
            words.get(param.name, default_words(param.default)),
        )
        for param in shown
    )
    names = {param.name for param in shown}
    kept = {name: value for name, value in words.items() if name not in names}
    title = command.form or f"{command.group.capitalize()} {command.verb}"
    return Form(title, command.name, fields, kept, scope.cohort.id if scope else None)


def default_words(default: object) -> str | None:
    """A parameter's default as it stands in a form."""
    if default is None:
        return None
    return ("yes" if default else "no") if isinstance(default, bool) else str(default)
