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
    """The scores that "5,6,6" or "5 6 6" lists, at most `most` of them; `negative` ones where a scale has them."""
    parts = [part for part in re.split(r"[\s,;/]+", typed.strip()) if part]
    if not parts:
        raise ValueError("Please give at least one score, like 5,6,6.")
    for part in parts:
        if not is_score(part.removeprefix("-") if negative else part):
            raise ValueError(f"“{part[:40]}” is no score. Please list the numbers alone, like 5,6,6.")
    if len(parts) > most:
        raise ValueError(f"That is more than {most} scores. Please give those of one paper in one round.")
    return tuple(float(part) for part in parts)


def is_score(typed: str) -> bool:
    """Whether a word is a number as scores are written, without a sign."""
    return _SCORE.fullmatch(typed) is not None
