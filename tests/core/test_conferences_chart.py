"""The strip of simulated conferences."""

import io

import numpy as np
import pytest
from PIL import Image

from core.charts.conferences import conferences_chart
from core.charts.looks import ANYWHERE, LARGE, ORANGE, Ground, rgb
from core.lottery.simulate import conferences


def test_strip_says_what_it_shows() -> None:
    flips = conferences(200, 166, 41, seed=2).flips.tolist()
    chart = conferences_chart(flips, 0.49, mark="measured", subject="NIPS {2014} $x$")
    assert chart.alt.startswith("NIPS {2014} $x$: 200 simulated conferences")
    assert "measured: 49 in 100" in chart.alt
    assert "95 of 100" in chart.alt
    image = Image.open(io.BytesIO(chart.drawing.png(LARGE))).convert("RGB")
    assert image.width == 1280
    orange = np.array(rgb(ORANGE, Ground.LIGHT))
    marked = np.flatnonzero(
        (np.abs(np.asarray(image).astype(int) - orange).sum(axis=2) < 20).sum(axis=0) > 200
    )
    assert marked.size > 0, "the marked conference has its line"


@pytest.mark.parametrize(
    ("flips", "mine"),
    [([0.5], 0.5), ([0.0, 1.0] * 100, 0.0), ([0.0] * 3, 1.0), ([0.5 + n * 1e-6 for n in range(500)], 0.5)],
)
def test_any_shares_can_be_drawn(flips: list[float], mine: float) -> None:
    assert conferences_chart(flips, mine, mark="yours").drawing.png(ANYWHERE).startswith(b"\x89PNG")


@pytest.mark.parametrize(("flips", "mine"), [([], 0.5), ([0.5], 1.5), ([float("nan")], 0.5)])
def test_shares_that_are_none_are_refused(flips: list[float], mine: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        conferences_chart(flips, mine, mark="yours")
