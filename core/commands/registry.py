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
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from core.chat.model import ChannelRef, Choice, FieldKind, LabelledEnum, PersonRef, Upload
from core.cohorts.model import Member
from core.cohorts.people import NoticeKind
from core.cohorts.privacy import TableData
from core.commands.decorators import _MARK
from core.commands.forms import Asks
from core.commands.hooks import (
    DatesChangedHook,
    Job,
    MemberForgottenHook,
    MemberLeftHook,
    MentorEndedHook,
    PaperChangedHook,
    PaperDecidedHook,
    Prune,
    RoleChangedHook,
    TimerKind,
)
from core.commands.news import HelpFinder, NewsPicture, Section
from core.commands.spec import (
    Arg,
    CalendarSource,
    CohortTable,
    Command,
    CommandMark,
    Handler,
    HelpTopic,
    HomeSection,
    Lessons,
    LongText,
    MemberRecord,
    Param,
    PostKind,
    ProfileFact,
    RecordKind,
    ScheduleKind,
    Setting,
)

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")
PARAM_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")


# A repr of everything is 500 kB of text, which asyncio makes wherever it names a task that holds it.
@dataclass(frozen=True, repr=False)
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
    member_left_hooks: Sequence[MemberLeftHook] = ()
    member_forgotten_hooks: Sequence[MemberForgottenHook] = ()
    mentor_ended_hooks: Sequence[MentorEndedHook] = ()
    paper_decided_hooks: Sequence[PaperDecidedHook] = ()
    profile_facts: Sequence[ProfileFact] = ()
    paper_changed_hooks: Sequence[PaperChangedHook] = ()
    dates_changed_hooks: Sequence[DatesChangedHook] = ()
    pictures: Sequence[NewsPicture] = ()
    """The pictures of the digest, in the order in which they are asked."""
    home: Sequence[HomeSection] = ()
    """The parts of a member's page, in their order."""
    topics: Sequence[HelpTopic] = ()
    """What help tells of, in its order."""
    lessons: Sequence[Lessons] = ()
    """Where features look for what was learned, in their order."""
    timers: Mapping[str, TimerKind] = field(default_factory=dict)
    calendars: Sequence[CalendarSource] = ()
    """What goes into calendars."""
    jobs: Sequence[Job] = ()
    """What is done in the background."""
    prunes: Sequence[Prune] = ()
    """What deletes rows whose time is over."""
    help_finders: Sequence[HelpFinder] = ()
    """What knows who could help."""
    member_records: Sequence[MemberRecord] = ()
    """What a member takes along when a cohort ends, in its order."""
    cohort_tables: Sequence[CohortTable] = ()
    """What organizers export."""
    role_changed_hooks: Sequence[RoleChangedHook] = ()

    personal_data: Mapping[str, TableData] = field(default_factory=dict)
    """What each table holds of people."""

    def __post_init__(self) -> None:
        groups: dict[str, tuple[Command, ...]] = {}
        for found in self.commands.values():
            groups[found.group] = (*groups.get(found.group, ()), found)
        # What only organizers may use is listed last everywhere.
        groups = dict(sorted(groups.items(), key=lambda group: all(each.for_organizers for each in group[1])))
        object.__setattr__(self, "groups", groups)

    @property
    def notices(self) -> tuple[NoticeKind, ...]:
        """The kinds of direct messages that somebody may switch off, by what they are called."""
        kinds = {kind.notice.key: kind.notice for kind in self.posts.values() if kind.notice is not None}
        return tuple(sorted(kinds.values(), key=lambda kind: kind.label))

    @property
    def purposes(self) -> tuple[str, ...]:
        """What channels can be for; "home" serves where nothing else is set."""
        named = [kind.purpose for kind in self.schedules.values()]
        named += [kind.purpose for kind in self.posts.values()]
        return tuple(dict.fromkeys(("home", *named)))


