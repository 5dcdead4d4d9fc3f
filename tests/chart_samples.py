"""Every kind of picture with ordinary data and with the most awkward: rates of 2 and 98%, many tries, long names, names
from right to left."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from core.charts.agreement import reviewer_agreement
from core.charts.bars import bars
from core.charts.calibration import calibration, deciles
from core.charts.canvas import Chart
from core.charts.committees import two_committees
from core.charts.conferences import conferences_chart
from core.charts.experiments import Split, side_by_side
from core.charts.moods import moods
from core.charts.paths import Path, paths
from core.charts.readings import ReadingWeek, readings
from core.charts.scores import own_scores
from core.charts.stages import StageRow, stages
from core.charts.timeline import Moment, Phase, Span, TimelineRow, timeline
from core.charts.tries import tries
from core.charts.weeks import WeekBar, weeks
from core.lottery.decisions import Range, flip, ranged, ranged_each
from core.lottery.fit import Estimate
from core.lottery.rounds import Try, accepted_by, accepted_within

MIXED = "NeurIPS 2025 مرحبا بالعالم and שלום עולם 深層学習"
LONG = "A venue with a name as long as it may be, and longer still"
ICLR = (1, 3, 5, 6, 8, 10)


def curve(p: float, count: int) -> list[Range]:
    """The chances to be in by each of so many tries."""

    def by(n: int) -> Range:
        return ranged(lambda rho: accepted_within(p, n, rho))

    return [by(n) for n in range(1, count + 1)]


def both_ways(rates: Sequence[float], improve: float) -> tuple[Path, Path]:
    """The tries at these rates, as the paper is and improved."""
    plain = ranged_each(lambda rho: accepted_by([Try(rate) for rate in rates], rho))
    better = ranged_each(lambda rho: accepted_by([Try(rate, improve) for rate in rates], rho))
    return Path("as it is", plain), Path("half a standard deviation better", better)


def committees(p: float, subject: str = "") -> Chart:
    """What two committees make of 100 papers."""
    return two_committees(p, ranged(lambda rho: flip(p, rho)), subject=subject)


def scored(
    scores: Sequence[float], now: float, following: Range, subject: str = "", scale: Sequence[float] = ICLR
) -> Chart:
    """A paper's own scores."""
    return own_scores(
        scores,
        scale,
        accept_line=5.8,
        chair_noise=0.53,
        now=Range(now, max(now - 0.1, 0), min(now + 0.1, 1)),
        following=following,
        subject=subject,
    )


def _conferences(middle: float, sd: float, mine: float, subject: str) -> Chart:
    draw = Random(1)  # noqa: S311 - sample data
    flips = [min(max(draw.gauss(middle, sd), 0), 1) for _ in range(200)]
    return conferences_chart(flips, mine, mark="this draw", subject=subject)


def _moods(days: int, weeks: int) -> Chart:
    draw = Random(3)  # noqa: S311 - sample data
    own = [(n / max(1, days - 1), float(draw.randint(1, 5))) for n in range(days)]
    cohort = [(n / max(1, weeks), draw.uniform(1.5, 4.5)) for n in range(weeks)]
    ends = ("Mon 7 Sep 2026", "Mon 23 Nov 2026")
    return moods(
        "How it has been going", own, cohort, ends, "How it has been going: yours 3, the cohort 3.4."
    )


def _forecasts(chances: Sequence[int], subject: str = "") -> Chart:
    """Forecasts of these chances, which come true a little less often than was said."""
    draw = Random(7)  # noqa: S311 - sample data
    found = [(chance, draw.random() < 0.8 * chance / 100) for chance in chances]
    return calibration(
        "You said 47 in 100 on average, and 38 in 100 came true",
        deciles(found),
        (0.7, 0.258),
        "NeurIPS 2021",
        subject,
    )


