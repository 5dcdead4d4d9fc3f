"""What a reader of a Discord message would see, and whom it would notify.

An approximation of the client's Markdown that errs on the strict side: what might be active counts as active.
"""

import re
from dataclasses import dataclass
from typing import Any

_TOKENS = re.compile(
    r"(?P<user><@!?\d+>)|(?P<role><@&\d+>)|(?P<channel><#\d+>)|(?P<command></[^:>]+:\d+>)"
    r"|(?P<time><t:-?\d+(?::[tTdDfFRsS])?>)|(?P<emoji><a?:\w+:\d+>)|(?P<guide><id:\w+>)"
    r"|(?P<everyone>@everyone|@here)|(?P<url><?https?://[^\s>)]+>?)"
)
_LINE = re.compile(r"(?P<heading>#{1,3} )|(?P<subtext>-# )|(?P<quote>>>> |> )|(?P<item>[-*] |\d+\. )")
_MASKED = re.compile(r"\[(?P<label>(?:\\.|[^\]\\\n])+)\]\(<?(?P<url>https?://[^\s)>]+)>?\)")
_LIKE_ADDRESS = re.compile(r"https?:|\w\.[a-z]{2}", re.IGNORECASE)
"""A label that the client prints with all of its marks (discord-api-docs #6185, #7721)."""
_PAIRS = (
    ("||", "spoiler"),
    ("**", "bold"),
    ("__", "underline"),
    ("~~", "strike"),
    ("*", "italic"),
    ("_", "italic"),
)
_INVISIBLE = str.maketrans("", "", "\u200b\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of active markup: ``user``, ``everyone``, ``link``, ``bold``, ``code`` and so on."""

    kind: str
    text: str


def render(content: str) -> tuple[str, list[Mark]]:
    """The characters that a reader sees (zero-width ones left out) and the active markup among them."""
    marks: list[Mark] = []
    return _inline(content, marks, line_start=True).translate(_INVISIBLE), marks


def _inline(text: str, marks: list[Mark], *, line_start: bool) -> str:
    out: list[str] = []
    i = 0
    while i < len(text):
        if line_start and (line := _LINE.match(text, i)):
            marks.append(Mark(str(line.lastgroup), line[0]))
            out.append("• " if line.lastgroup == "item" else "")
            i = line.end()
            line_start = False
            continue
        char = text[i]
        line_start = char == "\n"
        if char == "\\" and i + 1 < len(text) and re.match(r"[^0-9A-Za-z\s]", text[i + 1]):
            out.append(text[i + 1])
            i += 2
            continue
        seen, i = _special(text, i, marks)
        out.append(seen)
    return "".join(out)


def _special(text: str, i: int, marks: list[Mark]) -> tuple[str, int]:
    """What is seen at ``i``, and where to go on."""
    for fence, kind in (("```", "codeblock"), ("``", "code"), ("`", "code")):
        if text.startswith(fence, i) and (end := text.find(fence, i + len(fence) + 1)) > 0:
            inner = text[i + len(fence) : end]
            if kind == "codeblock":
                inner = re.sub(r"^[\w+-]*\n", "", inner)
            marks.append(Mark(kind, inner))
            return inner, end + len(fence)
    if token := _TOKENS.match(text, i):
        kind = "link" if token.lastgroup == "url" else str(token.lastgroup)
        marks.append(Mark(kind, token[0]))
        return token[0], token.end()
    if masked := _MASKED.match(text, i):
        marks.append(Mark("link", masked["url"]))
        if _LIKE_ADDRESS.search(masked["label"]):
            marks.append(Mark("unmasked", masked["label"]))
            return masked[0], masked.end()
        # Escapes show in a label.
        inner = _inline(masked["label"].replace("\\", "\\\\"), marks, line_start=False)
        return inner, masked.end()
    for pair, kind in _PAIRS:
        if text.startswith(pair, i) and (end := _closing(text, i + len(pair), pair)) > 0:
            inner = _inline(text[i + len(pair) : end], marks, line_start=False)
            marks.append(Mark(kind, inner))
            return inner, end + len(pair)
    return text[i], i + 1


def _closing(text: str, start: int, pair: str) -> int:
    """Where ``pair`` closes after ``start``, or -1."""
    i = start
    if i >= len(text) or (pair in "*_" and text[i].isspace()):
        return -1
    while i < len(text):
        if text[i] == "\\":
            i += 2
            continue
        if text.startswith(pair, i) and i > start:
            following = text[i + len(pair) : i + len(pair) + 1]
            inside_word = pair == "_" and (following.isalnum() or following == "_")
            goes_on = pair in ("*", "**", "__") and following == pair[0]
            if not inside_word and not goes_on and not (pair == "*" and text[i - 1].isspace()):
                return i
        i += 1
    return -1


def pings(body: dict[str, Any]) -> set[str]:
    """Who would be notified by a message: user and role ids, ``everyone``.

    Without ``allowed_mentions`` everything in the content counts, also on an edit, as on the platform.
    """
    texts = [body.get("content") or ""]
    _component_texts(body.get("components") or [], texts)
    content = "\n".join(texts)
    allowed = body.get("allowed_mentions")
    parse = {"everyone", "users", "roles"} if allowed is None else set(allowed.get("parse") or [])
    named = {str(i) for kind in ("users", "roles") for i in ((allowed or {}).get(kind) or [])}
    found: set[str] = set()
    if "everyone" in parse and re.search(r"@(everyone|here)", content):
        found.add("everyone")
    for kind, pattern in (("users", r"<@!?(\d+)>"), ("roles", r"<@&(\d+)>")):
        found |= {i for i in re.findall(pattern, content) if kind in parse or i in named}
    return found


def _component_texts(components: list[dict[str, Any]], texts: list[str]) -> None:
    for component in components:
        if component.get("type") == 10:
            texts.append(component.get("content") or "")
        _component_texts(component.get("components") or [], texts)
