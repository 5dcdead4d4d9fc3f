"""Long and odd texts are read in linear time (case 69). Each of these is so long that in quadratic time it would take
from minutes to days."""

import json
from collections.abc import Callable
from contextlib import suppress
from types import MappingProxyType

import pytest

from bot.discord.markdown import pieces
from bot.slack.payloads import read_command
from bot.slack.richtext import blocks
from core.chat.columns import aligned
from core.chat.model import Table
from core.chat.text import clean, plain, shorten
from core.commands.registry import Registry
from core.commands.typed_line import parse
from core.delivery.calendar import read_date_ranges
from core.errors import BadInput
from core.lottery import venues
from core.papers.venues import read_edition

pytestmark = pytest.mark.case(69)

LONG = 1_000_000
ODD = {
    "quotes": '"' * LONG,
    "closed quotes": '"a" ' * (LONG // 4),
    "open quotes": '"a ' * (LONG // 3),
    "quotes in words": 'a"b ' * (LONG // 4),
    "all kinds of quotes": "“a „b ‘c «d ‹e " * (LONG // 15),
    "quotes and spaces": '"' + " " * 50 + '"x' * (LONG // 2),
    "spaces": " " * LONG + "x",
    "names": "title:x " * (LONG // 8),
    "no names": "title:" * (LONG // 6),
    "colons": ":" * LONG,
    "people": "<@U1|" * (LONG // 5),
    "marks": "a" + "\u0315\u0300" * (LONG // 2),
    "hidden marks": "a" + "\u0f73" * LONG,
    "joiners": "\u200c\u200d" * (LONG // 2),
    "flags": "\U0001f1e9" * LONG,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize(
    "before",
    [
        "submission add ",
        "submission add title:",
        'submission add title:"',
        "review add ",
        "",
        "cohort-admin ",
    ],
)
def test_line_is_read(registry: Registry, before: str, text: str) -> None:
    parse(registry, before + text)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
async def test_slack_command_is_read(registry: Registry, text: str) -> None:
    async def names(_: object) -> MappingProxyType[str, str]:
        return MappingProxyType({})

    await read_command(registry, f"submission add title:{text}", names)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_text_is_cleaned_shortened_and_rendered(text: str) -> None:
    for multiline in (False, True):
        cleaned = clean(text, multiline=multiline)
        shorten(cleaned, LONG // 2)
    short = plain(cleaned[:100_000])
    assert len(json.dumps(blocks(short))) < 30 * LONG
    assert sum(map(len, pieces(short, 2_000))) < LONG
    aligned(Table(("a", "b"), ((cleaned[:20_000], "x"),)))


def test_letter_keeps_marks_that_languages_use() -> None:
    zalgo = clean("e" + "\u0301" * 100, multiline=False)
    assert zalgo == "é" + "\u0301" * 29
    for word in ("Nguyễn Văn", "שָׁלוֹם", "ཨོཾ་མ་ཎི་པདྨེ་ཧཱུྃ", "ประเทศไทย"):
        assert clean(word, multiline=False) == clean(clean(word, multiline=False), multiline=True)
        assert len(clean(word, multiline=False)) == len(clean(word + "", multiline=True))


@pytest.mark.parametrize("read", [read_date_ranges, venues.find, read_edition])
@pytest.mark.parametrize("filling", [" ", "-", "!", "_", "1", "'", " to", ".."])
def test_dates_and_venues_are_read(read: Callable[[str], object], filling: str) -> None:
    for text in ("a" + filling * LONG + "b", filling * LONG, filling * LONG + "2026"):
        with suppress(BadInput):
            read(text)


@pytest.mark.parametrize(
    ("typed", "name", "year"),
    [
        ("Our Workshop 2027", "Our Workshop", 2027),
        ("Our Workshop - 2027", "Our Workshop", 2027),
        ("Our-2027", "Our", 2027),
        ("2027", "2027", None),
        (" 2027", " 2027", None),
        ("Our2027", "Our", 2027),
        ("nips '26", "NeurIPS", 2026),
        ("ICLR_2025!", "ICLR", 2025),
        ("iclr", "ICLR", None),
    ],
)
def test_editions_are_what_they_were(typed: str, name: str, year: int | None) -> None:
    edition = read_edition(typed)
    assert (edition.name, edition.year) == (name, year)
