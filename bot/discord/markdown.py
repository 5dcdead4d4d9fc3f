"""`Text` as Discord's Markdown: everything that is not the template's own markup is escaped."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.chat.text import CommandRef, Inline, Line, LineKind, Moment, Span, Text

_SPECIAL = {ord(char): f"\\{char}" for char in "\\*_~`|[]<>#"}
_ANY_SPECIAL = re.compile(r"[\\*_~`|\[\]<>#]")
_EVERYONE = re.compile(r"@(everyone|here)", re.IGNORECASE)
_LIST_MARK = re.compile(r"^(\s*\d*)([-+.])(?=\s|$)")
_LIST_STARTS = "-+ \t.0123456789"
_INVITE = re.compile(r"(discord(?:app)?)\.(gg|com/invite)/", re.IGNORECASE)
_MARKS = {LineKind.PLAIN: "", LineKind.ITEM: "- ", LineKind.QUOTE: "> "}
_LIKE_ADDRESS = re.compile(r"://|\w\.\w|@")
LONGEST_LINK = 1000
_SPACER = "\u200b"
"""Stands between two styled runs whose marks would otherwise melt into one, and inside @everyone."""


def escape(value: str) -> str:
    """Characters that show as they are: no mention, link, style, heading, list, spoiler or time."""
    if _ANY_SPECIAL.search(value):
        value = value.translate(_SPECIAL)
    if "://" in value:
        value = value.replace("://", r"\://")
    if "@" in value:
        value = _EVERYONE.sub(rf"@{_SPACER}\1", value)
    if "/" in value:
        value = _INVITE.sub(r"\1\\.\2/", value)
    if value[:1] in _LIST_STARTS:
        value = _LIST_MARK.sub(r"\1\\\2", value)
    return value


def markdown(text: Text) -> str:
    """The whole text."""
    return "\n".join(render_line(line) for line in text.lines)


def pieces(text: Text, limit: int) -> Iterator[str]:
    """The text line by line, lines longer than `limit` taken apart between words and outside of markup."""
    for line in text.lines:
        rendered = render_line(line)
        if len(rendered) <= limit:
            yield rendered
            continue
        spans: list[Inline] = []
        for part in _words(line.spans, limit // 4):
            if spans and len(render_line(replace(line, spans=(*spans, part)))) > limit:
                yield render_line(replace(line, spans=tuple(spans)))
                spans = []
            spans.append(part)
        yield render_line(replace(line, spans=tuple(spans)))


def render_line(line: Line) -> str:
    """One line with its mark."""
    out = ""
    for span in _merged(line.spans):
        rendered = _inline(span)
        if out and rendered and rendered[0] in "*`" and out[-1] in "*`":
            out += _SPACER
        out += rendered
    return _MARKS[line.kind] + out


def _inline(inline: Inline) -> str:
    if isinstance(inline, Moment):
        return f"<t:{int(inline.at.timestamp())}:F>"
    if isinstance(inline, CommandRef):
        return _command(inline)
    if not inline.text:
        return ""
    if inline.code:
        return _code(inline.text)
    body = inline.text.strip()
    if not body:
        return inline.text
    before, after = inline.text.split(body, 1)
    rendered = escape(body)
    if inline.link and len(inline.link) <= LONGEST_LINK:
        rendered = _link(body, rendered, inline.link)
    marks = "**" * inline.bold + "*" * inline.italic
    return f"{before}{marks}{rendered}{marks[::-1]}{after}"


def _command(command: CommandRef) -> str:
    """A command to click where its id is known, which takes no arguments: they stand behind it."""
    if not command.id:
        return _code(f"/{command.line}")
    mention = f"</{command.name}:{command.id}>"
    return f"{mention} {_code(command.arguments)}" if command.arguments else mention


def _code(value: str) -> str:
    """Code spans have no escapes: a backtick inside is replaced by one that ends nothing."""
    value = _EVERYONE.sub(rf"@{_SPACER}\1", value.replace("`", "ˋ"))
    return f"`{value}`"


def _link(label: str, escaped: str, address: str) -> str:
    """A link under a label. Escapes show in a label, and one that looks like an address is printed with all of its
    marks (discord-api-docs #6185, #7721): the address of such a label stands beside it."""
    shown = f"<{_address(address)}>"
    if label == address:
        return shown
    if escaped == label and not _LIKE_ADDRESS.search(label):
        return f"[{label}]({shown})"
    return f"{escaped}: {shown}"


def _address(link: str) -> str:
    return link.replace("(", "%28").replace(")", "%29")


def _merged(spans: Sequence[Inline]) -> Iterator[Inline]:
    """Neighbours of one style as one span, so that `**a****b**` does not come about."""
    held: Inline | None = None
    for span in spans:
        if isinstance(span, Span) and isinstance(held, Span) and _style(span) == _style(held):
            held = Span(held.text + span.text, *_style(held))
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def _style(span: Span) -> tuple[bool, bool, bool, str | None]:
    return span.bold, span.italic, span.code, span.link


def _words(spans: Sequence[Inline], most: int) -> Iterator[Inline]:
    """The spans in runs of whole words of at most `most` characters; a longer word is cut."""
    for span in spans:
        if not isinstance(span, Span) or len(span.text) <= most:
            yield span
            continue
        run = ""
        for word in re.findall(rf"\S{{1,{most}}}\s*|\s+", span.text):
            if run and len(run) + len(word) > most:
                yield replace(span, text=run)
                run = ""
            run += word
        if run:
            yield replace(span, text=run)
