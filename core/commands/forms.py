"""Forms that ask for a command's parameters, and forms that are given back.

A form that was refused, or of which a part is still to come, is kept as a `StoredCall` until it is complete, so
that nothing that was typed is lost. The names of its arguments tell three kinds apart:

- `name`: an argument that the form does not show.
- `=name`: what was typed into a field; an empty text where the field was emptied.
- `?name`: what stands in a field that has not been shown yet, because the platform shows a form in parts.

Discord's forms used to keep what was typed under `name` alone, so a `name` that the form shows is read as typed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from core.chat.model import (
    Argument,
    Buttons,
    ChannelRef,
    Choice,
    FieldKind,
    Form,
    FormField,
    Person,
    PersonRef,
    Upload,
)
from core.chat.text import CommandRef, Text, clean, say
from core.cohorts.model import Scope
from core.commands import record_search
from core.commands.spec import ANYTHING, Command, Opening, Param, RecordKind
from core.commands.stored_call import StoredCall
from core.errors import BadInput, NotFound, OutOfDate, UserError
from core.store.port import Conn

OPEN_AGAIN = "Open it again"
"""The label of the button that opens a refused form with what was typed."""
STILL_MISSING = "Something that I need is still missing."
"""The answer where a form leads to another form, which the platform cannot show."""

_TYPED, _NOT_SHOWN = "=", "?"

_KEYBOARD_KINDS = frozenset(
    {
        FieldKind.TEXT,
        FieldKind.LONG_TEXT,
        FieldKind.INTEGER,
        FieldKind.NUMBER,
        FieldKind.DATE,
        FieldKind.RECORD,
    }
)
"""What is written with a keyboard; the rest is picked again in a moment."""


def as_texts(args: Mapping[str, Argument]) -> dict[str, str]:
    """Arguments as texts, for buttons and forms. Files cannot be kept and are left out."""
    texts = {}
    for name, value in args.items():
        match value:
            case PersonRef(id=id_) | ChannelRef(id=id_):
                texts[name] = id_
            case Upload():
                continue
            case bool():
                texts[name] = "yes" if value else "no"
            case _:
                texts[name] = str(value)
    return texts


Asks = Callable[[Conn, Scope, Mapping[str, str]], Sequence[Param]]
"""What a form asks that only the store knows, by what was given, as texts; under names that the command does not have."""


def with_asked(command: Command, conn: Conn, scope: Scope | None, given: Mapping[str, str]) -> Command:
    """The command with what it asks now among its parameters, see `core.commands.spec.Arg`."""
    if command.asked is None or scope is None:
        return command
    return replace(command, params=(*command.params, *command.asked[1](conn, scope, given)))


def build_form(
    conn: Conn,
    command: Command,
    given: Mapping[str, Argument],
    scope: Scope | None,
    records: Mapping[type, RecordKind],
    caller: Person,
) -> Form:
    """The form that asks for a command's parameters. What was given already stands in it, a record with its title, or
    stays with it where the form does not show the parameter."""
    texts = as_texts(given)
    _check_names(with_asked(command, conn, scope, texts), given)
    if scope is not None:
        _check_records(conn, command, given, scope, records)
    opening = _opening(conn, command, scope, texts)
    values = {**_own(command, records, caller), **opening.values, **texts}
    command = with_asked(command, conn, scope, values)
    shown = [
        param
        for param in command.params
        if (param.in_form and param.name not in opening.left_out)
        or (param.required and param.name not in values)
    ]
    fields = tuple(
        replace(_field(conn, param, values, scope, records), note=opening.notes.get(param.name, ""))
        for param in shown
    )
    names = {param.name for param in shown}
    hidden = {name: value for name, value in values.items() if name not in names}
    title = opening.title or command.form or f"{command.group.capitalize()} {command.verb}"
    return Form(
        title, command.name, fields, hidden, scope.cohort.id if scope else None, submit=command.submit
    )


def _check_names(command: Command, given: Mapping[str, Argument]) -> None:
    for name in given:
        if command.param(name) is None:
            words = "{command} has no parameter {name}."
            raise BadInput(say(words, command=CommandRef(command.name), name=name))


def _opening(conn: Conn, command: Command, scope: Scope | None, given: Mapping[str, str]) -> Opening:
    """How the command says that its form opens."""
    if command.prefill is None or scope is None:
        return Opening({})
    found = command.prefill(conn, scope, given)
    return found if isinstance(found, Opening) else Opening(found)


def _check_records(
    conn: Conn,
    command: Command,
    given: Mapping[str, Argument],
    scope: Scope,
    records: Mapping[type, RecordKind],
) -> None:
    """Refuse a form that cannot succeed: of which a given record is not there, or that would ask for a record where
    there is none."""
    for param in command.params:
        kind, value = records.get(param.type), given.get(param.name)
        if kind is None or not kind.needs_cohort:
            continue
        if isinstance(value, str) and value:
            try:
                kind.resolve(conn, scope, clean(value, multiline=False))
            except UserError as error:
                error.field = error.field or param.name
                raise
        elif param.required and kind.none is not None and not kind.complete(conn, scope, ""):
            raise NotFound(kind.none.text, blocks=(Buttons((kind.none.button,)),))


def _own(command: Command, records: Mapping[type, RecordKind], caller: Person) -> dict[str, str]:
    """What the platform knows to fit the caller, by parameter."""
    kinds = {param.name: records.get(param.type) for param in command.params}
    own = {name: kind.own(caller) for name, kind in kinds.items() if kind}
    return {name: value for name, value in own.items() if value}


def _field(
    conn: Conn,
    param: Param,
    values: Mapping[str, str],
    scope: Scope | None,
    records: Mapping[type, RecordKind],
) -> FormField:
    """A parameter as a field, with what stands in it. Where another value says what it can be, it is chosen."""
    value = _shown_value(conn, param, values.get(param.name, default_text(param.default)), scope, records)
    kind, choices = param.kind, param.choices
    if param.offers_of is not None:
        choices = param.offered.get(values.get(param.offers_of[0], ""), ())
        if choices:
            kind = FieldKind.CHOICE
        if choices and value and value not in [each.value for each in choices]:
            choices = (*choices, Choice(value, value))
    return FormField(
        param.name,
        param.label,
        kind,
        param.required,
        param.help,
        choices,
        param.max_length,
        value,
        roles=param.roles,
    )


def _shown_value(
    conn: Conn, param: Param, value: str | None, scope: Scope | None, records: Mapping[type, RecordKind]
) -> str | None:
    """A value as it stands in a form: a record by number and title, if the caller may see it."""
    kind = records.get(param.type) if param.kind is FieldKind.RECORD else None
    known = record_search.number(value) if value and kind and scope else None
    if value is None or kind is None or scope is None or known is None:
        return value
    return record_search.as_offered(value, kind.complete(conn, scope, f"#{known}"))


def default_text(default: object) -> str | None:
    """A parameter's default as it stands in a form."""
    if default is None:
        return None
    return ("yes" if default else "no") if isinstance(default, bool) else str(default)


