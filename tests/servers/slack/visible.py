"""What a member would see of a payload: its plain text, whom it pings, and the links it makes.

Judged on the strict side: where Slack's own rules are unclear, a possible ping or link counts as one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_COMMAND = re.compile(r"<([^<>]+)>")
_BARE_BROADCAST = re.compile(r"(?<![\w&;])@(channel|here|everyone)\b")
_BARE_URL = re.compile(r"\bhttps?://[^\s<>|)]+|\bwww\.[^\s<>|)]+", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)")
_BROADCASTS = ("!channel", "!here", "!everyone", "!subteam")


@dataclass(frozen=True)
class Piece:
    """One run of text and how Slack reads it: raw (never parsed), mrkdwn, markdown."""

    text: str
    syntax: str
    autolink: bool = False


@dataclass(frozen=True)
class Effects:
    """Pings (user ids, `!channel`...) and the addresses of links that a payload causes."""

    pings: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def unescape(text: str) -> str:
    """Turn Slack's three entities back into the characters a member sees."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shown(text: str) -> str:
    """Mrkdwn as it reads on the screen: commands in angle brackets by their label, entities resolved."""

    def command(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        if label:
            return label
        return target if target[:1] not in "!@#" else f"@{target[1:]}" if target[0] != "#" else target

    return unescape(_COMMAND.sub(command, text))


def _of_text_object(found: Json) -> Piece:
    if found.get("type") == "mrkdwn":
        return Piece(str(found.get("text", "")), "mrkdwn", not found.get("verbatim", False))
    return Piece(str(found.get("text", "")), "raw")


def _rich_pieces(element: Json) -> Iterator[Piece]:
    kind = element.get("type")
    if kind in ("text", "raw_text"):
        yield Piece(element["text"], "raw")
    elif kind == "link":
        yield Piece(f"<{element['url']}|{_escape(element.get('text') or element['url'])}>", "mrkdwn")
    elif kind == "user":
        yield Piece(f"<@{element['user_id']}>", "mrkdwn")
    elif kind == "usergroup":
        yield Piece(f"<!subteam^{element['usergroup_id']}>", "mrkdwn")
    elif kind == "broadcast":
        yield Piece(f"<!{element['range']}>", "mrkdwn")
    elif kind == "channel":
        yield Piece(f"<#{element['channel_id']}>", "mrkdwn")
    elif kind == "emoji":
        yield Piece(f":{element['name']}:", "raw")
    elif kind == "date":
        yield Piece(str(element.get("fallback") or element["timestamp"]), "raw")
    for inner in element.get("elements", ()):
        yield from _rich_pieces(inner)
        if inner.get("type") == "rich_text_section":
            yield Piece("\n", "raw")


def _block_lines(block: Json) -> Iterator[list[Piece]]:
    kind = block["type"]
    if kind == "rich_text":
        for element in block["elements"]:
            yield list(_rich_pieces(element))
    elif kind == "table":
        for row in block["rows"]:
            cells: list[Piece] = []
            for cell in row:
                cells += [*_rich_pieces(cell), Piece("\t", "raw")]
            yield cells[:-1]
    elif kind == "markdown":
        yield [Piece(block["text"], "markdown", True)]
    elif kind == "image":
        yield [Piece(block["alt_text"], "raw")]
    for key in ("text", "label", "title", "hint"):
        found = block.get(key)
        if isinstance(found, dict):
            yield [_of_text_object(found)]
    for found in block.get("fields", ()):
        yield [_of_text_object(found)]
    yield from _element_lines(block)


def _element_lines(block: Json) -> Iterator[list[Piece]]:
    """Texts inside the elements of context, actions, input and the accessory of a section."""
    if block["type"] == "context":
        for found in block["elements"]:
            yield [Piece(found["alt_text"], "raw") if found["type"] == "image" else _of_text_object(found)]
    elements = block["elements"] if block["type"] == "actions" else []
    elements = [*elements, *(block[key] for key in ("accessory", "element") if key in block)]
    for element in elements:
        if isinstance(element.get("text"), dict):
            yield [Piece(f"[{element['text']['text']}]", "raw")]
        if element.get("initial_value"):
            yield [Piece(element["initial_value"], "raw")]


def plain(text: str, blocks: list[Json] | None) -> str:
    """The words on the screen: those of the blocks, or the text where there are none."""
    if not blocks:
        return shown(text)
    return "\n".join(
        "".join(shown(p.text) if p.syntax == "mrkdwn" else p.text for p in line).rstrip("\n")
        for block in blocks
        for line in _block_lines(block)
    )


def _read(piece: Piece, *, full: bool) -> tuple[list[str], list[str]]:
    pings: list[str] = []
    links: list[str] = []
    if piece.syntax == "raw":
        return pings, links
    for match in _COMMAND.finditer(piece.text):
        target = match[1].partition("|")[0]
        if target.startswith(("@U", "@W", "@S")) or target.startswith(_BROADCASTS):
            pings.append(target.removeprefix("@"))
        elif not target.startswith(("#", "!", "@")):
            links.append(target)
    bare = _COMMAND.sub(" ", piece.text)
    if piece.syntax == "markdown":
        links += _MARKDOWN_LINK.findall(bare)
    if piece.autolink or full:
        links += _BARE_URL.findall(bare)
        pings += [f"!{name}" for name in _BARE_BROADCAST.findall(bare)]
    return pings, links


def effects(payload: Json) -> Effects:
    """Everybody a message would ping and every link it would make, in its text and its blocks."""
    full = payload.get("parse") == "full" or payload.get("link_names") in (True, 1, "1", "true")
    autolink = payload.get("parse") != "none"
    pieces = [
        Piece(str(payload.get("text") or ""), "mrkdwn" if payload.get("mrkdwn", True) else "raw", autolink)
    ]
    for block in payload.get("blocks") or ():
        for line in _block_lines(block):
            pieces += line
    pings: list[str] = []
    links: list[str] = []
    for piece in pieces:
        found = _read(piece, full=full)
        pings += found[0]
        links += found[1]
    for block in payload.get("blocks") or ():
        elements = block["elements"] if block["type"] == "actions" else [block.get("accessory") or {}]
        links += [e["url"] for e in elements if e.get("url")]
    return Effects(tuple(dict.fromkeys(pings)), tuple(dict.fromkeys(links)))
