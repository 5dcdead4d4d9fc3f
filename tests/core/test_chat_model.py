"""The neutral words of a chat."""

from typing import Annotated, Any

from core.chat.model import Choice, LabelledEnum, Reply
from core.commands.registry import build_command
from core.commands.spec import Access, Arg, CommandMark


class Ripeness(LabelledEnum):
    """A choice."""

    RIPE = "ripe", "Ripe: to be eaten today"
    NOT_YET = "not-yet"


def test_labelled_enum_is_its_value_with_words_beside_it() -> None:
    assert Ripeness("ripe") is Ripeness.RIPE
    assert f"{Ripeness.RIPE}" == Ripeness.RIPE.value == "ripe"
    assert [each.label for each in Ripeness] == ["Ripe: to be eaten today", "not yet"]
    assert list(Ripeness) == ["ripe", "not-yet"]


def test_labels_are_choices_of_parameter() -> None:
    async def eat(call: Any, ripeness: Annotated[Ripeness, Arg("How ripe it is.")]) -> Reply:
        """Eat a fruit."""
        return Reply(ripeness.label)

    made = build_command(eat, CommandMark("fruit eat", Access.ANYONE, True, None, False, None))
    assert made.params[0].choices == (
        Choice("ripe", "Ripe: to be eaten today"),
        Choice("not-yet", "not yet"),
    )