def _timeline(rounds: int, days: int, venue: str, subject: str = "") -> Chart:
    """So many rounds of so many days each, at venues of that name, the last one open."""
    first, rows = date(2016, 2, 28), []
    for n in range(rounds):
        start, last = first + timedelta(days=n * days), n == rounds - 1
        begun = start + timedelta(days=days // 4)
        ended = start + timedelta(days=days - days // 8)
        spans = (
            Span(Phase.MAKING, start, begun),
            Span(Phase.VENUE, begun, ended),
            Span(Phase.AUTHORS, begun + (ended - begun) / 2, ended),
        )
        moments = ((Moment.OPEN if last else Moment.ENDED, ended), (Moment.REVIEW, ended))
        said = f"{begun} – {ended}"
        rows.append(
            TimelineRow(str(n + 1), venue, "in review" if last else "desk rejected", said, spans, moments)
        )
    return timeline(
        f"In review at {venue} since 28 Feb 2026, round {rounds}",
        rows,
        "Told.",
        subject,
        "told in the text alone",
    )


SAMPLES: Mapping[str, Callable[[], Chart]] = {
    "committees": lambda: committees(0.25, "NeurIPS 2026"),
    "committees, 2%": lambda: committees(0.02, MIXED),
    "committees, 60%": lambda: committees(0.6),
    "committees, 98%": lambda: committees(0.98, LONG),
    "tries": lambda: tries(curve(0.25, 6), here=3, subject="ICML 2026"),
    "tries, one": lambda: tries(curve(0.25, 1), here=1),
    "tries, 2% and 40": lambda: tries(curve(0.02, 40), subject=MIXED),
    "tries, 98%": lambda: tries(curve(0.98, 5), here=1, subject=f"#12 at {LONG}"),
    "tries, 20 and the caller's": lambda: tries(curve(0.25, 20), here=7),
    "paths": lambda: paths(
        "About half are in by try 4", *both_ways([0.25] * 5, 0.5), subject="accept rate 25%"
    ),
    "paths, one": lambda: paths("In by try 1: 60%", *both_ways([0.6], 0.5)),
    "paths, 98%": lambda: paths(
        "In by try 3: over 99% (99% or more)", *both_ways([0.98] * 3, 0.5), subject=LONG
    ),
    "paths, 2% and 20": lambda: paths("In by try 20: 12% (8–19%)", *both_ways([0.02] * 20, 1), subject=MIXED),
    "scores": lambda: scored([5, 6, 6], 0.4, Range(0.43, 0.4, 0.46), "ICLR 2024"),
    "scores, 100": lambda: scored([5.0] * 100, 0.06, Range(0.23, 0.18, 0.27)),
    "scores, 98%": lambda: scored(
        [3, 5, 5, 6, 6, 6, 8, 8, 8, 8, 10, 1], 0.98, Range(0.98, 0.97, 0.999), MIXED
    ),
    "scores, fine scale": lambda: scored([5, 6.5, 7], 0.02, Range(0.02, 0.001, 0.05), LONG, range(101)),
    "conferences": lambda: _conferences(0.49, 0.06, 0.51, "166 papers, seed 7"),
    "conferences, large": lambda: _conferences(0.49, 0.0006, 0.4901, "1,000,000 papers, seed 123456"),
    "conferences, small": lambda: conferences_chart(
        [0, 0.5, 1] * 66, 1, mark="yours", subject="10 papers, seed 1"
    ),
    "experiments": lambda: side_by_side(
        (Split("Published", 22, 43, 101), Split("Model", 21, 41, 104), Split("Rerun", 25, 33, 108)),
        subject="NIPS 2014, seed 5",
    ),
    "experiments, 1%": lambda: side_by_side(
        (Split("Published", 99, 406, 8264), Split("Model", 210, 400, 8200), Split("Rerun", 1, 3, 8000)),
        subject="NeurIPS 2021, seed 123456",
    ),
    "agreement": lambda: reviewer_agreement(
        Estimate(0.42, 0.3, 0.55), discussed=False, subject="this cohort's reviews"
    ),
    "agreement, 98%": lambda: reviewer_agreement(Estimate(0.98, 0.9, 1), discussed=True, subject=LONG),
    "agreement, 2%": lambda: reviewer_agreement(Estimate(0.02, 0, 0.1), discussed=True),
    "moods": lambda: _moods(30, 8),
    "moods, one": lambda: _moods(1, 0),
    "moods, every day": lambda: _moods(84, 12),
    "moods, the cohort alone": lambda: _moods(0, 2),
    "bars": lambda: bars("Papers by stage", [("in review", 7), ("drafting", 3), ("accepted Äöü", 2)]),
    "bars, 40": lambda: bars(
        "In numbers: how many papers there are in every week of this year and of the next",
        [(f"week {n} {MIXED}", n * 37.5) for n in range(40)],
        below="since the last digest",
    ),
    "bars, none and many": lambda: bars("In numbers", [("check-ins", 0), ("papers", 12345)]),
    "stages": lambda: stages(
        "In this period: 1 begun, 2 sent to review and 1 accepted or published",
        (
            StageRow("in the making", 7, 1),
            StageRow("under review", 4, 2),
            StageRow("accepted", 3, 1),
            StageRow("not this time", 2),
        ),
    ),
    "stages, thousands": lambda: stages(
        "In this period: 1,200 begun and 3 accepted or published",
        (
            StageRow("in the making", 12_400, 1_200),
            StageRow("under review", 900),
            StageRow("accepted", 40, 3),
        ),
        LONG,
    ),
    "stages, few": lambda: stages(
        "In this period: 1 begun", (StageRow("in the making", 1, 1), StageRow("accepted", 2))
    ),
    "stages, most there is room for": lambda: stages(
        "In this period: 30 sent to review", (StageRow("in the making", 45), StageRow("under review", 60, 30))
    ),
    "calibration": lambda: _forecasts([10, 20, 30, 30, 40, 50, 60, 60, 70, 80, 90]),
    "calibration, ten of one chance": lambda: _forecasts([70] * 10, MIXED),
    "calibration, ends and neighbours": lambda: _forecasts([1] * 5 + [99] * 5 + [49, 50], LONG),
    "calibration, hundreds": lambda: _forecasts([1 + n % 99 for n in range(400)]),
    "timeline": lambda: _timeline(2, 180, "ICLR 2027", "Grokking in sparse networks"),
    "timeline, one day": lambda: timeline(
        "Idea since 23 Nov 2026",
        [
            TimelineRow(
                "",
                "in the making",
                "idea",
                "since 23 Nov 2026",
                (Span(Phase.MAKING, date(2026, 11, 23), date(2026, 11, 23)),),
                ((Moment.OPEN, date(2026, 11, 23)),),
            )
        ],
        "Idea since 23 Nov 2026.",
    ),
    "timeline, several on one day": lambda: _timeline(4, 0, "مؤتمر التعلم الآلي 2026", MIXED),
    "timeline, a week": lambda: _timeline(2, 4, "TMLR", MIXED),
    "timeline, two months": lambda: _timeline(3, 20, LONG, LONG),
    "timeline, 12 over ten years": lambda: _timeline(12, 305, f"{LONG} {MIXED}", f"{LONG} {MIXED}"),
    "timeline, a century": lambda: _timeline(3, 12_000, "שלום עולם"),
    "timeline, accepted and published": lambda: timeline(
        "Published at NeurIPS 2026 in round 1, 7 months after it was first sent",
        [
            TimelineRow(
                "1",
                "NeurIPS 2026",
                "published",
                "4 May – 25 Sep 2026",
                (Span(Phase.VENUE, date(2026, 5, 4), date(2026, 9, 25)),),
                ((Moment.PUBLISHED, date(2026, 12, 1)), (Moment.ACCEPTED, date(2026, 9, 25))),
            )
        ],
        "Published at NeurIPS 2026.",
    ),
    "readings": lambda: readings(
        [
            ReadingWeek(f"{n} Nov", read, noted)
            for n, read, noted in zip(
                range(2, 30, 3),
                (2, 5, 3, 0, 8, 6, 4, 9),
                (1, 2, 3, 0, 5, 2, 0, 4),
                strict=False,
            )
        ],
        9,
        "Lab",
    ),
    "readings, thousands": lambda: readings(
        [ReadingWeek("30 Nov", 9_800 + n, 9_000) for n in range(8)], 1_200, MIXED
    ),
    "readings, one alone": lambda: readings(
        [*(ReadingWeek("23 Nov", 0, 0) for _ in range(7)), ReadingWeek("30 Nov", 1, 0)], 1
    ),
    "weeks": lambda: weeks(
        [
            WeekBar(f"{n} Nov", shared)
            for n, shared in zip(range(2, 30, 3), (4, 9, 12, 0, 7, 11, 13, 8), strict=False)
        ],
        8,
        20,
    ),
    "weeks, thousands": lambda: weeks([WeekBar("30 Nov", 9_800 + n) for n in range(8)], 1_961, 2_000, MIXED),
    "weeks, one alone": lambda: weeks(
        [*(WeekBar("23 Nov", 0) for _ in range(7)), WeekBar("30 Nov", 1)], 1, 2
    ),
}
"""Each chart by a name that begins with its module's."""
