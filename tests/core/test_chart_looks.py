"""Every picture can be read: on a phone and on a desk, on a light page and on a dark one, with any colour vision."""

import ast
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

import core.charts
from core.charts import drawing, lettering, looks
from core.charts.canvas import Chart
from core.charts.drawing import Drawing, Layout
from core.charts.looks import ANYWHERE, Color, Ground, Look, Rgb, Width, rgb
from core.charts.shapes import Words
from tests.chart_samples import SAMPLES

PHONE, LEAST = 360.0, 11.0
"""Pixels of a phone's page across; of its smallest letter."""
DESK = 560.0
"""Pixels that a picture has in a message of the playground on a desk, at least."""
BOTH = list(Width)


@dataclass(frozen=True, slots=True)
class Written:
    """A line on a picture and the space that it takes, in units."""

    words: str
    left: float
    right: float
    low: float
    high: float
    size: float
    color: Color

    def over(self, other: "Written") -> bool:
        """Whether two lines are written over each other."""
        beside = self.right <= other.left or other.right <= self.left
        return not beside and self.low < other.high and other.low < self.high


def written(chart: Chart, width: Width) -> list[Written]:
    """Every line of a chart at one width."""
    found = []
    for shape in chart.drawing.layouts[width].shapes:
        if isinstance(shape, Words) and shape.line:
            pixels = width.value.pixels
            wide = lettering.width(shape.line, shape.size * pixels, shape.bold) / pixels
            left = shape.at[0] - {"left": 0.0, "center": wide / 2, "right": wide}[shape.side]
            y, half = shape.at[1], 0.36 * shape.size
            found.append(Written(shape.line, left, left + wide, y - half, y + half, shape.size, shape.color))
    return found


def overlaps(lines: Sequence[Written]) -> list[tuple[str, str]]:
    """The words that are written over each other."""
    return [(one.words, two.words) for one, two in combinations(lines, 2) if one.over(two)]


@pytest.fixture(scope="module")
def charts() -> dict[str, Chart]:
    return {name: make() for name, make in SAMPLES.items()}


def test_every_picture_has_samples() -> None:
    folder = Path(core.charts.__file__).parent
    makers = {
        (path.stem, node.name)
        for path in folder.glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and isinstance(node.returns, ast.Name)
        and node.returns.id == "Chart"
        and (path.stem, node.name) != ("canvas", "draw")
    }
    assert {module for module, _ in makers} == {name.split(",")[0] for name in SAMPLES}
    assert len(makers) == len({module for module, _ in makers}), "one module a picture"


@pytest.mark.parametrize("name", SAMPLES)
def test_letters_are_large_enough_and_stand_apart(charts: dict[str, Chart], name: str) -> None:
    for width, shown in ((Width.NARROW, PHONE), (Width.WIDE, DESK)):
        layout, lines = charts[name].drawing.layouts[width], written(charts[name], width)
        assert len(lines) > 2
        for line in lines:
            assert line.size * shown / width.value.across >= LEAST, line
            assert line.left >= 4, line
            assert line.right <= width.value.across - 4, line
            assert layout.low + 2 < line.low < line.high < layout.high - 2, line
        assert overlaps(lines) == [], width


