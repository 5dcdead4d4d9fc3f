"""The one way in: a request becomes a reply or a form.

`Core.run` finds who calls, where, which cohort is meant and whether they may; turns raw arguments into what
the handler's signature says; and runs the handler. It raises nothing but cancellation.
"""

import keyword
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog

from core import clock as clocks
from core.chat.addresses import MessageAddress
from core.chat.channels import ChannelInspector
from core.chat.model import (
    Button,
    Buttons,
    Choice,
    Form,
    Place,
    Reply,
    Request,
    Upload,
)
from core.chat.text import Sayable, clean, say, shorten
from core.cohorts.model import Cohort, Member, Scope
from core.commands import access, audited, handled_calls, platform_roles, presses
from core.commands.admission import Admission
from core.commands.arguments import coerce
from core.commands.caches import Singletons
from core.commands.executors import Executors
from core.commands.forms import as_texts, build_form
from core.commands.handled_calls import DeliveredCall
from core.commands.meant_cohort import CANNOT_TELL, ENDED, NO_COHORT
from core.commands.proofs import AccountChecks, Proofs
from core.commands.registry import Registry
from core.commands.spec import Command
from core.errors import (
    Ambiguous,
    FormInstead,
    NoCohort,
    NotAllowed,
    OutOfDate,
    ProofNeeded,
    UserError,
    report,
    unexpected,
)
from core.store import scoped
from core.store.port import Conn, Store
from core.works.model import WorkSource

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger()

Show = Callable[[Reply], Awaitable[None]]
"""Shows a reply in the place of the one that is still to come. An adapter shows it when and if it can."""


ReplyHook = Callable[["Core", Request, Reply], Awaitable[Reply]]
"""Changes an answer before it is given; takes the core, the call and the answer."""


