"""What can be written on a picture, how wide it is, and in which order its letters stand.

The font is DejaVu Sans, which comes along. Right-to-left letters are joined and ordered by Raqm where Pillow finds it,
else by python-bidi and arabic-reshaper. Text is taken literally, and what the font lacks is left out.
"""

import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

ELLIPSIS: Final = "…"
_FONTS: Final = Path(__file__).with_name("fonts")
_JOINERS: Final = "\u200c\u200d"  # invisible, but Persian and Indic words are misspelt without them
_LONGEST: Final = 300  # characters; more than fit on two lines of the smallest size
_PROBE: Final = 24  # pixels a letter is drawn at to see whether the font has it


def plain(text: str) -> str:
    """`text` as far as it can be drawn, on one line.

    Controls, bidirectional overrides and symbols that the font lacks (most emoji) go; letters that it lacks
    become one ellipsis a run, so that nobody takes the rest for the whole.
    """
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + ELLIPSIS
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if char.isspace():
            kept.append(" ")
        elif category[0] == "C":
            kept.append(char if char in _JOINERS else "")
        elif not "\ufe00" <= char <= "\ufe0f" and _drawable(char):
            kept.append(char)
        elif category[0] == "L" and kept[-1:] != [ELLIPSIS]:
            kept.append(ELLIPSIS)
    return " ".join("".join(kept).split()).strip(_JOINERS + " ")


@lru_cache(maxsize=16_384)
def _drawable(char: str) -> bool:
    """Whether both weights of the font have this character: it does not look like the box for a missing one."""
    return all(_looks(char, bold) != _missing(bold) for bold in (False, True))


@cache
def _missing(bold: bool) -> bytes:
    return _looks("\uffff", bold)


def _looks(char: str, bold: bool) -> bytes:
    from PIL import ImageFont

    probe = ImageFont.truetype(_file(bold), _PROBE, layout_engine=ImageFont.Layout.BASIC)
    mask = probe.getmask(char)
    return bytes(mask) + repr((mask.size, probe.getlength(char))).encode()


def _file(bold: bool) -> str:
    return str(_FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"))


@cache
def shaped_by_raqm() -> bool:
    """Whether Pillow joins and orders right-to-left letters by itself on this machine."""
    from PIL import features

    return bool(features.check("raqm"))


@lru_cache(maxsize=64)
def font(pixels: float, bold: bool = False) -> "FreeTypeFont":
    """The font at a size in pixels."""
    from PIL import ImageFont

    layout = ImageFont.Layout.RAQM if shaped_by_raqm() else ImageFont.Layout.BASIC
    return ImageFont.truetype(_file(bold), pixels, layout_engine=layout)


def ordered(line: str) -> str:
    """A line as it has to be given to the font: where Raqm does not do it, its letters joined and in the order in
    which they stand."""
    if shaped_by_raqm() or not any(unicodedata.bidirectional(char) in ("R", "AL") for char in line):
        return line
    return _display()(line)


@cache
def _display() -> Callable[[str], str]:
    from arabic_reshaper import ArabicReshaper
    from bidi import get_display

    reshaper = ArabicReshaper({"delete_harakat": False})

    def display(line: str) -> str:
        return str(get_display(reshaper.reshape(line)))

    return display


def width(line: str, pixels: float, bold: bool = False) -> float:
    """How wide a line is, in pixels."""
    return font(pixels, bold).getlength(ordered(line))


def elided(line: str, widest: float, pixels: float, bold: bool = False) -> str:
    """The line, or as much of its beginning as fits into so many pixels with an ellipsis."""
    if width(line, pixels, bold) <= widest:
        return line
    low, high = 0, len(line)
    while high - low > 1:
        middle = (low + high) // 2
        if width(line[:middle] + ELLIPSIS, pixels, bold) <= widest:
            low = middle
        else:
            high = middle
    while 0 < low < len(line) and unicodedata.combining(line[low]):
        low -= 1
    return line[:low].rstrip() + ELLIPSIS


def two_lines(text: str, widest: float, pixels: float, bold: bool = False) -> tuple[str, str]:
    """Text broken at the last space that keeps the first line within so many pixels; the rest is the second."""
    if width(text, pixels, bold) <= widest:
        return text, ""
    words = text.split(" ")
    count = len(words)
    while count > 1 and width(" ".join(words[:count]), pixels, bold) > widest:
        count -= 1
    return " ".join(words[:count]), " ".join(words[count:])
