"""One table of typed lines, read by the server and by the page: both have to say the same about each."""

import json
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from playwright.async_api import Browser, Page

from bot.playground import registration
from bot.playground.payloads import read_line
from core.chat.model import Buttons
from core.commands.registry import discover
from core.commands.typed_line import parse
from core.errors import BadInput

Said = dict[str, Any]
"""What a line says: `{line, command, args, problem}`, as in the table."""

_TABLE = json.loads((Path(__file__).parent / "typed_lines.json").read_text(encoding="utf-8"))
_COMPARED: list[Said] = [{"problem": False, **each} for each in _TABLE["compared"]]
_ASKED: list[Said] = _TABLE["asked"]
"""Lines that may be meant in several ways, with the arguments of each button."""
_APART: list[dict[str, str]] = _TABLE["apart"]
"""Lines about which the two differ, with the reason. Whoever mends one moves it to those that are compared."""
_REGISTRY = discover()

_AWKWARD = [
    "plain",
    "two words",
    'The "best" of all',
    "it's so",
    "'quoted'",
    '"quoted"',
    "“curly” and „low“",
    '«both» "kinds" it\'s',
    "title: a colon",
    "title:x",
    "https://example.org/?a=1&title=2",
    "a = b",
    "back\\slash and \\",
    "研究 について",
    "",
]
"""Values that a completion may put into a line."""


def _read_by_the_core(line: str) -> Said:
    """`/cohort` before another group is taken away by the platform, before the core reads the line."""
    words = line.strip().removeprefix("/").split(maxsplit=1)
    rest = " ".join(words[1:]) if words and words[0].casefold() == "cohort" else line
    command, args, problem = parse(_REGISTRY, rest)
    return {
        "line": line,
        "command": command and command.name,
        "args": args,
        "problem": problem is not None,
    }


in_browser = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """An empty page that knows parse.js and the commands, and nothing else of the playground."""
    source = (files("bot.playground") / "static" / "parse.js").read_text(encoding="utf-8")
    page = await browser.new_page()
    await page.add_script_tag(type="module", content=f"{source}\nwindow.reads = {{ parse, quote, context }};")
    await page.wait_for_function("window.reads")
    await page.evaluate(
        "([commands, groups]) => Object.assign(window, { commands, groups })",
        [registration.commands(_REGISTRY), registration.groups(_REGISTRY)],
    )
    yield page
    await page.close()


async def _read_by_the_page(page: Page, lines: list[str]) -> list[Said]:
    found = await page.evaluate(
        """(lines) => lines.map((line) => {
             const { command, args, problem } = reads.parse(line, commands, groups);
             return { line, command: command?.name ?? null, args, problem };
           })""",
        lines,
    )
    return cast("list[Said]", found)


def test_table_is_large_enough_and_says_nothing_twice() -> None:
    lines = [each["line"] for each in [*_COMPARED, *_APART]]
    assert len(lines) == len(set(lines)) > 100
    assert all(each["reason"] for each in _APART)


@pytest.mark.parametrize("said", _COMPARED, ids=range(1, len(_COMPARED) + 1))
def test_core_reads_what_table_says(said: Said) -> None:
    assert _read_by_the_core(said["line"]) == said


@pytest.mark.parametrize("said", _COMPARED, ids=range(1, len(_COMPARED) + 1))
def test_playground_takes_line_as_table_says(said: Said) -> None:
    if said["problem"]:
        with pytest.raises(BadInput):
            read_line(_REGISTRY, said["line"])
    else:
        command, args = read_line(_REGISTRY, said["line"])
        assert (command.name, args) == (said["command"], said["args"])


@pytest.mark.case(58)
@pytest.mark.parametrize("said", _ASKED, ids=range(1, len(_ASKED) + 1))
def test_line_that_may_mean_several_things_is_asked_about(said: Said) -> None:
    with pytest.raises(BadInput) as refused:
        read_line(_REGISTRY, said["line"])
    (row,) = refused.value.blocks
    assert isinstance(row, Buttons)
    command = " ".join(said["line"].removeprefix("/").split()[:2])
    offered = [each for each in row.items if each.command == command]
    assert [dict(each.args) for each in offered][: len(said["readings"])] == said["readings"]


_PIECES = st.sampled_from(
    [
        *(
            "title:",
            "venue:",
            "venue: ",
            "vnue:",
            "stage=",
            "note",
            "A",
            "word",
            "é",
            "it's",
            '"',
            "“",
            "”",
            "«",
        ),
        *(
            "»",
            "'",
            " ",
            "  ",
            "\t",
            "3",
            "#4",
            "in-review",
            "x:y",
            "https://x.org/?a=1",
            "a = b",
            ":",
            "=",
            "ı",
        ),
    ]
)
_LINES = st.builds(
    "/{} {}".format,
    st.sampled_from(["submission add", "submission update", "review add", "reading takeaway", "cohort help"]),
    st.lists(_PIECES, max_size=14).map("".join),
)


