"""A rule in words: what is read from them is the same rule."""

from collections.abc import Iterable
from datetime import date

from core.chat.text import enumerated
from core.clock import date_words, time_words
from core.delivery.phrases.vocabulary import DAY_NAMES, DAYS, MONTH_NAMES, ORDINAL_NAMES
from core.delivery.recurrence import Recurrence

_WEEKDAYS, _WEEKENDS = list(DAYS[:5]), list(DAYS[5:])
_MOST_NAMED = 6
"""From how many months on those are named that are left out."""


def describe(recurrence: Recurrence, starts: date | None = None) -> str:
    """A recurrence as a phrase: "every 2 weeks on Friday at 16:00, until 18 Dec 2026". `starts` is the day that it
    begins on, where that has to be said."""
    parts = recurrence.parts()
    step, unit = int(parts.get("INTERVAL", "1")), parts["FREQ"]
    months = [int(each) for each in parts["BYMONTH"].split(",")] if "BYMONTH" in parts else []
    if unit == "MONTHLY":
        days = _monthly(parts, step, months)
    else:
        days = _daily(step) if unit == "DAILY" else _weekly(parts["BYDAY"].split(","), step)
        days = _within_months(days, months)
    words = f"{days} at {time_words(recurrence.wall)}"
    if starts is not None:
        words += f", starting {date_words(starts)}"
    if recurrence.until is not None:
        words += f", until {date_words(recurrence.until)}"
    return words


def ordinal(number: int) -> str:
    """The 1st, 2nd, 3rd, 4th, 11th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def position(number: int) -> str:
    """First, 7th, last, second to last."""
    if number < 0:
        return "last" if number == -1 else f"{position(-number)} to last"
    return ORDINAL_NAMES[number - 1] if number <= len(ORDINAL_NAMES) else ordinal(number)


def _daily(step: int) -> str:
    return "every day" if step == 1 else f"every {step} days"


def _weekly(codes: list[str], step: int) -> str:
    named = {tuple(_WEEKDAYS): "weekdays", tuple(_WEEKENDS): "weekends"}.get(tuple(codes))
    names = named or enumerated([DAY_NAMES[DAYS.index(code)] for code in codes])
    if step > 1:
        return f"every {step} weeks on {names}"
    if len(codes) == 6:
        left_out = next(name for name, code in zip(DAY_NAMES, DAYS, strict=True) if code not in codes)
        return f"every day except {left_out}"
    return named or f"every {names}"


def _within_months(days: str, months: list[int]) -> str:
    """Days, in some months; where most are named, those that are left out are said."""
    if not months:
        return days
    if len(months) <= _MOST_NAMED:
        return f"{days} in {_month_names(months)}"
    left_out = _month_names(sorted(set(range(1, 13)) - set(months)))
    return f"{days} {'and' if ' except ' in days else 'except'} in {left_out}"


def _month_names(months: Iterable[int]) -> str:
    return enumerated([MONTH_NAMES[month - 1] for month in months])


def _monthly(parts: dict[str, str], step: int, months: list[int]) -> str:
    if "BYSETPOS" in parts:
        days = f"the {enumerated([position(int(each)) for each in parts['BYSETPOS'].split(',')])} working day"
    elif "BYMONTHDAY" in parts:
        days = _month_days([int(each) for each in parts["BYMONTHDAY"].split(",")])
    else:
        days = _all_but_one(parts["BYDAY"].split(","), step) or _weekday_positions(parts["BYDAY"].split(","))
    if step > 1:
        return f"every {step} months on {days}"
    if days.startswith("every "):
        return _within_months(days, months)
    if len(months) > _MOST_NAMED:
        return _within_months(f"{days} of the month", months)
    return f"{days} of {_month_names(months) if months else 'the month'}"


def _month_days(numbers: list[int]) -> str:
    forwards = [ordinal(number) for number in numbers if number > 0]
    backwards = [position(number) for number in numbers if number < 0]
    return enumerated(
        [
            *([f"the {enumerated(forwards)}"] if forwards else []),
            *([f"the {enumerated(backwards)} day"] if backwards else []),
        ]
    )


def _all_but_one(codes: list[str], step: int) -> str:
    """ "Every Tuesday except the first Tuesday", for four of five; nothing for others."""
    names = {code[-2:] for code in codes}
    left = {int(code[:-2]) for code in codes}
    for numbers in (range(1, 6), range(-5, 0)):
        if step == 1 and len(names) == 1 and len(left) == 4 and left < set(numbers):
            name = DAY_NAMES[DAYS.index(names.pop())]
            return f"every {name} except the {position(next(iter(set(numbers) - left)))} {name}"
    return ""


def _weekday_positions(codes: list[str]) -> str:
    """ "The first and third Monday", "the first Monday and the last Friday"."""
    numbers: dict[str, list[int]] = {}
    for code in codes:
        numbers.setdefault(code[-2:], []).append(int(code[:-2]))
    weekdays: dict[tuple[int, ...], list[str]] = {}
    for code in sorted(numbers, key=DAYS.index):
        weekdays.setdefault(tuple(numbers[code]), []).append(DAY_NAMES[DAYS.index(code)])
    groups = [
        f"the {enumerated(list(map(position, each)))} {enumerated(names)}" for each, names in weekdays.items()
    ]
    return enumerated(groups)
