"""A sheet of paper to draw a chart on.

Pillow fills the pixels: shapes at twice the size and then scaled down, which smooths their edges; letters at the size
they are read at, above the shapes. Pillow is imported only when something is drawn.
"""

import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING, Final, Literal

from core.charts import lettering
from core.charts.lettering import ELLIPSIS
from core.charts.lettering import plain as plain

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

# Okabe and Ito's colours, which people with any colour vision can tell apart, on a warm off-white
# that stands on dark and light chats alike.
PAPER: Final = "#FAF9F6"
INK: Final = "#1F2A37"
MUTED: Final = "#5B6673"
FAINT: Final = "#DDDFE0"
BLUE: Final = "#0072B2"
SKY: Final = "#56B4E9"
ORANGE: Final = "#D55E00"
GREEN: Final = "#009E73"

WIDTH: Final = 800  # units across; one unit is 1.6 pixels, so that the picture stays sharp on dense screens
_PIXELS: Final = 1.6
_SMOOTH: Final = 2  # pixels drawn along each side of a pixel that is shown
_BAND_SHARE: Final = 0.28
_CAPITALS: Final = 0.729  # of the font's size; what a line's middle is half of

Side = Literal["left", "center", "right"]
Shape = Literal["o", "s", "D"]
_At = tuple[float, float]
_ANCHORS: Final = {"left": "ls", "center": "ms", "right": "rs"}
# A font that two threads draw with at once is not safe. One chart at a time.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture as PNG, and the sentence that says the same to those who cannot see it."""

    png: bytes
    alt: str


def _rgb(color: str) -> tuple[int, int, int]:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def mix(color: str, share: float) -> str:
    """`share` (0 to 1) of a colour on the paper, as an opaque colour, so that neighbours show no seams."""
    pairs = zip(_rgb(color), _rgb(PAPER), strict=True)
    return "#" + "".join(f"{round(share * ink + (1 - share) * paper):02X}" for ink, paper in pairs)


