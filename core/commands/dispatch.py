"""The one way in: a request becomes a reply or a form.

`Core.run` finds who calls, where, which cohort is meant and whether they may; turns raw arguments into what
the handler's signature says; and runs the handler. It raises nothing but cancellation.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog

from core import clock as clocks
from core.chat.model import (
    Block,
    Button,
    Buttons,
    Choice,
    Form,
    PlaceKind,
    Reply,
    Request,
)
from core.chat.text import Sayable, clean, join, say
from core.cohorts import directory
from core.cohorts.directory import CallerContext
from core.cohorts.model import Cohort, Member, Scope
from core.commands.access import NO_COHORT, NOT_A_MEMBER, ask_which, find_cohort
from core.commands.arguments import coerce
from core.commands.caches import Singletons
from core.commands.forms import build_form
from core.commands.registry import Registry
from core.commands.spec import Access, Command
from core.delivery import deferred
from core.errors import NoCohort, NotAllowed, OutOfDate, UserError, report, unexpected
from core.store.port import Conn, Store

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
    optional_scope: Scope | None
    now: datetime
    _show: Show | None = None
    _writes: int = field(default=0, init=False)

    @property
    def scope(self) -> Scope:
        """The scope. Raises `NoCohort` where the command runs without a cohort."""
        if self.optional_scope is None:
            raise NoCohort(NO_COHORT)
        return self.optional_scope

    @property
    def cohort(self) -> Cohort:
        """The cohort that is meant."""
        return self.scope.cohort

    @property
    def member(self) -> Member:
        """The caller as a member of the cohort. Raises `NotAllowed` for somebody who has not joined."""
        if self.scope.member is None:
            raise NotAllowed(NOT_A_MEMBER)
        return self.scope.member

    async def progress(self, words: Sayable, *buttons: Button) -> None:
        """Say how far a long answer has come. Call it about once a second; an adapter shows what its platform
        permits, which may be nothing. What fails here does not touch the answer."""
        if self._show is None:
            return
        command = self.core.registry.commands[self.request.command]
        cohort = self.optional_scope.cohort.id if self.optional_scope else None
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


HELD_BACK = say(
    "\nI could not send you this as a direct message. If you want it there, allow messages from me and run "
    "`profile reminders`; until then it comes with my answers."
)


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
    singletons: Singletons = field(default_factory=Singletons)

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
            reference = report("call failed", command=request.command, source=request.source)
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
            await self.store.write(deferred.mark_dms_open, request.person)
        posts = await self.store.write(deferred.claim, self.registry, request.person, call_id(request), now)
        for post in posts:
            try:
                more = await self.registry.posts[post.kind].render(self, post)
            except Exception:
                reference = report("post cannot be rendered", post=post.id)
                reason = f"It could not be put into words (reference {reference})."
                await self.store.write(deferred.mark_failed, post.id, reason, now)
                continue
            blocks = (*reply.blocks, *(of_cohort(block, post.cohort.id) for block in more.blocks))
            reply = replace(reply, text=join([reply.text, HELD_BACK, more.text]), blocks=blocks)
        return reply

    def _prepare(
        self, conn: Conn, request: Request, command: Command, now: datetime
    ) -> tuple[Scope | None, dict[str, Any], bool] | Form:
        stands = directory.caller_context(conn, request.person, request.place)
        scope = self._scope(conn, request, command, now, stands)
        if command.missing(request.args):
            return build_form(conn, command, request.args, scope)
        values = coerce(conn, self.registry, command, request.args, scope, request.person)
        return scope, values, stands.closed

    def _scope(
        self, conn: Conn, request: Request, command: Command, now: datetime, stands: CallerContext
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
            stands = directory.caller_context(conn, request.person, request.place)
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


def of_cohort(block: Block, cohort: int) -> Block:
    """A post's buttons mean its own cohort, whatever cohort the answer is about that they come with."""
    if not isinstance(block, Buttons):
        return block
    return Buttons(tuple(replace(each, cohort=each.cohort or cohort) for each in block.items))
