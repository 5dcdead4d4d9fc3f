"""Forms that ask for a command's parameters."""

from collections.abc import Mapping

from core.chat.model import (
    Argument,
    ChannelRef,
    Form,
    FormField,
    PersonRef,
    Upload,
)
from core.chat.text import say
from core.cohorts.model import Scope
from core.commands.spec import Command
from core.errors import BadInput
from core.store.port import Conn


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
