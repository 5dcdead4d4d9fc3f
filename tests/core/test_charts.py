"""Charts are real PNGs, say in words what they show, and take whatever a member typed."""

import io
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from core.charts import Chart, bars, own_scores, percent, spread, tries, two_committees
from core.drawing import draw, mix, plain
from core.lottery.decisions import Range, flip, ranged
from core.lottery.rounds import accepted_within

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


def picture(chart: Chart) -> Image.Image:
    image = Image.open(io.BytesIO(chart.png))
    image.load()
    assert image.format == "PNG"
    return image.convert("RGB")


def curve(p: float, count: int) -> list[Range]:
    def by(n: int) -> Range:
        return ranged(lambda rho: accepted_within(p, n, rho))

    return [by(n) for n in range(1, count + 1)]


def scored(scores: list[float], now: float, following: Range, subject: str = "") -> Chart:
    return own_scores(
        scores,
        (1, 3, 5, 6, 8, 10),
        accept_line=5.8,
        chair_noise=0.53,
        now=now,
        following=following,
        subject=subject,
    )


@pytest.mark.parametrize("subject", HARD)
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
def test_two_committees_share_out_a_hundred_papers(p: float) -> None:
    chart = two_committees(p, ranged(lambda rho: flip(p, rho)), subject="NeurIPS 2025")
    assert picture(chart).size == (1280, 720)
    words = chart.alt.replace(",", "").replace(".", "").split()
    both, only_a, only_b, neither = (
        int(words[words.index(word) + 1]) for word in ("accept", "A", "B", "neither")
    )
    assert both + only_a + only_b + neither == 100
    assert only_a == only_b
    assert chart.alt.startswith("NeurIPS 2025: ")


def test_two_committees_show_a_dot_for_each_paper() -> None:
    image = picture(two_committees(0.25, ranged(lambda rho: flip(0.25, rho))))
    pixels = image.tobytes()
    colors = [tuple(pixels[i : i + 3]) for i in range(0, len(pixels), 3)]

    def area(red: int, green: int, blue: int) -> int:
        return sum(abs(r - red) + abs(g - green) + abs(b - blue) < 24 for r, g, b in colors)

    both = area(0x00, 0x9E, 0x73)
    only_b = area(0xD5, 0x5E, 0x00)
    one_dot = both / 13
    # "B accepts 25" is written in the same colour as B's twelve dots.
    assert 12 * one_dot < only_b < 16 * one_dot


def test_tries_say_every_number_and_what_rests_on_the_model() -> None:
    chart = tries(curve(0.25, 4), here=3, subject="ICML 2026")
    assert chart.alt == (
        "ICML 2026: Chance of a typical paper to be accepted by try 1: 25%, 2: 37% (36–39%), 3: 45% (43–47%), "
        "4: 50% (48–53%). Marked: try 3. Beyond 2 tries this depends on the model."
    )
    assert "model" not in tries(curve(0.25, 2)).alt


@pytest.mark.parametrize(
    ("count", "here"), [(1, None), (1, 1), (2, 2), (20, 2), (20, 20), (40, 7), (3, 9), (3, 0)]
)
def test_tries_of_any_number(count: int, here: int | None) -> None:
    for p in (0.02, 0.95):
        assert picture(tries(curve(p, count), here=here)).size == (1280, 720)


def test_own_scores_say_their_numbers() -> None:
    chart = scored([5, 6, 6], 0.4004, Range(0.4273, 0.41, 0.44), "ICLR 2024")
    assert chart.alt == (
        "ICLR 2024: Scores 5, 6, 6 (mean 5.67) on a scale of 1 to 10; the chance is even at a mean of 5.80. "
        "Accepted in this round: 40%; by a new committee: 43% (41–44%)."
    )


@pytest.mark.parametrize("scores", [[1.0], [10.0] * 12, [1, 10], [12.5], [-3, 6]])
def test_own_scores_of_any_number_even_off_the_scale(scores: list[float]) -> None:
    for now in (0.0, 0.001, 1.0):
        assert picture(scored(scores, now, Range(now, now, now))).size == (1280, 720)


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


def test_charts_drawn_at_once_are_the_same_as_one_by_one() -> None:
    def one(n: int) -> bytes:
        return bars(f"Chart {n} Ba$$in مرحبا", [("a", n), ("b", 2 * n)]).png

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


def test_percentages_never_claim_certainty() -> None:
    assert [percent(value) for value in (0, 0.001, 0.25, 0.999, 1)] == [
        "0%",
        "under 1%",
        "25%",
        "over 99%",
        "100%",
    ]
    assert spread(Range(0.491, 0.444, 0.54)) == "49% (44–54%)"
    assert spread(Range(0.25, 0.25, 0.25)) == "25%"
    assert spread(Range(0.01, 0.001, 0.02)) == "1% (2% or less)"
    assert spread(Range(0.99, 0.98, 0.999)) == "99% (98% or more)"


def test_colours_mix_with_the_paper() -> None:
    assert mix("#0072B2", 1) == "#0072B2"
    assert mix("#0072B2", 0) == "#FAF9F6"


def test_a_failure_in_one_drawing_does_not_block_the_next() -> None:
    with pytest.raises(ZeroDivisionError):
        draw("never", lambda sheet: sheet.text(1 / 0, 0, ""))
    assert picture(draw("well", lambda sheet: sheet.text(9, 9, "fine"), height=100)).size == (1280, 160)


def test_matplotlib_is_not_imported_before_the_first_chart() -> None:
    code = "import sys, core.charts, core.lottery.simulate; print('matplotlib' in sys.modules, 'PIL' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 # our own interpreter and a constant
    assert done.stdout.split() == ["False", "False"]
