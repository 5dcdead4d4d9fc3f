"""A sheet of paper to draw a chart on, and what may be written on it.

matplotlib is imported only when something is drawn, since that takes half a second; pyplot never, since it
keeps every figure. Text is taken literally (no mathtext), and what the font lacks is left out.
"""

import io
import threading
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties
    from matplotlib.patches import Patch

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
_UNITS_PER_INCH: Final = 100
_POINTS: Final = 72 / _UNITS_PER_INCH  # points in a unit
_DPI: Final = 160
_JOINERS: Final = "\u200c\u200d"  # invisible, but Persian and Indic words are misspelt without them
_ELLIPSIS: Final = "…"
_LONGEST: Final = 300  # characters; more than fit on two lines of the smallest size

Side = Literal["left", "center", "right"]
# matplotlib keeps fonts and settings for the whole process and is not made for threads; nor are the
# warning filters. One chart at a time.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture as PNG, and the sentence that says the same to those who cannot see it."""

    png: bytes
    alt: str


@cache
def _drawable() -> frozenset[int]:
    """The code points that both weights of the font can draw (DejaVu Sans, which comes with matplotlib)."""
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    charmaps = [
        FT2Font(findfont(FontProperties(family="DejaVu Sans", weight=weight))).get_charmap()
        for weight in ("normal", "bold")
    ]
    return frozenset(charmaps[0]) & frozenset(charmaps[1])


def plain(text: str) -> str:
    """`text` as far as it can be drawn, on one line.

    Controls, bidirectional overrides and symbols that the font lacks (most emoji) go; letters that it lacks
    become one ellipsis a run, so that nobody takes the rest for the whole.
    """
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + _ELLIPSIS
    known = _drawable()
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if char.isspace():
            kept.append(" ")
        elif category[0] == "C":
            kept.append(char if char in _JOINERS else "")
        elif ord(char) in known and not "\ufe00" <= char <= "\ufe0f":
            kept.append(char)
        elif category[0] == "L" and kept[-1:] != [_ELLIPSIS]:
            kept.append(_ELLIPSIS)
    return " ".join("".join(kept).split()).strip(_JOINERS + " ")


