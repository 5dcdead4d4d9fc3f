"""What a transaction gives back is the same for the second delivery of its call."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.chat.model import Form, LabelledEnum, Reply, Request, Source
from core.commands import forms, handled_calls
from core.commands.handled_calls import DeliveredCall
from core.commands.stored_call import StoredCall, StoredCallCodec
from core.errors import OutOfDate
from core.store.port import Conn, Row, Store
from tests.conftest import NOW
from tests.people import CohortFixture, number_of, text_of

CALL = DeliveredCall("call", NOW)


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
    given = await store.write(handled_calls.once, CALL, first, 1)
    again = await store.write(handled_calls.once, CALL, fails, 7)
    assert again == given
    assert isinstance(again.ending, Ending)
    assert again.at.tzinfo is not None
    assert isinstance(again.numbers, tuple)


async def test_forgotten_call_runs_again(store: Store) -> None:
    await store.write(handled_calls.once, CALL, first, 1)
    assert await store.write(handled_calls.forget, NOW + handled_calls.KEEP, 9) == 0
    assert await store.write(handled_calls.forget, NOW + handled_calls.KEEP + timedelta(seconds=1), 9) == 1
    assert (await store.write(handled_calls.once, CALL, first, 5)).numbers == (5, 2)


async def test_function_has_to_say_what_it_returns(store: Store) -> None:
    with pytest.raises(TypeError, match="has to say what it returns"):
        await store.write(handled_calls.once, CALL, silent)


@pytest.mark.case(66)
async def test_answers_go_with_what_was_removed(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Quokka", venue="NeurIPS 2026")
    noted = await cohort.ada.ok("review add", paper="1", score="6", summary="Narwhal")
    assert noted == await cohort.ada.again()
    again = cohort.ada.last
    assert again is not None
    await cohort.ben.ok("reading add", reference="On being the right size")
    removed = await cohort.ada.ok("review remove", review=number_of(noted), sure="yes")
    assert removed == await cohort.ada.again()
    kept = await cohort.core.store.read(results)
    assert [each for each in kept if each] == kept[-1:], "only that something was removed"
    assert kept[-1] == "1", "its paper's number"
    told = await cohort.core.run(again)
    assert isinstance(told, Reply)
    assert told.error
    assert text_of(told) == handled_calls.DONE


def results(conn: Conn) -> list[str]:
    return [row["result"] for row in conn.all("SELECT result FROM handled ORDER BY at, call_id")]


@pytest.mark.case(66)
async def test_draft_goes_with_what_was_typed(cohort: CohortFixture) -> None:
    core, person = cohort.core, cohort.ada.person
    codec = StoredCallCodec(core.store, core.clock, "d|", 9)
    first = await codec.save(StoredCall("submission add", {"=title": "Quokka"}, cohort.id), person)
    call = await codec.load(first, person)
    second = await codec.load(await codec.save(forms.with_typed(call, {"title": "Quoll"}), person), person)
    other = await codec.save(StoredCall("submission add", {"=title": "Wombat"}, cohort.id), person)
    assert call.draft == second.draft
    assert StoredCall.unpack(second.pack()).draft == second.draft

    request = Request(
        "f1", "submission add", person, cohort.ada.place, {}, cohort.id, Source.FORM, draft=second.draft
    )
    form = await core.run(request)
    assert isinstance(form, Form)
    assert form.draft == second.draft
    refused = await core.run(replace(request, args={"title": ""}))
    assert isinstance(refused, Reply | Form)
    assert len(await core.store.read(drafts)) == 3, "a refusal loses nothing"
    elsewhere = replace(request, person=cohort.ben.person, id="f2", args={"title": "Not mine"})
    await core.run(elsewhere)
    assert len(await core.store.read(drafts)) == 3, "nobody else's"
    kept = await core.run(replace(request, args={"title": "Quoll"}))
    assert isinstance(kept, Reply)
    assert not kept.error
    assert [row["token"] for row in await core.store.read(drafts)] == [other]
    with pytest.raises(OutOfDate, match="sent already"):
        await codec.load(first, person)


def drafts(conn: Conn) -> Sequence[Row]:
    return conn.all("SELECT token FROM draft")
