"""A drawing as data, laid out for each width a picture is shown at; pixels are filled when somebody wants to see it."""

import io
import json
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, Final

from core.charts.looks import PAPER, Color, Look, Width, rgb
from core.charts.shapes import SMOOTH, Band, Box, Dots, Drawn, Pen, Strip, Stroke, Words

if TYPE_CHECKING:
    from PIL.Image import Image

# A font that two threads draw with at once is not safe. One picture at a time.
one_at_a_time: Final = threading.RLock()

# Whatever the order in which they were drawn: areas lie below lines, those below marks, and words above all.
_LAYERS: Final[tuple[tuple[type[Drawn], ...], ...]] = ((Box, Strip, Band), (Stroke,), (Dots,))
_KINDS: Final[Mapping[str, Callable[..., Drawn]]] = {
    kind.__name__: kind for kind in (Box, Strip, Band, Stroke, Dots, Words)
}
_TILE: Final = 320
"""Rows of pixels that are drawn at once. The whole at twice its size would be 16 MB, which the process then keeps."""
_PACKING: Final = 1
"""Changes when what is packed is read another way."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What is drawn at one width, between a lower and an upper edge (units)."""

    low: float
    high: float
    shapes: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing, laid out for each width."""

    layouts: Mapping[Width, Layout]

    def size(self, width: Width) -> tuple[int, int]:
        """How many units it is wide and high."""
        layout = self.layouts[width]
        return round(width.value.across), round(layout.high - layout.low)

    def png(self, look: Look) -> bytes:
        """The picture for a width and a ground. Blocks for some 20 ms.

        It has a palette, which is a third of the size and half of the time; but a strip's shades would show steps.
        """
        from PIL import Image

        layout = self.layouts[look.width]
        with one_at_a_time:
            picture = _filled(layout, look)
            shaded = any(isinstance(shape, Strip) for shape in layout.shapes)
            if not shaded:
                picture = picture.quantize(255, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
            file = io.BytesIO()
            picture.save(file, "png", compress_level=1 if shaded else 2)
            return file.getvalue()

    def pack(self) -> bytes:
        """The drawing as some kB, to be kept and drawn later."""
        layouts = {
            width.name: [layout.low, layout.high, [_packed(shape) for shape in layout.shapes]]
            for width, layout in self.layouts.items()
        }
        return zlib.compress(json.dumps([_PACKING, layouts], separators=(",", ":")).encode())

    @staticmethod
    def unpack(packed: bytes) -> "Drawing":
        """The drawing of packed bytes. ValueError where a later version packed them."""
        packing, layouts = json.loads(zlib.decompress(packed))
        if packing != _PACKING:
            raise ValueError("This drawing was packed by another version.")
        return Drawing(
            {
                Width[name]: Layout(low, high, tuple(map(_unpacked, shapes)))
                for name, (low, high, shapes) in layouts.items()
            }
        )


def _filled(layout: Layout, look: Look) -> "Image":
    """The layout as an image of Pillow's."""
    from PIL import Image

    pixels, paper = look.width.value.pixels, rgb(PAPER, look.ground)
    wide, high = round(look.width.value.across * pixels), round((layout.high - layout.low) * pixels)
    picture = Image.new("RGB", (wide, high), paper)
    for top in range(0, high, _TILE):
        tile = Image.new("RGB", (wide * SMOOTH, min(_TILE, high - top) * SMOOTH), paper)
        pen = _pen(tile, pixels * SMOOTH, layout, top * SMOOTH, look)
        for layer in _LAYERS:
            for shape in layout.shapes:
                if isinstance(shape, layer):
                    shape.draw(pen)
        picture.paste(tile.reduce(SMOOTH), (0, top))
    pen = _pen(picture, pixels, layout, 0, look)
    for shape in layout.shapes:
        if isinstance(shape, Words):
            shape.draw(pen)
    return picture


def _pen(sheet: "Image", scale: float, layout: Layout, rows: int, look: Look) -> Pen:
    from PIL import ImageDraw

    return Pen(
        sheet, ImageDraw.Draw(sheet), ImageDraw.Draw(sheet, "RGBA"), scale, layout.high, rows, look.ground
    )


def _packed(shape: Drawn) -> list[Any]:
    values = (getattr(shape, name) for name in shape.__slots__)
    return [
        type(shape).__name__,
        *(list(astuple(each)) if isinstance(each, Color) else each for each in values),
    ]


def _unpacked(packed: list[Any]) -> Drawn:
    kind = _KINDS[packed[0]]
    values: list[Any] = [Color(*each) if _is_color(each) else _tuples(each) for each in packed[1:]]
    return kind(*values)


def _is_color(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
