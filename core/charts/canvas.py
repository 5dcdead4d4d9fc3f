"""A sheet of paper to lay a chart out on: of one width, with the chart's own space in the middle, what to take away above
it and notes below.

A chart is laid out once for each width (`looks.Width`) and on no ground yet; `drawing.Drawing` fills the pixels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.charts import lettering
from core.charts.drawing import Drawing, Layout, one_at_a_time
from core.charts.lettering import ELLIPSIS
from core.charts.lettering import plain as plain
from core.charts.looks import (
    ANYWHERE,
    BLUE,
    FAINT,
    GREEN,
    INK,
    MUTED,
    ON_MARK,
    ORANGE,
    PAPER,
    SKY,
    Color,
    Width,
    mix,
)
from core.charts.shapes import At, Band, Box, Dots, Drawn, Shape, Side, Strip, Stroke, Words
from core.chat.model import Picture

__all__ = [
    "BLUE",
    "FAINT",
    "GREEN",
    "INK",
    "MUTED",
    "ON_MARK",
    "ORANGE",
    "PAPER",
    "SKY",
    "Canvas",
    "Chart",
    "Color",
    "Shape",
    "Side",
    "draw",
    "mix",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, and the sentence that says the same to those who cannot see it."""

    drawing: Drawing
    alt: str

    def picture(self, name: str) -> Picture:
        """The block that shows it: as it can be read anywhere, and the drawing itself for where more is known.
        Blocks for some 20 ms."""
        sizes = self.drawing.size(Width.WIDE), self.drawing.size(Width.NARROW)
        return Picture(self.drawing.png(ANYWHERE), self.alt, name, self.drawing.pack(), sizes)


def draw(alt: str, drawing: Callable[["Canvas"], None], tall: tuple[float, float] = (300, 220)) -> Chart:
    """Let `drawing` lay the chart out at each width and return it. `tall` is how high the chart's own space is: on
    the wide paper, and on the narrow one."""
    layouts = {}
    with one_at_a_time:
        for width, height in zip((Width.WIDE, Width.NARROW), tall, strict=True):
            canvas = Canvas(width, height)
            drawing(canvas)
            layouts[width] = canvas.layout()
    return Chart(Drawing(layouts), alt)