@in_browser
async def test_page_reads_alike_what_the_server_takes(page: Page) -> None:
    """The page only completes, and never decides; what the server asks about it may read in any way."""
    lines: set[str] = set()

    @settings(max_examples=2_000, phases=[Phase.generate], database=None, deadline=None)
    @given(_LINES)
    def collect(line: str) -> None:
        lines.add(line)

    collect()
    taken = [said for said in map(_read_by_the_core, sorted(lines)) if not said["problem"]]
    assert len(taken) > 300
    found = await _read_by_the_page(page, [said["line"] for said in taken])
    assert [each for each in zip(found, taken, strict=True) if each[0] != each[1]] == []


@in_browser
async def test_page_reads_what_table_says(page: Page) -> None:
    found = await _read_by_the_page(page, [each["line"] for each in _COMPARED])
    assert found == _COMPARED


@pytest.mark.case(69)
@in_browser
async def test_page_reads_long_lines_in_linear_time(page: Page) -> None:
    """Each would take hours in quadratic time."""
    odd = ["submission add title:" + '"a" ' * 100_000, "submission add title:" + '"a ' * 100_000]
    odd += ["review add " + "“a „b ‘c «d ‹e " * 20_000, "submission add " + '"' * 300_000]
    found = await _read_by_the_page(page, odd)
    assert [each["command"] for each in found] == [" ".join(line.split()[:2]) for line in odd]


@in_browser
async def test_lines_apart_still_differ(page: Page) -> None:
    found = await _read_by_the_page(page, [each["line"] for each in _APART])
    for said in found:
        same = _read_by_the_core(said["line"]) == said
        assert not same, f"Both read {said['line']} alike now: it belongs to the lines that are compared."


@in_browser
async def test_completed_value_is_read_as_it_was_chosen(page: Page) -> None:
    typed = await page.evaluate("(values) => values.map((value) => reads.quote(value))", _AWKWARD)
    for value, shown in zip(_AWKWARD, typed, strict=True):
        assert _read_by_the_core(f"/submission add venue:{shown} title:x")["args"]["venue"] == value
        assert _read_by_the_core(f"/submission add title:x venue:{shown} ")["args"]["venue"] == value


@pytest.mark.parametrize(
    ("line", "stage", "about", "typed", "begins"),
    [
        ("/submission show Attention is", "param", "paper", "Attention is", "/submission show "),
        ('/submission show "Attention is ', "param", "paper", "Attention is ", "/submission show "),
        ("/submission add title:x venue:Neur", "value", "venue", "Neur", "/submission add title:x venue:"),
        (
            "/submission add title:x venue:NeurIPS 20",
            "param",
            "venue",
            "NeurIPS 20",
            "/submission add title:x venue:",
        ),
        (
            '/submission add title:x venue:"NeurIPS 20',
            "value",
            "venue",
            "NeurIPS 20",
            "/submission add title:x venue:",
        ),
        ("/submission update Lotteries in-re", "param", "stage", "in-re", "/submission update Lotteries "),
        ("/admin channel ", "param", "purpose", "", "/admin channel "),
        ("/help subm", "param", "topic", "subm", "/help "),
        ("/help ", "param", "topic", "", "/help "),
        ("/lottery venue ", "param", "venue", "", "/lottery venue "),
        ("/submission update stage: ", "value", "stage", "", "/submission update stage: "),
    ],
)
@in_browser
async def test_menu_completes_value_that_server_will_read(
    page: Page, line: str, stage: str, about: str, typed: str, begins: str
) -> None:
    found = await page.evaluate("(line) => reads.context(line, commands, groups)", line)
    assert found["stage"] == stage
    assert (found["param"] if stage == "value" else found["positional"])["name"] == about
    assert (found["query"] if stage == "value" else found["value"]) == typed
    assert line[: found["from"] if stage == "value" else found["begins"]] == begins


@pytest.mark.parametrize(
    ("line", "needs_name"),
    [
        ("/submission update paper:#12 ", True),
        ('/submission update paper:"On lotteries" ', False),
        ("/submission update #12 ", False),
    ],
)
@in_browser
async def test_value_after_one_without_quotes_needs_its_name(page: Page, line: str, needs_name: bool) -> None:
    found = await page.evaluate("(line) => reads.context(line, commands, groups)", line)
    assert (found["positional"]["name"], found["needsName"]) == ("stage", needs_name)
    chosen = f"{line}{'stage:' if needs_name else ''}in-review "
    assert _read_by_the_core(chosen)["args"]["stage"] == "in-review"
