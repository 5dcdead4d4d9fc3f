"""The local Discord refuses what Discord refuses."""

from typing import Any

import pytest

from tests.servers.discord.commands import check_commands
from tests.servers.discord.errors import Refused
from tests.servers.discord.limits import check_message, check_modal
from tests.servers.discord.markup import pings, render


def _message(**body: Any) -> dict[str, Any]:
    return body


def _menu(**change: Any) -> dict[str, Any]:
    option = {"label": "Go", "value": "go", **change}
    return {"type": 3, "custom_id": "menu", "options": [option]}


def _button(**change: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go", **change}


def _row(*children: dict[str, Any]) -> dict[str, Any]:
    return {"content": "x", "components": [{"type": 1, "components": list(children)}]}


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2001},
        {"content": ""},
        {"components": [{"type": 1, "components": [_button()]}]},
        {"embeds": [{"title": "x" * 257}]},
        {"embeds": [{"description": "x" * 4097}]},
        {"embeds": [{"fields": [{"name": "a", "value": "b"}] * 26}]},
        {"embeds": [{"fields": [{"name": "a", "value": "x" * 1025}]}]},
        {"embeds": [{"fields": [{"name": "", "value": "x"}]}]},
        {"embeds": [{"description": "x" * 3001}] * 2},
        {"embeds": [{"title": "x"}] * 11},
        {
            "content": "x",
            "components": [{"type": 1, "components": [_button(custom_id=str(n))]} for n in range(6)],
        },
        _row(*(_button(custom_id=str(n)) for n in range(6))),
        _row(_button(label="x" * 81)),
        _row(_button(custom_id="x" * 101)),
        _row(_button(), _button()),
        _row(_button(style=5)),
        _row(
            {"type": 3, "custom_id": "s", "options": [{"label": str(n), "value": str(n)} for n in range(26)]}
        ),
        _row(_menu(label="x" * 101)),
        _row(_menu(description="x" * 101)),
        _row(_menu(value="x" * 101)),
        _row(_menu(), _button()),
        {"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "y"}]},
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        {"content": "x", "attachments": [{"id": 0, "filename": "a"}]},
        {"content": "x", "nonce": "n" * 26},
    ],
)
def test_refused_messages(body: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        check_message(body, 0)
    assert caught.value.body["code"] in (50035, 50006)


def test_accepted_messages() -> None:
    check_message({"content": "x" * 2000}, 0)
    check_message({"content": "🦀" * 2000}, 0)
    check_message(
        {"embeds": [{"description": "x" * 4096, "fields": [{"name": "a", "value": "b" * 1024}]}]}, 0
    )
    check_message(_row(_menu(label="x" * 100, description="x" * 100)), 0)
    check_message(_row(_button(), _button(style=5, custom_id=None, url="https://example.org")), 0)
    check_message({"attachments": [{"id": 0, "filename": "a"}]}, 1)


def _field(**change: Any) -> dict[str, Any]:
    return {"type": 4, "custom_id": "f", "style": 1, "label": None, **change}


def _modal(*components: dict[str, Any], title: str = "Form") -> dict[str, Any]:
    return {"custom_id": "m", "title": title, "components": list(components)}


def _label(component: dict[str, Any], **change: Any) -> dict[str, Any]:
    return {"type": 18, "label": "Field", "component": component, **change}


@pytest.mark.parametrize(
    "modal",
    [
        _modal(_label(_field()), title="x" * 46),
        _modal(),
        _modal(*(_label(_field(custom_id=str(n))) for n in range(6))),
        _modal(_label(_field()), _label(_field())),
        _modal(_label(_field(), label="x" * 46)),
        _modal(_label(_field(), description="x" * 101)),
        _modal(_label(_field(label="twice"))),
        _modal(_label(_field(max_length=4001))),
        _modal(_label(_field(value="x" * 4001))),
        _modal(_label({"type": 21, "custom_id": "r", "options": [{"label": "a", "value": "a"}]})),
        _modal(_label(_button())),
    ],
)
def test_refused_modals(modal: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        check_modal(modal)


def _command(*options: dict[str, Any], **change: Any) -> dict[str, Any]:
    return {"name": "paper", "description": "Papers", "options": list(options), **change}


def _option(name: str = "title", kind: int = 3, **change: Any) -> dict[str, Any]:
    return {"name": name, "description": "It", "type": kind, **change}


@pytest.mark.parametrize(
    "command",
    [
        _command(name="Paper"),
        _command(name="pa per"),
        _command(name="x" * 33),
        _command(description=""),
        _command(description="x" * 101),
        _command(*(_option(f"o{n}") for n in range(26))),
        _command(_option("a"), _option("b", required=True)),
        _command(_option("a"), _option("a")),
        _command(_option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])),
        _command(_option(choices=[{"name": "a", "value": "a"}], autocomplete=True)),
        _command(_option(kind=6, autocomplete=True)),
        _command(_option("add", 1), _option("title")),
        _command(_option("add", 1, options=[_option("deeper", 1)])),
        _command(_option("g", 2, options=[_option("title")])),
        _command(
            *(
                _option(f"o{n}", choices=[{"name": f"{k}" + "n" * 98, "value": "v" * 100} for k in range(2)])
                for n in range(25)
            )
        ),
    ],
)
def test_refused_commands(command: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        check_commands([command])


def test_command_count_and_names() -> None:
    check_commands([_command(name=f"c{n}") for n in range(100)])
    with pytest.raises(Refused):
        check_commands([_command(name=f"c{n}") for n in range(101)])
    with pytest.raises(Refused):
        check_commands([_command(), _command()])


def test_pings_follow_allowed_mentions() -> None:
    content = "@everyone <@1> <@!2> <@&3>"
    assert pings({"content": content}) == {"everyone", "1", "2", "3"}
    assert pings({"content": content, "allowed_mentions": {"parse": []}}) == set()
    assert pings({"content": content, "allowed_mentions": {"parse": [], "users": ["2"]}}) == {"2"}


@pytest.mark.parametrize(
    ("content", "seen", "kinds"),
    [
        (r"\*\*a\*\* \<@1> \_b\_", "**a** <@1> _b_", []),
        ("**a *b***", "a b", ["bold", "italic"]),
        ("snake_case_name", "snake_case_name", []),
        ("[x](http://evil) ||s||", "x s", ["link", "spoiler"]),
        ("`<@1>`", "<@1>", ["code"]),
        ("# big\n\\# small", "big\n# small", ["heading"]),
        ("<t:5:F> <@1> @everyone", "<t:5:F> <@1> @everyone", ["time", "user", "everyone"]),
        ("@\u200beveryone", "@everyone", []),
        ("```\n<@1>\n```", "<@1>\n", ["codeblock"]),
    ],
)
def test_render(content: str, seen: str, kinds: list[str]) -> None:
    visible, marks = render(content)
    assert visible == seen
    assert sorted(mark.kind for mark in marks) == sorted(kinds)
