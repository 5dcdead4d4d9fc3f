"""Charts are real PNGs, say in words what they show, and take whatever a member typed."""

import io
import logging
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.charts import lettering
from core.charts.bars import bars
from core.charts.canvas import Chart, draw, mix, plain
from core.charts.committees import two_committees
from core.charts.conferences import conferences_chart
from core.charts.figures import between, share, spread
from core.charts.looks import ANYWHERE, GREEN, INK, LARGE, MUTED, PAPER, Color, Ground, Look, Width, rgb
from core.charts.paths import paths
from core.charts.shapes import Band, Dots
from core.charts.tries import about_half, tries
from core.lottery.decisions import Range, flip, ranged
from core.lottery.shown import rounded
from tests.chart_samples import both_ways, curve, scored
from tests.core.test_chart_looks import Written, overlaps, written

HARD = [
    "Ba$$in",
    "$x^{2$ \\frac{ 100% _a_ {}",
    "@everyone <b>&amp;</b> `code` *x*",
    "🎉 party 🧑‍🔬 👍🏽 🇩🇪",
    "深層学習 for vision 논문",
    "مرحبا بالعالم and שלום עולם",
    "zero\u200bwidth \u202eright-to-left\u202c \x00\x1b[31m\ttab\nline",
    "e\u0301\u0301\u0301\u0301 Zalgo h\u0337\u0322e\u0337",
    "word " * 200,
    "w" * 5000,
    "   ",
    "",
]


def picture(chart: Chart, look: Look = LARGE) -> Image.Image:
    image = Image.open(io.BytesIO(chart.drawing.png(look)))
    image.load()
    assert image.format == "PNG"
    return image.convert("RGB")


@pytest.mark.parametrize("subject", HARD)
@pytest.mark.case(27, 28)
def test_any_text_can_be_drawn(subject: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for chart in (
            two_committees(0.25, Range(0.49, 0.44, 0.54), subject=subject),
            tries(curve(0.25, 3), here=2, subject=subject),
            scored([5, 6, 6], 0.4, Range(0.43, 0.42, 0.44), subject),
            bars(subject, [(subject, 3), ("other", 1)], below=subject),
        ):
            assert picture(chart).width == 1280
            assert chart.alt
    assert not caplog.records


@pytest.mark.parametrize("p", [0.001, 0.01, 0.05, 0.25, 0.6, 0.95, 0.999])
def test_two_committees_share_out_hundred_papers(p: float) -> None:
    chart = two_committees(p, ranged(lambda rho: flip(p, rho)), subject="NeurIPS 2025")
    assert picture(chart).width == 1280
    words = chart.alt.replace(",", "").replace(".", "").split()
    both, only_a, only_b, neither = (
        int(words[words.index(word) + 1]) for word in ("accept", "A", "B", "neither")
    )
    assert both + only_a + only_b + neither == (100 if p >= 0.145 else 1000), (
        "1,000 dots where 100 are too few"
    )
    assert only_a == only_b
    assert chart.alt.startswith("NeurIPS 2025: ")


def test_two_committees_show_dot_for_each_paper() -> None:
    image = picture(two_committees(0.25, ranged(lambda rho: flip(0.25, rho))))
    pixels = image.tobytes()
    colors = [tuple(pixels[i : i + 3]) for i in range(0, len(pixels), 3)]

    def area(red: int, green: int, blue: int) -> int:
        return sum(abs(r - red) + abs(g - green) + abs(b - blue) < 24 for r, g, b in colors)

    both = area(0x00, 0x9E, 0x73)
    only_b = area(0xD5, 0x5E, 0x00)
    one_dot = both / 13
    assert 11.5 * one_dot < only_b < 12.5 * one_dot


def test_tries_say_every_number_and_what_rests_on_model() -> None:
    chart = tries(curve(0.25, 4), here=3, subject="ICML 2026")
    assert chart.alt == (
        "ICML 2026: Of such papers, accepted by try 1: 25 in 100, 2: 37 (36 to 39) in 100, 3: 45 (43 to 47) in 100, "
        "4: 50 (48 to 53) in 100. Marked: try 3. Beyond 2 tries this depends on the model."
    )
    assert "model" not in tries(curve(0.25, 2)).alt


@pytest.mark.parametrize(
    ("count", "here"), [(1, None), (1, 1), (2, 2), (20, 2), (20, 20), (40, 7), (3, 9), (3, 0)]
)
def test_tries_of_any_number(count: int, here: int | None) -> None:
    for p in (0.02, 0.95):
        assert picture(tries(curve(p, count), here=here)).width == 1280


def test_own_scores_say_their_numbers() -> None:
    chart = scored([5, 6, 6], 0.4004, Range(0.4273, 0.41, 0.44), "ICLR 2024")
    assert chart.alt == (
        "ICLR 2024: Scores 5, 6, 6 (mean 5.67) on a scale of 1 to 10; the chance is even at a mean of 5.80. "
        "Accepted in this round: 40 (30 to 50) in 100; by a new committee: 43 (41 to 44) in 100."
    )


@pytest.mark.parametrize("scores", [[1.0], [10.0] * 12, [1, 10], [12.5], [-3, 6]])
def test_own_scores_of_any_number_even_off_scale(scores: list[float]) -> None:
    for now in (0.0, 0.001, 1.0):
        assert picture(scored(scores, now, Range(now, now, now))).width == 1280


def test_bars_grow_with_their_number_and_say_what_is_left_out() -> None:
    few = bars("Papers", [("drafting", 7), ("submitted", 1200.5)])
    many = bars("Weeks", [(f"week {n}", n) for n in range(14)])
    assert few.alt == "Papers: drafting 7, submitted 1,200.5."
    assert picture(few).height < picture(many).height
    assert picture(bars("Weeks", [(f"week {n}", n) for n in range(40)])).size == picture(many).size
    assert bars("Papers", [("none", 0)], "No papers yet.").alt == "No papers yet."


def test_charts_without_data_are_refused() -> None:
    with pytest.raises(ValueError, match="no try"):
        tries([])
    with pytest.raises(ValueError, match="at least one amount"):
        bars("Nothing", [])
    with pytest.raises(ValueError, match="none below 0"):
        bars("Less", [("a", -1)])
    with pytest.raises(ValueError, match="none below 0"):
        bars("Odd", [("a", float("nan"))])
    with pytest.raises(ValueError, match="needs scores"):
        scored([], 0.4, Range(0.4, 0.4, 0.4))


def test_charts_drawn_at_once_are_same_as_one_by_one() -> None:
    def one(n: int) -> bytes:
        return bars(f"Chart {n} Ba$$in مرحبا", [("a", n), ("b", 2 * n)]).drawing.png(ANYWHERE)

    alone = [one(n) for n in range(1, 9)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(1, 9))) == alone


