"""What the bot can do, found by itself.

A feature is a package in `core.features`. It marks its functions with the decorators below; `discover`
walks the packages and collects what was marked. A command's parameters, types and help are read off the
handler's signature and docstring, so they are written once.
"""

import importlib
import inspect
import pkgutil
import re
import types
import typing
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, NewType, TypeVar

from core.chat import ChannelRef, Choice, FieldKind, PersonRef, Reply, Upload
from core.people import Access, Cohort, Member, Scope
from core.store import Conn
from core.text import Sayable

F = TypeVar("F", bound=Callable[..., Any])

LongText = NewType("LongText", str)
"""A parameter of several lines."""

_MARK = "__cohort_bot__"
NAME = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")
PARAM_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")


@dataclass(frozen=True, slots=True)
class Arg:
    """What a signature cannot say about a parameter.

    `help` is one sentence of at most 100 characters. `label` (45) names it in a form. Lengths are in code
    points. `form_only` leaves it out of the command line's own list (it can still be typed there);
    `in_form=False` leaves it out of the form. `choices` makes a text a
    choice among what the features brought, such as the kinds of schedules.
    """

    help: str
    label: str | None = None
    max_length: int = 300
    minimum: float | None = None
    maximum: float | None = None
    form_only: bool = False
    in_form: bool = True
    choices: "Callable[[Registry], Sequence[Choice]] | None" = None


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a command."""

    name: str
    label: str
    help: str
    kind: FieldKind
    required: bool
    type: Any
    default: Any
    choices: tuple[Choice, ...] = ()
    max_length: int = 300
    minimum: float | None = None
    maximum: float | None = None
    form_only: bool = False
    in_form: bool = True
    choices_of: "Callable[[Registry], Sequence[Choice]] | None" = None

    @property
    def completes(self) -> bool:
        """Whether values are offered while typing."""
        return self.kind is FieldKind.RECORD


Handler = Callable[..., Awaitable[Reply]]
Prefill = Callable[[Conn, Scope], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: "group verb", who may run it, whether the answer is for the caller alone.

    `form` is the title of the form that asks for what is missing. A command with one may be called without
    its required parameters on every platform.
    """

    group: str
    verb: str
    help: str
    access: Access
    private: bool
    handler: Handler
    params: tuple[Param, ...]
    form: str | None = None
    needs_cohort: bool = True
    prefill: Prefill | None = None

    @property
    def name(self) -> str:
        """The name in calls: "submission add"."""
        return f"{self.group} {self.verb}"

    def missing(self, args: Mapping[str, object]) -> bool:
        """Whether a required parameter is not among `args`, so that a form has to ask for it."""
        return any(param.required and args.get(param.name) in (None, "") for param in self.params)

    def param(self, name: str) -> Param | None:
        """The parameter of that name."""
        return next((param for param in self.params if param.name == name), None)


@dataclass(frozen=True, slots=True)
class CommandMark:
    """What `@command` says; the rest is read off the function when it is found."""

    name: str
    access: Access
    private: bool
    form: str | None
    needs_cohort: bool
    prefill: Prefill | None


def command(
    name: str,
    *,
    access: Access = Access.MEMBER,
    private: bool = True,
    form: str | None = None,
    needs_cohort: bool = True,
    prefill: Prefill | None = None,
) -> Callable[[F], F]:
    """Mark an async function `handler(call, ...)` as the command `name`, "group verb".

    The docstring's first line is its help. `prefill` gives the values that stand in its form when it opens.
    """
    return _mark(CommandMark(name, access, private, form, needs_cohort, prefill))


@dataclass(frozen=True, slots=True)
class RecordKind:
    """How text becomes a record of type `type`, and what is offered while typing it.

    `resolve(conn, scope, typed)` raises `NotFound` for what is not there or not the caller's to see.
    """

    type: Any
    resolve: Callable[[Conn, Scope, str], Any]
    complete: Callable[[Conn, Scope, str], Sequence[Choice]]
    needs_cohort: bool = True


def record(
    type_: Any, *, complete: Callable[[Conn, Scope, str], Sequence[Choice]], needs_cohort: bool = True
) -> Callable[[F], F]:
    """Mark `resolve(conn, scope, typed)` as the way from typed text to a `type_` parameter."""
    return lambda resolve: _mark(RecordKind(type_, resolve, complete, needs_cohort))(resolve)


@dataclass(frozen=True, slots=True)
class Post:
    """An outgoing message as it stands in the outbox. `data` is what its renderer needs, JSON values only.

    `late` says that its moment passed while the bot was away.
    """

    id: int
    cohort: Cohort
    kind: str
    data: Mapping[str, Any]
    slot_at: int
    late: bool = False


@dataclass(frozen=True, slots=True)
class PostKind:
    """A kind of outgoing message and its renderer, `async render(core, post) -> Reply`; `label` is what people
    call it.

    `moot(conn, post, member, now)` says that a post which waited for its reader has no point any more.
    """

    name: str
    render: Callable[[Any, Post], Awaitable[Reply]]
    label: str
    moot: Callable[[Conn, Post, Member, int], bool] | None = None


