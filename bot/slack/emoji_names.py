"""Emoji as Slack may send them: by the name that they have in its composer, such as `:tada:`."""

import re
from functools import lru_cache

_NAME = re.compile(r"(?<![\w:]):([a-z0-9_+'-]{1,60}):(?::skin-tone-([2-6]):)?(?![\w:])", re.ASCII)
_FLAG = re.compile(r"flag-([a-z]{2})\Z", re.ASCII)
_FIRST_SKIN_TONE = 0x1F3FB
_REGIONAL_A = 0x1F1E6
_OWN_NAMES = {"simple_smile": "\U0001f642"}
"""Names that only Slack has."""


def with_emoji(text: str) -> str:
    """The text with emoji in the place of their names. A workspace's own emoji, and what only looks like a name, such as
    the colons of 10:30:45, stay as they are."""
    if text.count(":") < 2:
        return text
    return _NAME.sub(_emoji, text)


def _emoji(match: re.Match[str]) -> str:
    found = _named(match[1])
    if found is None:
        return match[0]
    return found + (chr(_FIRST_SKIN_TONE + int(match[2]) - 2) if match[2] else "")


@lru_cache(maxsize=1024)
def _named(name: str) -> str | None:
    if flag := _FLAG.match(name):
        return "".join(chr(_REGIONAL_A + ord(letter) - ord("a")) for letter in flag[1])
    if name in _OWN_NAMES:
        return _OWN_NAMES[name]
    # Here, since it takes memory that most processes never need.
    import emoji

    for each in (name, name.replace("-", "_")):
        shown = emoji.emojize(f":{each}:", language="alias")
        if shown != f":{each}:":
            return shown
    return None