def luminance(color: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Relative luminance as WCAG 2.2 defines it, of colours along the last axis."""
    part = color / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    found: npt.NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return found


def contrast(one: npt.NDArray[np.uint8], two: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The contrast ratio of two colours, 1 to 21."""
    first, second = luminance(one) + 0.05, luminance(two) + 0.05
    return np.maximum(first, second) / np.minimum(first, second)


def pixels(drawn: Drawing, look: Look) -> npt.NDArray[np.uint8]:
    """A picture's pixels without its words."""
    layout = drawn.layouts[look.width]
    bare = Layout(
        layout.low, layout.high, tuple(each for each in layout.shapes if not isinstance(each, Words))
    )
    image = Image.open(io.BytesIO(Drawing({look.width: bare}).png(look)))
    return np.asarray(image.convert("RGB"))


def every_look() -> Iterator[Look]:
    """Each width on each ground."""
    return (Look(width, ground) for width in Width for ground in Ground)


@pytest.mark.parametrize("name", SAMPLES)
def test_words_stand_out_from_what_is_below_them(charts: dict[str, Chart], name: str) -> None:
    """At a contrast of 4.5 : 1, but for a line of an axis or the corner of a mark that touches them."""
    for look in every_look():
        sheet, scale = pixels(charts[name].drawing, look), look.width.value.pixels
        top = charts[name].drawing.layouts[look.width].high
        for line in written(charts[name], look.width):
            rows = slice(int((top - line.high) * scale), int((top - line.low) * scale) + 1)
            below = sheet[rows, int(line.left * scale) : int(line.right * scale) + 1]
            ink = np.array(rgb(line.color, look.ground, words=True), dtype=np.uint8)
            weak = (contrast(ink, below) < 4.5).mean()
            assert weak < 0.02, (line, look)


@pytest.mark.parametrize("ground", Ground)
def test_marks_stand_out_from_ground(ground: Ground) -> None:
    paper = np.array(rgb(looks.PAPER, ground), dtype=np.uint8)
    for color in (looks.INK, looks.MUTED, looks.BLUE, looks.ORANGE, looks.GREEN):
        mark, words = (np.array(rgb(color, ground, words=each), dtype=np.uint8) for each in (False, True))
        assert contrast(mark, paper) >= 3, color
        assert contrast(words, paper) >= 4.5, color
    for color in (looks.BLUE, looks.ORANGE, looks.GREEN):
        on_mark = np.array(rgb(looks.ON_MARK, ground), dtype=np.uint8)
        assert contrast(on_mark, np.array(rgb(color, ground), dtype=np.uint8)) >= 3


# Machado, Oliveira and Fernandes (2009), severity 1: linear RGB as people without one kind of cone see it.
NO_RED = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
NO_GREEN = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
NO_BLUE = [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
TO_XYZ = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
]


def lab(color: Rgb, seen: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    """A colour in CIE L*a*b* (D65) as somebody sees it."""
    part = np.array(color) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    xyz = np.array(TO_XYZ) @ np.clip(np.array(seen) @ linear, 0, 1) / [0.95047, 1, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("ground", Ground)
@pytest.mark.parametrize(
    "seen", [np.eye(3), NO_RED, NO_GREEN, NO_BLUE], ids=["all", "protan", "deutan", "tritan"]
)
def test_colours_are_told_apart_with_any_vision(ground: Ground, seen: Sequence[Sequence[float]]) -> None:
    """Marks by 15 units of L*a*b* at least, words by 12; some 2 can be told apart side by side."""
    marks = (looks.BLUE, looks.ORANGE, looks.GREEN, looks.PAPER)
    for words in (False, True):
        for one, two in combinations(marks, 2):
            apart = lab(rgb(one, ground, words=words), seen) - lab(rgb(two, ground, words=words), seen)
            assert np.linalg.norm(apart) > (12 if words else 15), (one, two, words)


def test_drawing_is_packed_and_drawn_later(charts: dict[str, Chart]) -> None:
    for chart in charts.values():
        packed = chart.drawing.pack()
        assert len(packed) < 8_000
        again = Drawing.unpack(packed)
        assert again == chart.drawing
        assert again.png(ANYWHERE) == chart.drawing.png(ANYWHERE)
        break
    assert all(Drawing.unpack(chart.drawing.pack()) == chart.drawing for chart in charts.values())


def test_picture_is_legible_anywhere_and_carries_its_drawing(charts: dict[str, Chart]) -> None:
    chart = charts["tries"]
    picture = chart.picture("tries.png")
    assert (picture.alt, picture.name) == (chart.alt, "tries.png")
    assert picture.png == chart.drawing.png(ANYWHERE)
    assert Drawing.unpack(picture.drawing) == chart.drawing
    for look in every_look():
        image = Image.open(io.BytesIO(chart.drawing.png(look)))
        wide, high = picture.sizes[BOTH.index(look.width)]
        assert abs(image.width / image.height - wide / high) < 0.01
    assert replace(chart, alt="said").picture("x.png").alt == "said"


def test_tiles_leave_no_seams(charts: dict[str, Chart], monkeypatch: pytest.MonkeyPatch) -> None:
    for chart in charts.values():
        for look in (ANYWHERE, looks.LARGE):
            monkeypatch.setattr(drawing, "_TILE", 57)
            tiled = pixels(chart.drawing, look)
            monkeypatch.setattr(drawing, "_TILE", 10_000)
            assert (tiled == pixels(chart.drawing, look)).all(), chart.alt


def test_grounds_differ_only_in_colour(charts: dict[str, Chart]) -> None:
    light, dark = (
        Image.open(io.BytesIO(charts["bars"].drawing.png(Look(Width.NARROW, ground)))).convert("RGB")
        for ground in Ground
    )
    assert light.size == dark.size
    assert luminance(np.asarray(light)).mean() > 0.7
    assert luminance(np.asarray(dark)).mean() < 0.1