def mix(color: str, share: float) -> str:
    """`share` (0 to 1) of a colour on the paper, as an opaque colour, so that neighbours show no seams."""
    pairs = ((int(color[i : i + 2], 16), int(PAPER[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(share * ink + (1 - share) * paper):02X}" for ink, paper in pairs)


class Canvas:
    """A sheet of WIDTH by `height` units with its origin at the lower left. Make one with `draw`."""

    def __init__(self, height: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.height = height
        self._shaded = False  # whether there are more colours than a palette holds
        self._figure = Figure(figsize=(WIDTH / _UNITS_PER_INCH, height / _UNITS_PER_INCH), dpi=_DPI)
        self._canvas = FigureCanvasAgg(self._figure)
        self._renderer: RendererAgg = self._canvas.get_renderer()  # type: ignore[no-untyped-call]  # matplotlib has no types there
        self._figure.set_facecolor(PAPER)
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_autoscale_on(False)
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(0, height)

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
        font = _font(size, bold)
        line = plain(words)
        if width is not None:
            line = self._elided(line, font, width)
        self._axes.text(
            x, y, line, fontproperties=font, color=color, ha=side, va="center_baseline", parse_math=False
        )

    def heading(self, title: str, context: str = "", subject: str = "") -> None:
        """What to take away, on one or two lines; below it the subject, elided where need be, and context."""
        first, rest = self._fill(plain(title), _font(28, bold=True), WIDTH - 80)
        self.text(40, self.height - 44, first, size=28, bold=True, width=WIDTH - 80)
        if rest:
            self.text(40, self.height - 79, rest, size=28, bold=True, width=WIDTH - 80)
        font, subject, context = _font(18), plain(subject), plain(context)
        tail = f" · {context}" if subject and context else context
        below = subject + tail
        if subject and self._width(below, font) > WIDTH - 80:
            below = self._elided(subject, font, WIDTH - 80 - self._width(_ELLIPSIS + tail, font)) + tail
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
        from matplotlib.patches import FancyBboxPatch, Rectangle

        patch: Patch
        if corner:
            style = f"round,pad=0,rounding_size={min(corner, width / 2, height / 2)}"
            patch = FancyBboxPatch((x, y), width, height, boxstyle=style)
        else:
            patch = Rectangle((x, y), width, height, antialiased=False)
        patch.set(facecolor=color, linewidth=0, alpha=alpha)
        self._axes.add_patch(patch)

    def strip(self, x: float, y: float, width: float, height: float, colors: Sequence[str]) -> None:
        """A bar whose colour runs through these from left to right."""
        self._shaded = True
        row = [[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in colors]
        self._axes.imshow([row], extent=(x, x + width, y, y + height), aspect="auto", interpolation="nearest")

    def dots(
        self,
        at: Sequence[tuple[float, float]],
        radius: float,
        color: str,
        *,
        edge: str | None = None,
        shape: str = "o",
        edge_width: float = 2,
    ) -> None:
        """Marks of one colour (and another on the edge) at these places."""
        if at:
            self._axes.scatter(
                [x for x, _ in at],
                [y for _, y in at],
                s=(2 * radius * _POINTS) ** 2,
                c=color,
                marker=shape,
                linewidths=edge_width * _POINTS,
                edgecolors=edge or "none",
                zorder=4,
            )

    def line(
        self,
        at: Sequence[tuple[float, float]],
        color: str,
        *,
        width: float = 2,
        dashes: tuple[float, float] | None = None,
    ) -> None:
        """A line through these places; `dashes` as lengths on and off, in line widths."""
        style = "solid" if dashes is None else (0, dashes)
        self._axes.plot(
            [x for x, _ in at],
            [y for _, y in at],
            color=color,
            linewidth=width * _POINTS,
            linestyle=style,
            solid_capstyle="round",
        )

    def band(self, x: Sequence[float], low: Sequence[float], high: Sequence[float], color: str) -> None:
        """Fill between two lines, lightly."""
        self._axes.fill_between(x, low, high, color=color, alpha=0.28, linewidth=0)

    def png(self) -> bytes:
        """The drawing as PNG bytes; without a strip, with a palette, which is a third of the size."""
        from PIL import Image

        self._canvas.draw()  # type: ignore[no-untyped-call]  # as above
        pixels = self._canvas.buffer_rgba()  # type: ignore[no-untyped-call]  # as above
        picture = Image.fromarray(np.asarray(pixels)).convert("RGB")
        if not self._shaded:
            picture = picture.quantize(255, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        file = io.BytesIO()
        picture.save(file, "png", compress_level=4)
        self._figure.clear()
        return file.getvalue()

    def width(self, words: str, size: float = 19, *, bold: bool = False) -> float:
        """How wide a line of these words would be, in units."""
        return self._width(plain(words), _font(size, bold))

    def _width(self, line: str, font: "FontProperties") -> float:
        measure = self._renderer.get_text_width_height_descent
        pixels, _, _ = measure(line, font, ismath=False)  # type: ignore[no-untyped-call]  # as above
        return float(pixels) * _UNITS_PER_INCH / _DPI

    def _elided(self, line: str, font: "FontProperties", width: float) -> str:
        """The line, or as much of its beginning as fits with an ellipsis."""
        if self._width(line, font) <= width:
            return line
        low, high = 0, len(line)
        while high - low > 1:
            middle = (low + high) // 2
            if self._width(line[:middle] + _ELLIPSIS, font) <= width:
                low = middle
            else:
                high = middle
        while 0 < low < len(line) and unicodedata.combining(line[low]):
            low -= 1
        return line[:low].rstrip() + _ELLIPSIS

    def _fill(self, text: str, font: "FontProperties", width: float) -> tuple[str, str]:
        """Text broken at the last space that keeps the first line within width; the rest is the second."""
        if self._width(text, font) <= width:
            return text, ""
        words = text.split(" ")
        count = len(words)
        while count > 1 and self._width(" ".join(words[:count]), font) > width:
            count -= 1
        return " ".join(words[:count]), " ".join(words[count:])


def _font(size: float, bold: bool = False) -> "FontProperties":
    from matplotlib.font_manager import FontProperties

    return FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size * _POINTS)


def draw(alt: str, drawing: Callable[[Canvas], None], height: float = 450) -> Chart:
    """Let `drawing` draw on a new sheet and return the chart. Blocks for some 50 ms, 0.5 s more at first."""
    with _one_at_a_time, warnings.catch_warnings():
        # Shaping can ask for marks that the text did not hold and the font lacks. Nobody can act on that.
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .*missing from")
        canvas = Canvas(height)
        drawing(canvas)
        return Chart(canvas.png(), alt)
