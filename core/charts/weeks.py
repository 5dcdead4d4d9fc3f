"""Some weeks of a cohort's shared check-ins as small bars, the last of them now."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.charts.canvas import BLUE, MUTED, ORANGE, Canvas, Chart, draw


@dataclass(frozen=True, slots=True)
class WeekBar:
    """The check-ins that were shared in a week, and what the week is called, such as "23 Nov"."""

    label: str
    shared: int


def weeks(found: Sequence[WeekBar], people: int, members: int, subject: str = "") -> Chart:
    """Shared check-ins by week; `people` of the `members` shared in the last week. ValueError for fewer than two weeks, or
    where more people shared than there are."""
    if len(found) < 2 or not 0 <= people <= members or any(each.shared < 0 for each in found):
        raise ValueError("There have to be two weeks, and no more people than members.")
    title = f"{people:,} of {members:,} shared a check-in this week"

    def drawing(canvas: Canvas) -> None:
        canvas.heading(title, f"shared check-ins in {len(found)} weeks", subject)
        pitch, top = (canvas.right - canvas.left) / len(found), canvas.tall - 1.6 * canvas.body
        most = max(each.shared for each in found) or 1
        thick = 0.62 * pitch
        for at, week in enumerate(found):
            middle, now = canvas.left + (at + 0.5) * pitch, at == len(found) - 1
            high = max(top * week.shared / most, 2.0 if week.shared else 0.0)
            if high:
                canvas.box(middle - thick / 2, 0, thick, high, ORANGE if now else BLUE)
            canvas.text(
                middle, high + 0.7 * canvas.body, _count(week.shared), bold=now, side="center", width=pitch
            )
            if now or (len(found) - 1 - at) % canvas.pick(1, 2) == 0:
                canvas.text(
                    middle,
                    -1.1 * canvas.small,
                    week.label,
                    size=canvas.small,
                    color=MUTED,
                    side="center",
                    width=canvas.pick(pitch, 1.9 * pitch),
                )
        canvas.below(1.9 * canvas.small)
        canvas.line([(canvas.left, 0), (canvas.right, 0)], MUTED, width=canvas.pick(2, 1.2))
        canvas.foot("each week by the day on which it ended; private ones are not in it")

    listed = ", ".join(f"{each.label} {each.shared:,}" for each in found)
    alt = f"{title}. Shared check-ins by week, each by the day on which it ended: {listed}."
    return draw(f"{subject}: {alt}" if subject else alt, drawing, (190, 130))


def _count(shared: int) -> str:
    """A number that fits above a bar: "980", "9.8k"."""
    return f"{shared:,}" if shared < 1_000 else f"{shared / 1_000:.1f}k"
