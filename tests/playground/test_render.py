"""Replies and forms as trees, and typed values as arguments: pure functions, no browser."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from bot.playground import registration, render
from core.charts.bars import bars
from core.chat.model import (
    UPLOAD_BYTES,
    Button,
    Buttons,
    ChannelRef,
    Fields,
    Form,
    FormField,
    PersonRef,
    Picture,
    Reply,
    Upload,
)
from core.chat.model import FieldKind as Kind
from core.chat.text import Moment, Span, Text, as_text, say
from core.commands.dispatch import error_reply
from core.commands.registry import Registry
from core.commands.stored_call import StoredCall
from core.errors import Ambiguous, BadInput, NotFound
from tests.sample_feature import sample_registry
from tests.slack.test_render import replies


@pytest.fixture(scope="module")
def samples() -> Registry:
    """The commands of the tests' own feature."""
    return sample_registry()


def _characters(value: object) -> str:
    """All texts in a tree, joined."""
    if isinstance(value, dict):
        return "".join(_characters(each) for key, each in value.items() if key != "k")
    if isinstance(value, list):
        return "".join(map(_characters, value))
    return value if isinstance(value, str) else ""


def _trees(value: object) -> Iterator[dict[str, Any]]:
    """All objects in a tree."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _trees(each)


@settings(max_examples=60)
@given(replies)
def test_the_page_gets_whatever_is_said_as_characters(reply: Reply) -> None:
    rendered = render.reply(reply)
    body = json.loads(json.dumps(render.without_calls(rendered.body)))
    said = [span.text for line in as_text(reply.text).lines for span in line.spans if isinstance(span, Span)]
    assert [span["s"] for line in body["text"] for span in line["c"]] == said
    keys = {"k", "c", "s", "b", "i", "code", "href", "at", "cmd"}
    for each in _trees([body["text"], *(block for block in body["blocks"] if block["t"] == "records")]):
        if "s" in each:
            assert each.keys() <= keys
            assert each.get("href") in (None, "https://example.org/a?b=1&c=2")
    addresses = {each["url"] for each in body["blocks"] if "url" in each}
    assert addresses == {render.FILES + each.id for each in rendered.blobs}
    assert all(each.id.isalnum() for each in rendered.blobs), "no name of a file stands in an address"


@pytest.mark.parametrize("title", ["<b>x</b>", "a **not bold** b", "[x](javascript:alert(1))", "`", "‎مرحبا"])
def test_member_words_are_one_span_without_marks(title: str) -> None:
    spans = render.text(say("**{title}**", title=title))[0]["c"]
    assert spans == [{"s": title, "b": True}]


def test_commands_carry_the_line_to_type() -> None:
    tree = render.text(say("Run {/review add paper:{paper}}", paper="#1"))
    assert tree[0]["c"][1] == {"cmd": "review add paper:#1", "s": "/review add paper:#1"}


def test_lines_links_and_instants_keep_their_kind() -> None:
    at = Moment(datetime(2026, 12, 1, 12, tzinfo=UTC), "Tue 1 Dec, 12:00")
    tree = render.text(say("plain\n- *item*\n> `code` [here](https://example.org) {at}", at=at))
    assert [line["k"] for line in tree] == ["plain", "item", "quote"]
    assert tree[1]["c"] == [{"s": "item", "i": True}]
    assert {"s": "here", "href": "https://example.org"} in tree[2]["c"]
    assert tree[2]["c"][-1] == {"at": "2026-12-01T12:00:00.000Z", "s": "Tue 1 Dec, 12:00"}


def test_buttons_remember_their_call_and_show_only_number() -> None:
    buttons = Buttons((Button("A", "x y", {"p": "1"}), Button("B", "x y", {"p": "2"}, cohort=9)))
    body = render.reply(Reply("text", (buttons,), cohort=4)).body
    shown = render.without_calls(body)["blocks"][0]["items"]
    assert all(set(item) == {"id", "label", "style"} for item in shown)
    found = [render.call_of(body, item["id"]) for item in shown]
    assert [label for label, _ in filter(None, found)] == ["A", "B"]
    assert [StoredCall.unpack(call) for _, call in filter(None, found)] == [
        StoredCall("x y", {"p": "1"}, 4),
        StoredCall("x y", {"p": "2"}, 9),
    ]
    assert render.call_of(body, "0-forged") is None


def test_question_is_not_shown_as_failure() -> None:
    told = [NotFound("There is none."), Ambiguous("Which one?", [("1", "One"), ("2", "Two")])]
    assert [render.reply(error_reply(each)).body["error"] for each in told] == [True, False]


def test_picture_is_kept_apart_under_name_of_its_content() -> None:
    one = render.reply(Reply("text", (Picture(b"png", "A blue square"),)))
    again = render.reply(Reply("other", (Picture(b"png", "A blue square"),)))
    assert one.blobs == again.blobs
    assert one.body["blocks"] == [
        {"t": "picture", "url": render.FILES + one.blobs[0].id, "alt": "A blue square", "name": "chart.png"}
    ]
    assert base64.b64decode(one.blobs[0].base64) == b"png"
    assert json.loads(json.dumps(one.body)) == one.body


def test_pictures_that_differ_only_where_there_is_room_are_kept_apart() -> None:
    one, two = (bars("Papers", [("in review " * 2 + end, 7)]).picture("stages.png") for end in ("a", "b"))
    assert one.png == two.png
    first, second = (render.reply(Reply("text", (each,))) for each in (one, two))
    assert first.blobs[0].id != second.blobs[0].id
    assert first.body["blocks"][0]["sizes"] == [list(size) for size in one.sizes]


def test_form_says_what_registry_knows_of_its_fields(samples: Registry) -> None:
    command = samples.commands["note form"]
    field = FormField("count", "Count", Kind.INTEGER, True, "How many", value="3", note="Three before")
    tree = render.form(Form("Title", command.name, (field,)), command, "1||note form|")
    assert tree["id"] == "1||note form|"
    shown: dict[str, Any] = tree["fields"][0]
    assert (shown["min"], shown["max"], shown["value"], shown["required"]) == (1, 5, "3", True)
    assert shown["note"] == "Three before"


def test_every_text_of_reply_is_in_its_tree() -> None:
    reply = Reply(say("a **b**\n- c"), (Fields((("d", say("*e*")), ("f", "g"))),))
    words = _characters(render.reply(reply).body)
    assert all(letter in words for letter in "abcdefg")
    assert isinstance(as_text(reply.text), Text)


def test_every_command_reaches_page_with_its_help(registry: Registry) -> None:
    listed = {each["name"]: each for each in registration.commands(registry)}
    assert set(listed) == set(registry.commands)
    assert all(each["help"] and all(param["help"] for param in each["params"]) for each in listed.values())
    assert all(group["help"] for group in registration.groups(registry))


def test_typed_words_become_people_channels_and_files(samples: Registry) -> None:
    command = samples.commands["note form"]
    given = {
        "guest": "@yuki",
        "room": "#papers",
        "dish": "@yuki",
        "menu": {"name": "m.txt", "type": "text/plain", "data": base64.b64encode(b"soup").decode()},
    }
    assert registration.arguments(command, given) == {
        "guest": PersonRef("yuki", "Yuki Tanaka"),
        "room": ChannelRef("papers", "papers"),
        "dish": "@yuki",
        "menu": Upload("m.txt", b"soup", "text/plain"),
    }


@pytest.mark.parametrize(
    "file",
    [
        {"name": "x", "type": "y", "data": "not base64!"},
        {"name": "x", "type": "y"},
        {"name": "x", "type": "y", "data": base64.b64encode(b"0" * (UPLOAD_BYTES + 1)).decode()},
    ],
)
@pytest.mark.case(34)
def test_file_that_is_broken_or_too_large_is_refused(samples: Registry, file: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refused:
        registration.arguments(samples.commands["note form"], {"menu": file})
    assert refused.value.field == "menu"
