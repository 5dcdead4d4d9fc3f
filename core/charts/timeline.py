"""A paper's life over time: how long it was in the making, then its rounds one below the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import pairwise

from core.charts.canvas import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PAPER,
    Canvas,
    Chart,
    Color,
    Shape,
    draw,
)
from core.clock import date_words, month_words

MOST_ROWS = 12
"""Rows that one picture has room for."""


class Phase(Enum):
    """Who had the paper for a while, with what the note below the picture calls it."""

    MAKING = "grey: in the making"
    VENUE = "blue: with the venue"
    AUTHORS = "orange: rebuttal or revision"


class Moment(Enum):
    """What happened on a day, with what the note calls it."""

    REVIEW = "squares: reviews, which you alone see"
    ACCEPTED = "green disc: accepted"
    PUBLISHED = "green diamond: published"
    ENDED = "dark diamond: the round’s end"
    OPEN = "ring: goes on"


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a row, from one day to another."""

    phase: Phase
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A round, or what is in the making. `number`, which may be empty, stands before its label, `outcome` behind it; these
    are never cut short.
    `days` says from when to when, and is left to the words on a narrow picture."""

    number: str
    label: str
    outcome: str
    days: str
    spans: tuple[Span, ...] = ()
    moments: tuple[tuple[Moment, date], ...] = ()


def timeline(title: str, rows: Sequence[TimelineRow], alt: str, subject: str = "", note: str = "") -> Chart:
    """Rows over one axis of time, the first at the top; `title` says how it stands. ValueError without a row, without a day,
    or with more rows than there is room for."""
    days = [each for row in rows for each in _days(row)]
    if not days or len(rows) > MOST_ROWS:
        raise ValueError(f"There have to be 1 to {MOST_ROWS} rows, and a day.")
    first, last = min(days), max(days)

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, subject=subject)
        inset = canvas.pick(14.0, 9.0)
        left, long = canvas.left + inset, canvas.right - canvas.left - 2 * inset

        def x(day: date) -> float:
            return left + long * ((day - first) / (last - first) if last > first else 0.5)

        _axis(canvas, x, first, last)
        pitch = canvas.tall / len(rows)
        for at, row in enumerate(rows):
            _row(canvas, row, canvas.tall - at * pitch, x)
        canvas.foot(" · ".join([*_named(rows), *([note] if note else [])]))

    return draw(f"{subject}: {alt}" if subject else alt, drawing, (58.0 * len(rows), 46.0 * len(rows)))


def _days(row: TimelineRow) -> list[date]:
    return [
        *(day for _, day in row.moments),
        *(day for span in row.spans for day in (span.first, span.last)),
    ]


def _named(rows: Sequence[TimelineRow]) -> list[str]:
    """What the colours and marks that are there mean."""
    phases = {span.phase for row in rows for span in row.spans}
    moments = {moment for row in rows for moment, _ in row.moments}
    return [
        each.value for kind, found in ((Phase, phases), (Moment, moments)) for each in kind if each in found
    ]


def _row(canvas: Canvas, row: TimelineRow, top: float, x: Callable[[date], float]) -> None:
    """One row below the height `top`: its words, and below them its bar and marks."""
    y = top - 0.72 * canvas.body
    days = canvas.pick(row.days, "")
    canvas.text(canvas.right, y, days, size=canvas.small, color=MUTED, side="right")
    outcome, start = f": {row.outcome}", canvas.left
    if row.number:
        canvas.text(start, y, row.number, bold=True)
        start += canvas.width(row.number, bold=True) + 0.5 * canvas.body
    room = canvas.right - start - canvas.width(outcome, bold=True) - 0.5
    room -= canvas.width(days, canvas.small) + canvas.pick(14, 8) if days else 0
    long = min(canvas.width(row.label, bold=True), room) + 0.5
    canvas.text(start, y, row.label, bold=True, width=room)
    canvas.text(start + long, y, outcome, bold=True)
    middle, thin = top - canvas.pick(38.0, 30.0), canvas.pick(2.0, 1.2)
    canvas.box(canvas.left, middle - thin / 2, canvas.right - canvas.left, thin, FAINT)
    for span in row.spans:
        _span(canvas, span, middle, x)
    for moment in Moment:  # a decision lies above the reviews of its day
        for kind, day in row.moments:
            if kind is moment:
                _mark(canvas, kind, x(day), middle)


_COLORS = {Phase.MAKING: MUTED, Phase.VENUE: BLUE, Phase.AUTHORS: ORANGE}


def _span(canvas: Canvas, span: Span, y: float, x: Callable[[date], float]) -> None:
    thick = canvas.pick(5.0, 3.0) if span.phase is Phase.MAKING else canvas.pick(14.0, 9.0)
    start, color = x(span.first), _COLORS[span.phase]
    canvas.box(start - 1, y - thick / 2, max(x(span.last) - start, 1.0) + 1, thick, color)
    if span.phase is not Phase.MAKING:
        canvas.box(start - 1.5, y - thick / 2 - 2, 3, thick + 4, color)


def _mark(canvas: Canvas, moment: Moment, x: float, y: float) -> None:
    radius, thin = canvas.pick(9.0, 6.0), canvas.pick(2.5, 1.6)
    marks: dict[Moment, tuple[float, Color, Color, Shape]] = {
        Moment.REVIEW: (0.5, PAPER, INK, "s"),
        Moment.ACCEPTED: (1.0, GREEN, PAPER, "o"),
        Moment.PUBLISHED: (0.8, GREEN, PAPER, "D"),
        Moment.ENDED: (0.8, INK, PAPER, "D"),
        Moment.OPEN: (0.75, PAPER, INK, "o"),
    }
    size, color, edge, shape = marks[moment]
    canvas.dots([(x, y)], size * radius, color, edge=edge, shape=shape, edge_width=thin)


_STEPS = (
    *(("days", n) for n in (1, 2, 7, 14)),
    *(("months", n) for n in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)),
)
"""How far the figures of the axis can stand apart."""


def _axis(canvas: Canvas, x: Callable[[date], float], first: date, last: date) -> None:
    """Days, months or years below the rows, as many as there is room for."""
    y, size, gap, thin = -1.15 * canvas.small, canvas.small, canvas.pick(18, 10), canvas.pick(1.5, 1.0)
    for unit, step in _STEPS:
        ticks = list(_ticks(first, last, unit, step)) if _few(first, last, unit, step) else []
        words = [_tick_words(day, unit, step) for day in ticks]
        placed = [
            _within(canvas, x(day), canvas.width(each, size)) for day, each in zip(ticks, words, strict=True)
        ]
        if ticks and all(end + gap <= start for (_, end), (start, _) in pairwise(placed)):
            break
    else:
        ticks, words = [first], [date_words(first)]
        placed = [_within(canvas, x(first), canvas.width(words[0], size))]
    for day, each, (start, _) in zip(ticks, words, placed, strict=True):
        canvas.box(x(day) - thin / 2, 0, thin, canvas.tall, FAINT)
        canvas.text(start, y, each, size=size, color=MUTED)
    canvas.below(-y + 0.7 * size)


def _few(first: date, last: date, unit: str, step: int) -> bool:
    return (last - first).days / (step if unit == "days" else 30 * step) <= 40


def _ticks(first: date, last: date, unit: str, step: int) -> list[date]:
    """The days of the axis: those of a step from the first on, or the first of every so many months."""
    if unit == "days":
        return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]
    found, month = [], (first.year * 12 + first.month - 1) // step * step
    while (day := _month(month)) is not None and day <= last:
        if day >= first:
            found.append(day)
        month += step
    return found


def _month(months: int) -> date | None:
    """The first day of a month, counted from the year 0 on."""
    year = months // 12
    return date(year, months % 12 + 1, 1) if 1 <= year <= 9999 else None


def _tick_words(day: date, unit: str, step: int) -> str:
    if unit == "days":
        return date_words(day)
    return f"{day.year}" if step % 12 == 0 else month_words(day)


def _within(canvas: Canvas, x: float, wide: float) -> tuple[float, float]:
    """Where a word of this width stands that is centred on x, if the paper lets it be."""
    start = min(max(x - wide / 2, canvas.left), canvas.right - wide)
    return start, start + wide
