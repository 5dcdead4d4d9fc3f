"""Replies and forms as Block Kit: everything Slack would accept, nothing it would read as more than text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack import modals, richtext
from bot.slack.payloads import RootCommand
from bot.slack.render import MESSAGES, public_button_values, render
from core.chat.model import (
    Block,
    Button,
    Buttons,
    Choice,
    FieldKind,
    Fields,
    File,
    Form,
    FormField,
    Person,
    Picture,
    Record,
    Records,
    Reply,
    Table,
)
from core.chat.text import Line, LineKind, Sayable, Span, Text, as_text, say
from core.commands.forms import build_form
from core.commands.registry import Registry
from core.errors import Refused
from tests.servers.slack import limits, visible

SOMEBODY = Person("slack", "T1", "U1", "Ada")
SPECIAL = "@everyone <!channel> <@U1> [x](http://evil.example) *b* _i_ ~s~ `c` & <b> :smile:"

words = st.one_of(st.text(max_size=60), st.text(max_size=40).map(lambda t: t * 200), st.just(SPECIAL))
spans = st.builds(
    Span,
    words,
    bold=st.booleans(),
    italic=st.booleans(),
    code=st.booleans(),
    link=st.sampled_from([None, None, "https://example.org/a?b=1&c=2"]),
)
lines = st.builds(Line, st.sampled_from(LineKind), st.lists(spans, max_size=4).map(tuple))
texts: st.SearchStrategy[Sayable] = st.one_of(words, st.builds(Text, st.lists(lines, max_size=8).map(tuple)))
buttons = st.builds(Button, st.text(min_size=1, max_size=120), st.just("submission list"))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Tables of up to 25 columns and 120 rows."""
    columns = draw(st.integers(1, 25))
    row = draw(st.lists(words, min_size=columns, max_size=columns))
    return Table(
        tuple(f"Column {n}" for n in range(columns)),
        tuple(tuple(row) for _ in range(draw(st.integers(0, 120)))),
    )


records = st.builds(
    Record,
    texts,
    st.lists(texts, max_size=3).map(tuple),
    st.none() | st.builds(Button, st.just("Open"), st.just("submission show"), st.just({"paper": "1"})),
)
blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Records, st.lists(records, max_size=8).map(lambda few: tuple(few * 30))),
    st.builds(Fields, st.lists(st.tuples(st.text(min_size=1, max_size=40), texts), max_size=12).map(tuple)),
    tables(),
    st.builds(Buttons, st.lists(buttons, max_size=5).map(tuple)),
    st.just(Picture(b"png", "A picture.")),
    st.just(File("a.csv", b"a")),
)
replies = st.builds(Reply, texts, st.lists(blocks, max_size=5).map(tuple))


@settings(max_examples=60)
@given(replies)
def test_slack_accepts_whatever_is_said(reply: Reply) -> None:
    rendered = render(reply, public_button_values(reply))
    assert 1 <= len(rendered.messages) <= MESSAGES
    for message in rendered.messages:
        assert limits.message_blocks(message["blocks"]) == [] if message.get("blocks") else message["text"]
        assert 0 < len(message["text"]) <= limits.TEXT_LIMIT
        effects = visible.effects({**message, "parse": "none"})
        assert effects.pings == ()
        assert set(effects.links) <= {"https://example.org/a?b=1&c=2"}


@given(st.text(alphabet="abc \n<>&@*", min_size=1, max_size=9_000))
def test_long_text_is_split_and_whole(text: str) -> None:
    found = richtext.blocks(text)
    shown = "".join(visible.plain("", [block]) for block in found)
    assert "".join(shown.split()) == "".join(text.split())
    assert limits.message_blocks(found) == [] if text.strip("\n") else True


def test_formatting_comes_from_templates_alone() -> None:
    text = say(
        "**{title}**, *really*: [paper](https://example.org) `x`\n- one\n- two\n> {title}", title=SPECIAL
    )
    (block,) = richtext.blocks(text)
    first, second, third = block["elements"]
    assert first["elements"][0] == {"type": "text", "text": SPECIAL, "style": {"bold": True}}
    assert {"type": "link", "url": "https://example.org", "text": "paper"} in first["elements"]
    assert (second["type"], second["style"], len(second["elements"])) == ("rich_text_list", "bullet", 2)
    assert third == {"type": "rich_text_quote", "elements": [{"type": "text", "text": SPECIAL}]}


