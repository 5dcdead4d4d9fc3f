"""The words that phrases are made of, and what each stands for."""

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
ORDINAL_NAMES = ("first", "second", "third", "fourth", "fifth")

WORKING_DAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})


def _abbreviated(names: tuple[str, ...], more: dict[str, int]) -> dict[str, int]:
    """Names and their beginnings of three letters or more, with a plural "s"."""
    found = dict(more)
    for number, name in enumerate(names):
        folded = name.casefold()
        for length in range(3, len(folded) + 1):
            found[folded[:length]] = number
            found[folded[:length] + "s"] = number
    return found


WEEKDAYS = _abbreviated(
    DAY_NAMES, {"mo": 0, "tu": 1, "we": 2, "th": 3, "fr": 4, "sa": 5, "su": 6, "weds": 2, "thurs": 3}
)
"""Names of weekdays, 0 to 6 from Monday on."""

MONTHS = {name: number + 1 for name, number in _abbreviated(MONTH_NAMES, {}).items()}
"""Names of months, 1 to 12."""

DAY_SETS = {
    "weekday": WORKING_DAYS,
    "weekdays": WORKING_DAYS,
    "workday": WORKING_DAYS,
    "workdays": WORKING_DAYS,
    "weekend": WEEKEND,
    "weekends": WEEKEND,
    "m-f": WORKING_DAYS,
    "mwf": frozenset({0, 2, 4}),
    "m/w/f": frozenset({0, 2, 4}),
    "tth": frozenset({1, 3}),
    "t/th": frozenset({1, 3}),
}
"""Words for several weekdays. "Working days" and "business days" are two words each, and read by the grammar."""

WORKING = frozenset({"working", "business"})

ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "fifteenth": 15,
    "twentieth": 20,
    "last": -1,
    "penultimate": -2,
}

NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}

UNITS = {
    "day": "day",
    "days": "day",
    "week": "week",
    "weeks": "week",
    "fortnight": "fortnight",
    "fortnights": "fortnight",
    "month": "month",
    "months": "month",
    "quarter": "quarter",
    "quarters": "quarter",
    "year": "year",
    "years": "year",
}

ADVERBS = {
    "daily": ("day", 1),
    "everyday": ("day", 1),
    "weekly": ("week", 1),
    "fortnightly": ("week", 2),
    "monthly": ("month", 1),
    "quarterly": ("quarter", 1),
    "yearly": ("year", 1),
    "annually": ("year", 1),
}
"""A unit and how many of them lie between two dates."""

TIMES_A_UNIT = {"once": 1, "twice": 2, "thrice": 3}

DOUBTFUL_ADVERBS = {
    "biweekly": "week",
    "bi-weekly": "week",
    "bimonthly": "month",
    "bi-monthly": "month",
}
"""Words that mean twice a unit to some and every second unit to others."""

TWICE_ADVERBS = {"semimonthly": "month", "semi-monthly": "month", "semiweekly": "week", "semi-weekly": "week"}

TO = frozenset({"to", "through", "thru", "-"})
UP_TO = frozenset({"until", "till", "til"})
"""A range to some, an end to others."""
AND = frozenset({"and", "&", "+", ",", ";", "/"})
UNTIL = frozenset({"until", "till", "til", "through", "thru", "ending", "ends"})
STARTING = frozenset({"starting", "starts", "start", "beginning", "begins", "commencing", "since"})
EXCEPT = frozenset({"except", "excepting", "excluding", "without", "but", "not", "skipping", "no", "minus"})
EVERY = frozenset({"every", "each"})
A_UNIT = frozenset({"a", "per", "each", "every"})
OF = frozenset({"of", "in"})
PARTS_OF_DAY = {
    "morning": "am",
    "mornings": "am",
    "afternoon": "pm",
    "afternoons": "pm",
    "evening": "pm",
    "evenings": "pm",
}
HOLIDAYS = frozenset(
    {"holiday", "holidays", "vacation", "vacations", "break", "breaks", "christmas", "easter"}
)
ZONE_LIKE = frozenset(
    {"utc", "gmt", "cet", "cest", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "bst", "ist", "jst"}
    | {"et", "ct", "mt", "pt", "wat", "eat", "cat", "sast", "aest", "aedt", "aoe", "z"}
)
ONCE_ONLY = frozenset({"today", "tomorrow", "tonight", "now", "next", "this"})
TOO_OFTEN = frozenset({"hourly", "hour", "hours", "minute", "minutes"})
