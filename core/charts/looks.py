"""What a picture is drawn for: how wide it is shown, and on what ground.

Colours have names here and become numbers only when pixels are filled: one drawing serves a light and a dark page.
They are Okabe and Ito's or near them, so that people with any colour vision can tell them apart; on each ground a shade
for marks (3 : 1 against it at least) and one for words (4.5 : 1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Color:
    """A colour by its name, or the share (0 to 1) of it that is mixed with the ground."""

    name: str
    share: float = 1


PAPER: Final = Color("paper")
INK: Final = Color("ink")
MUTED: Final = Color("muted")
FAINT: Final = Color("faint")
BLUE: Final = Color("blue")
SKY: Final = Color("sky")
ORANGE: Final = Color("orange")
GREEN: Final = Color("green")
ON_MARK: Final = Color("on mark")
"""Words that stand on a mark or a bar."""


def mix(color: Color, share: float) -> Color:
    """`share` (0 to 1) of a colour on the ground, as an opaque colour, so that neighbours show no seams."""
    return Color(color.name, color.share * share)


@dataclass(frozen=True, slots=True)
class Measures:
    """The paper of one width, in units: how wide it is, its margin, and the sizes of its type."""

    across: float
    pixels: float
    """Pixels in a unit, so that the picture stays sharp on dense screens."""
    margin: float
    title: float
    body: float
    small: float
    title_lines: int
    context_lines: int


class Width(Enum):
    """How wide a picture is shown. A unit of the narrow one is a pixel of a phone's page that is 360 wide, where
    no letter is smaller than 11 of them; the wide one is shown at 560 to 900."""

    WIDE = Measures(800, 1.6, 40, title=28, body=19, small=17, title_lines=2, context_lines=1)
    NARROW = Measures(360, 2, 16, title=18, body=14, small=13, title_lines=3, context_lines=2)


class Ground(StrEnum):
    """What a picture stands on."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Look:
    """What a picture is drawn for."""

    width: Width
    ground: Ground


ANYWHERE: Final = Look(Width.NARROW, Ground.LIGHT)
"""Can be read on a phone and on a desk, on a light page and on a dark one: for where nobody knows which it will be."""
LARGE: Final = Look(Width.WIDE, Ground.LIGHT)
"""For a printed page or a large window."""


def _rgb(color: str) -> Rgb:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


_MARKS: Final[Mapping[Ground, Mapping[str, Rgb]]] = {
    Ground.LIGHT: {
        "paper": _rgb("#FAF9F6"),
        "ink": _rgb("#1F2A37"),
        "muted": _rgb("#5B6673"),
        "faint": _rgb("#DDDFE0"),
        "blue": _rgb("#0072B2"),
        "sky": _rgb("#56B4E9"),
        "orange": _rgb("#D55E00"),
        "green": _rgb("#009E73"),
        "on mark": _rgb("#0B0F14"),
    },
    Ground.DARK: {
        "paper": _rgb("#202227"),
        "ink": _rgb("#EDEBE6"),
        "muted": _rgb("#AEB3BA"),
        "faint": _rgb("#34383E"),
        "blue": _rgb("#56A4EE"),
        "sky": _rgb("#3E8FC4"),
        "orange": _rgb("#F0853A"),
        "green": _rgb("#5FCB6A"),
        "on mark": _rgb("#0B0F14"),
    },
}
_WORDS: Final[Mapping[Ground, Mapping[str, Rgb]]] = {
    Ground.LIGHT: {"blue": _rgb("#00568A"), "orange": _rgb("#9A4300"), "green": _rgb("#1B7035")},
    Ground.DARK: {},
}


def rgb(color: Color, ground: Ground, *, words: bool = False) -> Rgb:
    """A colour on a ground, in the shade for marks or the one for words."""
    found = _MARKS[ground][color.name]
    if words:
        found = _WORDS[ground].get(color.name, found)
    paper = _MARKS[ground][PAPER.name]
    red, green, blue = (
        round(color.share * ink + (1 - color.share) * under) for ink, under in zip(found, paper, strict=True)
    )
    return red, green, blue
