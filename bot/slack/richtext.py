"""Neutral text as Slack's rich text. Its text elements are shown as they are: nothing a member typed is read
as formatting, mention or link, so there is nothing to escape in them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from core.chat.text import CommandRef, Inline, Line, LineKind, Moment, Sayable, Span, as_text, inline_plain

Json = dict[str, Any]

BLOCK_LIMIT = 2_800
"""Characters of one rich text block: below Slack's 3,000 for a text, with room for what it adds."""


_SELF_READ = re.compile(r"(?<=:)(?=//)|(?<=\bwww)(?=\.)|(?<=@)(?=\w)")


def escape(text: str) -> str:
    """Text for the few places where Slack reads mrkdwn. Entities stop its commands; a word joiner, which has
    no width, takes the meaning from what Slack would turn into a mention or a link by itself."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SELF_READ.sub("\u2060", text)


MORE = "\n… and {} more lines"
"""Below words that are too long for where they stand."""


def fallback(text: Sayable, limit: int) -> str:
    """The words of a message for notifications and screen readers, escaped, at most `limit` characters: as many lines as
    fit, and how many more there are."""
    said = escape(as_text(text).plain())
    if len(said) <= limit:
        return said
    lines = said.split("\n")
    room, shown = limit - len(MORE) - 6, 0
    while shown < len(lines) and room >= len(lines[shown]) + 1:
        room -= len(lines[shown]) + 1
        shown += 1
    if not shown:
        # An entity cut in the middle would show as garbage.
        first = re.sub(r"&\w*$", "", lines[0][: room - 1]).rstrip() + "…"
        lines[0], shown = first, 1
    rest = len(lines) - shown
    return "\n".join(lines[:shown]) + (MORE.format(rest) if rest else "")


def _element(inline: Inline) -> Json | None:
    match inline:
        case Moment(at=at):
            # The words for clients that show no dates. Those of several dates repeat the zone, since each stands alone.
            return {
                "type": "date",
                "timestamp": int(at.timestamp()),
                "format": "{date_short_pretty}, {time}",
                "fallback": inline_plain(inline),
            }
        case CommandRef():
            return _styled({"type": "text", "text": inline_plain(inline)}, Span("", code=True))
        case Span(text="") | Span(text="\n", link=str()):
            return None
        case Span(text=text, link=str(address)):
            return _styled({"type": "link", "url": address, "text": text}, inline)
        case Span(text=text):
            return _styled({"type": "text", "text": text}, inline)


def _styled(element: Json, span: Span) -> Json:
    if span.bold or span.italic or span.code:
        element["style"] = {name: True for name in ("bold", "italic", "code") if getattr(span, name)}
    return element


def _joined(lines: Sequence[Line]) -> list[Json]:
    """The elements of several lines with line breaks between them; runs of unstyled text are one element."""
    elements: list[Json] = []
    for at, line in enumerate(lines):
        for inline in (*((Span("\n"),) if at else ()), *line.spans):
            element = _element(inline)
            if element is None:
                continue
            last = elements[-1] if elements else {}
            if element.keys() == {"type", "text"} == last.keys():
                last["text"] += element["text"]
            else:
                elements.append(element)
    return elements


def _section(lines: Sequence[Line], kind: LineKind) -> Json | None:
    if kind is LineKind.ITEM:
        items = [_joined([line]) for line in lines]
        sections = [{"type": "rich_text_section", "elements": item} for item in items if item]
        return {"type": "rich_text_list", "style": "bullet", "elements": sections} if sections else None
    elements = _joined(lines)
    name = "rich_text_quote" if kind is LineKind.QUOTE else "rich_text_section"
    return {"type": name, "elements": elements} if elements else None


def split_line(line: Line, limit: int) -> Iterator[Line]:
    """A line in pieces of at most `limit` characters, cut at spaces where there are any."""
    room = limit
    current: list[Inline] = []
    for inline in line.spans:
        text = inline_plain(inline)
        while isinstance(inline, Span) and len(text) > room:
            cut = text.rfind(" ", 1, room) if room < len(text) else room
            cut = cut if cut > 0 else (room if not current else 0)
            if cut:
                current.append(_cut(inline, text[:cut]))
                text = text[cut:].lstrip(" ")
            yield Line(line.kind, tuple(current))
            current, room = [], limit
        if text:
            current.append(_cut(inline, text) if isinstance(inline, Span) else inline)
            room -= len(text)
    yield Line(line.kind, tuple(current))


def _cut(span: Span, text: str) -> Span:
    return Span(text, span.bold, span.italic, span.code, span.link)


def _short(line: Line, limit: int) -> Iterable[Line]:
    return (line,) if _length(line) <= limit else split_line(line, limit)


def _length(line: Line) -> int:
    return sum(len(inline_plain(inline)) for inline in line.spans)


def _pages(lines: Iterable[Line], limit: int) -> Iterator[list[Line]]:
    """Lines in runs of at most `limit` characters."""
    page: list[Line] = []
    size = 0
    for line in lines:
        length = _length(line) + 1
        if page and size + length > limit:
            yield page
            page, size = [], 0
        page.append(line)
        size += length
    if page:
        yield page


def blocks(text: Sayable, limit: int = BLOCK_LIMIT) -> list[Json]:
    """The text as rich text blocks, each of at most `limit` characters; none where it says nothing."""
    lines = [piece for line in as_text(text).lines for piece in _short(line, limit)]
    found: list[Json] = []
    for page in _pages(lines, limit):
        sections = [_section(list(run), kind) for kind, run in groupby(page, key=lambda line: line.kind)]
        elements = [section for section in sections if section is not None]
        if elements:
            found.append({"type": "rich_text", "elements": elements})
    return found


def size(block: Json) -> int:
    """About how many characters a block shows."""
    if block["type"] == "rich_text":
        return sum(_size_of(element) for element in block["elements"])
    return 100


def _size_of(element: Json) -> int:
    own = len(element.get("text", "")) or len(element.get("fallback", ""))
    return own + sum(_size_of(inner) for inner in element.get("elements", ()))


def words(blocks: Iterable[Json]) -> str:
    """What rich text blocks say, a line for each of their parts, with a time zone said once. Other blocks say nothing."""
    zones: set[str] = set()
    said = (each for block in blocks if block["type"] == "rich_text" for each in block["elements"])
    return "\n".join(filter(None, (_words_of(each, zones) for each in said)))


def _words_of(element: Json, zones: set[str]) -> str:
    inner = [_words_of(each, zones) for each in element.get("elements", ())]
    if element["type"] == "rich_text_list":
        return "\n".join(f"• {each}" for each in inner)
    if element["type"] == "date":
        words, bracket, zone = str(element["fallback"]).partition(" (")
        if zone in zones:
            return words
        zones.add(zone)
        return words + bracket + zone
    text = str(element.get("text") or "")
    address = element.get("url")
    return f"{text} ({address})" if address and address != text else text + "".join(inner)
