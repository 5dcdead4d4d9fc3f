"""How Python's values stand in the database. Nothing but this module knows microseconds.

An instant is an aware datetime in Python and BIGINT microseconds since 1970 UTC in the database; a local date
is a date and ISO text. Both engines have the same column types, so the name of a column says what it holds:
`at`, whatever ends in `_at`, and `lease_until` are instants; `day`, whatever ends in `_on`, `anchor` and
`away_from`, `away_until` are local dates.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CONVERTED = frozenset((datetime, date, bool))


def micros(instant: datetime) -> int:
    """An aware instant as microseconds since 1970. Raises `TypeError` for a naive one."""
    return (instant - _EPOCH) // _MICROSECOND


def instant(micros_: int) -> datetime:
    """The UTC instant that `micros` stored."""
    return _EPOCH + timedelta(microseconds=micros_)


@lru_cache(maxsize=2048)
def converter(column: str) -> Callable[[Any], object] | None:
    """What makes Python's value of a column of that name, None where it is the same in both."""
    if column.endswith("_at") or column in ("at", "lease_until"):
        return _instant_of
    if column.endswith("_on") or column in ("day", "anchor", "away_from", "away_until"):
        return _date_of
    return None


def any_converted(columns: Iterable[str]) -> bool:
    """Whether a row of these columns holds anything that has another value in Python."""
    return any(converter(column) is not None for column in columns)


def _instant_of(value: object) -> object:
    return instant(value) if isinstance(value, int) else value


def _date_of(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) and value else value


def to_columns(params: dict[str, object]) -> dict[str, object]:
    """The parameters of a statement as the database takes them."""
    if _CONVERTED.isdisjoint(map(type, params.values())):
        return params
    return {name: _to_column(value) if type(value) in _CONVERTED else value for name, value in params.items()}


def _to_column(value: Any) -> object:
    if type(value) is datetime:
        return micros(value)
    return value.isoformat() if type(value) is date else int(value)
