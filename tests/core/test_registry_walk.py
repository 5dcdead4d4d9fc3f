"""A walk over everything the features offer: both platforms have to accept it, and README has to know it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.chat.model import FieldKind, Form, FormField
from core.commands.forms import default_text
from core.commands.registry import NAME, PARAM_NAME, Registry, discover
from core.commands.spec import Access, Command
from core.commands.stored_call import StoredCall
from tests.generate import command_table, out_of_date

ROOT = Path(__file__).parents[2]
FOUND = discover()
COMMANDS = [pytest.param(command, id=command.name) for command in FOUND.commands.values()]


def in_form(command: Command) -> list[str]:
    """The fields of a command's form when nothing was given."""
    return [param.name for param in command.params if param.in_form or param.required]


def test_there_is_something_to_walk() -> None:
    assert len(FOUND.commands) > 20
    assert FOUND.schedules
    assert FOUND.sections


def test_what_comes_next_has_a_name_of_words() -> None:
    labels = [each.label for each in FOUND.schedules.values()] + [
        each.label for each in FOUND.timers.values()
    ]
    assert [label for label in labels if not re.fullmatch(r"[a-z][a-z' -]+", label)] == []
    assert FOUND.timers.keys().isdisjoint(labels), "a name of the program's own"


@pytest.mark.parametrize("command", COMMANDS)
def test_names_and_help_are_what_both_platforms_take(command: Command) -> None:
    assert NAME.match(command.group)
    assert NAME.match(command.verb)
    for text in (command.help, *(param.help for param in command.params)):
        assert 1 <= len(text) <= 100
        assert text == text.strip()
    names = [param.name for param in command.params]
    assert all(PARAM_NAME.match(name) for name in names)
    assert len(set(names)) == len(names) <= 25
    assert command.help.endswith("."), "help is a sentence"


@pytest.mark.parametrize("command", COMMANDS)
def test_choices_and_lengths_are_what_both_platforms_take(command: Command) -> None:
    for param in command.params:
        assert 1 <= param.max_length <= 4000, param.name
        assert 1 <= len(param.label) <= 45
        if param.kind is FieldKind.CHOICE and param.choices:
            values = [choice.value for choice in param.choices]
            assert len(set(values)) == len(values) <= 25, param.name
            for choice in param.choices:
                assert 1 <= len(choice.label) <= 75, choice
                assert 1 <= len(choice.value) <= 75, choice
        if param.minimum is not None and param.maximum is not None:
            assert param.minimum <= param.maximum


@pytest.mark.parametrize("command", COMMANDS)
def test_forms_are_what_both_platforms_take(command: Command) -> None:
    title = command.form or f"{command.group.capitalize()} {command.verb}"
    assert len(title) <= 45
    fields = in_form(command)
    if command.form is None and not any(param.required for param in command.params):
        return
    if command.asked is not None:
        assert not fields, "what the store knows to ask is a form of its own"
        return
    assert 1 <= len(fields) <= 10, (
        f"a Discord form has five fields; two parts are enough for anybody: {fields}"
    )
    shown = [param for param in command.params if param.name in fields]
    form = Form(
        title,
        command.name,
        tuple(
            FormField(
                each.name,
                each.label,
                each.kind,
                each.required,
                each.help,
                each.choices,
                each.max_length,
                default_text(each.default),
            )
            for each in shown
        ),
    )
    assert len({each.label for each in form.fields}) == len(fields), "two fields look the same"


ELSEWHERE = {"deadline remove", "deadline take-back"}
"""What is for organizers in a group of its feature: `cohort-admin` holds as many commands as Discord takes."""


@pytest.mark.parametrize("command", COMMANDS)
def test_what_configures_is_for_organizers(command: Command) -> None:
    assert (command.access in (Access.ORGANIZER, Access.MANAGER, Access.SETUP)) == (
        command.group == "cohort-admin" or command.name in ELSEWHERE
    )