def test_what_cannot_be_drawn_is_left_out() -> None:
    assert plain("Ba$$in") == "Ba$$in"
    assert plain("a\u202eb\x00c\n d") == "abc d"
    assert plain("深層学習 for vision") == "… for vision"
    assert plain("🧑‍🔬") == ""
    assert plain("שלום") == "שלום"
    assert plain("می\u200cخواهم") == "می\u200cخواهم"


def height_at(x: float, places: Sequence[tuple[float, float]]) -> float:
    """How high a line through these places runs at x."""
    return float(np.interp(x, [each[0] for each in places], [each[1] for each in places]))


def test_percentages_never_claim_certainty() -> None:
    assert [share(value) for value in (0, 0.001, 0.25, 0.999, 1)] == [
        "0",
        "under 1",
        "25",
        "over 99",
        "100",
    ]
    assert spread(Range(0.491, 0.444, 0.54)) == "49 (44 to 54) in 100"
    assert spread(Range(0.25, 0.25, 0.25)) == "25 in 100"
    assert spread(Range(0.03, 0.001, 0.08)) == "under 5 (up to 8) in 100"
    assert spread(Range(0.97, 0.92, 0.999)) == "over 95 (92 or more) in 100"


def test_colours_mix_with_paper() -> None:
    assert rgb(mix(GREEN, 1), Ground.LIGHT) == (0x00, 0x9E, 0x73)
    assert rgb(mix(GREEN, 0), Ground.DARK) == rgb(PAPER, Ground.DARK)
    assert mix(mix(INK, 0.5), 0.5) == Color("ink", 0.25)


def test_failure_in_one_drawing_does_not_block_next() -> None:
    with pytest.raises(ZeroDivisionError):
        draw("never", lambda canvas: canvas.text(1 / 0, 0, ""))
    assert picture(draw("well", lambda canvas: canvas.text(9, 9, "fine"), tall=(100, 60))).size == (1280, 224)


def test_drawing_is_not_imported_before_first_chart() -> None:
    code = "import sys, core.charts.canvas, core.charts.tries; print('PIL' in sys.modules, 'bidi' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 # our own interpreter and a constant
    assert done.stdout.split() == ["False", "False"]


