"""Typed lines, as people write them."""

from enum import StrEnum
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.model import Reply
from core.commands.registry import Registry, build_command
from core.commands.spec import Access, Arg, Command, CommandMark, Handler, LongText
from core.commands.typed_line import parse, usage


class Stage(StrEnum):
    """A choice."""

    DRAFTING = "drafting"
    IN_REVIEW = "in-review"


class Paper:
    """A record type."""


async def add(
    call: Any,
    title: Annotated[str, Arg("T")],
    venue: Annotated[str | None, Arg("V")] = None,
    accept_rate: Annotated[float | None, Arg("R")] = None,
) -> Reply:
    """Add a paper."""
    return Reply("")


async def update(
    call: Any,
    paper: Annotated[Paper, Arg("P")],
    stage: Annotated[Stage, Arg("S")],
    note: Annotated[str | None, Arg("N")] = None,
) -> Reply:
    """Say how far a paper is."""
    return Reply("")


async def answer(call: Any, request: Annotated[int, Arg("R")], text: Annotated[LongText, Arg("T")]) -> Reply:
    """Answer somebody."""
    return Reply("")


async def topic(call: Any, topic: Annotated[str | None, Arg("T")] = None) -> Reply:
    """Help with something."""
    return Reply("")


@pytest.fixture(scope="module")
def registry() -> Registry:
    """A few commands of each shape."""
    handlers: dict[str, Handler] = {
        "submission add": add,
        "submission update": update,
        "feedback answer": answer,
        "cohort help": topic,
        "cohort-admin show": topic,
    }
    commands: dict[str, Command] = {
        name: build_command(handler, CommandMark(name, Access.ANYONE, True, None, True, None))
        for name, handler in handlers.items()
    }
    return Registry(commands, {}, {}, {}, (), {})


@pytest.mark.parametrize(
    ("line", "name", "args"),
    [
        ("submission add Attention is all of it", "submission add", {"title": "Attention is all of it"}),
        (
            "submission add title:Attention is all you need venue=ICLR 2027",
            "submission add",
            {"title": "Attention is all you need", "venue": "ICLR 2027"},
        ),
        ('submission add title:"A: b" venue:"x"', "submission add", {"title": "A: b", "venue": "x"}),
        (
            'submission add title:"The “best” and "worst" of 🎉 @everyone" venue:ICLR',
            "submission add",
            {"title": 'The “best” and "worst" of 🎉 @everyone', "venue": "ICLR"},
        ),
        ("submission add „Über venue:n“", "submission add", {"title": "Über venue:n"}),
        ("submission add «A title» venue: 'B C'", "submission add", {"title": "A title", "venue": "B C"}),
        ("submission add ‘A’ accept-rate:25%", "submission add", {"title": "A", "accept_rate": "25%"}),
        ("submission add venue:”ICLR” “My paper”", "submission add", {"title": "My paper", "venue": "ICLR"}),
        ("submission add it's a dog's life", "submission add", {"title": "it's a dog's life"}),
        (
            "submission add see http://x.org/a?title=1",
            "submission add",
            {"title": "see http://x.org/a?title=1"},
        ),
        ("submission add", "submission add", {}),
        (
            "submission update Attention is all in-review",
            "submission update",
            {"paper": "Attention is all", "stage": "in-review"},
        ),
        (
            'submission update "Is it" drafting note:hm',
            "submission update",
            {"paper": "Is it", "stage": "drafting", "note": "hm"},
        ),
        (
            'feedback answer 3 I would "cut" it',
            "feedback answer",
            {"request": "3", "text": 'I would "cut" it'},
        ),
        ("/SUBMISSION Add Title:x", "submission add", {"title": "x"}),
        ("help submission add", "cohort help", {"topic": "submission add"}),
        ("cohort help", "cohort help", {}),
        ("admin show", "cohort-admin show", {}),
        ("cohort-admin show x", "cohort-admin show", {"topic": "x"}),
        ("", "cohort help", {}),
    ],
)
def test_lines_as_people_write_them(registry: Registry, line: str, name: str, args: dict[str, str]) -> None:
    command, found, problem = parse(registry, line)
    assert problem is None
    assert command is not None
    assert (command.name, found) == (name, args)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("submision add x", "Did you mean /submission add?"),
        ("submission ad x", "Did you mean /submission add?"),
        ("submission", "What about submission? I know: add, update."),
        ("submission add title:a title:b", "title is given twice"),
        ("cohort-admin show topic:x and more y", None),
        ('submission add title:"a" b', "I do not know what to do with “b”"),
    ],
)
def test_what_cannot_be_read_is_said(registry: Registry, line: str, said: str | None) -> None:
    problem = parse(registry, line).problem
    assert (problem is None) if said is None else (problem is not None and said in problem.text.plain())


def test_usage_shows_what_is_required(registry: Registry) -> None:
    assert usage(registry.commands["submission add"]) == "submission add title: [venue:] [accept_rate:]"


@given(st.text(max_size=80))
def test_nothing_typed_raises_or_is_lost_without_word(line: str) -> None:
    built = build_command(add, CommandMark("submission add", Access.ANYONE, True, None, True, None))
    found = parse(Registry({built.name: built}, {}, {}, {}, (), {}), f"submission add {line}")
    typed = {c for c in line if c.isalnum()}
    kept = {c for c in "".join(found.args.values()) if c.isalnum()}
    assert found.problem is not None or typed - kept <= set("titlevenueaccept_rateTITLEVENUEACCEPT_RATEſ")