def post(
    name: str, *, label: str, moot: Callable[[Conn, Post, Member, int], bool] | None = None
) -> Callable[[F], F]:
    """Mark `async render(core, post) -> Reply` as the renderer of posts of kind `name`. The same stored
    data gives the same message."""
    return lambda render: _mark(PostKind(name, render, label, moot))(render)


@dataclass(frozen=True, slots=True)
class ScheduleKind:
    """A kind of schedule: what it posts, and to the channels of which purpose.

    `compose(conn, cohort, day, at)` gives the post's data (JSON values), or None when there is nothing to
    post on that local date.
    """

    name: str
    label: str
    help: str
    post: str
    purpose: str
    compose: Callable[[Conn, Cohort, date, int], Mapping[str, Any] | None]
    personal: bool = False
    """Whether it makes sense as a direct message, in each member's own time."""


def schedule(
    name: str,
    *,
    label: str,
    help: str,  # noqa: A002 - the field's word
    post: str,
    purpose: str,
    personal: bool = False,
) -> Callable[[F], F]:
    """Mark `compose(conn, cohort, day, at)` as the schedule kind `name`; `label` is what people call it."""
    return lambda compose: _mark(ScheduleKind(name, label, help, post, purpose, compose, personal))(compose)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the digest: `write(conn, cohort, since, until)` gives its words and counts, or None."""

    name: str
    order: int
    write: Callable[[Conn, Cohort, int, int], "SectionPart | None"]


@dataclass(frozen=True, slots=True)
class SectionPart:
    """What a section says: a text that names nobody it should not, and labelled counts for the picture."""

    text: Sayable
    counts: tuple[tuple[str, int], ...] = ()


def section(name: str, *, order: int) -> Callable[[F], F]:
    """Mark `write(conn, cohort, since, until)` as a section of the digest; smaller orders come first."""
    return lambda write: _mark(Section(name, order, write))(write)


@dataclass(frozen=True, slots=True)
class Departure:
    """What a feature does when somebody leaves a cohort."""

    run: Callable[[Conn, Cohort, int, int], None]


def departure(run: F) -> F:
    """Mark `run(conn, cohort, member_id, now)` as something to do when a membership ends.

    Whoever ends one runs all of them in the same transaction, once the member is out: what waits for somebody
    who will not come back is given up or passed on. `now` is the instant, microseconds since 1970. What it
    raises keeps the member in.
    """
    return _mark(Departure(run))(run)


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that an organizer may set. `read` turns what was typed into what is stored, or raises
    `BadInput`."""

    key: str
    help: str
    default: str
    read: Callable[[str], str]


@dataclass(frozen=True)
class Registry:
    """All that was found."""

    commands: Mapping[str, Command]
    records: Mapping[Any, RecordKind]
    posts: Mapping[str, PostKind]
    schedules: Mapping[str, ScheduleKind]
    sections: Sequence[Section]
    settings: Mapping[str, Setting]
    groups: Mapping[str, tuple[Command, ...]] = field(init=False)
    summaries: Mapping[str, str] = field(default_factory=dict)
    """Group name to one line about it."""
    departures: Sequence[Departure] = ()

    def __post_init__(self) -> None:
        groups: dict[str, tuple[Command, ...]] = {}
        for found in self.commands.values():
            groups[found.group] = (*groups.get(found.group, ()), found)
        # What only organizers may use is listed last everywhere.
        groups = dict(sorted(groups.items(), key=lambda group: _for_organizers(group[1])))
        object.__setattr__(self, "groups", groups)

    @property
    def purposes(self) -> tuple[str, ...]:
        """What channels can be for; "home" serves where nothing else is set."""
        return ("home", *dict.fromkeys(kind.purpose for kind in self.schedules.values()))


def _for_organizers(commands: Sequence[Command]) -> bool:
    return all(each.access in (Access.ORGANIZER, Access.SETUP) for each in commands)


def discover(package: str = "core.features") -> Registry:
    """Import every feature package and collect what it marked. Raises `ValueError` for a clash or a
    command that both platforms could not register."""
    found: dict[type, dict[Any, Any]] = {Command: {}, RecordKind: {}, PostKind: {}, ScheduleKind: {}}
    sections: dict[str, Section] = {}
    departures: dict[str, Departure] = {}
    settings: dict[str, Setting] = {}
    summaries: dict[str, str] = {}
    for module in _modules(package):
        for name, value in vars(module).items():
            if isinstance(value, Setting):
                if settings.get(value.key) is not value:  # a module may import one from another
                    _add(settings, value.key, value)
            elif name == "GROUPS" and isinstance(value, dict):
                summaries.update(value)
            for spec in (
                getattr(value, _MARK, ()) if getattr(value, "__module__", "") == module.__name__ else ()
            ):
                match spec:
                    case CommandMark():
                        built = build_command(value, spec)
                        _add(found[Command], built.name, built)
                    case RecordKind():
                        _add(found[RecordKind], spec.type, spec)
                    case PostKind() | ScheduleKind():
                        _add(found[type(spec)], spec.name, spec)
                    case Section():
                        _add(sections, spec.name, spec)
                    case Departure():
                        _add(departures, f"{module.__name__}.{spec.run.__name__}", spec)
    registry = Registry(
        found[Command],
        found[RecordKind],
        found[PostKind],
        found[ScheduleKind],
        sorted(sections.values(), key=lambda part: part.order),
        settings,
        summaries=summaries,
        departures=tuple(departures.values()),
    )
    commands = {name: _with_choices(one, registry) for name, one in registry.commands.items()}
    return replace(registry, commands=commands)


