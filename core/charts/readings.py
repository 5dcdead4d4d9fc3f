"""Some weeks of a cohort's reading as small bars, the last of them now: what members told that they have read, and below
how much of it they shared a takeaway from."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.charts.canvas import BLUE, MUTED, ORANGE, Canvas, Chart, draw


@dataclass(frozen=True, slots=True)
class ReadingWeek:
    """How often members told in a week that they have read something, and to how many of these there is a takeaway that the
    cohort reads; `label` is what the week is called, such as "23 Nov"."""

    label: str
    read: int
    noted: int


def readings(found: Sequence[ReadingWeek], works: int, subject: str = "") -> Chart:
    """Readings by week, of so many `works`. ValueError for fewer than two weeks, without a reading, and where there are more
    takeaways than readings."""
    total, noted = sum(each.read for each in found), sum(each.noted for each in found)
    if len(found) < 2 or not total or any(not 0 <= each.noted <= each.read for each in found):
        raise ValueError("There have to be two weeks, a reading, and no more takeaways than readings.")
    title = f"{_times(total)} in {len(found)} weeks, {_some(noted)} with a takeaway"
    context = f"{works:,} {'work' if works == 1 else 'works'} · lower part: with a takeaway"

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, context, subject)
        pitch, top = (canvas.right - canvas.left) / len(found), canvas.tall - 1.6 * canvas.body
        most, thick = max(each.read for each in found), 0.62 * pitch
        for at, week in enumerate(found):
            middle = canvas.left + (at + 0.5) * pitch
            high, dark = (max(top * n / most, 2.0) if n else 0.0 for n in (week.read, week.noted))
            if dark:
                canvas.box(middle - thick / 2, 0, thick, dark, BLUE)
            if high > dark:
                canvas.box(middle - thick / 2, dark, thick, high - dark, ORANGE)
            if week.read:
                above = high + 0.7 * canvas.body
                canvas.text(middle, above, _short(week.read), side="center", width=pitch)
            if (len(found) - 1 - at) % canvas.pick(1, 2) == 0:
                y, size = -1.1 * canvas.small, canvas.small
                width = canvas.pick(1.0, 1.9) * pitch
                canvas.text(middle, y, week.label, size=size, color=MUTED, side="center", width=width)
        canvas.below(1.9 * canvas.small)
        canvas.line([(canvas.left, 0), (canvas.right, 0)], MUTED, width=canvas.pick(2, 1.2))
        canvas.foot("each week by the day on which it ended; what nobody was told of is not in it")

    listed = ", ".join(f"{each.label} {each.read:,} ({each.noted:,})" for each in found)
    alt = f"{title}. Readings that members told of by week, in brackets those with a takeaway: {listed}."
    return draw(f"{subject}: {alt}" if subject else alt, drawing, (190, 130))


def _times(count: int) -> str:
    return "1 reading" if count == 1 else f"{count:,} readings"


def _some(count: int) -> str:
    return f"{count:,}" if count else "none"


def _short(count: int) -> str:
    """A number that fits above a bar: "980", "9.8k"."""
    return f"{count:,}" if count < 1_000 else f"{count / 1_000:.1f}k"
