"""What a transaction gives back is the same for the second delivery of its call."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from core.chat.model import LabelledEnum
from core.commands import handled_calls
from core.store.port import Conn, Store
from tests.conftest import NOW


class Ending(LabelledEnum):
    """How it went."""

    WELL = "well", "It went well"


@dataclass(frozen=True, slots=True)
class Given:
    """A result with everything that features give back."""

    at: datetime
    day: date
    ending: Ending
    numbers: tuple[int, ...]
    note: str | None = None


def first(_: Conn, number: int) -> Given:
    return Given(NOW.astimezone(UTC), date(2026, 11, 23), Ending.WELL, (number, 2))


def fails(_: Conn, number: int) -> Given:
    raise AssertionError(f"a second delivery ran the transaction again, with {number}")


def silent(_: Conn):  # type: ignore[no-untyped-def]  # that is what is refused
    return 1


async def test_second_delivery_gets_equal_result_of_one_type(store: Store) -> None:
    given = await store.write(handled_calls.once, "call", NOW, first, 1)
    again = await store.write(handled_calls.once, "call", NOW, fails, 7)
    assert again == given
    assert isinstance(again.ending, Ending)
    assert again.at.tzinfo is not None
    assert isinstance(again.numbers, tuple)


async def test_forgotten_call_runs_again(store: Store) -> None:
    await store.write(handled_calls.once, "call", NOW, first, 1)
    assert await store.write(handled_calls.forget, NOW + handled_calls.KEEP, 9) == 0
    assert await store.write(handled_calls.forget, NOW + handled_calls.KEEP + timedelta(seconds=1), 9) == 1
    assert (await store.write(handled_calls.once, "call", NOW, first, 5)).numbers == (5, 2)


async def test_function_has_to_say_what_it_returns(store: Store) -> None:
    with pytest.raises(TypeError, match="has to say what it returns"):
        await store.write(handled_calls.once, "call", NOW, silent)
