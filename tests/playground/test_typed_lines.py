"""The page reads a command line as the bot does: both over one table of examples.

The table's second part is read by the bot alone: words without a slash are no command on the page, a slash alone opens its
menu, and parameters that only a form asks for are not offered there.
"""

import base64
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from bot.playground import registration
from bot.playground.payloads import read_line
from core.commands.registry import Registry
from core.errors import BadInput

TABLE: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("typed_lines.json").read_text(encoding="utf-8")
)

READ = """async ([module, lines, commands, groups]) => {
  const { context } = await import(module);
  return lines.map((line) => {
    const found = context(`${line} `, commands, groups);
    return { line, command: found?.command?.name ?? null, args: found?.args ?? {} };
  });
}"""
"""What the page's menu makes of lines that end with a space, so that their last word is complete."""


@pytest.mark.parametrize("row", [*TABLE["both"], *TABLE["bot_only"]], ids=lambda row: row["line"])
def test_bot_reads_line(row: dict[str, Any], registry: Registry) -> None:
    try:
        command, args = read_line(registry, row["line"])
    except BadInput:
        assert row["command"] is None
    else:
        assert (command.name, args) == (row["command"], row["args"])


@pytest.mark.asyncio(loop_scope="session")
async def test_page_reads_same(browser: Browser, registry: Registry) -> None:
    script = (files("bot.playground") / "static" / "parse.js").read_bytes()
    module = f"data:text/javascript;base64,{base64.b64encode(script).decode()}"
    lines = [row["line"] for row in TABLE["both"]]
    page = await browser.new_page()
    try:
        read = await page.evaluate(
            READ, [module, lines, registration.commands(registry), registration.groups(registry)]
        )
    finally:
        await page.close()
    # A line that the bot refuses may still be half of a command to the menu.
    refused = {row["line"] for row in TABLE["both"] if row["command"] is None}
    assert [row for row in read if row["line"] not in refused] == [
        row for row in TABLE["both"] if row["line"] not in refused
    ]
    assert all(row["command"] is None or not row["args"] for row in read if row["line"] in refused)