def with_typed(call: StoredCall, typed: Mapping[str, str]) -> StoredCall:
    """The call with what was typed into its form, which may be one part of it."""
    shown = {name for field in typed for name in (field, _NOT_SHOWN + field)}
    kept = {name: value for name, value in call.args.items() if name not in shown}
    return replace(call, args={**kept, **{_TYPED + name: value for name, value in typed.items()}})


def with_not_shown(call: StoredCall, fields: Iterable[FormField]) -> StoredCall:
    """The call with what stands in fields that have not been shown yet."""
    values = {_NOT_SHOWN + field.name: field.value for field in fields if field.value}
    return replace(call, args={**call.args, **values})


def has_typed(call: StoredCall) -> bool:
    """Whether the call holds what was typed into a form, so that it shall open one."""
    return any(name.startswith(_TYPED) for name in call.args)


def arguments_of(call: StoredCall) -> dict[str, str]:
    """The arguments of a complete form: those that it did not show and those that were typed."""
    given = {}
    for name, value in call.args.items():
        if value and not name.startswith(_NOT_SHOWN):
            given[name.removeprefix(_TYPED)] = value
    return given


def reopening(command: Command, call: StoredCall) -> StoredCall:
    """The call with which the command asks for its form again: without what the form itself asks for. Raises
    `OutOfDate` where the command asks for nothing any more."""
    given = {
        name: value
        for name, value in call.args.items()
        if value and not name.startswith((_TYPED, _NOT_SHOWN))
    }
    required = {param.name for param in command.params if param.required}
    asked = {param.name for param in command.params if param.required and param.in_form}
    changed = (
        {param.name for param in command.params if not param.required} if command.asks == ANYTHING else set()
    )
    for left_out in (asked, required, changed):
        args = {name: value for name, value in given.items() if name not in left_out}
        if command.missing(args):
            return replace(call, args=args)
    raise OutOfDate("This form is from an earlier version of me. Please run the command again.")


def refill(form: Form, call: StoredCall) -> Form:
    """The form with what was typed standing in its fields, and what stood in those not shown yet."""
    return replace(form, fields=tuple(_refilled(field, call) for field in form.fields), draft=call.draft)


def fields_left(form: Form, call: StoredCall) -> list[FormField]:
    """The fields of a form that no part of it has shown yet, with what was given for them beforehand."""
    return [
        _refilled(field, call)
        for field in form.fields
        if _TYPED + field.name not in call.args and field.name not in call.args
    ]


def _refilled(field: FormField, call: StoredCall) -> FormField:
    names = (_TYPED + field.name, field.name, _NOT_SHOWN + field.name)
    return replace(field, value=next((call.args[name] for name in names if name in call.args), field.value))


def keyboard_labels(command: Command, given: Iterable[str] = ()) -> dict[str, str]:
    """The labels of the fields that are written with a keyboard, by the parameters' names. What only the store knows
    to ask is among what was `given`, and is called an answer here, because the store may be what fails."""
    labels = {
        param.name: param.label for param in command.params if param.in_form and param.kind in _KEYBOARD_KINDS
    }
    if command.asked is not None:
        labels |= {name: "Your answer" for name in given if command.param(name) is None}
    return labels


def quote_typed(labels: Mapping[str, str], typed: Mapping[str, str]) -> list[Text]:
    """What somebody wrote into a form, each field as a quote below its label, for where the form cannot be
    kept. Fields without a label here are left out."""
    return [
        say("**{label}**\n> {value}", label=label, value=clean(typed[name], multiline=True))
        for name, label in labels.items()
        if typed.get(name)
    ]
