"""A walk over everything the features offer: both platforms have to accept it, and README has to know it."""

import re
from pathlib import Path

import pytest

from core.chat.model import FieldKind, Form, FormField
from core.commands.forms import default_words
from core.commands.registry import NAME, PARAM_NAME, Registry, discover
from core.commands.spec import Access, Command
from core.commands.stored_call import StoredCall

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
    assert 1 <= len(fields) <= 10, (
        f"a Discord form has five fields; two parts are enough for anybody: {fields}"
    )
    shown = [param for param in command.params if param.name in fields]
    form = Form(title, command.name, tuple(
        FormField(each.name, each.label, each.kind, each.required, each.help, each.choices, each.max_length,
                  default_words(each.default))
        for each in shown
    ))  # fmt: skip
    assert len({each.label for each in form.fields}) == len(fields), "two fields look the same"


@pytest.mark.parametrize("command", COMMANDS)
def test_what_configures_is_for_organizers(command: Command) -> None:
    assert (command.access in (Access.ORGANIZER, Access.SETUP)) == (command.group == "cohort-admin")


def test_groups_fit_and_say_what_they_are_for() -> None:
    assert set(FOUND.summaries) == set(FOUND.groups)
    assert len(FOUND.groups) <= 100
    for name, commands in FOUND.groups.items():
        assert 1 <= len(FOUND.summaries[name]) <= 100, name
        assert len(commands) <= 25, name
        size = sum(
            len(text)
            for command in commands
            for text in (command.verb, command.help, *(part for each in command.params for part in (
                each.name, each.help, *(side for choice in each.choices for side in (choice.value, choice.label))
            )))
        )  # fmt: skip
        assert size + len(name) + len(FOUND.summaries[name]) <= 8000, f"{name} has {size} characters"


def test_every_schedule_posts_something_that_can_be_rendered() -> None:
    for kind in FOUND.schedules.values():
        assert kind.post in FOUND.posts
        assert 1 <= len(kind.help) <= 100
        assert NAME.match(kind.name)
        assert NAME.match(kind.purpose)
    assert len(FOUND.purposes) == len(set(FOUND.purposes)) <= 25


def test_settings_have_help_and_a_default_that_can_be_read() -> None:
    for setting in FOUND.settings.values():
        assert 1 <= len(setting.help) <= 100
        assert NAME.match(setting.key)
        assert setting.read(setting.default) == setting.default


@pytest.mark.parametrize("command", COMMANDS)
def test_a_button_that_names_a_record_fits_into_a_custom_id(command: Command) -> None:
    # Posts for everybody cannot keep their calls in drafts, which belong to one account.
    args = {
        param.name: "1234567" for param in command.params if param.required and param.kind is FieldKind.RECORD
    }
    assert len(StoredCall(command.name, args, 1_234_567).pack()) <= 100


def test_discovery_is_the_same_every_time(registry: Registry) -> None:
    assert list(discover().commands) == list(registry.commands) == list(FOUND.commands)


WHO = {
    Access.ANYONE: "anyone",
    Access.MEMBER: "members",
    Access.MENTOR: "mentors",
    Access.ORGANIZER: "organizers",
    Access.SETUP: "managers",
}


def documented() -> dict[str, tuple[str, str, str]]:
    """README's table: command name to its parameters, what it does, and who may."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `/([a-z-]+ [a-z-]+)`([^|]*)\|([^|]*)\|([^|]*)\|$", text, re.MULTILINE)
    return {name: (params.strip(), help_.strip(), who.strip()) for name, params, help_, who in rows}


def test_readme_lists_every_command_and_no_other() -> None:
    assert documented() == {
        name: (
            " · ".join(
                param.name + ("" if param.required else "?") for param in each.params if not param.form_only
            ),
            each.help,
            WHO[each.access],
        )
        for name, each in FOUND.commands.items()
    }
