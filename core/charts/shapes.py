"""What lies on a canvas, as data, and how Pillow fills it: shapes at twice the size and then scaled down, which smooths
their edges; letters at the size they are read at, above the shapes. Pillow is imported only when something is drawn.

Places and lengths are in units, heights from the floor up; `Pen` turns them into pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, hypot
from typing import TYPE_CHECKING, Final, Literal

from core.charts import lettering
from core.charts.looks import Color, Ground, Rgb, rgb

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

SMOOTH: Final = 2  # pixels drawn along each side of a pixel that is shown
_BAND_SHARE: Final = 0.28
_CAPITALS: Final = 0.729  # of the font's size; what a line's middle is half of

Side = Literal["left", "center", "right"]
Shape = Literal["o", "s", "D"]
At = tuple[float, float]
_ANCHORS: Final = {"left": "ls", "center": "ms", "right": "rs"}


@dataclass(frozen=True, slots=True)
class Pen:
    """A sheet of pixels that is drawn on, opaquely or so that what is below shows `through`; how many of them are a
    unit, how high the picture's upper edge lies, and how many rows of pixels of it are above the sheet."""

    sheet: "Image"
    draw: "ImageDraw"
    through: "ImageDraw"
    scale: float
    top: float
    rows: int
    ground: Ground

    def at(self, place: At) -> At:
        """A place in pixels."""
        return place[0] * self.scale, (self.top - place[1]) * self.scale - self.rows

    def pixel(self, place: At) -> tuple[int, int]:
        """The pixel in which a place lies, also above the sheet: Pillow would round that towards the sheet."""
        x, y = self.at(place)
        return _whole(x), _whole(y)

    def ink(self, color: Color) -> Rgb:
        """A colour of a mark in numbers."""
        return rgb(color, self.ground)


@dataclass(frozen=True, slots=True)
class Words:
    """One line of letters, its middle at the height of `at`."""

    at: At
    line: str
    size: float
    color: Color
    bold: bool
    side: Side

    def draw(self, pen: Pen) -> None:
        """Write it."""
        x, y = self.at
        pen.draw.text(
            pen.at((x, y - _CAPITALS / 2 * self.size)),
            lettering.ordered(self.line),
            fill=rgb(self.color, pen.ground, words=True),
            font=lettering.font(self.size * pen.scale, self.bold),
            anchor=_ANCHORS[self.side],
        )


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle between two corners; `alpha` lets what is below through."""

    lower_left: At
    upper_right: At
    color: Color
    alpha: float
    corner: float

    def draw(self, pen: Pen) -> None:
        """Fill it."""
        (left, bottom), (right, top) = pen.pixel(self.lower_left), pen.pixel(self.upper_right)
        radius = int(min(self.corner * pen.scale, (right - left) / 2, (bottom - top) / 2))
        corners = (left, top), (max(left, right - 1), max(top, bottom - 1))
        if self.alpha == 1:
            pen.draw.rounded_rectangle(corners, radius, fill=pen.ink(self.color))
        else:  # takes many times as long
            pen.through.rounded_rectangle(
                corners, radius, fill=(*pen.ink(self.color), round(255 * self.alpha))
            )


@dataclass(frozen=True, slots=True)
class Strip:
    """A bar that runs from left to right through shares (0 to 1) of a colour."""

    lower_left: At
    upper_right: At
    color: Color
    shares: tuple[float, ...]

    def draw(self, pen: Pen) -> None:
        """Fill it, smoothly between the shares."""
        from PIL import Image

        (left, bottom), (right, top) = pen.pixel(self.lower_left), pen.pixel(self.upper_right)
        inks = (pen.ink(Color(self.color.name, share)) for share in self.shares)
        row = Image.frombytes("RGB", (len(self.shares), 1), bytes(part for ink in inks for part in ink))
        pen.sheet.paste(row.resize((right - left, bottom - top), Image.Resampling.BILINEAR), (left, top))


@dataclass(frozen=True, slots=True)
class Band:
    """The space between two lines, lightly filled."""

    outline: tuple[At, ...]
    color: Color

    def draw(self, pen: Pen) -> None:
        """Fill it."""
        corners = [pen.pixel(corner) for corner in self.outline]
        pen.through.polygon(corners, fill=(*pen.ink(self.color), round(255 * _BAND_SHARE)))


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through these places; `dashes` as lengths on and off, in line widths."""

    places: tuple[At, ...]
    color: Color
    width: float
    dashes: tuple[float, float] | None

    def draw(self, pen: Pen) -> None:
        """Draw it, with round ends where it is thick enough to show them."""
        places, thick, ink = (
            [pen.at(place) for place in self.places],
            self.width * pen.scale,
            pen.ink(self.color),
        )
        parts = [places] if self.dashes is None else _dashed(places, *(each * thick for each in self.dashes))
        for part in parts:
            whole = [(_whole(x), _whole(y)) for x, y in part]
            pen.draw.line(whole, fill=ink, width=max(1, round(thick)), joint="curve")
            if self.dashes is None and thick > 2 * SMOOTH:
                for x, y in (part[0], part[-1]):
                    _mark(pen, x, y, thick / 2, ink, "o")


@dataclass(frozen=True, slots=True)
class Dots:
    """Marks of one colour (and another on the edge): discs, squares or diamonds."""

    places: tuple[At, ...]
    radius: float
    color: Color
    edge: Color | None
    shape: Shape
    edge_width: float

    def draw(self, pen: Pen) -> None:
        """Draw them."""
        half = self.edge_width / 2 if self.edge else 0.0
        for x, y in map(pen.at, self.places):
            if self.edge:
                _mark(pen, x, y, (self.radius + half) * pen.scale, pen.ink(self.edge), self.shape)
            _mark(pen, x, y, (self.radius - half) * pen.scale, pen.ink(self.color), self.shape)


Drawn = Box | Strip | Band | Stroke | Dots | Words


def _whole(pixels: float) -> int:
    """Rounded down, but for what is short of a whole number by the computer's own rounding."""
    return floor(pixels + 1e-6)


def _mark(pen: Pen, x: float, y: float, radius: float, ink: Rgb, shape: Shape) -> None:
    far = radius * 2**0.5 if shape == "D" else radius
    left, top, right, bottom = (_whole(each) for each in (x - far, y - far, x + far, y + far))
    match shape:
        case "o":
            pen.draw.ellipse((left, top, right, bottom), fill=ink)
        case "s":
            pen.draw.rectangle((left, top, right, bottom), fill=ink)
        case "D":
            middle = _whole(x), _whole(y)
            corners = [(middle[0], top), (right, middle[1]), (middle[0], bottom), (left, middle[1])]
            pen.draw.polygon(corners, fill=ink)


def _dashed(places: Sequence[At], on: float, off: float) -> list[list[At]]:
    """The parts of a line that are drawn when it is broken into lengths on and off; corners stay in them."""
    parts: list[list[At]] = []
    left, drawing = on, True
    for index in range(len(places) - 1):
        (x, y), (to_x, to_y) = places[index], places[index + 1]
        length, done = hypot(to_x - x, to_y - y), 0.0
        if drawing:
            parts.append([*(parts.pop() if parts and index else ()), (x, y)])
        while length - done > left:
            done += left
            share = done / length
            point = x + share * (to_x - x), y + share * (to_y - y)
            if drawing:
                parts[-1].append(point)
            else:
                parts.append([point])
            drawing = not drawing
            left = on if drawing else off
        left -= length - done
        if drawing:
            parts[-1].append((to_x, to_y))
    return [part for part in parts if len(part) > 1]
