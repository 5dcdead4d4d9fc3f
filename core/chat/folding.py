"""Words as they are looked for: without case, accents and kinds of hyphens, in any script.

A record is found by the beginnings of its words, so `words_of` gives what to keep of a text and `readings` what has to
be there for something typed. Both go through `fold`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

LONGEST = 60
"""Characters of a word that are told apart."""

_GRAM = 3
"""Characters that are kept from each place of a text without blanks, which has no words to begin with."""

_LETTERS: dict[int, str | int | None] = {
    **str.maketrans("\u00f8\u0111\u00f0\u0142\u0127\u0131", "oddlhi", "\u0640"),
    **str.maketrans("\u0649\u06cc\u06a9\u0629", "\u064a\u064a\u0643\u0647"),
    0xE6: "ae",
    0x153: "oe",
    0xFE: "th",
}
"""Letters that people type another way, or whose forms they do not tell apart, and which Unicode does not take apart:
ø đ ð ł ħ ı æ œ þ, and in Arabic and Persian the letters yeh, kaf and heh; what only stretches a line goes."""

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30fa\u30fc-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese: written without blanks between words."""

_JOINERS = frozenset("-\u2010\u2011\u2012\u2013\u2212\u2032'\u2018\u2019\u02bc`")
"""What stands within a word that some write as one: kinds of hyphens and apostrophes."""


def fold(text: str) -> str:
    """A text in one case, without accents, ligatures, wide forms and invisible characters."""
    if text.isascii():
        return text.lower()
    # Taken apart twice: a letter in its other case may have parts of its own.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(map(_folded, parts)).translate(_LETTERS)
    return unicodedata.normalize("NFC", kept)


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    """What stays of a character. Marks above and below letters go, and the vowels that Hebrew and Arabic may leave out;
    those of Indian scripts and of Japanese make other letters and stay."""
    mark = unicodedata.combining(char)
    if mark >= 200 or 10 <= mark <= 36 or unicodedata.category(char) == "Cf":
        return ""
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)


def words_of(text: str) -> list[str]:
    """What to keep of a text so that it is found: its words, each once, and words with a hyphen also as one. Of scripts
    without blanks a few characters from each place."""
    found: dict[str, None] = {}
    for compound in _compounds(text):
        for part in compound:
            found.update(dict.fromkeys(_grams(part, whole=False)))
        if len(compound) > 1:
            found["".join(compound)[:LONGEST]] = None
    return list(found)


def readings(typed: str) -> list[list[str]]:
    """The ways to read what was typed, each with the beginnings of words that a text has to have, each once: words with
    a hyphen by their parts, and as one word. Empty where there is no word in it."""
    compounds = list(_compounds(typed))
    parts = [gram for compound in compounds for part in compound for gram in _grams(part, whole=True)]
    joined = [
        gram
        for compound in compounds
        for gram in (_grams(compound[0], whole=True) if len(compound) == 1 else ["".join(compound)[:LONGEST]])
    ]
    ways = [list(dict.fromkeys(parts)), list(dict.fromkeys(joined))]
    return [way for at, way in enumerate(ways) if way and way not in ways[:at]]


def fits(typed: str, text: str) -> bool:
    """Whether a text is found by what was typed; everything is, where no word was."""
    words = words_of(text)
    ways = readings(typed)
    return not ways or any(
        all(any(word.startswith(begin) for word in words) for begin in way) for way in ways
    )


def same(one: str, other: str) -> bool:
    """Whether two texts have the same words in the same order."""
    return whole(one) == whole(other) != ""


def whole(text: str) -> str:
    """All words of a text in their order, with one blank between them."""
    return " ".join(part for compound in _compounds(text) for part in compound)


def _compounds(text: str) -> Iterator[Sequence[str]]:
    """The words of a text, each with its parts where it has hyphens. A symbol is a word."""
    for is_blank, run in groupby(fold(text), lambda char: _kind(char) == " "):
        if not is_blank:
            yield from _split(list(run))


def _split(run: list[str]) -> Iterator[Sequence[str]]:
    """The words of a text without blanks: parts that hyphens join belong together."""
    compound: list[str] = []
    joined = True
    for kind, chars in groupby(run, _kind):
        if kind == "-":
            joined = True
            continue
        for part in chars if kind == "symbol" else ("".join(chars),):
            if compound and not (joined and kind == "word"):
                yield compound
                compound = []
            compound.append(part)
            joined = False
    if compound:
        yield compound


@lru_cache(maxsize=4096)
def _kind(char: str) -> str:
    """What a character is: part of a word, of a text without blanks, a joiner, a symbol, or blank."""
    if char in _JOINERS:
        return "-"
    if _UNSPACED.match(char):
        return "unspaced"
    match unicodedata.category(char)[0]:
        case "L" | "N" | "M":
            return "word"
        case "S":
            return "symbol"
    return " "


def _grams(part: str, *, whole: bool) -> list[str]:
    """A word; of a text without blanks a few characters from each place, `whole` where all of them are there."""
    if not _UNSPACED.match(part):
        return [part[:LONGEST]]
    last = max(len(part) - _GRAM, 0) if whole else len(part) - 1
    return [part[at : at + _GRAM] for at in range(last + 1)]
