"""Calls as strings: they come back as they went, and a forged one says only that it is out of date."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.commands.stored_call import StoredCall
from core.errors import OutOfDate

WHOLE = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    command=st.from_regex(r"[a-z][a-z0-9-]{0,12} [a-z][a-z0-9-]{0,12}", fullmatch=True),
    args=st.dictionaries(WHOLE, WHOLE),
    cohort=st.none() | st.integers(0, 10**18 - 1),
)
def test_a_call_comes_back_as_it_went(command: str, args: dict[str, str], cohort: int | None) -> None:
    call = StoredCall(command, args, cohort)
    assert StoredCall.unpack(call.pack()) == call


@given(
    st.one_of(st.text(), st.from_regex(r"1\|[0-9٣]*\|[^|]*\|.*"), st.from_regex(r"[^|]*\|[^|]*\|[^|]*\|.*"))
)
def test_a_forged_call_is_read_or_out_of_date(packed: str) -> None:
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


def test_half_a_surrogate_pair_can_be_packed() -> None:
    packed = StoredCall("a b", {"title": "half \ud83d"}).pack()
    assert StoredCall.unpack(packed).args == {"title": "half ?"}


def test_what_buttons_hold_is_short() -> None:
    assert StoredCall("reading vote", {"item": "12"}, 3).pack() == "1|3|reading vote|item=12"
