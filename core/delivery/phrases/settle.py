"""What a phrase leaves open: settled by the rest of it, or asked about."""

from core.delivery.phrases.cursor import Cursor, Unclear
from core.delivery.phrases.facts import Rhythm
from core.delivery.phrases.vocabulary import DAY_NAMES, ORDINAL_NAMES

KINDS = ("days", "weekday_positions", "month_days", "working_positions", "dates")
"""The parts of a rhythm that say days."""


def settle_positions(cursor: Cursor, rhythm: Rhythm) -> None:
    """Say of what "every second friday" and "the first" are positions. Raises `Unclear` and `BadInput`."""
    nth = rhythm.every_nth
    if nth is not None:
        monthly = rhythm.unit in ("month", "quarter", "year") or rhythm.within or rhythm.months
        if monthly and nth.number <= 5:
            rhythm.weekday_positions |= {(nth.number, day) for day in nth.days}
            rhythm.spans["weekday_positions"] = rhythm.spans["every_nth"]
        elif nth.number > 5 and not rhythm.unit:
            rhythm.unit, rhythm.step, rhythm.days = "week", nth.number, set(nth.days)
            rhythm.spans["days"] = rhythm.spans["unit"] = rhythm.spans["every_nth"]
        else:
            _ask_every_nth(cursor, rhythm)
    if rhythm.bare_positions:
        if not (rhythm.unit in ("month", "quarter") or rhythm.within):
            raise cursor.refusal(
                "“{part}” does not say which day of the week. Try “first monday 10:00”.",
                *rhythm.spans["bare_positions"],
            )
        rhythm.month_days |= rhythm.bare_positions
        rhythm.spans["month_days"] = rhythm.spans["bare_positions"]


def _ask_every_nth(cursor: Cursor, rhythm: Rhythm) -> None:
    nth = rhythm.every_nth
    assert nth is not None  # noqa: S101 - the caller looked
    if rhythm.unit:
        raise cursor.refusal(
            "“{part}” comes beside another rhythm in the same phrase. Please say one.",
            *rhythm.spans["every_nth"],
        )
    first, last = nth.said
    name = ORDINAL_NAMES[nth.number - 1]
    raise Unclear(
        cursor.text(first, nth.until),
        [
            cursor.replaced((first, last, f"every {nth.number} weeks on")),
            cursor.replaced((first, last, name), (nth.until, nth.until, "of the month")),
        ],
    )


def settle_either(cursor: Cursor, rhythm: Rhythm) -> None:
    """ "Biweekly" and "bimonthly": with one day in the unit every second one; with two either."""
    if not rhythm.either:
        return
    kinds = {
        "week": ("days",),
        "month": ("weekday_positions", "month_days", "working_positions"),
    }[rhythm.unit]
    if sum(len(getattr(rhythm, kind)) for kind in kinds) > 1:
        first, last = rhythm.spans["unit"]
        raise Unclear(
            cursor.text(first, last),
            [
                cursor.replaced((first, last, said))
                for said in (f"every 2 {rhythm.unit}s", f"every {rhythm.unit}")
            ],
        )


def check_times(cursor: Cursor, rhythm: Rhythm, kind: str) -> None:
    """ "Twice a week" has to name two days."""
    if not rhythm.times:
        return
    named = len(getattr(rhythm, kind)) if kind else 0
    fitting = {"week": ("days",), "day": ("",)}.get(rhythm.unit, KINDS[1:])
    named = 1 if rhythm.unit == "day" and not kind else named
    asked_later = rhythm.unit == "month" and kind == "days" and rhythm.times == named == 1
    if not asked_later and (named != rhythm.times or kind not in fitting):
        raise cursor.refusal(
            "“{part}” needs as many days beside it, such as twice a week on monday and thursday.",
            *rhythm.spans["times"],
        )


def ask_which(cursor: Cursor, rhythm: Rhythm) -> None:
    """A month has several Mondays."""
    first, last = rhythm.spans["days"]
    if len(rhythm.days) > 1 or rhythm.unit in ("quarter", "year"):
        raise cursor.refusal(
            "“{part}” comes several times in that time. Please say which, such as first monday.", first, last
        )
    day = DAY_NAMES[next(iter(rhythm.days))]
    on = cursor.tokens[first].text in ("on", "every", "each")
    start = first + 1 if on else first
    names = (*ORDINAL_NAMES[:4], "last")
    raise Unclear(
        cursor.text(start, last), [cursor.replaced((start, last, f"the {name} {day}")) for name in names]
    )
