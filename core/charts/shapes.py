"""What lies on a canvas, as data, and how Pillow fills it: shapes at twice the size and then scaled down, which smooths
their edges; letters at the size they are read at, above the shapes. Pillow is imported only when something is drawn.

Places and lengths are in units, heights from the floor up; `Pen` turns them into pixels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import hypot
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
    """A sheet of pixels that is drawn on: how many of them are a unit, how high its upper edge lies."""

    sheet: "Image"
    draw: "ImageDraw"
    scale: float
    top: float
    ground: Ground

    def at(self, place: At) -> At:
        """A place in pixels."""
        return place[0] * self.scale, (self.top - place[1]) * self.scale

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
        (left, bottom), (right, top) = pen.at(self.lower_left), pen.at(self.upper_right)
        radius = min(self.corner * pen.scale, (right - left) / 2, (bottom - top) / 2)
        corners = [(left, top), (max(left, right - 1), max(top, bottom - 1))]
        _fill(
            pen,
            corners,
            pen.ink(self.color),
            self.alpha,
            lambda draw, at, ink: draw.rounded_rectangle((at[0], at[1]), radius, fill=ink),
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

        (left, bottom), (right, top) = pen.at(self.lower_left), pen.at(self.upper_right)
        inks = (pen.ink(Color(self.color.name, share)) for share in self.shares)
        row = Image.frombytes("RGB", (len(self.shares), 1), bytes(part for ink in inks for part in ink))
        size = round(right - left), round(bottom - top)
        pen.sheet.paste(row.resize(size, Image.Resampling.BILINEAR), (round(left), round(top)))


@dataclass(frozen=True, slots=True)
class Band:
    """The space between two lines, lightly filled."""

    outline: tuple[At, ...]
    color: Color

    def draw(self, pen: Pen) -> None:
        """Fill it."""
        corners = [pen.at(corner) for corner in self.outline]
        ink = pen.ink(self.color)
        _fill(pen, corners, ink, _BAND_SHARE, lambda draw, at, ink: draw.polygon(at, fill=ink))


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
            pen.draw.line(part, fill=ink, width=max(1, round(thick)), joint="curve")
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


def _fill(
    pen: Pen,
    corners: Sequence[At],
    ink: Rgb,
    alpha: float,
    shape: "Callable[[ImageDraw, Sequence[At], int | Rgb], None]",
) -> None:
    """Fill a shape with these corners in a colour that lets so much of what is below through."""
    if alpha == 1:
        shape(pen.draw, corners, ink)
        return
    from PIL import Image, ImageDraw

    left, top = (int(min(corner[axis] for corner in corners)) for axis in (0, 1))
    right, bottom = (int(max(corner[axis] for corner in corners)) + 2 for axis in (0, 1))
    mask = Image.new("L", (right - left, bottom - top))
    shape(ImageDraw.Draw(mask), [(x - left, y - top) for x, y in corners], round(255 * alpha))
    pen.sheet.paste(ink, (left, top), mask)


def _mark(pen: Pen, x: float, y: float, radius: float, ink: Rgb, shape: Shape) -> None:
    match shape:
        case "o":
            pen.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)
        case "s":
            pen.draw.rectangle((x - radius, y - radius, x + radius, y + radius), fill=ink)
        case "D":
            far = radius * 2**0.5
            pen.draw.polygon([(x, y - far), (x + far, y), (x, y + far), (x - far, y)], fill=ink)


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