@pytest.fixture(params=["raqm", "basic"])
def shaper(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Letters are shaped by Raqm, or as on a machine that has none."""
    if request.param == "raqm" and not lettering.shaped_by_raqm():
        pytest.skip("Raqm is not here")
    monkeypatch.setattr(lettering, "shaped_by_raqm", lambda: request.param == "raqm")
    lettering.font.cache_clear()
    return str(request.param)


def ink(words: str) -> np.ndarray[Any, Any]:
    """Where there is ink when these words are written on a sheet of their own."""
    chart = draw("alt", lambda canvas: canvas.text(400, 40, words, size=30, side="center"), (80, 80))
    return np.asarray(picture(chart).convert("L")) < 128


def widest_gap(words: str) -> tuple[int, float]:
    """The widest gap between the letters of these words in pixels, and where it is, from 0 (left) to 1 (right)."""
    columns = np.flatnonzero(ink(words).any(axis=0))
    gaps = np.diff(columns)
    return int(gaps.max()) - 1, float(gaps.argmax() / gaps.size)


def test_right_to_left_letters_are_joined_and_ordered(shaper: str) -> None:
    """Seen, lam and meem touch unless they are kept apart; of three Hebrew letters the one typed last stands left."""
    assert widest_gap("سلم")[0] == 0, shaper
    assert widest_gap("سٙلم")[0] == 0, shaper
    assert widest_gap("س ل م")[0] > 3, shaper
    gap, place = widest_gap("אב ג")
    assert gap > 3
    assert place < 0.5, shaper


def test_letters_that_stand_from_left_to_right_need_no_shaper(shaper: str) -> None:
    assert lettering.ordered("Müller & Co, 7") == "Müller & Co, 7"
    assert lettering.width("Müller", 30) > lettering.width("Mül", 30)


# Nothing over anything else


@pytest.mark.parametrize("width", Width)
@pytest.mark.parametrize(
    ("rates", "improve"),
    [
        ([0.7] * 5, 0.5),
        ([0.6] * 5, 0.1),
        ([0.274, 0.9, 0.245, 0.245], 0.5),
        ([0.25] * 5, 3),
        ([0.01] * 10, 3),
        ([0.99] * 3, 0.5),
        ([0.25] * 20, 0.1),
        ([0.6], 0.5),
        ([0.05] * 5, 0.5),
    ],
)
def test_names_of_two_paths_stand_in_free_corner(rates: list[float], improve: float, width: Width) -> None:
    plain, better = both_ways(rates, improve)
    chart = paths("Title", plain, better)
    lines = written(chart, width)
    assert overlaps(lines) == []
    bands = [shape for shape in chart.drawing.layouts[width].shapes if isinstance(shape, Band)]
    assert len(bands) == (2 if len(rates) > 1 else 0)
    for line in (line for line in lines if line.words in (plain.label, better.label)):
        for band in bands:
            high, low = band.outline[: len(rates)], band.outline[: len(rates) - 1 : -1]
            for x in np.linspace(line.left - 8, line.right, 40):
                assert line.high < height_at(x, low) or line.low > height_at(x, high), line


@pytest.mark.parametrize(
    ("shares", "half"),
    [
        ((0.25, 0.37, 0.45, 0.5043), 4),
        ((0.7, 0.84), None),
        ((0.27, 0.9), None),
        ((0.5, 0.6), None),
        ((0.1, 0.2), None),
        ((0.4, 0.59), 2),
    ],
)
def test_about_half_are_in_only_where_about_half_are(shares: tuple[float, ...], half: int | None) -> None:
    assert about_half([Range(share, share, share) for share in shares]) == half


@pytest.mark.parametrize("count", [20, 40])
@pytest.mark.parametrize("p", [0.02, 0.25, 0.6])
def test_first_figure_stands_beside_crowded_curve(p: float, count: int) -> None:
    chart = tries(curve(p, count))
    for width in Width:
        first = next(line for line in written(chart, width) if line.words == rounded(p) and line.color == INK)
        dots = [shape for shape in chart.drawing.layouts[width].shapes if isinstance(shape, Dots)]
        curved = [place for shape in dots for place in shape.places]
        assert len(curved) == count
        for x in np.linspace(first.left, first.right, 40):
            assert not first.low < height_at(x, curved) < first.high


def test_strips_title_stays_on_one_line() -> None:
    shares = (0.001, 0.0051, 0.01, 0.3, 0.98, 0.999)
    for low, high in combinations(shares, 2):
        if (low, high) != (0.001, 0.999):
            chart = conferences_chart([low, high], low, mark="this draw", subject="1,000 papers, seed 1")
            lines = written(chart, Width.WIDE)
            assert overlaps(lines) == []
            assert [line for line in lines if line.words.startswith("of the")] == []
            assert sum(line.size == 28 for line in lines) == 1, "one line of the title"


def test_strip_says_what_it_holds() -> None:
    few = conferences_chart([0.41 + n / 1000 for n in range(10)], 0.41, mark="yours").alt
    assert "41 to 42 in 100 in all of them" in few
    many = conferences_chart([0.41] * 60, 0.41, mark="yours").alt
    assert "turns down 41 in 100 in 95 of 100 of them" in many
    assert [
        between(*ends)
        for ends in ((0.44, 0.54), (0.001, 0.01), (0.99, 0.999), (0.001, 0.002), (0.001, 0.999))
    ] == [
        "44 to 54 in 100",
        "1 in 100 or less",
        "99 in 100 or more",
        "under 1 in 100",
        "under 1 to over 99 in 100",
    ]


@pytest.mark.parametrize("width", Width)
def test_fine_scale_has_room_for_its_numbers(width: Width) -> None:
    following = Range(0.4, 0.3, 0.5)
    scales: list[Sequence[float]] = [range(101), [n / 2 for n in range(2, 41)], range(1, 11), [0, 1e6]]
    for scale in (*scales, [0, 0.001, 1]):
        lines = written(scored([5, 6], 0.4, following, scale=scale), width)
        assert overlaps(lines) == []
        assert sum(line.words[0].isdigit() and line.color == MUTED for line in lines) >= 2
    lines = written(scored([5], 0.4, following, scale=range(101)), width)
    every = 10 if width is Width.WIDE else 20
    assert [line.words for line in lines if line.words.isdigit()] == [str(n) for n in range(0, 101, every)]


def test_many_equal_scores_stay_in_sight() -> None:
    chart = scored([5.0] * 100, 0.06, Range(0.23, 0.18, 0.27), "ICLR 2024")
    for width in Width:
        lines = written(chart, width)
        assert "100×" in [line.words for line in lines]
        assert overlaps(lines) == []
        assert any(line.words == "ICLR 2024 · 100 scores, all 5 · mean 5.00" for line in lines)
    pixels = np.asarray(picture(chart)).astype(int)
    orange = (np.abs(pixels - [0xD5, 0x5E, 0x00]).sum(axis=2) < 24).sum()
    assert orange > 800, "the dot is as large as ever"


def below_title(subject: str, context: str) -> list[Written]:
    """What stands below a title, wide."""
    chart = draw("alt", lambda canvas: canvas.heading("T", context, subject))
    return [line for line in written(chart, Width.WIDE) if line.words != "T"]


def test_context_that_fits_is_not_cut() -> None:
    """The space before the dot was not counted, so that a line which just fitted was cut at its end."""
    for length in range(96, 116):
        (below,) = below_title("i" * length, "the same papers")
        assert below.words.endswith(" · the same papers")
        assert below.right - below.left <= 720
        whole = lettering.width(f"{'i' * length} · the same papers", 17 * 1.6) / 1.6
        assert ("…" in below.words) is (whole > 720)
    assert [line.words for line in below_title("🎉", "chance")] == ["chance"]


def test_title_breaks_where_part_of_sentence_ends() -> None:
    def title(words: str) -> list[str]:
        chart = draw("alt", lambda canvas: canvas.heading(words))
        return [line.words for line in written(chart, Width.NARROW)][::-1]

    assert title("Of 25 papers that A accepts, B rejects 12") == [
        "Of 25 papers that A accepts,",
        "B rejects 12",
    ]
    assert title("Another committee turns down 44 to 54") == ["Another committee", "turns down 44 to 54"]
    assert title("In by try 3: 45 in 100") == ["In by try 3: 45 in 100"]
    assert title("w" * 90)[-1].endswith("…")
    assert len(title("word " * 60)) == 3


@pytest.mark.parametrize("p", [0.0001, 0.004, 0.0051, 0.01, 0.014])
def test_dots_of_tiny_rate_agree_with_figure(p: float) -> None:
    words = two_committees(p, ranged(lambda rho: flip(p, rho))).alt.replace(",", "").split()
    both, only = (int(words[words.index(word) + 1]) for word in ("accept", "A"))
    assert both + only == max(round(1000 * p), 1)
    assert only == pytest.approx((both + only) * flip(p), abs=1)