@dataclass(slots=True)
class Call:
    """What a handler is given: the request, on whose behalf it runs, and the store."""

    core: "Core"
    request: Request
    optional_scope: Scope | None
    now: datetime
    public: bool = False
    """Whether its answer stands where the cohort reads it; otherwise the caller alone reads it."""
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
            raise access.not_a_member(self.scope.cohort)
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
            await self._show(Reply(words, blocks, private=not self.public, cohort=cohort))
        except Exception:
            self._show = None
            log.exception("progress could not be shown", command=command.name)

    async def read(self, fn: Callable[Concatenate[Conn, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a plain function on a snapshot of the store."""
        scope = self.optional_scope
        if scope is None:
            return await self.core.store.read(fn, *args, **kwargs)
        return await self.core.read(scope.cohort.id, fn, *args, **kwargs)

    async def write(self, fn: Callable[Concatenate[Conn, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a plain function in a transaction that also records this call. When the platform delivers the
        call again, `fn` is not run; its first result is given back, as its return annotation says. Raises
        `OutOfDate` where it is the press of a button that did what it does before."""
        self._writes += 1
        request, write, scope = self.request, self.core.store.write, self.optional_scope
        key, command = call_id(request), self.core.registry.commands[request.command]
        cohort, admin = scope.cohort.id if scope else 0, audited.admin_call(request, command, scope)
        call = DeliveredCall(f"{key}:{self._writes}", self.now, cohort, request.person, request.draft, admin)
        press = presses.press_of(request, command, key, scope)
        if press is not None:
            return await write(presses.once, press, call, fn, *args, **kwargs)
        return await write(handled_calls.once, call, fn, *args, **kwargs)


def error_reply(error: UserError, cohort: int | None = None) -> Reply:
    """The answer that tells the caller of an error. Its buttons mean `cohort` where they name none."""
    return Reply(
        error.text,
        error.blocks,
        private=True,
        cohort=cohort,
        error=True,
        field=error.field,
        is_question=error.is_question,
    )


def _readings(error: Ambiguous, request: Request) -> tuple[Buttons, ...]:
    """A button for each reading of an ambiguous parameter: the call as it was made, with that reading in the place of
    what was typed. There is none where a file was given with the call, which no button can keep."""
    if error.field is None or any(isinstance(each, Upload) for each in request.args.values()):
        return ()
    given, readings = as_texts(request.args), error.readings[:5]
    # What comes behind the colon stands in the text above; it is on the button too only where it tells them apart.
    heads = [words.partition(": ")[0] for _, words in readings]
    labels = heads if len(set(heads)) == len(heads) else [words for _, words in readings]
    buttons = tuple(
        Button(
            shorten(label, 75),
            request.command,
            {**given, error.field: value},
            cohort=request.cohort,
            draft=request.draft,
        )
        for label, (value, _) in zip(labels, readings, strict=True)
    )
    return (Buttons(buttons),) if buttons else ()


def _keyword(name: str) -> str:
    """What a handler calls a parameter: `from_` where its name is a word of Python."""
    return f"{name}_" if keyword.iskeyword(name) else name


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
    admission: Admission = field(default_factory=Admission)
    executors: Executors = field(default_factory=Executors)
    accounts: AccountChecks = field(default_factory=AccountChecks)
    extend_reply: ReplyHook | None = None
    """Adds to a private answer what waits for a caller whose direct messages are closed."""
    inspectors: dict[str, ChannelInspector] = field(default_factory=dict)
    """By platform, who tells of its channels; filled when the adapters are built."""
    public_url: str = ""
    """Where the web part is reached from outside; empty where it is not."""
    works: WorkSource | None = None
    """Whom to ask about works of the literature; None where nobody is asked."""
    addresses: dict[str, MessageAddress] = field(default_factory=dict)
    """By platform, where a message can be read in a browser; filled by the adapters."""
    post_wait: float = 0.0
    """Seconds that an answer may wait to learn what became of a post; 0 where nothing sends."""

    async def run(self, request: Request, show: Show | None = None) -> Reply | Form:
        """Carry out a request. A missing required parameter gives the form that asks for it. `show` is told
        how far a long answer has come."""
        try:
            return await self._run(request, show)
        except Ambiguous as error:
            error.blocks = (*error.blocks, *_readings(error, request))
            return error_reply(error, request.cohort)
        except UserError as error:
            return error_reply(error, request.cohort)
        except Exception:
            reference = report("call failed", command=request.command, source=request.source)
            return Reply(unexpected(reference), private=True, cohort=request.cohort, error=True)

    async def read(
        self, cohort_id: int, fn: Callable[Concatenate[Conn, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a plain function on a snapshot of the store, within a cohort."""
        return await self.store.read(scoped.run, cohort_id, fn, *args, **kwargs)

    async def write(
        self, cohort_id: int, fn: Callable[Concatenate[Conn, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a plain function in a transaction of the store, within a cohort."""
        return await self.store.write(scoped.run, cohort_id, fn, *args, **kwargs)

    async def authorise(self, request: Request) -> None:
        """Check only that the caller may run the command, so that an adapter can ask this before it looks up
        what its platform alone knows. Raises what `access.authorise` raises, and `OutOfDate` for a command
        that is not there."""
        command = self._command(request.command)
        self.admission.check(request.person)
        await self._read_proven(
            request,
            lambda conn, proofs: access.authorise(
                conn, request, command, proofs, setup_by_anyone=self.setup_by_anyone
            ),
        )

    async def _read_proven(self, request: Request, fn: Callable[[Conn, Proofs], T]) -> T:
        """Run a function that authorises a call. Where it needs proof that the caller is still there, ask the
        platform and run it again."""
        proofs = Proofs(self.accounts, request.person, self.clock.now())
        for _ in range(3):
            try:
                found = await self.store.read(fn, proofs)
            except platform_roles.RolesOutdated as outdated:
                await self.store.write(
                    platform_roles.follow,
                    self.registry.role_changed_hooks,
                    self.registry.mentor_ended_hooks,
                    outdated,
                    proofs.now,
                )
            except ProofNeeded as needed:
                ended = await proofs.find(self.store, self.registry.member_left_hooks, needed.cohorts)
                if ended and len(ended) == len(needed.cohorts):
                    raise NotAllowed(say(ENDED, cohort=", ".join(each.name for each in ended))) from None
            else:
                proofs.came_in()
                return found
        raise NotAllowed(CANNOT_TELL)

    def _command(self, name: str) -> Command:
        command = self.registry.commands.get(name)
        if command is None:
            raise OutOfDate(
                say("I do not know `{name}`. {/cohort help} lists what I can do.", name=name[:80])
            )
        return command

    async def _run(self, request: Request, show: Show | None) -> Reply | Form:
        self.admission.enter(request)
        command = self._command(request.command)
        now = self.clock.now()
        prepared = await self._read_proven(
            request, lambda conn, proofs: self._prepare(conn, request, command, now, proofs)
        )
        if isinstance(prepared, Form):
            return prepared
        scope, values, closed, public = prepared
        call = Call(self, request, scope, now, public, show)
        async with self.admission.admit(request, command.cost, scope.cohort.id if scope else None):
            reply = await command.handler(call, **{_keyword(name): value for name, value in values.items()})
        cohort = reply.cohort if reply.cohort is not None else (scope.cohort.id if scope else None)
        # Made anew rather than by the slower `replace`; every call comes through here.
        reply = Reply(
            reply.text, reply.blocks, not public, cohort, reply.error, reply.field, reply.is_question
        )
        if closed and reply.private and self.extend_reply is not None:
            reply = await self.extend_reply(self, request, reply)
        return reply

    def _prepare(
        self, conn: Conn, request: Request, command: Command, now: datetime, proofs: Proofs
    ) -> tuple[Scope | None, dict[str, Any], bool, bool] | Form:
        caller = access.authorise(conn, request, command, proofs, setup_by_anyone=self.setup_by_anyone)
        scope = access.scope_of(caller, now, self.admission.limits)
        conn = scoped.within(conn, scope.cohort.id) if scope else conn
        if command.opens_form(request.args, request.source):
            return replace(self._form(conn, request, command, scope), draft=request.draft)
        values = coerce(conn, self.registry, command, request.args, scope, request.person)
        public = access.is_public(conn, command, request.place, scope.cohort.id if scope else None)
        return scope, values, caller.closed, public

    def _form(self, conn: Conn, request: Request, command: Command, scope: Scope | None) -> Form:
        """The command's form, or that of the one that can be carried out in its place."""
        records = self.registry.records
        try:
            return build_form(conn, command, request.args, scope, records, request.person)
        except FormInstead as instead:
            return build_form(
                conn, self._command(instead.command), instead.given, scope, records, request.person
            )

    async def is_private(self, name: str, place: Place, cohort: int | None = None) -> bool:
        """Whether the answer to a command will be for its caller alone, for an adapter that has to say so first."""
        command = self.registry.commands.get(name)
        if command is None or command.private:
            return True
        return not await self.store.read(access.is_public, command, place, cohort)

    async def complete(
        self, request: Request, param_name: str, typed: str, *, most: int = 25
    ) -> Sequence[Choice]:
        """What to offer for a parameter while it is typed. Never raises; offers nothing to those who may
        not run the command."""
        command = self.registry.commands.get(request.command)
        param = command.param(param_name) if command else None
        if command is None or param is None or not param.completes:
            return ()
        if not self.admission.may_complete(request.person):
            return ()
        kind = self.registry.records[param.type]

        def offer(conn: Conn, proofs: Proofs) -> Sequence[Choice]:
            caller = access.authorise(conn, request, command, proofs, setup_by_anyone=self.setup_by_anyone)
            scope = access.scope_of(caller, self.clock.now(), self.admission.limits)
            if scope is None and kind.needs_cohort:
                return ()
            conn = scoped.within(conn, scope.cohort.id) if scope else conn
            found = kind.complete(conn, scope, clean(typed, multiline=False))  # type: ignore[arg-type]  # as in coerce
            own = kind.own(request.person)
            # The caller's own comes first, where it is among what is offered.
            return sorted(found, key=lambda choice: choice.value != own)[:most]

        try:
            return await self._read_proven(request, offer)
        except UserError:
            return ()
        except Exception:
            log.exception("completion failed", command=request.command, parameter=param_name)
            return ()
