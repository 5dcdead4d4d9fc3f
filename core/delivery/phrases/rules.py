"""From what a phrase says to an RFC 5545 rule. What does not go together is refused, what is open is asked."""

import calendar as months_of_year
from collections.abc import Iterable

from core.delivery.phrases.cursor import EXAMPLES, Cursor
from core.delivery.phrases.facts import Facts, Rhythm
from core.delivery.phrases.settle import KINDS, ask_which, check_times, settle_either, settle_positions
from core.delivery.phrases.vocabulary import DAYS

_ALL_MONTHS = frozenset(range(1, 13))
_LONGER = "“{part}” is after a part that says other days already. Please add a second schedule for it."


def rule_parts(cursor: Cursor, facts: Facts) -> list[str]:
    """The parts of the rule, without its end. Raises `BadInput` and `Unclear`."""
    rhythm = facts.rhythm
    settle_positions(cursor, rhythm)
    settle_either(cursor, rhythm)
    kinds = [kind for kind in KINDS if getattr(rhythm, kind)]
    if len(kinds) > 1:
        latest = max(kinds, key=lambda kind: rhythm.spans[kind][0])
        raise cursor.refusal(_LONGER, *rhythm.spans[latest])
    kind = kinds[0] if kinds else ""
    check_times(cursor, rhythm, kind)
    match kind:
        case "days":
            parts = _weekly(cursor, facts)
        case "weekday_positions":
            parts = _monthly(cursor, facts, {number for number, _ in rhythm.weekday_positions})
        case "month_days" | "working_positions":
            parts = _monthly(cursor, facts, getattr(rhythm, kind))
        case "dates":
            parts = _yearly(cursor, facts)
        case _:
            parts = _daily(cursor, facts)
    return parts


# One function for each kind of rule.


def _daily(cursor: Cursor, facts: Facts) -> list[str]:
    rhythm, without = facts.rhythm, facts.without
    if rhythm.unit == "day" and rhythm.within:
        raise cursor.refusal(
            "“{part}” and every day do not go together. Please say one of them.", *rhythm.spans["within"]
        )
    if rhythm.unit != "day":
        _refuse_no_day(cursor, rhythm)
    _refuse_left_out(cursor, facts, bool(without.weekday_positions))
    if without.days:
        if rhythm.step > 1:
            _refuse_left_out(cursor, facts, True)
        rhythm.days = set(range(7))
        rhythm.spans["days"] = rhythm.spans["unit"]
        return _weekly(cursor, facts)
    return ["FREQ=DAILY", *_interval(rhythm.step), *_months(cursor, facts)]


def _refuse_no_day(cursor: Cursor, rhythm: Rhythm) -> None:
    if rhythm.unit == "week":
        raise cursor.refusal(
            "“{words}” does not say on which day of the week. Try for example: {words} on friday.",
            words=cursor.words,
        )
    if rhythm.unit or rhythm.within:
        raise cursor.refusal(
            "“{words}” does not say on which day. Try for example: monthly on the first monday, on the 15th, on the "
            "last working day.",
            words=cursor.words,
        )
    raise cursor.refusal(
        "“{words}” does not say on which days. Try for example: {examples}.",
        words=cursor.words,
        examples=EXAMPLES,
    )


def _weekly(cursor: Cursor, facts: Facts) -> list[str]:
    rhythm, without = facts.rhythm, facts.without
    if rhythm.unit == "day" and rhythm.step > 1:
        raise cursor.refusal(
            "“{part}” and days of the week do not go together. Please say one of them.",
            *rhythm.spans["unit"],
        )
    if rhythm.within or rhythm.unit in ("month", "quarter", "year"):
        ask_which(cursor, rhythm)
    step = rhythm.step if rhythm.unit == "week" else 1
    if without.weekday_positions:
        return _weekly_but(cursor, facts, step)
    if without.days - rhythm.days:
        _refuse_left_out(cursor, facts, True)
    days = rhythm.days - without.days
    if not days:
        raise cursor.refusal("“{words}” leaves no day.", words=cursor.words)
    months = _months(cursor, facts)
    if len(days) == 7 and step == 1:
        return ["FREQ=DAILY", *months]
    return ["FREQ=WEEKLY", *_interval(step), f"BYDAY={_codes(days)}", *months]


def _weekly_but(cursor: Cursor, facts: Facts, step: int) -> list[str]:
    """ "Every tuesday except the first of them": the other positions in the month."""
    rhythm, without = facts.rhythm, facts.without
    days = {day for _, day in without.weekday_positions}
    numbers = {number for number, _ in without.weekday_positions}
    forwards = min(numbers) > 0
    if step > 1 or days != rhythm.days or len(days) > 1 or without.days or forwards != (max(numbers) > 0):
        _refuse_left_out(cursor, facts, True)
    if not all(1 <= abs(number) <= 5 for number in numbers):
        _refuse_left_out(cursor, facts, True)
    day = days.pop()
    left = [number for number in range(1, 6) if (number if forwards else -number) not in numbers]
    if not left:
        raise cursor.refusal("“{words}” leaves no day.", words=cursor.words)
    codes = ",".join(f"{number if forwards else -number}{DAYS[day]}" for number in left)
    return ["FREQ=MONTHLY", f"BYDAY={codes}", *_months(cursor, facts)]


