"""What people type about the lottery, read once for the chat and the terminal. Bad input raises ValueError with a
sentence that may be shown to a person."""

import re

MOST_SEED = 10**12
"""The largest seed that can be given."""

_RATE = re.compile(r"(\d{1,20}(?:[.,]\d{0,40})?|[.,]\d{1,40})\s*(%?)", re.ASCII)
_EXPONENT = re.compile(r"(\d(?:\.\d{0,40})?[eE]-?\d{1,2})()", re.ASCII)
_SCORE = re.compile(r"(\d{1,9}(\.\d{0,20})?|\.\d{1,20})", re.ASCII)


def accept_rate(typed: str, *, exponents: bool = False) -> float:
    """The fraction that "25%", "25", ".25" or "0,25" means; with `exponents`, as scripts write them, "1e-3" too."""
    match = _RATE.fullmatch(typed.strip()) or (_EXPONENT.fullmatch(typed.strip()) if exponents else None)
    if match is None:
        raise ValueError(f"I cannot read the accept rate “{typed[:40]}”. Please write it like 25% or .25.")
    value = float(match[1].replace(",", "."))
    if value == 1 and not match[2]:
        raise ValueError("Does 1 mean 1% or 100%? Please write 1%, or another rate such as 25%.")
    value = value / 100 if match[2] or value > 1 else value
    if not 0 < value < 1:
        raise ValueError(
            "The accept rate has to lie between 0% and 100%, and be neither: then there is no lottery to look "
            "at. Please write it like 25% or .25."
        )
    return value


def scores(typed: str, most: int, *, negative: bool = False) -> tuple[float, ...]:
    """The scores that "5,6,6", "5 6 6", "3,5 4 3,5" or lines such as "6: marginally above" list, at most `most` of them;
    `negative` ones where a scale has them.

    A comma alone parts scores. Beside blanks, lines or semicolons it stands in decimals where a half or a quarter
    follows; what may be either is refused with both ways to write it.
    """
    parts = [part for part in _parts(typed.strip()) if part]
    if not parts:
        raise ValueError("Please give at least one score, like 5,6,6.")
    if len(parts) > most:
        raise ValueError(f"That is more than {most} scores. Please give those of one paper in one round.")
    return tuple(_one_of(part, alone=len(parts) == 1, negative=negative) for part in parts)


def score(typed: str) -> float:
    """The score that "6", "3,5", "6/10", "6: marginally above the threshold" or "2.5 = weak accept" gives, as venues write
    them."""
    try:
        return _one_of(typed.strip(), alone=True, negative=True)
    except ValueError:
        raise ValueError(
            f"A score has to be a number, such as 6 or 6: weak accept, not “{typed[:40]}”."
        ) from None


def fraction(typed: str) -> float:
    """The number that "55%", ".55" or "0,55" means."""
    match = _FRACTION.fullmatch(typed.strip())
    if match is None:
        raise ValueError(f"I cannot read “{typed[:40]}” as a part of one. Please write it like .55 or 55%.")
    value = float(match[1].replace(",", "."))
    return value / 100 if match[2] else value


def is_score(typed: str) -> bool:
    """Whether a word is a number as scores are written, without a sign."""
    return _SCORE.fullmatch(typed) is not None


_FRACTION = re.compile(r"(-?(?:\d{1,20}(?:[.,]\d{0,40})?|[.,]\d{1,40}))\s*(%?)", re.ASCII)
_NAMED = r"(?:(?:overall|final)\s+)?(?:rating|score|recommendation|overall)\s*[:=]\s*"
_WITH_WORDS = re.compile(
    rf"(?:{_NAMED})?(?P<number>[-\u2212]?(?:\d{{1,9}}(?:[.,]\d{{1,20}})?|[.,]\d{{1,20}}))\.?"
    r"(?P<of>\s*/\s*\d{1,3})?(?P<words>(?:\s*[:=(]|\s+[-\u2013\u2014]\s).*|\s+[^\W\d].*)?",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_BETWEEN = re.compile(
    rf"[\n;]|(?<!\d),(?=\s*[\d.])|,(?=\s+[\d.])|(?<![:=])\s+(?=(?:{_NAMED})?\d{{1,3}}(?:[.,]\d{{1,2}})?\s*[:=]\s)",
    re.ASCII | re.IGNORECASE,
)
"""Where one score with words ends: a line, a semicolon, or before a number with a colon."""
_WORDS_ALONE = re.compile(r"\s+[^\W\d]", re.ASCII)
_DECIMALS = re.compile(r"(\d{1,9}),(5|0|25|75|50|00)", re.ASCII)


def _parts(typed: str) -> list[str]:
    """A list of scores, parted."""
    if re.search(r"[^\W\d_]", typed):
        return [part.strip() for part in _BETWEEN.split(typed)]
    parts = re.split(r"(?:,\s+|[\s;/])+", typed)
    if len(parts) == 1:
        return parts[0].split(",")
    return [each for part in parts for each in _decimal_or_list(part)]


def _decimal_or_list(part: str) -> list[str]:
    """What stands between blanks: a number with a decimal comma, or numbers parted by commas."""
    whole = part.strip(",").removeprefix("-")
    if whole.count(",") != 1 or whole.startswith(","):
        return part.split(",")
    if _DECIMALS.fullmatch(whole):
        return [part.strip(",").replace(",", ".")]
    first, second = whole.split(",")
    raise ValueError(
        f"“{part[:40]}” may be {first}.{second} or the two scores {first} and {second}. "
        f"Please write {first}.{second}, or {first} {second}."
    )


def _one_of(part: str, *, alone: bool, negative: bool) -> float:
    """One score, with the words that stand behind it. In a list, words need a colon, an equals sign or the like before
    them, so that "2 typos" is none."""
    match = _WITH_WORDS.fullmatch(part)
    if match is None or (not alone and _WORDS_ALONE.match(match["words"] or "")):
        raise ValueError(f"“{part[:40]}” is no score. Please list the numbers alone, like 5,6,6.")
    value = float(match["number"].replace(",", ".").replace("\u2212", "-"))
    if value < 0 and not negative:
        raise ValueError(f"“{part[:40]}” is no score. Please list the numbers alone, like 5,6,6.")
    return value
