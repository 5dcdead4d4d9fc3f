"""The words of a phrase, with where each of them stands."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

_COMPOUNDS = ("bi-weekly", "bi-monthly", "semi-monthly", "semi-weekly", "month-end", "m-f", "m/w/f", "t/th")
_MARKS: dict[str, str | int | None] = {
    "–": "-",
    "—": "-",
    "‒": "-",
    "‑": "-",
    "‐": "-",
    "−": "-",
    "’": "'",
    "\N{NO-BREAK SPACE}": " ",
}


class Kind(Enum):
    """What a token looks like; what it means is for the grammar."""

    ISO_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])"
    DOTTED_DATE = r"[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{4}|[0-9]{2})?(?![0-9])"
    SLASHED_DATE = r"[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?(?![0-9])"
    TIME = r"[0-9]{1,2}(?:[:.h][0-9]{2}(?:\s?[ap]\.?m\b\.?|h\b)?|\s?[ap]\.?m\b\.?|h\b)"
    ORDINAL = r"[0-9]{1,2}(?:st|nd|rd|th)\b"
    NUMBER = r"[0-9]+"
    WORD = rf"(?:{'|'.join(map(re.escape, _COMPOUNDS))})\b|[^\W\d_]+(?:'[^\W\d_]+)?"
    RANGE = r"\.\.+|-+"
    SEPARATOR = r"[,;&+/]"
    OTHER = r"\S"


_PATTERN = re.compile("|".join(f"(?P<{kind.name}>{kind.value})" for kind in Kind), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark. `text` is folded; the phrase holds it as it was typed from `start` to `end`."""

    kind: Kind
    text: str
    start: int
    end: int


def tidy(words: str) -> str:
    """A phrase as one line, with plain hyphens, quotes and spaces."""
    plain = unicodedata.normalize("NFC", words).translate(str.maketrans(_MARKS))
    return " ".join(plain.split())


def tokenize(words: str) -> Sequence[Token]:
    """The tokens of a tidy phrase: everything in it but spaces, and the dot of an abbreviation ("mon.")."""
    found: list[Token] = []
    for match in _PATTERN.finditer(words):
        kind = Kind[match.lastgroup or "OTHER"]
        abbreviated = match[0] == "." and found and found[-1].end == match.start()
        if abbreviated and found[-1].kind is Kind.WORD:
            continue
        text = "-" if kind is Kind.RANGE else match[0].casefold()
        found.append(Token(kind, text, match.start(), match.end()))
    return found
