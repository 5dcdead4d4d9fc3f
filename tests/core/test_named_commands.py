"""Commands are named by the inline command, which every platform writes the way its people type it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.commands.registry import discover

CORE = Path(__file__).parents[2] / "core"
FOUND = discover()
REF = re.compile(r"\{/(?P<name>[a-z-]+ [a-z-]+)(?P<arguments>(?:[^{}]|\{\w+\})*)\}")
GROUPS = "|".join(map(re.escape, sorted(FOUND.groups, key=len, reverse=True)))
NAMES = "|".join(map(re.escape, FOUND.commands))
IN_CODE = re.compile(rf"`/?(?:{GROUPS})(?: [^`]*)?`|(?<![{{/\w])/(?:{GROUPS})\b")
"""A group or a command in code, or behind a slash that nobody types like that on every platform."""
IN_QUOTES = re.compile(rf"[“\"](?:{NAMES})[”\"]")
IN_WORDS = re.compile(
    rf"(?<!\{{/)(?<!`)\b(?:cohort-admin [a-z]|cohort (?:{'|'.join(c.verb for c in FOUND.groups['cohort'])})\b)"
)
"""What cannot be anything else than a command."""


@cache
def texts() -> list[tuple[str, str]]:
    """Where each text of core stands, and the text; strings that are written in several parts as one."""
    return list(_texts())


def _texts() -> Iterator[tuple[str, str]]:
    for path in sorted(CORE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = list(ast.walk(tree))
        described = {
            node.body[0].value
            for node in nodes
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        } | {node.value for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in described:
                yield f"{path.relative_to(CORE.parent)}:{node.lineno}", node.value


def test_every_named_command_is_there() -> None:
    named = [
        (where, match["name"], match["arguments"]) for where, text in texts() for match in REF.finditer(text)
    ]
    assert len(named) > 40
    for where, name, arguments in named:
        command = FOUND.commands.get(name)
        assert command is not None, f"{where} names {name}, which is no command"
        for key in re.findall(r"(?<![\w{])(\w+):", arguments):
            assert command.param(key) is not None, f"{where}: {name} takes no {key}"


def test_no_command_is_named_in_another_way() -> None:
    other = [
        f"{where}: {match[0]}"
        for where, text in texts()
        if text not in FOUND.commands
        for pattern in (IN_CODE, IN_QUOTES, IN_WORDS)
        for match in pattern.finditer(text)
    ]
    assert other == []


@pytest.mark.parametrize(
    "text",
    [
        "Run `cohort join`.",
        "Run `/reading`",
        "/checkin now",
        "use cohort-admin set",
        "`review add paper:3`",
        "with “submission update”",
    ],
)
def test_other_ways_are_found(text: str) -> None:
    assert IN_CODE.search(text) or IN_QUOTES.search(text) or IN_WORDS.search(text)


@pytest.mark.parametrize(
    "text", ["Run {/cohort join}.", "the reading list", "a cohort's home", "{/cohort-admin set}"]
)
def test_words_are_left_alone(text: str) -> None:
    assert not IN_CODE.search(text)
    assert not IN_WORDS.search(text)


def test_named_commands_are_in_templates() -> None:
    """Elsewhere than in `say` a template would be shown as it is written."""
    for path in sorted(CORE.rglob("*.py")):
        calls: dict[ast.AST, str] = {}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = calls.get(node, "")
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            calls.update(dict.fromkeys(ast.iter_child_nodes(node), name))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and REF.search(node.value):
                assert name in ("say", "refusal", ""), (
                    f"{path.name}:{node.lineno} gives {node.value!r} to {name}"
                )
