"""What readers of each platform are shown of a reply, and what of it stands in the words for notifications."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.discord.render import OVERFLOW, prepare
from bot.discord.render import render as render_for_discord
from bot.slack.render import public_button_values
from bot.slack.render import render as render_for_slack
from core.chat.model import Fields, File, Records, Reply, Table
from core.chat.text import Moment, Text, as_text
from tests.servers.discord import limits as discord_limits
from tests.servers.discord.markup import render as seen_on_discord
from tests.servers.slack import limits as slack_limits
from tests.servers.slack import visible

MORE_LINES = re.compile(r"\n… and (\d+) more lines$")
IN_FILE = OVERFLOW.strip()


@dataclass(frozen=True)
class Shown:
    """One message: its words on the screen, those for notifications and screen readers, and its lines in a fixed-width
    font."""

    screen: str
    fallback: str
    fixed: tuple[str, ...]
    file: str = ""
    """What a file says that comes with it because there is too much to show."""


async def on_discord(reply: Reply) -> list[Shown]:
    """The messages on Discord, which have to be what it takes. There notifications have what is no box."""
    found = []
    for page in render_for_discord(reply):
        prepared = await prepare(page, reply.cohort, None)
        discord_limits.check_message(prepared.body, len(prepared.files))
        content = prepared.body.get("content") or ""
        words = seen_on_discord(content)[0]
        fields = [field for embed in prepared.body.get("embeds", ()) for field in embed["fields"]]
        boxes = [f"{seen_on_discord(each['name'])[0]} {seen_on_discord(each['value'])[0]}" for each in fields]
        texts = ("answer.txt", "table.txt")
        files = "".join(each.content.decode() for each in prepared.files if each.name in texts)
        fixed = [line for block in content.split("```")[1::2] for line in block.strip("\n").split("\n")]
        found.append(Shown("\n".join([words, *boxes]), words, tuple(fixed), files))
    return found


def on_slack(reply: Reply) -> list[Shown]:
    """The messages on Slack, which have to be what it takes."""
    rendered = render_for_slack(reply, public_button_values(reply))
    files = "".join(
        each.content.decode()
        for each in rendered.files
        if isinstance(each, File) and each.name == "answer.txt"
    )
    found = []
    for message in rendered.messages:
        blocks = message.get("blocks") or []
        assert slack_limits.message_blocks(blocks) == [] if blocks else message["text"]
        assert len(message["text"]) <= slack_limits.TEXT_LIMIT
        fixed = tuple(line for block in blocks for line in _preformatted(block))
        screen = visible.plain(message["text"], [each for each in blocks if each["type"] != "actions"])
        found.append(Shown(screen, visible.unescape(message["text"]), fixed, files))
    return found


def _preformatted(block: dict[str, object]) -> Iterator[str]:
    elements = block.get("elements")
    for element in elements if isinstance(elements, list) else ():
        if element["type"] == "rich_text_preformatted":
            yield from "".join(each["text"] for each in element["elements"]).split("\n")


def parts(reply: Reply) -> Iterator[str]:
    """Everything that a reply says, in parts whose words have to stand together: lines of text, fields, records, and
    rows of tables."""
    yield from _lines(as_text(reply.text))
    for block in reply.blocks:
        match block:
            case Fields(items=items):
                for label, value in items:
                    yield label
                    yield from _lines(as_text(value))
            case Records(rows=records):
                for record in records:
                    yield from _lines(as_text(record.name))
                    yield from (line for each in record.details for line in _lines(as_text(each)))
            case Table(rows=rows):
                yield from (" ".join(row) for row in rows)
            case _:
                pass


def _lines(text: Text) -> Iterator[str]:
    """The lines of a text. Moments are left out: a platform writes them in words of its own."""
    for line in text.lines:
        spans = tuple(each for each in line.spans if not isinstance(each, Moment))
        if spans:
            yield Text((replace(line, spans=spans),)).plain()


def words(text: str) -> list[str]:
    """The words of a text, without what differs between platforms."""
    return re.findall(r"\w+", text.replace("\u200b", "").replace("\u2060", ""))


def missing(said: Iterable[str], shown: str) -> list[str]:
    """The parts of which not every word stands, in order, in what is shown."""
    present = words(shown)
    return [part for part in said if not _in_order(words(part), present)]


def _in_order(wanted: list[str], present: list[str]) -> bool:
    there = iter(present)
    return all(word in there for word in wanted)
