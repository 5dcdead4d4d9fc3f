"""Errors stand at their field and name what was typed: every command, every parameter, words that mean nothing."""

import pytest

from core.chat.model import Argument, FieldKind, Reply
from core.commands.registry import discover
from core.commands.spec import Command, Param
from tests.people import CohortFixture, buttons_of, text_of
from tests.redelivery import Redelivered, declared, seed_cohort, somebody

pytestmark = pytest.mark.case(62)

REGISTRY = discover()
CALLS = {**{name: Redelivered() for name in REGISTRY.commands}, **declared()}
LOTTERY = {
    "lottery scores": {"scores": "6 5 3"},
    "lottery experiment": {"year": "2014"},
    "lottery simulate": {"papers": "100", "accept_rate": "25%", "reviewers": "3"},
    "lottery elsewhere": {"venue": "ICLR 2027", "scores": "6 5 3"},
    "lottery explain": {"topic": "noise"},
    "lottery paper": {"paper": "1"},
    "lottery share": {"of": "venue/venue=NeurIPS 2026"},
    "lottery unshare": {"picture": "0"},
}

TYPED = "xq7 <b> @all"
"""What no parameter but a free text takes."""
FREE = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.RECORD})
PARAMS = [
    pytest.param(command, param, id=f"{command.name} {param.name}")
    for command in REGISTRY.commands.values()
    for param in command.params
]


def _valid(command: Command) -> dict[str, Argument]:
    args: dict[str, Argument] = {**CALLS[command.name].args}
    return args or {**LOTTERY.get(command.name, {})}


@pytest.mark.parametrize(("command", "param"), PARAMS)
async def test_error_stands_at_its_field_and_names_what_was_typed(
    cohort: CohortFixture, command: Command, param: Param
) -> None:
    call = CALLS[command.name]
    await seed_cohort(cohort)
    for who, earlier, given in call.before:
        await somebody(cohort, who).send(earlier, given)
    args = {**_valid(command), param.name: TYPED}
    answer = await somebody(cohort, call.by).send(command.name, args)
    assert isinstance(answer, Reply), f"{command.name} asks for more than {list(args)}"
    if not answer.error:
        assert param.kind in FREE, "it was taken"
        return
    assert answer.field == param.name, text_of(answer)
    assert "xq7" in text_of(answer)


async def test_whoever_has_not_joined_is_given_the_button(cohort: CohortFixture) -> None:
    refused = await cohort.somebody("Nia").fails("submission add", title="Early")
    assert [each.label for each in buttons_of(refused)] == ["Join"]
    joined = await cohort.somebody("Nia").click(refused, "Join")
    assert isinstance(joined, Reply)
    assert not joined.error


async def test_slip_in_a_choice_is_asked_about_with_the_rest_as_typed(cohort: CohortFixture) -> None:
    asked = await cohort.ada.fails("submission add", title="My paper", stage="draftin")
    assert asked.field == "stage"
    assert "“draftin”" in text_of(asked)
    added = await cohort.ada.click(asked, buttons_of(asked)[0].label)
    assert "My paper" in text_of(added)
    assert "drafting" in text_of(added)