class Canvas:
    """Paper of one width. The chart's own space runs from x = `left` to `right` and from y = 0 up to `tall`; more
    room for its title and its notes is added above and below. Make one with `draw`.

    Whatever the order of the calls: boxes and bands lie below lines, those below marks, and words above all. The sizes
    of type are `title`, `body` and `small`; `pick` chooses what else differs between the widths. A chart whose height
    follows from what it holds sets `tall` before anything is written above it.
    """

    def __init__(self, width: Width, tall: float) -> None:
        measures = width.value
        self.tall = tall
        self.across, self.left, self.right = (
            measures.across,
            measures.margin,
            measures.across - measures.margin,
        )
        self.title, self.body, self.small = measures.title, measures.body, measures.small
        self._measures, self._width = measures, width
        self._above, self._below = tall + measures.margin / 2, measures.margin / 2
        self._shapes: list[Drawn] = []

    def pick(self, wide: T, narrow: T) -> T:
        """One of two values, by the width of the paper."""
        return wide if self._width is Width.WIDE else narrow

    def heading(self, title: str, context: str = "", subject: str = "") -> None:
        """What to take away; below it the subject, elided where need be, and context. Stands above the chart."""
        long, measures = self.right - self.left, self._measures
        first = self._title(plain(title), measures.title, measures.title_lines)
        subject, context = plain(subject), plain(context)
        second = self._lines(context, measures.small, measures.context_lines)
        if subject:
            tail = f" · {context}" if context else ""
            room = long - self.width(ELLIPSIS + tail, self.small)
            if self.width(subject + tail, self.small) <= long:
                second = [subject + tail]
            elif measures.context_lines == 1:
                second = [self._elided(subject, room, self.small) + tail]
            else:
                second = [self._elided(subject, long, self.small), *second]
        y = self._stacked(second, self.tall + 0.8 * self.body, self.small, MUTED, bold=False)
        y = self._stacked(first, y + (0.35 * self.small if second else 0), self.title, INK, bold=True)
        self._above = y + 0.6 * self.title

    def _stacked(self, lines: Sequence[str], y: float, size: float, color: Color, *, bold: bool) -> float:
        """Write lines over each other, the last of them on the height y. Returns the height above the first."""
        for line in reversed(lines):
            high = 1.28 * size
            long = self.right - self.left
            self.text(self.left, y + high / 2, line, size=size, color=color, bold=bold, width=long)
            y += high
        return y

    def foot(self, words: str) -> None:
        """A note below the chart, on as many lines as it needs."""
        long = self.right - self.left
        y = -self._below - 0.2 * self.small
        for line in self._lines(words, self.small, 6):
            y -= 1.3 * self.small
            self.text(self.left, y + 0.65 * self.small, line, size=self.small, color=MUTED, width=long)
        self._below = 0.8 * self.small - y

    def below(self, room: float) -> None:
        """Leave so much room below the chart, as for the figures of an axis. What is noted then stands below it."""
        self._below = max(self._below, room)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float | None = None,
        color: Color = INK,
        bold: bool = False,
        side: Side = "left",
        width: float | None = None,
    ) -> None:
        """Write one line, its middle at height y, elided to `width` units if one is given."""
        line, size = plain(words), size or self.body
        if width is not None:
            line = self._elided(line, width, size, bold=bold)
        self._shapes.append(Words(_short(x, y), line, size, color, bold, side))

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        color: Color,
        *,
        alpha: float = 1,
        corner: float = 0,
    ) -> None:
        """Fill a rectangle from its lower left corner on, with corners of the radius `corner`."""
        self._shapes.append(Box(_short(x, y), _short(x + width, y + height), color, alpha, corner))

    def strip(
        self, x: float, y: float, width: float, height: float, color: Color, shares: Sequence[float]
    ) -> None:
        """A bar that runs from left to right through these shares (0 to 1) of a colour."""
        rounded = tuple(round(share, 3) for share in shares)
        self._shapes.append(Strip(_short(x, y), _short(x + width, y + height), color, rounded))

    def dots(
        self,
        at: Sequence[At],
        radius: float,
        color: Color,
        *,
        edge: Color | None = None,
        shape: Shape = "o",
        edge_width: float = 2,
    ) -> None:
        """Marks of one colour (and another on the edge) at these places: discs, squares or diamonds."""
        places = tuple(_short(*place) for place in at)
        self._shapes.append(Dots(places, round(radius, 3), color, edge, shape, edge_width))

    def line(
        self,
        at: Sequence[At],
        color: Color,
        *,
        width: float = 2,
        dashes: tuple[float, float] | None = None,
    ) -> None:
        """A line through these places; `dashes` as lengths on and off, in line widths."""
        if len(at) > 1:
            self._shapes.append(Stroke(tuple(_short(*place) for place in at), color, width, dashes))

    def band(self, x: Sequence[float], low: Sequence[float], high: Sequence[float], color: Color) -> None:
        """Fill between two lines, lightly."""
        outline = [*zip(x, high, strict=True), *reversed(list(zip(x, low, strict=True)))]
        if len(x) > 1:
            self._shapes.append(Band(tuple(_short(*corner) for corner in outline), color))

    def width(self, words: str, size: float | None = None, *, bold: bool = False) -> float:
        """How wide a line of these words would be, in units."""
        pixels = self._measures.pixels
        return lettering.width(plain(words), (size or self.body) * pixels, bold) / pixels

    def layout(self) -> Layout:
        """What was drawn so far."""
        return Layout(-self._below, self._above, tuple(self._shapes))

    def _elided(self, line: str, widest: float, size: float, *, bold: bool = False) -> str:
        pixels = self._measures.pixels
        return lettering.elided(line, widest * pixels, size * pixels, bold)

    def _title(self, words: str, size: float, most: int) -> list[str]:
        """Bold words on as few lines as they need: two where a part of the sentence ends, if that can be, else broken so
        that none is much longer than another."""
        long = self.right - self.left
        lines = self._lines(words, size, most, bold=True)
        if len(lines) == 2:
            ends = [at + 1 for at, char in enumerate(words) if char in ",:" and words[at + 1 : at + 2] == " "]
            parts = [(words[:end], words[end + 1 :]) for end in ends]
            wide = {pair: max(self.width(part, size, bold=True) for part in pair) for pair in parts}
            best = min(wide, key=wide.__getitem__, default=None)
            if best and wide[best] <= long:
                return list(best)
        if len(lines) < 2 or self.width(lines[-1], size, bold=True) > long:
            return lines
        low, high = 0.5 * long, long
        for _ in range(5):
            middle = (low + high) / 2
            tried = self._lines(words, size, len(lines), bold=True, widest=middle)
            if all(self.width(line, size, bold=True) <= middle for line in tried):
                lines, high = tried, middle
            else:
                low = middle
        return lines

    def _lines(
        self, words: str, size: float, most: int, *, bold: bool = False, widest: float | None = None
    ) -> list[str]:
        """The words on as many lines as they need, `most` at most; the last is elided when it is written."""
        widest = self.right - self.left if widest is None else widest
        pixels, rest = self._measures.pixels, words
        lines: list[str] = []
        while rest and len(lines) < most - 1:
            first, rest = lettering.two_lines(rest, widest * pixels, size * pixels, bold=bold)
            lines.append(first)
        return [*lines, rest] if rest else lines


def _short(x: float, y: float) -> At:
    """A place to a hundredth of a unit."""
    return round(x, 2), round(y, 2)