def _monthly(cursor: Cursor, facts: Facts, positions: set[int]) -> list[str]:
    rhythm = facts.rhythm
    if rhythm.unit in ("day", "week"):
        raise cursor.refusal(
            "“{part}” and a day of the month do not go together. Please say one of them.",
            *rhythm.spans["unit"],
        )
    _refuse_left_out(cursor, facts, bool(facts.without.days or facts.without.weekday_positions))
    _settle_quarter(cursor, rhythm, positions)
    step = rhythm.step if rhythm.unit == "month" else 1
    if step > 1 and (rhythm.months or facts.without.months):
        raise cursor.refusal(
            "“{part}” and names of months do not go together. Please say one of them.", *rhythm.spans["unit"]
        )
    head = ["FREQ=MONTHLY", *_interval(step)]
    if rhythm.weekday_positions:
        _check_range(
            cursor, rhythm, "weekday_positions", positions, 5, "A month has five of a weekday at most."
        )
        codes = [f"{n}{DAYS[day]}" for n, day in sorted(rhythm.weekday_positions, key=_in_month)]
        return [*head, f"BYDAY={','.join(codes)}", *_months(cursor, facts)]
    if rhythm.working_positions:
        _check_range(cursor, rhythm, "working_positions", positions, 20, "Every month has 20 working days.")
        numbers = ",".join(map(str, _ordered(positions)))
        return [*head, f"BYDAY={_codes(range(5))}", f"BYSETPOS={numbers}", *_months(cursor, facts)]
    _check_range(cursor, rhythm, "month_days", positions, 31, "A month has the days 1 to 31.")
    months = _months(cursor, facts)
    _check_dates(cursor, rhythm, positions, facts.without.months)
    return [*head, f"BYMONTHDAY={','.join(map(str, _ordered(positions)))}", *months]


def _settle_quarter(cursor: Cursor, rhythm: Rhythm, positions: set[int]) -> None:
    """A day of a quarter or year is one of its first month, or counted backwards of its last."""
    units = {rhythm.unit, rhythm.within} & {"quarter", "year"}
    if not units:
        return
    first, last = rhythm.spans.get("unit", rhythm.spans.get("within", (0, 0)))
    if len(units) > 1:
        raise cursor.refusal("“{part}” and the rest of the phrase do not go together.", first, last)
    unit = units.pop()
    if rhythm.months:
        if unit == "year":
            return
        raise cursor.refusal("“{part}” and names of months do not go together.", first, last)
    if rhythm.within == "month" or rhythm.unit == "month":
        raise cursor.refusal("“{part}” and a day of each month do not go together.", first, last)
    backwards = {number < 0 for number in positions}
    if len(backwards) > 1:
        raise cursor.refusal(
            "A day from the beginning and one from the end of a {unit} are two schedules.", unit=unit
        )
    length = 3 if unit == "quarter" else 12
    start = length if backwards.pop() else 1
    rhythm.months |= set(range(start, 13, length))


def _yearly(cursor: Cursor, facts: Facts) -> list[str]:
    """ "Every year on 1 march and 1 september"."""
    rhythm = facts.rhythm
    if not (rhythm.every or rhythm.unit == "year") or rhythm.unit not in ("", "year") or rhythm.within:
        raise cursor.refusal(
            "A schedule recurs, and “{part}” is one date. Please say how often, such as yearly on 1 march; “starting” "
            "and “until” go before a date.",
            *rhythm.spans["dates"],
        )
    months, days = {month for month, _ in rhythm.dates}, {day for _, day in rhythm.dates}
    if len(months) * len(days) != len(rhythm.dates) or rhythm.months:
        raise cursor.refusal(
            "“{part}” are different days of different months. Please add a schedule for each.",
            *rhythm.spans["dates"],
        )
    rhythm.months, rhythm.unit = months, "year"
    rhythm.spans.setdefault("unit", rhythm.spans["dates"])
    rhythm.month_days = days
    rhythm.spans["month_days"] = rhythm.spans["dates"]
    return _monthly(cursor, facts, days)


# Their parts.


def _in_month(position: tuple[int, int]) -> tuple[bool, int, int]:
    number, day = position
    return number < 0, number, day


def _ordered(numbers: Iterable[int]) -> list[int]:
    return sorted(numbers, key=lambda number: (number < 0, number))


def _codes(days: Iterable[int]) -> str:
    return ",".join(DAYS[day] for day in sorted(days))


def _interval(step: int) -> list[str]:
    return [f"INTERVAL={step}"] if step > 1 else []


def _months(cursor: Cursor, facts: Facts) -> list[str]:
    named, left_out = frozenset(facts.rhythm.months), facts.without.months
    months = (named or _ALL_MONTHS) - left_out
    if left_out - (named or _ALL_MONTHS):
        _refuse_left_out(cursor, facts, True)
    if not months:
        raise cursor.refusal("“{words}” leaves no month.", words=cursor.words)
    return [f"BYMONTH={','.join(map(str, sorted(months)))}"] if months != _ALL_MONTHS else []


def _refuse_left_out(cursor: Cursor, facts: Facts, cannot: bool) -> None:
    if cannot:
        raise cursor.refusal(
            "I cannot leave “{part}” out of that. Days of the week, months and dates can be left out of a rhythm that "
            "has them.",
            *facts.without.span,
        )


def _check_range(cursor: Cursor, rhythm: Rhythm, what: str, numbers: set[int], most: int, why: str) -> None:
    if not all(1 <= abs(number) <= most for number in numbers):
        raise cursor.refusal("“{part}” is never. " + why, *rhythm.spans[what])


def _check_dates(cursor: Cursor, rhythm: Rhythm, days: set[int], left_out: set[int]) -> None:
    """A day that none of the months has would be looked for in vain."""
    months = (rhythm.months or _ALL_MONTHS) - left_out
    longest = max(months_of_year.monthrange(2028, month)[1] for month in months)  # a leap year
    if any(abs(day) > longest for day in days):
        raise cursor.refusal("“{words}” has a day that is in no calendar.", words=cursor.words)
