"""The dates of a rule, found the slow way: day after day, by plain arithmetic on calendars. Knows nothing of the bot's
code nor of dateutil."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY = timedelta(days=1)
Rule = dict[str, str]


def parts_of(written: str) -> Rule:
    """The parts of a rule as the table writes it: "WEEKLY INTERVAL=2 BYDAY=FR"."""
    frequency, *more = written.split()
    return {"FREQ": frequency, **dict(part.split("=", 1) for part in more)}


def first_five(rule: Rule, today: date) -> list[date]:
    """The next five dates from today on, or those that are left."""
    begin = date.fromisoformat(rule["START"]) if "START" in rule else today
    return list(islice((day for day in dates(rule, begin) if day >= today), 5))


def dates(rule: Rule, begin: date) -> Iterator[date]:
    """The dates of a rule that counts from its first date after a day."""
    step, end = int(rule.get("INTERVAL", "1")), date(2040, 1, 1)
    if "UNTIL" in rule:
        end = date.fromisoformat(rule["UNTIL"])
    first, day = None, begin
    while day <= end:
        if fits(rule, day):
            first = first or day
            if rounds(rule["FREQ"], first, day) % step == 0:
                yield day
        day += DAY


def rounds(frequency: str, first: date, day: date) -> int:
    """How many days, weeks or months lie between two dates."""
    if frequency == "DAILY":
        return (day - first).days
    if frequency == "WEEKLY":
        monday = first - first.weekday() * DAY
        return (day - monday).days // 7
    return (day.year - first.year) * 12 + day.month - first.month


def fits(rule: Rule, day: date) -> bool:
    """Whether a date is one of the rule's, its step aside."""
    if "BYMONTH" in rule and str(day.month) not in rule["BYMONTH"].split(","):
        return False
    if "BYMONTHDAY" in rule and not among(rule["BYMONTHDAY"], day.day, day.day - days_in(day) - 1):
        return False
    if "BYSETPOS" in rule:
        month = [day.replace(day=n) for n in range(1, days_in(day) + 1)]
        working = [each for each in month if each.weekday() < 5]
        if day not in working:
            return False
        at = working.index(day)
        return among(rule["BYSETPOS"], at + 1, at - len(working))
    if "BYDAY" in rule:
        forwards, backwards = (day.day - 1) // 7 + 1, -((days_in(day) - day.day) // 7 + 1)
        code = CODES[day.weekday()]
        return bool({code, f"{forwards}{code}", f"{backwards}{code}"} & set(rule["BYDAY"].split(",")))
    return True


def among(listed: str, *numbers: int) -> bool:
    return bool(set(map(str, numbers)) & set(listed.split(",")))


def days_in(day: date) -> int:
    """How many days its month has."""
    following = (day.replace(day=28) + 4 * DAY).replace(day=1)
    return (following - DAY).day
