"""Raw arguments turned into what a handler's signature says, or a sentence about what to type instead."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from dateutil import parser

from core import directory
from core.chat import Argument, ChannelRef, FieldKind, Person, PersonRef, Upload
from core.errors import BadInput, NoCohort, NotFound
from core.people import Member, Scope
from core.registry import Command, Param, Registry
from core.store import Conn
from core.text import clean, say


def coerce(
    conn: Conn,
    registry: Registry,
    command: Command,
    args: Mapping[str, Argument],
    scope: Scope | None,
    caller: Person,
) -> dict[str, Any]:
    """The handler's keyword arguments. Raises `BadInput` or `NotFound` naming the parameter."""
    for name in args:
        if command.param(name) is None:
            known = ", ".join(param.name for param in command.params) or "no parameters"
            raise BadInput(
                say("`{command}` has no parameter {name}. It takes: {known}.",
                    command=command.name, name=name, known=known)
            )  # fmt: skip
    values = {}
    for param in command.params:
        raw = args.get(param.name)
        if raw is None or raw == "":
            if param.required:
                raise BadInput(say("Please give **{label}**: {help}", label=param.label, help=param.help),
                               field=param.name)  # fmt: skip
            values[param.name] = param.default
            continue
        try:
            values[param.name] = _value(conn, registry, param, raw, scope, caller)
        except (BadInput, NotFound) as error:
            error.field = error.field or param.name
            raise
    return values


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
            return read_date(str(raw), scope.today if scope else None)
        case FieldKind.CHOICE:
            return _choice(param, str(raw))
        case FieldKind.PERSON:
            return _person(conn, param, raw, scope, caller)
        case FieldKind.CHANNEL:
            if not isinstance(raw, ChannelRef):
                raise BadInput(say("**{label}** has to be a channel.", label=param.label))
            return raw
        case FieldKind.FILE:
            if not isinstance(raw, Upload):
                raise BadInput(say("**{label}** has to be a file.", label=param.label))
            return raw
        case FieldKind.RECORD:
            kind = registry.records[param.type]
            if kind.needs_cohort and scope is None:
                raise NoCohort("This needs a cohort; please use it in your cohort's channel.")
            return kind.resolve(conn, scope, text(param, raw, multiline=False))  # type: ignore[arg-type]  # a kind that needs no cohort takes None


def text(param: Param, raw: Argument, *, multiline: bool) -> str:
    """Member text, cleaned; never longer than the parameter allows, never empty where it is required."""
    value = clean(str(raw), multiline=multiline)
    if len(value) > param.max_length:
        raise BadInput(
            say("**{label}** has {length} characters; it can have {most}. Please shorten it.",
                label=param.label, length=f"{len(value):,}", most=f"{param.max_length:,}")
        )  # fmt: skip
    if not value and param.required:
        raise BadInput(say("**{label}** is empty. {help}", label=param.label, help=param.help))
    return value


def _number(param: Param, raw: Argument, *, whole: bool) -> int | float:
    typed = str(raw).strip().removeprefix("#")
    shape = r"[+-]?\d{1,18}" if whole else r"[+-]?(\d{1,18}([.,]\d*)?|[.,]\d+)"
    if isinstance(raw, bool) or not re.fullmatch(shape, typed, re.ASCII):
        raise BadInput(
            say("**{label}** has to be a {kind}, not “{typed}”.",
                label=param.label, kind="whole number" if whole else "number", typed=typed[:40])
        )  # fmt: skip
    value = int(typed) if whole else float(typed.replace(",", "."))
    low, high = param.minimum, param.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = f"from {low:g} to {high:g}" if low is not None and high is not None else (
            f"{low:g} or more" if low is not None else f"{high:g} or less")  # fmt: skip
        raise BadInput(say("**{label}** has to be {bounds}.", label=param.label, bounds=bounds))
    return value


_FLAGS = {"yes": True, "y": True, "true": True, "on": True, "1": True}
_FLAGS |= {"no": False, "n": False, "false": False, "off": False, "0": False}


def _flag(param: Param, raw: Argument) -> bool:
    value = raw if isinstance(raw, bool) else _FLAGS.get(str(raw).strip().casefold())
    if value is None:
        raise BadInput(say("**{label}** has to be yes or no.", label=param.label))
    return value


def read_date(typed: str, today: date | None) -> date:
    """A date from "2026-11-23", "23 Nov 2026", "today", "tomorrow" or "yesterday".

    Figures alone in another order are refused: 3/4 is March in one place and April in another.
    """
    typed = typed.strip()
    if today and (shift := {"yesterday": -1, "today": 0, "tomorrow": 1}.get(typed.casefold())) is not None:
        return today + timedelta(days=shift)
    try:
        if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", typed, re.ASCII):
            year, month, day = map(int, typed.split("-"))
            return date(year, month, day)
        if re.search(r"[A-Za-z]{3}", typed) and re.search(r"\d{4}", typed):
            return parser.parse(typed).date()
    except (ValueError, OverflowError):
        pass
    raise BadInput(
        say("I cannot read “{typed}” as a date. Please write it like 2026-11-23.", typed=typed[:40])
    )


def _choice(param: Param, typed: str) -> Any:
    folded = typed.strip().casefold()
    for choice in param.choices:
        if folded in (choice.value.casefold(), choice.label.casefold()):
            return param.type(choice.value)
    known = ", ".join(choice.value for choice in param.choices)
    raise BadInput(say("**{label}** has to be one of: {known}.", label=param.label, known=known))


def _person(conn: Conn, param: Param, raw: Argument, scope: Scope | None, caller: Person) -> Any:
    if isinstance(raw, PersonRef) and param.type is PersonRef:
        return raw
    if scope is None:
        raise NoCohort("This needs a cohort; please use it in your cohort's channel.")
    if isinstance(raw, PersonRef):
        account = Person(caller.platform, caller.workspace, raw.id, raw.name)
        known = directory.person_of(conn, account)
        member = directory.member_of(conn, scope.cohort.id, known) if known is not None else None
    else:
        member = _member_by_name(conn, scope, str(raw))
    if member is None:
        raise NotFound(
            say("{name} is not in {cohort}. They can join with `cohort join`.",
                name=(raw.name or "This person") if isinstance(raw, PersonRef) else str(raw)[:80],
                cohort=scope.cohort.name)
        )  # fmt: skip
    return member


def _member_by_name(conn: Conn, scope: Scope, typed: str) -> Member | None:
    folded = clean(typed, multiline=False).removeprefix("@").casefold()
    if folded in ("me", "myself"):
        return scope.member
    found = [each for each in directory.members(conn, scope.cohort.id) if each.name.casefold() == folded]
    return found[0] if len(found) == 1 else None
