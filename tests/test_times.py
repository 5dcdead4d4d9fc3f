"""Dates and times that people read are written in one place, `core.clock`, and by `time.js` on the playground's page."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.slack import richtext
from core.chat.text import moment, say

ROOT = Path(__file__).parents[1]
WRITER = ROOT / "core" / "clock.py"
PAGE = ROOT / "bot" / "playground" / "static"
ALLOWED = {
    "core/chat/text.py: Moment(at, clock.words_without_zone(at, zone), zone)",  # what makes moments
    "core/delivery/recurrence.py: {until:%Y%m%d}",  # as RFC 5545 writes it
}
AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def written_by_hand(source: str) -> Iterator[str]:
    """Where a module gives a date or a time a form of its own, or tells people one as machines write it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in ("strftime", "ctime"):
            yield ast.unparse(node)
        if (
            isinstance(node, ast.FormattedValue)
            and node.format_spec
            and "%" in ast.unparse(node.format_spec).replace("%}", "")
        ):
            yield ast.unparse(node)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("say", "Moment", "plain", "Reply"):
            said = [*node.args, *(each.value for each in node.keywords)]
            inner = [each for arg in said for each in ast.walk(arg)]
            if any(isinstance(each, ast.Attribute) and each.attr == "isoformat" for each in inner):
                yield ast.unparse(node)
            if ast.unparse(node.func) == "Moment":
                yield ast.unparse(node)


def test_times_are_written_in_one_place() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {each}"
        for part in ("core", "bot")
        for path in (ROOT / part).rglob("*.py")
        if path != WRITER
        for each in written_by_hand(path.read_text(encoding="utf-8"))
    }
    assert found == ALLOWED


@pytest.mark.parametrize(
    "line",
    [
        "f'{at:%H:%M}'",
        "at.strftime('%d')",
        "say('{d}', d=day.isoformat())",
        "Moment(at, 'x')",
        "f'{x:%a} {y}'",
    ],
)
def test_search_finds_what_it_has_to(line: str) -> None:
    assert list(written_by_hand(line))


def test_page_writes_times_in_one_place() -> None:
    by_hand = re.compile(r"DateTimeFormat|toLocale\w*String|toDateString|getHours|getDate\(")
    found = {path.name for path in PAGE.glob("*.js") if by_hand.search(path.read_text(encoding="utf-8"))}
    assert found == {"time.js"}


def test_zone_is_said_once() -> None:
    text = say(
        "- {a}\n- {b}\n- {c}",
        a=moment(AT, "Europe/Berlin"),
        b=moment(AT + timedelta(days=1), "Europe/Berlin"),
        c=moment(AT, "AoE"),
    )
    said = "• Mon 23 Nov, 09:30 (Europe/Berlin)\n• Tue 24 Nov, 09:30\n• Sun 22 Nov, 20:30 (AoE)"
    assert text.plain() == said
    assert richtext.words(richtext.blocks(text)) == said
