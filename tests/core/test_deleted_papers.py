"""Papers are deleted: asked first, undone for a day, at once out of every list and number, then gone from everywhere."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from core.clock import FixedClock
from core.delivery.housekeeping import Housekeeping
from core.delivery.service import Delivery
from core.errors import NotFound
from core.features.submissions import records
from core.store.port import Conn
from tests.core.test_paper_history import told
from tests.core.test_submissions import _asking, paper_of
from tests.outlets import KeepingOutlet
from tests.people import Actor, CohortFixture, answered, button_of, buttons_of, listed, text_of
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "submission delete": Redelivered({"paper": "1", "sure": "yes"}),
    "submission restore": Redelivered(
        {"paper": "1"}, before=[("olu", "submission delete", {"paper": "1", "sure": "yes"})]
    ),
}
"""A call of every command, which is also delivered a second time."""

WORD = "Zymurgy"


async def deleted(who: Actor, paper: str = "1") -> object:
    """Delete a paper, as its question is answered."""
    asked = await who.ok("submission delete", paper=paper)
    assert "Shall I delete" in text_of(asked)
    return answered(await who.click(asked, "Delete it"))


async def shown_to(who: Actor) -> list[str]:
    """All that somebody is shown of papers."""
    said = []
    for command, args in (
        ("submission list", {}),
        ("submission list", {"stage": "rejected"}),
        ("submission list", {"venue": "ICML"}),
        ("digest preview", {}),
        ("cohort home", {}),
        ("lottery ours", {}),
    ):
        reply = await who.ok(command, **args)
        said += [text_of(reply), *listed(reply)]
    for command, param in (
        ("submission show", "paper"),
        ("submission list", "venue"),
        ("review list", "paper"),
        ("review remove", "review"),
        ("lottery paper", "paper"),
    ):
        for typed in ("", WORD, "1", "ICML"):
            offered = await who.core.complete(_asking(who, command), param, typed)
            said += [each.label for each in offered]
    for typed in ("1", WORD):
        reply = await who.fails("submission show", paper=typed)
        said.append(text_of(reply))
        said.append(text_of(await who.fails("submission update", paper=typed, stage="accepted")))
    return said


async def test_deleted_paper_is_at_once_as_if_it_had_never_been(cohort: CohortFixture) -> None:
    before = {each.person.name: await shown_to(each) for each in (cohort.ada, cohort.ben, cohort.olu)}
    await cohort.ada.ok("submission add", title=WORD, venue="ICML 2026", stage="rejected")
    await cohort.ada.ok("review add", paper="1", score="6")
    gone = await deleted(cohort.ada)
    assert "is deleted: nobody sees or counts it any more." in text_of(gone)  # type: ignore[arg-type]
    for each in (cohort.ada, cohort.ben, cohort.olu):
        assert await shown_to(each) == before[each.person.name], each.person.name


async def test_undo_brings_it_back_as_it_was(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title=WORD, venue="ICML 2026", stage="rejected")
    await cohort.ada.ok("review add", paper="1", score="6")
    before = text_of(await cohort.ada.ok("submission timeline", paper="1"))
    gone = await deleted(cohort.ada)
    back = answered(await cohort.ada.click(gone, "Undo"))  # type: ignore[arg-type]
    assert text_of(back) == f"#1 “{WORD}” is back, as it was."
    assert text_of(await cohort.ada.ok("submission timeline", paper="1")) == before
    assert len(listed(await cohort.ada.ok("review list", paper="1"))) == 1
    await deleted(cohort.ada)
    await cohort.ada.ok("submission restore", paper=WORD.lower()[:4])
    assert (await paper_of(cohort.ben, WORD)).number == 1


async def test_only_owner_deletes_and_has_back(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title=WORD)
    for other in (cohort.ben, cohort.olu):
        assert "Only the member whose paper it is" in text_of(
            await other.fails("submission delete", paper="1")
        )
        await other.fails("submission delete", paper="1", sure="yes")
    await deleted(cohort.ada)
    for other in (cohort.ben, cohort.olu):
        missing = await other.fails("submission restore", paper="1")
        assert "I found no deleted paper of yours" in text_of(missing)


async def test_question_keeps_it(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title=WORD)
    asked = await cohort.ada.ok("submission delete", paper="1")
    assert [each.label for each in buttons_of(asked)] == ["Delete it", "Keep it"]
    await cohort.ada.click(button_of(asked, "Keep it"))
    assert (await paper_of(cohort.ada, "1")).title == WORD


def everything(conn: Conn) -> dict[str, list[str]]:
    """Every text in every table, by table."""
    if "sqlite" in type(conn).__module__:
        tables = conn.all("SELECT name FROM sqlite_master WHERE type = 'table'")
    else:
        tables = conn.all(
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
        )
    found = {}
    for row in tables:
        rows = conn.all(f"SELECT * FROM {row['name']}")
        found[row["name"]] = [repr(dict(each)) for each in rows]
    return found


@pytest.mark.case(66)
async def test_after_a_day_it_is_gone_from_everywhere(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title=WORD, venue="ICML 2026", link="https://x.org/zymurgy")
    await cohort.ada.ok("review add", paper="1", score="6", summary="On zymurgy")
    await cohort.ada.ok("submission update", paper="1", stage="rejected", note="Zymurgy is hard")
    await cohort.olu.ok("submission edit", paper="1", title=f"{WORD} two")
    assert len(await told(delivery, outlet, "ada")) == 1
    gone = await deleted(cohort.ada)
    await delivery.flush()
    assert [text_of(each.reply) for _, each in outlet.edits] == ["This was about a paper that was deleted."]
    clock.at += timedelta(hours=23)
    await Housekeeping(cohort.core).run()
    assert any(
        "zymurgy" in text.lower()
        for rows in (await cohort.core.store.read(everything)).values()
        for text in rows
    )
    clock.at += timedelta(hours=2)
    late = await cohort.ada.fails("submission restore", paper="1")
    assert "for a day" in text_of(late)
    await Housekeeping(cohort.core).run()
    left = await cohort.core.store.read(everything)
    assert {table for table, rows in left.items() if any("zymurgy" in text.lower() for text in rows)} == set()
    assert "Undo" in [each.label for each in buttons_of(gone)]  # type: ignore[arg-type]


async def test_page_of_a_paper_that_is_deleted_meanwhile_says_so(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title=WORD)
    found = await paper_of(cohort.ben, WORD)
    await deleted(cohort.ada)
    with pytest.raises(NotFound):
        await cohort.core.read(cohort.id, records.details, found)
