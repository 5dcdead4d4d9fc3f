"""Whatever somebody writes is words in a file, and nothing else: no formula, no row, no picture that is fetched."""

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from core.chat.files import cell, csv_file, json_file, markdown
from tests.core.test_archive import file_of
from tests.people import CohortFixture

HOSTILE = (
    "![x](https://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "<img src=https://evil.example/x.png>",
    "<https://evil.example>",
    "[x]: https://evil.example",
    "a\n# b\n- c\n1. d\n> e\n***\n=== \n```\n| f | g |",
    '=HYPERLINK("https://evil.example")',
    "&lt;b&gt; \\*",
)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=80)
MARKED = st.text(st.sampled_from("ab1 \n!#*_-+=~`|<>[]()&;\\./:"), max_size=60)


def shown(text: str) -> tuple[set[str], str]:
    """The kinds of what Markdown reads in a text, and what it shows."""
    kinds, said = set[str](), []
    for block in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        kinds.add(block.type)
        for inline in block.children or ():
            kinds.add(inline.type)
            said.append(" " if "break" in inline.type else inline.content)
    return kinds, "".join(said)


PLAIN = {
    "bullet_list_open",
    "bullet_list_close",
    "list_item_open",
    "list_item_close",
    "paragraph_open",
    "paragraph_close",
}
PLAIN |= {"inline", "text", "text_special", "softbreak", "hardbreak"}


MORE = {"image", "html_block", "html_inline", "fence", "table_open", "code_block", "hr"}
"""What is more than words in a file that has headings and items of its own."""


@given(st.one_of(WORDS, MARKED, st.sampled_from(HOSTILE)))
@example("![x](https://evil.example/x.png)")
@example("_a_ __b__ a_b ~~c~~ ~d~")
@example("1) a")
def test_markdown_is_the_words_alone(words: str) -> None:
    lines = [f"  {line.strip()}" for line in markdown(words).splitlines()]
    kinds, said = shown("\n".join(["- It was:", *lines]))
    assert kinds <= PLAIN, kinds - PLAIN
    assert "".join(said.split()) == "".join(f"It was:{words}".split())


@given(st.lists(st.tuples(st.one_of(WORDS, st.sampled_from(HOSTILE)), WORDS), max_size=5))
def test_tables_hold_every_word_and_no_formula(rows: list[tuple[str, str]]) -> None:
    columns = ("one", "two")
    written = csv_file("x.csv", columns, rows).content.decode("utf-8-sig")
    head, *found = csv.reader(io.StringIO(written, newline=""))
    assert head == ["one", "two"]
    assert found == [[cell(each) for each in row] for row in rows]
    assert not any(each.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for row in found for each in row)
    whole = json.loads(json_file("x.json", columns, rows).content)
    assert whole == [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.mark.parametrize("words", HOSTILE)
async def test_what_others_open_fetches_nothing(cohort: CohortFixture, words: str) -> None:
    ada, ben = cohort.ada, cohort.ben
    await ben.ok("checkin now", progress=words, learned=words, blocker=words, share="shared")
    await ben.ok("feedback thank", person="U-ada", words=words)
    await ben.ok("reading add", reference=f"Paper {' '.join(words.split())}")
    await ada.ok("reading done", item="1", takeaway=words)
    await ada.ok("submission add", title=f"Paper {' '.join(words.split())}")
    for each in (
        await ada.ok("checkin history", who="U-ben", format="markdown"),
        await ada.ok("profile record"),
    ):
        kinds, _ = shown(file_of(each).content.decode())
        assert not kinds & (MORE | {"link_open"}), file_of(each).content.decode()
    # A work has the link to where it is.
    kinds, _ = shown(file_of(await ada.ok("reading export", format="markdown")).content.decode())
    assert not kinds & MORE