def _with_choices(one: Command, registry: Registry) -> Command:
    """The command with the choices that depend on all features, after a check of its records."""
    params = []
    for param in one.params:
        if param.choices_of is not None:
            param = replace(param, kind=FieldKind.CHOICE, choices=tuple(param.choices_of(registry)))
        if param.kind is FieldKind.RECORD and param.type not in registry.records:
            raise ValueError(f"{one.name}: nothing resolves the type of parameter {param.name}.")
        params.append(param)
    return replace(one, params=tuple(params))


def _mark(spec: Any) -> Callable[[F], F]:
    def mark(function: F) -> F:
        setattr(function, _MARK, (*getattr(function, _MARK, ()), spec))
        return function

    return mark


def _modules(package: str) -> Iterator[types.ModuleType]:
    root = importlib.import_module(package)
    yield root
    for info in pkgutil.walk_packages(root.__path__, f"{package}."):
        yield importlib.import_module(info.name)


def _add(into: dict[Any, Any], key: Any, value: Any) -> None:
    if key in into:
        raise ValueError(f"{key!r} is defined twice.")
    into[key] = value


def build_command(function: Handler, mark: CommandMark) -> Command:
    """The command that a marked handler makes. Raises `ValueError` where it breaks a platform's limits."""
    group, _, verb = mark.name.partition(" ")
    help_ = (inspect.getdoc(function) or "").partition("\n")[0]
    if not (NAME.match(group) and NAME.match(verb)):
        raise ValueError(f"{mark.name!r} is not a group and a verb that both platforms accept.")
    if not 1 <= len(help_) <= 100:
        raise ValueError(f"{mark.name}: its docstring's first line has to be 1 to 100 characters.")
    hints = typing.get_type_hints(function, include_extras=True)
    signature = list(inspect.signature(function).parameters.values())[1:]
    params = tuple(_build_param(mark.name, each, hints[each.name]) for each in signature)
    if [param.required for param in params] != sorted((param.required for param in params), reverse=True):
        raise ValueError(f"{mark.name}: required parameters come first.")
    return Command(
        group,
        verb,
        help_,
        mark.access,
        mark.private,
        function,
        params,
        mark.form,
        mark.needs_cohort,
        mark.prefill,
    )


def _build_param(owner: str, parameter: inspect.Parameter, hint: Any) -> Param:
    if typing.get_origin(hint) is not Annotated:
        raise ValueError(f"{owner}: parameter {parameter.name} needs Annotated[..., Arg(help)].")
    type_, arg = typing.get_args(hint)[:2]
    optional = typing.get_origin(type_) in (types.UnionType, typing.Union)
    if optional:
        type_ = next(each for each in typing.get_args(type_) if each is not types.NoneType)
    required = parameter.default is inspect.Parameter.empty
    label = arg.label or parameter.name.replace("_", " ").capitalize()
    if not PARAM_NAME.match(parameter.name) or not 1 <= len(arg.help) <= 100 or len(label) > 45:
        raise ValueError(f"{owner}: parameter {parameter.name} breaks a platform's limits on names or help.")
    return Param(
        parameter.name,
        label,
        arg.help,
        field_kind(type_),
        required,
        type_,
        None if required else parameter.default,
        _choices(type_),
        arg.max_length,
        arg.minimum,
        arg.maximum,
        arg.form_only,
        arg.in_form,
        arg.choices,
    )


_KINDS: dict[Any, FieldKind] = {
    str: FieldKind.TEXT,
    LongText: FieldKind.LONG_TEXT,
    int: FieldKind.INTEGER,
    float: FieldKind.NUMBER,
    bool: FieldKind.FLAG,
    date: FieldKind.DATE,
    PersonRef: FieldKind.PERSON,
    Member: FieldKind.PERSON,
    ChannelRef: FieldKind.CHANNEL,
    Upload: FieldKind.FILE,
}


def field_kind(type_: Any) -> FieldKind:
    """What a parameter of this type takes. A type of our own that is none of the above is a record."""
    if isinstance(type_, type) and issubclass(type_, StrEnum):
        return FieldKind.CHOICE
    return _KINDS.get(type_, FieldKind.RECORD)


def _choices(type_: Any) -> tuple[Choice, ...]:
    if not (isinstance(type_, type) and issubclass(type_, StrEnum)):
        return ()
    return tuple(
        Choice(each.value, str(getattr(each, "label", each.value.replace("-", " ")))) for each in type_
    )