def test_fallback_is_inert_by_itself() -> None:
    said = richtext.fallback(SPECIAL, 3_900)
    assert visible.effects({"text": said}) == visible.Effects()
    assert len(richtext.fallback("&" * 4_000, 3_900)) <= 3_900
    assert not richtext.fallback("&" * 4_000, 3_900).rstrip("…").endswith(("&", "&a", "&am"))


def test_post_keeps_no_button_that_is_too_long() -> None:
    reply = Reply("x", (Buttons((Button("b", "submission show", {"paper": "x" * 2_000}),)),))
    with pytest.raises(Refused):
        render(reply, public_button_values(reply))


def test_every_commands_form_is_accepted(registry: Registry) -> None:
    for command in registry.commands.values():
        fields = tuple(
            FormField(p.name, p.label, p.kind, p.required, p.help, p.choices, p.max_length)
            for p in command.params
            if p.in_form or p.required
        )
        if fields:
            view = modals.modal(Form(command.form or command.name, command.name, fields), "hidden")
            assert limits.view(view) == [], command.name
            assert [block["block_id"] for block in view["blocks"]] == [field.name for field in fields]


@pytest.mark.parametrize("kind", FieldKind)
@pytest.mark.parametrize("value", [None, "", "x", "y" * 4_000, "2026-11-23", "U1", "C1", "yes", "5"])
def test_every_kind_of_field_takes_any_value(kind: FieldKind, value: str | None) -> None:
    choices = (Choice("yes", "Yes" * 40), Choice("x", "X"))
    field = FormField("f", "Label" * 40, kind, True, "Help" * 200, choices, 250, value)
    assert limits.view(modals.modal(Form("A title that is longer than Slack's", "a b", (field,)), "")) == []


def test_note_stands_above_its_field() -> None:
    field = FormField(
        "f", "What moved", FieldKind.LONG_TEXT, True, note=f"You had planned: <@U1> {'a' * 2_500}"
    )
    view = modals.modal(Form("Check in", "a b", (field,)), "")
    assert limits.view(view) == []
    assert [block["type"] for block in view["blocks"]] == ["context", "input"]
    assert view["blocks"][0]["elements"][0]["text"].startswith("You had planned: <@U1> a")


def test_suggestions_offer_what_was_typed() -> None:
    found = [Choice(str(n), f"Paper {n}" * 20) for n in range(150)]
    answer = modals.suggestions(found, "New venue 2027")
    assert limits.options(answer) == []
    assert answer["options"][-1]["value"] == "New venue 2027"
    assert modals.suggestions((), "") == {"options": []}


def test_build_form_is_what_core_hands_over(registry: Registry) -> None:
    command = registry.commands["submission add"]
    form = build_form(None, command, {"title": SPECIAL}, None, {}, SOMEBODY)  # type: ignore[arg-type]  # no prefill, so no connection
    view = modals.modal(form, "")
    assert view["blocks"][0]["element"]["initial_value"] == SPECIAL
    assert limits.view(view) == []


def test_commands_are_written_with_the_root() -> None:
    text = say("{/cohort join}, {/cohort-admin set}, {/review add paper:{paper}}", paper="#1")
    written = Reply("", (Fields((("How", text),)),)).with_commands(RootCommand("/lab").write)
    (block,) = written.blocks
    assert isinstance(block, Fields)
    assert as_text(block.items[0][1]).plain() == "/lab join, /lab admin set, /lab review add paper:#1"
    (message,) = render(
        Reply(text).with_commands(RootCommand("/lab").write), public_button_values(Reply(text))
    ).messages
    assert message["text"] == "/lab join, /lab admin set, /lab review add paper:#1"
    elements = message["blocks"][0]["elements"][0]["elements"]
    assert elements[0] == {"type": "text", "text": "/lab join", "style": {"code": True}}
