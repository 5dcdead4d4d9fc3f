"""Raw arguments turned into what a handler's signature says, or a sentence about what to type instead."""

import contextlib
import math
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from core.chat.model import Argument, ChannelRef, Choice, FieldKind, Person, PersonRef, Source, Upload
from core.chat.text import CommandRef, clean, plain, say, shorten
from core.cohorts import directory, names
from core.cohorts.model import Member, Scope
from core.commands import kept_files, spelling
from core.commands.forms import as_texts, with_asked
from core.commands.record_search import normalize_name
from core.commands.registry import Registry
from core.commands.spec import Command, Param
from core.errors import Ambiguous, BadInput, NoCohort, NotFound, OutOfDate
from core.store.port import Conn


def coerce(
    conn: Conn,
    registry: Registry,
    command: Command,
    args: Mapping[str, Argument],
    scope: Scope | None,
    caller: Person,
) -> dict[str, Any]:
    """The handler's keyword arguments. Raises `BadInput` or `NotFound` naming the parameter."""
    own = len(command.params)
    command = with_asked(command, conn, scope, as_texts(args))
    for name in args:
        if command.param(name) is None:
            raise _unknown_parameter(command, clean(name, multiline=False)[:40])
    values = {}
    for param in command.params:
        raw = args.get(param.name)
        _check_size(param, raw)
        if raw is None or (isinstance(raw, str) and not clean(raw, multiline=True)):
            if param.required:
                please = say("Please give **{label}**: {help}", label=param.label, help=param.help)
                raise BadInput(param.please or please, field=param.name)
            values[param.name] = param.default
            continue
        try:
            if isinstance(raw, PersonRef) and raw.typed:
                _check_known(conn, param, raw, caller)
            values[param.name] = _value(conn, registry, param, raw, scope, caller)
        except (BadInput, NotFound) as error:
            error.field = error.field or param.name
            raise
    if command.asked is not None:
        values[command.asked[0]] = {param.name: values.pop(param.name) for param in command.params[own:]}
    return values


def _unknown_parameter(command: Command, name: str) -> BadInput:
    known = ", ".join(param.name for param in command.params) or "no parameters"
    takes = "{command} has no parameter {name}. It takes: {known}."
    return BadInput(say(takes, command=CommandRef(command.name), name=name, known=known))


def _check_size(param: Param, raw: Argument | None) -> None:
    """Refuse what is far too long before any work is done on it. Blanks and controls that `clean` removes may
    make a text longer than it will be, but not by this much."""
    if isinstance(raw, str) and len(raw) > 4 * param.max_length + 200:
        raise _too_long(param, len(raw))


def _too_long(param: Param, length: int) -> BadInput:
    return BadInput(
        say(
            "**{label}** has {length} characters; it can have {most}. Please shorten it.",
            label=param.label,
            length=f"{length:,}",
            most=f"{param.max_length:,}",
        ),
        field=param.name,
    )


def _check_known(conn: Conn, param: Param, typed: PersonRef, caller: Person) -> None:
    """Refuse a typed id of nobody; only a platform's own picker or a stored call may name somebody new here."""
    account = Person(caller.platform, caller.workspace, typed.id, "")
    if directory.person_of(conn, account) is None:
        words = "I know nobody of the id {typed}. Please mention the person, or pick them from the list."
        raise NotFound(say(words, typed=typed.id[:40]), field=param.name)


def _value(
    conn: Conn, registry: Registry, param: Param, raw: Argument, scope: Scope | None, caller: Person
) -> Any:
    match param.kind:
        case FieldKind.TEXT:
            return text(param, raw, multiline=False)
        case FieldKind.LONG_TEXT:
            return text(param, raw, multiline=True)
        case FieldKind.INTEGER:
            return _number(param, raw, whole=True)
        case FieldKind.NUMBER:
            return _number(param, raw, whole=False)
        case FieldKind.FLAG:
            return _flag(param, raw)
        case FieldKind.DATE:
            return read_date(clean(str(raw), multiline=False), scope.today if scope else None)
        case FieldKind.CHOICE:
            return _choice(param, clean(str(raw), multiline=False))
        case FieldKind.PERSON:
            return _person(conn, param, raw, scope, caller)
        case FieldKind.CHANNEL:
            return _channel(param, raw)
        case FieldKind.FILE:
            return _file(conn, param, raw, caller)
        case FieldKind.RECORD:
            kind = registry.records[param.type]
            if kind.needs_cohort and scope is None:
                raise NoCohort("This needs a cohort; please use it in your cohort's channel.")
            return kind.resolve(conn, scope, text(param, raw, multiline=False))  # type: ignore[arg-type]  # a kind that needs no cohort takes None


def text(param: Param, raw: Argument, *, multiline: bool) -> str:
    """Member text, cleaned; never longer than the parameter allows, never empty where it is required."""
    value = clean(str(raw), multiline=multiline)
    if len(value) > param.max_length:
        raise _too_long(param, len(value))
    if not value and param.required:
        raise BadInput(say("**{label}** is empty. {help}", label=param.label, help=param.help))
    return value


