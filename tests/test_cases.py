"""The table of cases and the tests that carry their numbers say the same."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
TABLE: dict[int, dict[str, Any]] = {
    int(number): case
    for group in tomllib.loads((TESTS / "cases.toml").read_text(encoding="utf-8")).values()
    for number, case in group.items()
}


@cache
def marked() -> dict[int, list[str]]:
    """The tests by the numbers of their `case` markers."""
    found: dict[int, list[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for number in numbers_of(node):
                    found.setdefault(number, []).append(f"{path.name}::{node.name}")
    return found


def numbers_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[int]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.case":
            assert function.name.startswith("test_"), f"{function.name} is no test"
            yield from (ast.literal_eval(argument) for argument in decorator.args)


def test_table_lists_every_case_once() -> None:
    assert list(TABLE) == list(range(1, 71))


@pytest.mark.parametrize("number", TABLE)
def test_case_is_shown_or_says_why_not(number: int) -> None:
    case, tests = TABLE[number], marked().get(number, [])
    assert case["what"]
    if case.get("shown"):
        assert tests, f"no test carries case {number}: {case['what']}"
        assert "not_yet" not in case
    else:
        assert case["not_yet"], f"case {number} has to say why it is not shown"
        assert not tests, f"{tests} show case {number}: say so in cases.toml"


def test_no_test_carries_unknown_case() -> None:
    assert set(marked()) <= set(TABLE)
