"""How Python's values stand in the database. Nothing but this module knows microseconds.

An instant is an aware datetime in Python and BIGINT microseconds since 1970 UTC in the database; a local date
is a date and ISO text. Both engines have the same column types, so the name of a column says what it holds:
`at`, whatever ends in `_at`, and `lease_until` are instants.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CONVERTED = (datetime, date, bool)


def micros(instant: datetime) -> int:
    """An aware instant as microseconds since 1970. Raises `TypeError` for a naive one."""
    return (instant - _EPOCH) // _MICROSECOND


def instant(micros_: int) -> datetime:
    """The UTC instant that `micros` stored."""
    return _EPOCH + timedelta(microseconds=micros_)


@lru_cache(maxsize=2048)
def holds_instant(column: str) -> bool:
    """Whether a column of that name holds instants."""
    return column.endswith("_at") or column in ("at", "lease_until")


def from_column(column: str, value: object) -> object:
    """A value of a row as Python has it."""
    return instant(value) if isinstance(value, int) and holds_instant(column) else value


def to_columns(params: Mapping[str, object]) -> dict[str, object]:
    """The parameters of a statement as the database takes them."""
    return {
        name: _to_column(value) if isinstance(value, _CONVERTED) else value for name, value in params.items()
    }


def _to_column(value: object) -> object:
    match value:
        case bool():
            return int(value)
        case datetime():
            return micros(value)
        case date():
            return value.isoformat()
    return value