def _number(param: Param, raw: Argument, *, whole: bool) -> int | float:
    if param.reads is not None and isinstance(raw, str):
        try:
            return _within_bounds(param, param.reads(clean(raw, multiline=False)), raw)
        except ValueError as error:
            raise BadInput(plain(str(error))) from None
    typed = clean(str(raw), multiline=False).removeprefix("#").replace("\u2212", "-")
    shape = r"[+-]?\d{1,18}" if whole else r"[+-]?(\d{1,18}([.,]\d*)?|[.,]\d+)"
    if not whole and isinstance(raw, float) and math.isfinite(raw):
        typed = f"{raw:.12f}"
    if is_ambiguous(typed):
        raise BadInput(
            say(
                "I cannot tell whether {typed} in **{label}** is a thousand or a part of one. Please write it "
                "with a point, or without the comma.",
                label=param.label,
                typed=typed,
            )
        )
    if isinstance(raw, bool) or not re.fullmatch(shape, typed, re.ASCII):
        raise BadInput(
            say(
                "**{label}** has to be a {kind}, not “{typed}”.",
                label=param.label,
                kind="whole number" if whole else "number",
                typed=typed[:40],
            )
        )
    return _within_bounds(param, int(typed) if whole else float(typed.replace(",", ".")), typed)


def is_ambiguous(typed: str) -> bool:
    """Whether the comma in a number may part thousands as well as begin a part of one."""
    return re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", typed, re.ASCII) is not None


def _within_bounds(param: Param, value: float, typed: str) -> float:
    low, high = param.minimum, param.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = _bounds(low, high)
        words = "**{label}** has to be {bounds}, not “{typed}”."
        raise BadInput(say(words, label=param.label, bounds=bounds, typed=_shown(typed)))
    return value


def _bounds(low: float | None, high: float | None) -> str:
    """What a number may be, of which one bound is known at least."""
    if low is None:
        return f"{_figure(high)} or less"
    return f"{_figure(low)} or more" if high is None else f"from {_figure(low)} to {_figure(high)}"


def _figure(value: float | None) -> str:
    return f"{value:,.6f}".rstrip("0").rstrip(".")


_FLAGS = {"yes": True, "y": True, "true": True, "on": True, "1": True}
_FLAGS |= {"no": False, "n": False, "false": False, "off": False, "0": False}


def _flag(param: Param, raw: Argument) -> bool:
    value = raw if isinstance(raw, bool) else _FLAGS.get(clean(str(raw), multiline=False).casefold())
    if value is None:
        text_ = say("**{label}** has to be yes or no, not “{typed}”.", label=param.label, typed=_shown(raw))
        raise Ambiguous(text_, [("yes", "Yes"), ("no", "No")])
    return value


_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_FIGURES = re.compile(r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})", re.ASCII)
_WEEKDAY = r"((mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?[.,]? +)?"
_DAY_FIRST = re.compile(
    _WEEKDAY + r"(?P<d>\d{1,2})(st|nd|rd|th)?[. -]+(?P<m>[a-z]{3,9})[.,]?[ -]+(?P<y>\d{4})", re.ASCII
)
_MONTH_FIRST = re.compile(
    _WEEKDAY + r"(?P<m>[a-z]{3,9})[.]? +(?P<d>\d{1,2})(st|nd|rd|th)?,? +(?P<y>\d{4})", re.ASCII
)


def read_date(typed: str, today: date | None) -> date:
    """A date from "2026-11-23", "23 Nov 2026", "November 23, 2026", "today", "tomorrow" or "yesterday".

    Figures alone in another order are refused: 3/4 is March in one place and April in another. So are years
    before 1900 and after 2200, which are slips of the finger.
    """
    folded = typed.strip().casefold()
    if today and (shift := {"yesterday": -1, "today": 0, "tomorrow": 1}.get(folded)) is not None:
        return today + timedelta(days=shift)
    for shape in (_FIGURES, _DAY_FIRST, _MONTH_FIRST):
        found = shape.fullmatch(folded)
        month = _month(found["m"]) if found else None
        if found and month and 1900 <= int(found["y"]) <= 2200:
            with contextlib.suppress(ValueError):
                return date(int(found["y"]), month, int(found["d"]))
    raise BadInput(
        say("I cannot read “{typed}” as a date. Please write it like 2026-11-23.", typed=typed[:40])
    )


def _month(word: str) -> int | None:
    if word.isdecimal():
        return int(word)
    if word == "sept":
        return 9
    return next((at for at, name in enumerate(_MONTHS, 1) if word in (name, name[:3])), None)


def _choice(param: Param, typed: str) -> Any:
    folded = typed.casefold()
    for choice in param.choices:
        if folded in (choice.value.casefold(), choice.label.casefold()):
            return param.type(choice.value)
    # "Desk reject", "desk-reject" and "R & R" are one spelling each of what people type.
    found = _by_other_words(param).get(normalize_name(typed))
    if found is not None:
        return param.type(found.value)
    raise _no_choice(param, typed)


