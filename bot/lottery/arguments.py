"""What is typed after `cohort-bot lottery`, read. Bad input raises ValueError with a sentence."""

import csv
import io
import re
import secrets
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from core.lottery import reading, venues

_COUNT = re.compile(r"\d{1,9}", re.ASCII)
_LARGEST_FILE = 20_000_000  # bytes; a million reviews
_MOST_SCORES = 100


def accept_rate(typed: str) -> float:
    """An accept rate, also as a script writes it."""
    return reading.accept_rate(typed, exponents=True)


def venue_rate(name: str) -> venues.Rate:
    """The accept rate of a venue by its name, such as "ICLR 2025"."""
    rate = edition(name).rate
    if rate is None:
        raise ValueError(f"I know no accept rate of {name[:40]}. Give one with --accept-rate.")
    return rate


def edition(name: str) -> venues.Edition:
    """A venue and a year by name."""
    found = venues.find(name)
    if found is None:
        known = ", ".join(venues.names())
        raise ValueError(
            f"I do not know the venue {name[:40]!r}. I know {known}; for another, give its figures as options."
        )
    return found


def rate_or_venue(typed: str) -> float:
    """An accept rate, given as such or as the name of a venue."""
    if typed.strip()[:1].isalpha():
        return venue_rate(typed).value
    return accept_rate(typed)


def scores(typed: list[str]) -> list[float]:
    """The scores of "5,6,6" or of 5 6 6."""
    return list(reading.scores(" ".join(typed), _MOST_SCORES, negative=True))


def scale(typed: str) -> tuple[float, ...]:
    """The steps of a scale, from "1-10" or "1,3,5,6,8,10"."""
    if match := re.fullmatch(r"\s*(\d{1,3})\s*(?:-|\.\.|–|to)\s*(\d{1,3})\s*", typed, re.ASCII):
        steps = [float(step) for step in range(int(match[1]), int(match[2]) + 1)]
    else:
        steps = sorted(set(scores([typed])))
    if len(steps) < 2:
        raise ValueError("A scale needs at least two different scores. Write it like 1-10 or 1,3,5,6,8,10.")
    return tuple(steps)


def counts(typed: list[str]) -> tuple[int, int, int, int]:
    """The four counts of "22,21,22,101"."""
    parts = [part for part in re.split(r"[\s,;]+", " ".join(typed)) if part]
    if len(parts) != 4 or not all(_COUNT.fullmatch(part) for part in parts):
        raise ValueError(
            "Give four counts of papers, like 22,21,22,101: both committees accepted, only the first did, only "
            "the second, neither."
        )
    both, only_a, only_b, neither = map(int, parts)
    return both, only_a, only_b, neither


def seed(given: int | None) -> int:
    """The seed that was given, else one that nobody chose."""
    return secrets.randbelow(2**32) if given is None else given


def finite(what: str, value: float, least: float, most: float) -> float:
    """A number that lies within bounds."""
    if not (isfinite(value) and least <= value <= most):
        raise ValueError(f"{what} must lie between {least:g} and {most:g}, not {value:g}.")
    return value


def reviews(path: Path) -> dict[str, list[float]]:
    """The scores by paper in a CSV file with the columns paper and score, in any order and among others."""
    if path.stat().st_size > _LARGEST_FILE:
        raise ValueError(
            f"{path} is larger than {_LARGEST_FILE // 1_000_000} MB. Give the reviews of one cohort."
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
        separator = next((each for each in "\t;" if _is_header(_header(text, each))), ",")
        rows = [(number, row) for number, row in _rows(text, separator) if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error):
        raise ValueError(f"{path} is no CSV file in UTF-8. It needs the columns paper and score.") from None
    names = _names(rows[0][1]) if rows else []
    if not _is_header(names):
        raise ValueError(f"{path} must begin with a line that names its columns, among them paper and score.")
    paper, score = names.index("paper"), names.index("score")
    found: dict[str, list[float]] = {}
    for number, row in rows[1:]:
        cells = [cell.strip() for cell in row]
        if len(cells) != len(names):
            columns = f"{len(cells)} column{'' if len(cells) == 1 else 's'}"
            raise ValueError(f"Line {number} has {columns}, and the first line names {len(names)}.")
        if not cells[paper]:
            raise ValueError(f"Line {number} names no paper.")
        # Where commas do not stand between cells, spreadsheets write them for decimal points.
        value = cells[score] if separator == "," else cells[score].replace(",", ".")
        if not reading.is_score(value.removeprefix("-")):
            raise ValueError(f"Line {number}: {cells[score][:40]!r} is no score.")
        found.setdefault(cells[paper], []).append(float(value))
    return found


def _rows(text: str, separator: str) -> list[tuple[int, list[str]]]:
    # A file of lines, since str.splitlines would also cut at characters such as U+2028 inside a cell.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    return [(reader.line_num, row) for row in reader]


def _names(row: Sequence[str]) -> list[str]:
    return [name.strip().casefold() for name in row]


def _is_header(names: Sequence[str]) -> bool:
    return names.count("paper") == names.count("score") == 1


def _header(text: str, separator: str) -> list[str]:
    """The names of the columns, if this is what stands between them."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return _names(next((row for row in rows if any(cell.strip() for cell in row)), []))
