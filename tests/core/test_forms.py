"""Forms that are given back: what was typed is in the form when it opens again."""

from typing import Annotated, Any

import pytest

from core.chat.model import Form, Person, Reply
from core.commands import forms
from core.commands.registry import build_command
from core.commands.spec import Access, Arg, Command, CommandMark, LongText
from core.commands.stored_call import StoredCall
from core.errors import OutOfDate

SOMEBODY = Person("test", "W", "U-ada", "Ada")


async def add(
    call: Any,
    title: Annotated[str, Arg("T")],
    stage: Annotated[str, Arg("S", in_form=False)],
    loud: Annotated[bool, Arg("L")] = False,
    note: Annotated[LongText | None, Arg("N", label="A note")] = None,
) -> Reply:
    """Add something."""
    return Reply("")


ADD = build_command(add, CommandMark("note add", Access.ANYONE, True, "Add", False, None))


def form_of(command: Command, **given: str) -> Form:
    """The form that the core would open. There is no prefill, so no connection is needed."""
    return forms.build_form(None, command, given, None, {}, SOMEBODY)  # type: ignore[arg-type]  # no prefill reads from it


def standing(form: Form) -> dict[str, str | None]:
    """What stands in the fields."""
    return {field.name: field.value for field in form.fields}


def asked_again(stored: StoredCall) -> Form:
    """The form of a stored call, opened again."""
    return forms.refill(form_of(ADD, **forms.reopening(ADD, stored).args), stored)


def test_what_was_typed_stands_in_form_when_it_opens_again() -> None:
    first = form_of(ADD, stage="draft")
    typed = {"title": "A title", "loud": "yes", "note": ""}
    again = asked_again(forms.with_typed(StoredCall.of_form(first), typed))
    assert standing(again) == typed
    assert again.args == {"stage": "draft"}


def test_what_was_typed_twice_stands_there_as_it_was_typed_last() -> None:
    stored = forms.with_typed(StoredCall("note add", {"stage": "draft"}, 3), {"title": "One", "note": "x"})
    stored = forms.with_typed(stored, {"title": "Two"})
    assert stored.args == {"stage": "draft", "=title": "Two", "=note": "x"}
    assert forms.arguments_of(stored) == {"stage": "draft", "title": "Two", "note": "x"}
    assert forms.has_typed(stored)
    assert not forms.has_typed(StoredCall("note add", {"stage": "draft"}))


def test_form_in_parts_remembers_what_stands_in_those_not_shown() -> None:
    form = form_of(ADD, stage="draft", note="later")
    stored = forms.with_not_shown(StoredCall.of_form(form), form.fields[1:])
    assert stored.args == {"stage": "draft", "?loud": "no", "?note": "later"}
    stored = forms.with_typed(stored, {"title": ""})
    left = forms.fields_left(form_of(ADD, stage="draft"), stored)
    assert [(field.name, field.value) for field in left] == [("loud", "no"), ("note", "later")]
    assert forms.arguments_of(stored) == {"stage": "draft"}
    done = forms.with_typed(stored, {"loud": "yes", "note": ""})
    assert not forms.fields_left(form_of(ADD, stage="draft"), done)


@pytest.mark.parametrize(
    "posted",
    [
        "1|3|note add|stage=draft&%3Dtitle=A title&%3Dloud=yes",  # a button of Slack
        "1|3|note add|stage=draft&title=A title&loud=yes&%3Fnote=kept",  # what Discord used to save
    ],
)
def test_forms_that_were_stored_by_earlier_version_open_again(posted: str) -> None:
    stored = StoredCall.unpack(posted)
    again = asked_again(stored)
    assert standing(again)["title"] == "A title"
    assert standing(again)["loud"] == "yes"
    assert again.args == {"stage": "draft"}
    assert forms.arguments_of(stored) == {"stage": "draft", "title": "A title", "loud": "yes"}


def test_required_parameter_that_its_form_had_to_show_is_shown_again() -> None:
    first = form_of(ADD)
    assert "stage" in standing(first)
    again = asked_again(forms.with_typed(StoredCall.of_form(first), {"title": "T", "stage": "S"}))
    assert standing(again)["stage"] == "S"


def test_command_that_asks_for_nothing_any_more_opens_no_form() -> None:
    async def relax(call: Any, title: Annotated[str, Arg("T")] = "") -> Reply:
        """Relax."""
        return Reply("")

    command = build_command(relax, CommandMark("note add", Access.ANYONE, True, None, False, None))
    with pytest.raises(OutOfDate, match="run the command again"):
        forms.reopening(command, StoredCall("note add", {"=title": "x"}))


def test_what_was_written_is_quoted_below_its_label() -> None:
    labels = forms.keyboard_labels(ADD)
    assert labels == {"title": "Title", "note": "A note"}
    quotes = forms.quote_typed(labels, {"title": "T **x**", "loud": "yes", "note": ""})
    assert [quote.plain() for quote in quotes] == ["Title\n> T **x**"]