def test_groups_fit_and_say_what_they_are_for() -> None:
    assert set(FOUND.summaries) == set(FOUND.groups)
    assert len(FOUND.groups) <= 100
    for name, commands in FOUND.groups.items():
        assert 1 <= len(FOUND.summaries[name]) <= 100, name
        assert len(commands) <= 25, name
        size = sum(
            len(text)
            for command in commands
            for text in (
                command.verb,
                command.help,
                *(
                    part
                    for each in command.params
                    for part in (
                        each.name,
                        each.help,
                        *(side for choice in each.choices for side in (choice.value, choice.label)),
                    )
                ),
            )
        )
        assert size + len(name) + len(FOUND.summaries[name]) <= 8000, f"{name} has {size} characters"


def test_every_schedule_posts_something_that_can_be_rendered() -> None:
    for kind in FOUND.schedules.values():
        assert kind.post in FOUND.posts
        assert 1 <= len(kind.help) <= 100
        assert NAME.match(kind.name)
        assert NAME.match(kind.purpose)
    assert len(FOUND.purposes) == len(set(FOUND.purposes)) <= 25


def test_settings_have_help_and_default_that_can_be_read() -> None:
    for setting in FOUND.settings.values():
        assert 1 <= len(setting.help) <= 100
        assert NAME.match(setting.key)
        assert setting.read(setting.default) == setting.default


@pytest.mark.parametrize("command", COMMANDS)
def test_button_that_names_record_fits_into_custom_id(command: Command) -> None:
    # Posts for everybody cannot keep their calls in drafts, which belong to one account.
    args = {
        param.name: "1234567" for param in command.params if param.required and param.kind is FieldKind.RECORD
    }
    assert len(StoredCall(command.name, args, 1_234_567).pack()) <= 100


def calls_of_buttons() -> Iterator[tuple[str, ast.Module, ast.Call]]:
    """Every construction of a button in the core: where it stands, its module and the call."""
    for path in sorted((ROOT / "core").rglob("*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Button":
                yield f"{path.relative_to(ROOT)}:{node.lineno}", module, node


def named_in(module: ast.Module, node: ast.expr) -> list[str]:
    """The command that an expression names: a literal, or each one that a dictionary of literals gives. The
    items of a starred dictionary are pairs of label and command."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    starred = isinstance(node, ast.Starred)
    lookup = node.value if isinstance(node, ast.Starred) else node
    assert isinstance(lookup, ast.Subscript), f"what command is {ast.unparse(node)}?"
    assigned = [each for each in ast.walk(module) if isinstance(each, ast.Assign | ast.AnnAssign)]
    for each in assigned:
        target = each.targets[0] if isinstance(each, ast.Assign) else each.target
        if ast.unparse(target) == ast.unparse(lookup.value) and each.value is not None:
            items = ast.literal_eval(each.value).values()
            return [item[1] if starred else item for item in items]
    raise AssertionError(f"what command is {ast.unparse(node)}?")


def test_every_command_that_button_names_exists() -> None:
    found = list(calls_of_buttons())
    assert len(found) > 50
    for where, module, call in found:
        named = {each.arg: each.value for each in call.keywords}
        starred = isinstance(call.args[0], ast.Starred)
        command = named.get("command") or call.args[0 if starred else 1]
        if ast.unparse(command) in RUNNING:
            continue
        given = named.get("args") or next(iter(call.args[1 if starred else 2 :]), None)
        for name in named_in(module, command):
            assert name in FOUND.commands, f"{where} names {name}"
            for key in given.keys if isinstance(given, ast.Dict) else ():
                if isinstance(key, ast.Constant):
                    assert FOUND.commands[name].param(str(key.value)), f"{where}: {ast.unparse(key)}"


RUNNING = {"request.command", "found.name", "command.name"}
"""Expressions that name the command which is being run, or one of the registry."""


def test_discovery_is_same_every_time(registry: Registry) -> None:
    assert list(discover().commands) == list(registry.commands) == list(FOUND.commands)


def test_what_follows_from_registry_is_up_to_date() -> None:
    assert not out_of_date(FOUND, ROOT), "run `python -m tests.generate`"


def test_generated_table_has_every_command() -> None:
    table = command_table(FOUND)
    assert table.count("\n") == len(FOUND.commands) + 1
    assert all(f"| `/{name}`" in table for name in FOUND.commands)
