"""Calls as strings: they come back as they went, and a forged one says only that it is out of date."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.model import Person
from core.clock import FixedClock
from core.commands.stored_call import StoredCall, StoredCallCodec
from core.errors import OutOfDate
from core.store.port import Store

WHOLE = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    command=st.from_regex(r"[a-z][a-z0-9-]{0,12} [a-z][a-z0-9-]{0,12}", fullmatch=True),
    args=st.dictionaries(WHOLE, WHOLE),
    cohort=st.none() | st.integers(0, 10**18 - 1),
)
def test_call_comes_back_as_it_went(command: str, args: dict[str, str], cohort: int | None) -> None:
    call = StoredCall(command, args, cohort)
    assert StoredCall.unpack(call.pack()) == call


@given(
    st.one_of(st.text(), st.from_regex(r"1\|[0-9٣]*\|[^|]*\|.*"), st.from_regex(r"[^|]*\|[^|]*\|[^|]*\|.*"))
)
def test_forged_call_is_read_or_out_of_date(packed: str) -> None:
    try:
        call = StoredCall.unpack(packed)
    except OutOfDate:
        return
    assert "|" not in call.command
    assert all(isinstance(value, str) for value in call.args.values())
    assert call.cohort is None or 0 <= call.cohort < 2**63


@pytest.mark.parametrize(
    "packed", ["", "1", "2|1|a b|", "1|x|a b|", "1|-1|a b|", "1|" + "9" * 5000 + "|a b|", "1|²|a b|"]
)
def test_strange_strings_say_what_to_do(packed: str) -> None:
    with pytest.raises(OutOfDate, match="run the command again"):
        StoredCall.unpack(packed)


def test_half_surrogate_pair_can_be_packed() -> None:
    packed = StoredCall("a b", {"title": "half \ud83d"}).pack()
    assert StoredCall.unpack(packed).args == {"title": "half ?"}


def test_what_buttons_hold_is_short() -> None:
    assert StoredCall("reading vote", {"item": "12"}, 3).pack() == "1|3|reading vote|item=12"


@pytest.mark.parametrize("limit", [100, 2_000])
async def test_call_too_long_for_its_place_is_saved(
    sqlite_store: Store, clock: FixedClock, limit: int
) -> None:
    codec = StoredCallCodec(sqlite_store, clock, "saved|", 20)
    eve, mal = Person("test", "W", "U-eve", "Eve"), Person("test", "W", "U-mal", "Mal")
    room = limit - len(StoredCall("a b", {"text": ""}).pack())
    short, long = (StoredCall("a b", {"text": "x" * size}) for size in (room, room + 1))
    assert await codec.encode(short, eve, limit) == short.pack()
    encoded = await codec.encode(long, eve, limit)
    assert encoded.startswith("saved|")
    assert len(encoded) == len("saved|") + 16
    assert await codec.decode(short.pack(), mal) == short
    assert await codec.decode(encoded, eve) == long
    with pytest.raises(OutOfDate):
        await codec.decode(encoded, mal)