class Canvas:
    """A sheet of WIDTH by `height` units with its origin at the lower left. Make one with `draw`.

    Whatever the order of the calls: boxes and bands lie below lines, those below marks, and words above all.
    """

    def __init__(self, height: float) -> None:
        self.height = height
        self._shaded = False  # whether there are more colours than a palette holds
        self._areas: list[Callable[[Image, ImageDraw], None]] = []
        self._lines: list[Callable[[Image, ImageDraw], None]] = []
        self._marks: list[Callable[[Image, ImageDraw], None]] = []
        self._words: list[Callable[[Image, ImageDraw], None]] = []

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 19,
        color: str = INK,
        bold: bool = False,
        side: Side = "left",
        width: float | None = None,
    ) -> None:
        """Write one line, its middle at height y, elided to `width` units if one is given."""
        line, pixels = plain(words), size * _PIXELS
        if width is not None:
            line = lettering.elided(line, width * _PIXELS, pixels, bold)
        at = x * _PIXELS, (self.height - y + _CAPITALS / 2 * size) * _PIXELS
        self._words.append(
            lambda _, pen: pen.text(
                at,
                lettering.ordered(line),
                fill=color,
                font=lettering.font(pixels, bold),
                anchor=_ANCHORS[side],
            )
        )

    def heading(self, title: str, context: str = "", subject: str = "") -> None:
        """What to take away, on one or two lines; below it the subject, elided where need be, and context."""
        widest = (WIDTH - 80) * _PIXELS
        first, rest = lettering.two_lines(plain(title), widest, 28 * _PIXELS, bold=True)
        self.text(40, self.height - 44, first, size=28, bold=True, width=WIDTH - 80)
        if rest:
            self.text(40, self.height - 79, rest, size=28, bold=True, width=WIDTH - 80)
        pixels, subject, context = 18 * _PIXELS, plain(subject), plain(context)
        tail = f" · {context}" if subject and context else context
        below = subject + tail
        if subject and lettering.width(below, pixels) > widest:
            left = widest - lettering.width(ELLIPSIS + tail, pixels)
            below = lettering.elided(subject, left, pixels) + tail
        self.text(40, self.height - (113 if rest else 80), below, size=18, color=MUTED, width=WIDTH - 80)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        color: str,
        *,
        alpha: float = 1,
        corner: float = 0,
    ) -> None:
        """Fill a rectangle from its lower left corner on, with corners of the radius `corner`."""
        (left, bottom), (right, top) = self._at(x, y), self._at(x + width, y + height)
        radius = min(corner, width / 2, height / 2) * _PIXELS * _SMOOTH
        corners = [(left, top), (max(left, right - 1), max(top, bottom - 1))]
        self._areas.append(
            _filled(
                corners,
                color,
                alpha,
                lambda pen, at, ink: pen.rounded_rectangle((at[0], at[1]), radius, fill=ink),
            )
        )

    def strip(self, x: float, y: float, width: float, height: float, colors: Sequence[str]) -> None:
        """A bar whose colour runs through these from left to right."""
        self._shaded = True
        (left, bottom), (right, top) = self._at(x, y), self._at(x + width, y + height)
        size, at = (round(right - left), round(bottom - top)), (round(left), round(top))

        def fill(sheet: "Image", _: "ImageDraw") -> None:
            from PIL import Image

            row = Image.frombytes(
                "RGB", (len(colors), 1), bytes(part for color in colors for part in _rgb(color))
            )
            sheet.paste(row.resize(size, Image.Resampling.NEAREST), at)

        self._areas.append(fill)

    def dots(
        self,
        at: Sequence[_At],
        radius: float,
        color: str,
        *,
        edge: str | None = None,
        shape: Shape = "o",
        edge_width: float = 2,
    ) -> None:
        """Marks of one colour (and another on the edge) at these places: discs, squares or diamonds."""
        scale = _PIXELS * _SMOOTH
        places = [self._at(*place) for place in at]
        half = edge_width / 2 if edge else 0.0

        def mark(_: "Image", pen: "ImageDraw") -> None:
            for x, y in places:
                if edge:
                    _mark(pen, x, y, (radius + half) * scale, edge, shape)
                _mark(pen, x, y, (radius - half) * scale, color, shape)

        self._marks.append(mark)

    def line(
        self,
        at: Sequence[_At],
        color: str,
        *,
        width: float = 2,
        dashes: tuple[float, float] | None = None,
    ) -> None:
        """A line through these places; `dashes` as lengths on and off, in line widths."""
        places = [self._at(*place) for place in at]
        thick = width * _PIXELS * _SMOOTH
        parts = [places] if dashes is None else _dashed(places, dashes[0] * thick, dashes[1] * thick)

        def stroke(_: "Image", pen: "ImageDraw") -> None:
            for part in parts:
                pen.line(part, fill=color, width=max(1, round(thick)), joint="curve")
                if dashes is None and thick > 2 * _SMOOTH:  # the ends of thin lines need no rounding
                    for x, y in (part[0], part[-1]):
                        _mark(pen, x, y, thick / 2, color, "o")

        if len(places) > 1:
            self._lines.append(stroke)

    def band(self, x: Sequence[float], low: Sequence[float], high: Sequence[float], color: str) -> None:
        """Fill between two lines, lightly."""
        outline = [*zip(x, high, strict=True), *reversed(list(zip(x, low, strict=True)))]
        corners = [self._at(*corner) for corner in outline]
        if len(x) > 1:
            self._areas.append(
                _filled(corners, color, _BAND_SHARE, lambda pen, at, ink: pen.polygon(at, fill=ink))
            )

    def png(self) -> bytes:
        """The drawing as PNG bytes; without a strip, with a palette, which is a third of the size."""
        from PIL import Image, ImageDraw

        size = round(WIDTH * _PIXELS), round(self.height * _PIXELS)
        sheet = Image.new("RGB", (size[0] * _SMOOTH, size[1] * _SMOOTH), PAPER)
        pen = ImageDraw.Draw(sheet)
        for shape in (*self._areas, *self._lines, *self._marks):
            shape(sheet, pen)
        picture = sheet.reduce(_SMOOTH)
        pen = ImageDraw.Draw(picture)
        for words in self._words:
            words(picture, pen)
        if not self._shaded:
            picture = picture.quantize(255, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        file = io.BytesIO()
        picture.save(file, "png", compress_level=4)
        return file.getvalue()

    def width(self, words: str, size: float = 19, *, bold: bool = False) -> float:
        """How wide a line of these words would be, in units."""
        return lettering.width(plain(words), size * _PIXELS, bold) / _PIXELS

    def _at(self, x: float, y: float) -> _At:
        """A place of the sheet in the pixels that shapes are drawn in."""
        return x * _PIXELS * _SMOOTH, (self.height - y) * _PIXELS * _SMOOTH


def _filled(
    corners: Sequence[_At],
    color: str,
    alpha: float,
    shape: Callable[["ImageDraw", Sequence[_At], int | str], None],
) -> Callable[["Image", "ImageDraw"], None]:
    """What draws a shape with these corners in a colour that lets so much of what is below through."""

    def fill(sheet: "Image", pen: "ImageDraw") -> None:
        if alpha == 1:
            shape(pen, corners, color)
            return
        from PIL import Image, ImageDraw

        left, top = (int(min(corner[axis] for corner in corners)) for axis in (0, 1))
        right, bottom = (int(max(corner[axis] for corner in corners)) + 2 for axis in (0, 1))
        mask = Image.new("L", (right - left, bottom - top))
        shape(ImageDraw.Draw(mask), [(x - left, y - top) for x, y in corners], round(255 * alpha))
        sheet.paste(_rgb(color), (left, top), mask)

    return fill


def _mark(pen: "ImageDraw", x: float, y: float, radius: float, color: str, shape: Shape) -> None:
    match shape:
        case "o":
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)
        case "s":
            pen.rectangle((x - radius, y - radius, x + radius, y + radius), fill=color)
        case "D":
            far = radius * 2**0.5
            pen.polygon([(x, y - far), (x + far, y), (x, y + far), (x - far, y)], fill=color)


def _dashed(places: Sequence[_At], on: float, off: float) -> list[list[_At]]:
    """The parts of a line that are drawn when it is broken into lengths on and off; corners stay in them."""
    parts: list[list[_At]] = []
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


def draw(alt: str, drawing: Callable[[Canvas], None], height: float = 450) -> Chart:
    """Let `drawing` draw on a new sheet and return the chart. Blocks for some 20 ms."""
    with _one_at_a_time:
        canvas = Canvas(height)
        drawing(canvas)
        return Chart(canvas.png(), alt)
