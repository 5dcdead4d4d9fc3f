"""Instants, dates and flags on their way into the database and back."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store.binding import converter, instant, micros, to_columns
from core.store.port import Conn, Store
from tests.conftest import NOW


@given(
    st.datetimes(
        datetime(2, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
        datetime(9998, 1, 1),  # noqa: DTZ001 - as above
        timezones=st.timezones() | st.just(timezone(timedelta(hours=5))),
    )
)
def test_stored_instants_keep_their_microseconds_and_their_order(at: datetime) -> None:
    # Compared in UTC: Python finds a wall time inside a gap equal to nothing in another zone.
    assert instant(micros(at)) == at.astimezone(UTC)
    if micros(at) < micros(NOW):
        assert at.astimezone(UTC) < NOW


def test_instant_without_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        micros(datetime(2026, 1, 1))  # noqa: DTZ001 - what must not pass


@pytest.mark.parametrize(
    ("column", "stored", "value"),
    [
        ("at", micros(NOW), NOW),
        ("slot_at", micros(NOW), NOW),
        ("lease_until", micros(NOW), NOW),
        ("slot_at", None, None),
        ("day", "2026-11-23", date(2026, 11, 23)),
        ("prompted_on", "2026-11-23", date(2026, 11, 23)),
        ("away_until", None, None),
    ],
)
def test_column_says_by_its_name_what_it_holds(column: str, stored: object, value: object) -> None:
    convert = converter(column)
    assert convert is not None
    assert convert(stored) == value


def test_other_columns_are_as_they_are_stored() -> None:
    assert not any(map(converter, ("attempts", "late", "name", "state", "version")))


def test_parameters_are_bound_by_their_type() -> None:
    given = {"at": NOW, "day": date(2026, 11, 23), "late": True, "name": "Ada", "n": 2, "nothing": None}
    assert to_columns(given) == {
        "at": micros(NOW),
        "day": "2026-11-23",
        "late": 1,
        "name": "Ada",
        "n": 2,
        "nothing": None,
    }


async def test_instant_comes_back_as_it_was_stored(store: Store) -> None:
    def there_and_back(conn: Conn) -> list[object]:
        conn.run("INSERT INTO handled (call_id, at, result) VALUES ('c', :now, '')", now=NOW)
        rows = conn.all(
            "SELECT at, max(at) AS last_at, NULL AS none_at, count(*) AS n FROM handled GROUP BY at"
        )
        earlier = conn.one("SELECT 1 AS yes FROM handled WHERE at < :now", now=NOW)
        return [*(rows[0][name] for name in ("at", "last_at", "none_at", "n")), earlier]

    assert await store.write(there_and_back) == [NOW, NOW, None, 1, None]