def discover(package: str = "core.features") -> Registry:
    """Import every feature package and collect what it marked. Raises `ValueError` for a clash or a
    command that both platforms could not register."""
    found: defaultdict[type, dict[Any, Any]] = defaultdict(dict)
    summaries: dict[str, str] = {}
    for module in _modules(package):
        for name, value in vars(module).items():
            if isinstance(value, Setting):
                if found[Setting].get(value.key) is not value:  # a module may import one from another
                    _add(found[Setting], value.key, value)
            elif isinstance(value, HelpTopic):
                _add(found[HelpTopic], value.name, value)
            elif name == "GROUPS" and isinstance(value, dict):
                summaries.update(value)
            elif name == "PERSONAL_DATA" and isinstance(value, tuple):
                for each in value:
                    _add(found[TableData], each.table, each)
            for mark in (
                getattr(value, _MARK, ()) if getattr(value, "__module__", "") == module.__name__ else ()
            ):
                spec = build_command(value, mark) if isinstance(mark, CommandMark) else mark
                _add(found[type(spec)], _key(spec, value), spec)
    registry = Registry(
        found[Command],
        found[RecordKind],
        found[PostKind],
        found[ScheduleKind],
        _in_order(found[Section]),
        found[Setting],
        summaries=summaries,
        member_left_hooks=tuple(found[MemberLeftHook].values()),
        member_forgotten_hooks=tuple(found[MemberForgottenHook].values()),
        mentor_ended_hooks=tuple(found[MentorEndedHook].values()),
        paper_decided_hooks=tuple(found[PaperDecidedHook].values()),
        paper_changed_hooks=tuple(found[PaperChangedHook].values()),
        dates_changed_hooks=tuple(found[DatesChangedHook].values()),
        profile_facts=tuple(found[ProfileFact].values()),
        pictures=_in_order(found[NewsPicture]),
        home=_in_order(found[HomeSection]),
        topics=_in_order(found[HelpTopic]),
        lessons=_in_order(found[Lessons]),
        timers=found[TimerKind],
        calendars=tuple(found[CalendarSource].values()),
        jobs=tuple(found[Job].values()),
        prunes=tuple(found[Prune].values()),
        personal_data=found[TableData],
        help_finders=tuple(found[HelpFinder].values()),
        member_records=_in_order(found[MemberRecord]),
        cohort_tables=tuple(found[CohortTable].values()),
        role_changed_hooks=tuple(found[RoleChangedHook].values()),
    )
    commands = {name: _with_choices(one, registry) for name, one in registry.commands.items()}
    return replace(registry, commands=commands)


def _with_choices(one: Command, registry: Registry) -> Command:
    """The command with the choices that depend on all features, after a check of its records."""
    params = []
    for param in one.params:
        if param.choices_of is not None:
            param = replace(param, kind=FieldKind.CHOICE, choices=tuple(param.choices_of(registry)))
        if param.offers_of is not None:
            param = replace(param, offered=param.offers_of[1](registry))
        if param.kind is FieldKind.RECORD and param.type not in registry.records:
            raise ValueError(f"{one.name}: nothing resolves the type of parameter {param.name}.")
        params.append(param)
    return replace(one, params=tuple(params))


def _modules(package: str) -> Iterator[types.ModuleType]:
    root = importlib.import_module(package)
    yield root
    for info in pkgutil.walk_packages(root.__path__, f"{package}."):
        yield importlib.import_module(info.name)


def _key(spec: Any, function: Callable[..., Any]) -> Any:
    """What tells something that was marked from the others of its kind."""
    match spec:
        case RecordKind():
            return spec.type
        case ProfileFact():
            return spec.label
        case MemberLeftHook() | MemberForgottenHook() | MentorEndedHook() | PaperChangedHook():
            return f"{function.__module__}.{function.__name__}"
        case PaperDecidedHook() | DatesChangedHook() | RoleChangedHook() | Prune():
            return f"{function.__module__}.{function.__name__}"
        case _:
            return spec.name


def _in_order(found: Mapping[Any, Any]) -> list[Any]:
    return sorted(found.values(), key=lambda each: each.order)


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
    asked = [(each.name, asks) for each in signature if (asks := _asks_of(hints[each.name]))]
    signature = [each for each in signature if _asks_of(hints[each.name]) is None]
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
        mark.cost,
        mark.once,
        mark.purpose,
        mark.submit,
        mark.asks,
        asked[0] if asked else None,
        mark.in_archive,
    )


def _asks_of(hint: Any) -> Asks | None:
    """What a parameter of a handler carries, where the store knows what a form asks."""
    arg = typing.get_args(hint)[1] if typing.get_origin(hint) is Annotated else None
    return arg.asks if isinstance(arg, Arg) else None


def _build_param(owner: str, parameter: inspect.Parameter, hint: Any) -> Param:
    if typing.get_origin(hint) is not Annotated:
        raise ValueError(f"{owner}: parameter {parameter.name} needs Annotated[..., Arg(help)].")
    type_, arg = typing.get_args(hint)[:2]
    optional = typing.get_origin(type_) in (types.UnionType, typing.Union)
    if optional:
        type_ = next(each for each in typing.get_args(type_) if each is not types.NoneType)
    required = parameter.default is inspect.Parameter.empty
    name = parameter.name.rstrip("_")  # as in `from_`, which is a word of Python without it
    label = arg.label or name.replace("_", " ").capitalize()
    if not PARAM_NAME.match(name) or not 1 <= len(arg.help) <= 100 or len(label) > 45:
        raise ValueError(f"{owner}: parameter {parameter.name} breaks a platform's limits on names or help.")
    return Param(
        name,
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
        arg.reads,
        arg.offers,
        roles=arg.roles,
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
        Choice(each.value, each.label, each.typed_words)
        if isinstance(each, LabelledEnum)
        else Choice(each.value, each.value.replace("-", " "))
        for each in type_
    )
