"""Takeaways: for the cohort or oneself, under their items, by person, in the next prompt and the digest."""

from datetime import timedelta

from core.chat.model import PersonRef
from core.store.port import Conn
from tests.core.test_reading import DAY, prompt
from tests.people import CohortFixture, answered, button_of, listed, text_of, told_by_digest


async def test_takeaway_stands_under_its_item(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="Attention")
    await cohort.ada.ok("reading takeaway", item="1", takeaway="Softmax everywhere")
    await cohort.ben.ok("reading done", item="1", takeaway="Heads differ", visibility="private")
    assert text_of(await cohort.mina.ok("reading show", item="1")) == (
        "#1 “Attention”\n0 votes · from Ada · read by Ada\nWhat was taken from it\n• Ada: Softmax everywhere"
    )
    assert "• You (only you read this): Heads differ" in text_of(
        await cohort.ben.ok("reading show", item="1")
    )
    assert listed(await cohort.mina.ok("reading takeaways")) == [
        "Ada: Softmax everywhere · about #1 Attention"
    ]
    assert len(listed(await cohort.ben.ok("reading takeaways", item="1"))) == 2
    by_ben = await cohort.mina.ok("reading takeaways", who=PersonRef("U-ben", "Ben"))
    assert text_of(by_ben) == "There are no takeaways of Ben yet that you can read."
    assert len(listed(await cohort.mina.ok("reading takeaways", who=PersonRef("U-ada", "Ada")))) == 1


async def test_own_takeaway_is_changed_hidden_and_deleted(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="Attention")
    kept = await cohort.ada.ok("reading takeaway", item="1", takeaway="Softmax")
    private = answered(await cohort.ada.click(kept, "Make it private"))
    assert text_of(private) == "Your takeaway from “Attention” is kept. Only you read it.\n> Softmax"
    assert "Softmax" not in text_of(await cohort.ben.ok("reading show", item="1"))
    assert "read by" not in text_of(await cohort.ben.ok("reading show", item="1"))
    form = await cohort.ada.click(private, "Change it")
    assert {each.name: each.value for each in form.fields} == {  # type: ignore[union-attr]  # it is a form
        "item": "#1 Attention",
        "takeaway": "Softmax",
        "visibility": "private",
    }
    changed = answered(await cohort.ada.submit(form, takeaway="Softmax, twice", visibility="private"))
    shared = answered(await cohort.ada.click(changed, "Share it with the cohort"))
    assert "The cohort reads it under the item." in text_of(shared)
    assert "Ada: Softmax, twice" in text_of(await cohort.ben.ok("reading show", item="1"))
    gone = answered(await cohort.ada.click(shared, "Delete it"))
    assert text_of(gone) == "Deleted: your takeaway from #1 “Attention”."
    assert "Softmax" not in text_of(await cohort.ada.ok("reading show", item="1"))

    def left(conn: Conn) -> list[int]:
        return [
            conn.value(f"SELECT count(*) FROM {table}")
            for table in ("reading_takeaway", "reading_takeaway_word")
        ]

    assert await cohort.core.store.read(left) == [0, 0]
    assert "You have no takeaway" in text_of(await cohort.ada.ok("reading takeaway", item="1", takeaway="-"))


async def test_later_takeaway_stays_as_private_as_the_first(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="Attention")
    await cohort.ada.ok("reading takeaway", item="1", takeaway="One", visibility="private")
    again = await cohort.ada.ok("reading takeaway", item="1", takeaway="Two")
    assert "Only you read it." in text_of(again)
    assert listed(await cohort.ben.ok("reading takeaways")) == []


async def test_who_has_read_it_is_told_where_they_say_so(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="Attention")
    done = await cohort.ben.ok("reading done", item="1")
    assert "read by" not in text_of(await cohort.ada.ok("reading show", item="1"))
    told = answered(await cohort.ben.click(done, "Tell the cohort"))
    assert "The cohort sees your name under it." in text_of(told)
    assert "read by Ben" in text_of(await cohort.ada.ok("reading show", item="1"))
    await cohort.ben.click(told, "Keep it to myself")
    assert "read by" not in text_of(await cohort.ada.ok("reading show", item="1"))


async def test_next_prompt_brings_takeaways_of_the_last(cohort: CohortFixture) -> None:
    for title in ("First", "Second"):
        await cohort.ada.ok("reading add", reference=title)
    await prompt(cohort)
    await cohort.ben.ok("reading takeaway", item="1", takeaway="Short and clear")
    await cohort.mina.ok("reading takeaway", item="1", takeaway="Not for all", visibility="private")
    sent = await prompt(cohort, DAY + timedelta(days=7))
    assert sent is not None
    assert "From #1 “First”, the last one:\n• Ben: Short and clear" in text_of(sent)
    assert "Not for all" not in text_of(sent)


async def test_digest_tells_of_takeaways(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="First")
    await cohort.ben.ok("reading takeaway", item="1", takeaway="Short\nand clear")
    await cohort.mina.ok("reading takeaway", item="1", takeaway="Not for all", visibility="private")
    told = await told_by_digest(cohort.ada)
    assert told[told.index("Takeaways") + 1] == "Ben · Short and clear (from #1 “First”)"
    assert "Not for all" not in " ".join(told)
    await cohort.ben.ok("reading done", item="1", visibility="private")
    assert "Takeaways" not in await told_by_digest(cohort.ada)


async def test_takeaway_of_another_cohort_or_removed_item_is_not_there(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="First")
    await cohort.ben.ok("reading takeaway", item="1", takeaway="Short")
    await cohort.olu.ok("reading remove", item="1")
    assert listed(await cohort.ada.ok("reading takeaways")) == []
    assert button_of(await cohort.ada.ok("reading takeaways"), "The list")
