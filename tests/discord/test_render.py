"""Text and replies as Discord's Markdown, read back as a reader would see them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord import modals
from bot.discord.markdown import escape, markdown
from bot.discord.registration import CommandIds
from bot.discord.render import CONTENT, prepare, render
from core.chat.columns import PHONE, aligned, width
from core.chat.model import Button, Buttons, FieldKind, Fields, File, FormField, Record, Records, Reply, Table
from core.chat.text import CommandRef, Moment, plain, say
from tests.servers.discord.limits import check_message, check_modal
from tests.servers.discord.markup import render as seen

VISIBLE = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"))
WORDS = st.text(st.one_of(VISIBLE, st.sampled_from(list(r"*_~`|[]()<>#@!&:/\-.1 \t"))), max_size=60)


@given(WORDS)
def test_what_members_type_is_shown_as_typed(typed: str) -> None:
    text, marks = seen(escape(typed))
    assert text == typed
    assert marks == []


@given(WORDS.filter(lambda typed: typed.strip()), WORDS)
def test_styles_hold_around_what_members_type(first: str, second: str) -> None:
    text, marks = seen(markdown(say("**{a}** and {b}", a=first, b=second)))
    assert text == f"{first} and {second}"
    assert [mark.kind for mark in marks] == ["bold"]


@pytest.mark.parametrize(
    ("template", "expected", "kinds"),
    [
        ("- **a**", "• a", ["bold", "item"]),
        ("> *a* b", "a b", ["italic", "quote"]),
        ("`{x}`", "a*bˋ<@1>", ["code"]),
        ("[{x}]({url})", "a*b`<@1>: <https://example.org/a_%28b%29>", ["link"]),
        ("**{x}***{x}*", "a*b`<@1>a*b`<@1>", ["bold", "italic"]),
        ("**a**`b`", "ab", ["bold", "code"]),
        ("*{spaced}*", " a ", ["italic"]),
    ],
)
def test_templates(template: str, expected: str, kinds: list[str]) -> None:
    text, marks = seen(markdown(say(template, x="a*b`<@1>", spaced=" a ", url="https://example.org/a_(b)")))
    assert text == expected
    assert sorted(mark.kind for mark in marks) == kinds


def test_links_show_no_preview_and_moments_are_local() -> None:
    assert markdown(say("[a](https://example.org)")) == "[a](<https://example.org>)"
    at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert markdown(say("at {when}", when=Moment(at, "9:00"))) == "at <t:1795424400:F>"


def test_commands_are_clickable_where_their_id_is_known() -> None:
    text = say("Run {/review add paper:{paper}} now", paper="#1`@everyone")
    assert markdown(text) == "Run `/review add paper:#1ˋ@\u200beveryone` now"
    ids = CommandIds()
    ids.learn([{"name": "review", "id": "123456789012345678"}])
    known = markdown(text.with_commands(ids.write))
    assert known == "Run </review add:123456789012345678> `paper:#1ˋ@\u200beveryone` now"
    assert [mark.kind for mark in seen(known)[1]] == ["command", "code"]
    assert ids.write(CommandRef("cohort join")).id == ""


def test_ids_of_commands_outlive_a_restart_but_not_a_change() -> None:
    ids, later = CommandIds(), CommandIds()
    ids.learn([{"name": "cohort", "id": "1"}])
    assert later.load(ids.dump("a"), "a")
    assert later.write(CommandRef("cohort join")).id == "1"
    for other in (None, "a", "{}", "[]", ids.dump("b")):
        assert not CommandIds().load(other, "a")


def test_long_lines_break_between_words_and_outside_of_markup() -> None:
    words = " ".join(f"w{n}_x" for n in range(600))
    pages = render(Reply(say("**{words}** end", words=words)))
    assert all(len(page.content) <= CONTENT for page in pages)
    read = [seen(page.content) for page in pages]
    assert " ".join(text.strip() for text, _ in read).split() == [*words.split(), "end"]
    assert {mark.kind for _, marks in read for mark in marks} == {"bold"}


def test_table_pages_repeat_heading_and_close_their_fences() -> None:
    table = Table(("Paper", "Votes"), tuple((f"Paper number {n}", "12 of 20") for n in range(120)))
    pages = render(Reply("The papers", (table,)))
    assert len(pages) > 1
    for page in pages:
        assert page.content.count("```") == 2
        assert "Paper " in page.content
    assert sum(page.content.count("Paper number") for page in pages) == 120


def test_huge_table_comes_as_file() -> None:
    table = Table(("Paper",), tuple((f"Paper number {n}",) for n in range(1000)))
    (page,) = render(Reply("The papers", (table,)))
    assert page.attachments[0].content.decode().count("Paper number") == 1000


def test_wide_characters_are_aligned_and_wide_rows_are_lines() -> None:
    lines = aligned(Table(("a", "b"), (("名前", "x"), ("n", "y")))).split("\n")
    assert [width(line[: line.index(mark)]) for line, mark in zip(lines, "bxy", strict=True)] == [6, 6, 6]
    (page,) = render(Reply("t", (Table(("Try", "As it is", "Better"), (("1", "名" * 10, "x" * PHONE),)),)))
    assert page.content == f"t\n- **Try 1** · As it is: {'名' * 10} · Better: {'x' * PHONE}"


def test_fences_and_everyone_in_cells() -> None:
    (page,) = render(Reply("t", (Table(("a",), (("``` @everyone",),)),)))
    assert page.content.count("```") == 2


def test_fields_are_text_and_long_ones_boxed_and_named() -> None:
    (page,) = render(
        Reply(
            "t",
            (
                Fields(
                    (("A", "1"), ("B", plain(""))),
                ),
            ),
        )
    )
    assert page.content == "t\n**A:** 1\n**B:** –"
    assert not page.fields
    (page,) = render(Reply("t", (Fields((("A", "x" * 1000), ("B_", "y" * 1000))),)))
    assert page.content == "t\n-# Below: A, B\\_"
    assert page.fields == [("A", "x" * 1000), ("B\\_", "y" * 1000)]
    assert render(Reply("t", (Fields((("A", "x" * 1500),)),)))[0].content.startswith("t\n**A:** x")


def test_too_large_file_is_said() -> None:
    (page,) = render(Reply("t", (File("a_b.csv", b"x" * (10 * 1024 * 1024 + 1)),)))
    assert "larger than Discord takes" in page.content
    assert not page.attachments


def test_empty_reply_is_still_message() -> None:
    (page,) = render(Reply("", (Buttons((Button("a", "b c"),)),)))
    check_message({"content": page.content}, 0)


@pytest.mark.parametrize(("rows", "menus"), [(1, [1]), (25, [25]), (60, [25, 25, 10])])
async def test_records_are_lines_with_menus_that_discord_takes(rows: int, menus: list[int]) -> None:
    long = "名" * 300
    records = tuple(
        Record(
            f"#{n} {long if n == 0 else 'A_title'}",
            ("名" * 60, say("*{n}*", n=n)),
            Button("Open", "a b", {"n": str(n)}),
        )
        for n in range(rows)
    )
    pages = render(Reply("The list", (Records(records), Buttons((Button("Next", "a c"),)))))
    assert sum(page.content.count("A\\_title") for page in pages) == rows - 1
    assert sum(page.content.count("名") for page in pages) == 300 + 60 * rows
    bodies = [(await prepare(page, 1, None)).body for page in pages]
    for body in bodies:
        check_message(body, 0)
    rows_shown = [row["components"] for row in bodies[-1]["components"]]
    assert [len(row[0]["options"]) for row in rows_shown[:-1]] == menus
    assert rows_shown[-1][0]["label"] == "Next"
    assert rows_shown[0][0]["placeholder"] == "Open…"


ADDRESS = "https://example.org/a_b"


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("the paper", "[the paper](<https://example.org/a_b>)"),
        (ADDRESS, "<https://example.org/a_b>"),
        ("a_b [draft]", "a\\_b \\[draft\\]: <https://example.org/a_b>"),
        ("arXiv.org", "arXiv.org: <https://example.org/a_b>"),
        ("x](http://evil.example)", None),
        ("http://evil.example", None),
    ],
)
def test_link_says_its_label_and_leads_to_its_address(label: str, shown: str | None) -> None:
    (page,) = render(Reply(say("- [{label}]({link})", label=label, link=ADDRESS)))
    if shown is not None:
        assert page.content == f"- {shown}"
    read, marks = seen(page.content)
    assert "\\" not in read
    assert label in read
    links = [mark.text.strip("<>") for mark in marks if mark.kind == "link"]
    assert links == [ADDRESS]
    assert not [mark for mark in marks if mark.kind == "unmasked"]


@given(st.text(alphabet="ab .[]()\\*_<>:/@#`|~h", min_size=1, max_size=30))
def test_no_label_makes_another_link(label: str) -> None:
    content = markdown(say("- [{label}]({link})", label=label, link=ADDRESS))
    read, marks = seen(content)
    kinds = {mark.kind for mark in marks} - {"item"}
    assert kinds <= {"link"}
    assert {mark.text.strip("<>") for mark in marks if mark.kind == "link"} <= {ADDRESS}
    assert "".join(label.split()) in "".join(read.split())


def test_note_of_a_field_stands_in_its_description() -> None:
    note = f"You had planned: {'a' * 200}"
    fields = (
        FormField("f", "What moved", FieldKind.LONG_TEXT, True, "Small steps count", note=note),
        FormField("g", "What you learned", FieldKind.LONG_TEXT, False, "A result"),
    )
    modal = modals.modal("Check in", fields, "x")
    check_modal(modal)
    first, second = (each["description"] for each in modal["components"])
    assert first.startswith("You had planned: aaa")
    assert (len(first), second) == (100, "A result")


def test_who_reads_an_answer_is_not_cut_for_a_long_question() -> None:
    asked = "How many tokens did the longest of your runs read in all of this week?"
    helps = (
        "0 to 80. With your check-in.",
        "0 to 2500000.5. For mentors and you.",
        "-999999999.123456 to 999999999.123456. For mentors and you.",
    )
    fields = tuple(FormField(f"q{n}", asked, FieldKind.NUMBER, False, help_) for n, help_ in enumerate(helps))
    modal = modals.modal("Three more questions", fields, "x")
    check_modal(modal)
    assert [each["description"] for each in modal["components"]] == [
        f"{asked} {helps[0]}",
        f"How many tokens did the longest of your runs read in all of th… {helps[1]}",
        helps[2],
    ]