def _by_other_words(param: Param) -> dict[str, Choice]:
    """The choices by their values and by what people also type for them, in letters and digits."""
    return {normalize_name(word): each for each in param.choices for word in (each.value, *each.words)}


def _no_choice(param: Param, typed: str) -> BadInput:
    """The choices by their values; where the typed one is near some, these alone, to choose from."""
    by_word = {
        word.casefold(): each for each in param.choices for word in (each.label, each.value, *each.words)
    }
    near = [by_word[word] for word in spelling.near(typed.casefold(), by_word)]
    if near:
        asked = say(
            "I do not know “{typed}” as **{label}**. Did you mean this?",
            typed=_shown(typed),
            label=param.label,
        )
        return Ambiguous(asked, [(each.value, each.label) for each in dict.fromkeys(near)])
    known = ", ".join(choice.value for choice in param.choices)
    return BadInput(
        say(
            "**{label}** has to be one of: {known}. “{typed}” is none of them.",
            label=param.label,
            known=known,
            typed=_shown(typed),
        )
    )


def _shown(typed: Argument) -> str:
    """What was typed, as an error quotes it."""
    if isinstance(typed, PersonRef | ChannelRef | Upload):
        return typed.name
    return shorten(clean(str(typed), multiline=False), 40)


def with_references(
    command: Command, args: Mapping[str, Argument], shape: re.Pattern[str], source: Source
) -> Mapping[str, Argument]:
    """A command's arguments, with the bare ids of people and channels as references.

    An adapter calls it with the `shape` of its platform's ids. An id arrives as text where a call was kept in a
    button or a form, and where somebody types one. A parameter that takes members only stays text: a member's
    name may look like an id.
    """
    found: dict[str, Argument] = {}
    for param in command.params:
        value = args.get(param.name)
        if not (isinstance(value, str) and shape.fullmatch(value)):
            continue
        if param.type is PersonRef:
            found[param.name] = PersonRef(value, typed=source is Source.COMMAND)
        elif param.kind is FieldKind.CHANNEL:
            found[param.name] = ChannelRef(value)
    return {**args, **found} if found else args


def _file(conn: Conn, param: Param, raw: Argument, caller: Person) -> Upload:
    """A file, or one that the caller gave before and that was kept for them."""
    if isinstance(raw, Upload):
        return raw
    if kept := kept_files.find(conn, caller, str(raw)):
        return kept
    if kept_files.is_token(str(raw)):
        raise OutOfDate(kept_files.GONE)
    raise BadInput(say("**{label}** has to be a file, not “{typed}”.", label=param.label, typed=_shown(raw)))


def _channel(param: Param, raw: Argument) -> ChannelRef:
    if not isinstance(raw, ChannelRef):
        words = "**{label}** has to be a channel, and I see none in “{typed}”. Please mention it, or pick it from the list."
        raise BadInput(say(words, label=param.label, typed=_shown(raw)))
    return raw


def _person(conn: Conn, param: Param, raw: Argument, scope: Scope | None, caller: Person) -> Any:
    if isinstance(raw, PersonRef) and raw.role_id is not None and not param.roles:
        raise BadInput(say("**{label}** has to be a person, not a role.", label=param.label))
    if param.type is PersonRef and isinstance(raw, PersonRef):
        return PersonRef(raw.id, raw.name)
    if scope is None:
        raise NoCohort("This needs a cohort; please use it in your cohort's channel.")
    typed = raw.name if isinstance(raw, PersonRef) else clean(str(raw), multiline=False)
    account = Person(
        caller.platform, caller.workspace, raw.id if isinstance(raw, PersonRef) else typed, typed
    )
    known = directory.person_of(conn, account)
    if param.type is PersonRef and known is not None:
        return PersonRef(account.id, "")  # of a button: whether they are a member is for the handler to say
    member = directory.member_of(conn, scope.cohort.id, known) if known is not None else None
    if member is None and not isinstance(raw, PersonRef):
        member = _member_by_name(conn, scope, typed)
    if member is None:
        raise NotFound(
            say(
                "{name} is not in {cohort}. They can join with {/cohort join}.",
                name=typed[:80] or "This person",
                cohort=scope.cohort.name,
            )
        )
    if param.type is not PersonRef:
        return member
    account_id = directory.account_of(conn, member.person_id, caller)
    if account_id is None:
        raise NotFound(say("{name} has no account here that I know of.", name=member.name))
    return PersonRef(account_id, member.name)


def _member_by_name(conn: Conn, scope: Scope, typed: str) -> Member | None:
    folded = typed.removeprefix("@").casefold()
    if folded in ("me", "myself"):
        return scope.member
    found = [each for each in directory.members(conn, scope.cohort.id) if names.matches(each.name, folded)]
    if len(found) > 1:
        several = "More than one person here is called {name}: {names}. Please pick them from the list."
        listed = ", ".join(each.name for each in found[:5])
        raise BadInput(say(several, name=typed[:80], names=listed))
    return found[0] if found else None
