"""Co-authors in the cohort are people: they see and change the paper, are told, can take their name off, inherit it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from core.chat.model import Fields, PersonRef
from core.chat.text import split_enumerated
from core.clock import FixedClock
from core.delivery.service import Delivery
from core.papers import authors
from core.papers.authors import Author
from core.store.carried import coauthors_are_names
from core.store.port import Conn, Store
from tests.core.test_paper_history import told
from tests.core.test_submissions import join_more, paper_of
from tests.outlets import KeepingOutlet
from tests.people import (
    Actor,
    CohortFixture,
    answered,
    button_of,
    listed,
    number_of,
    refused,
    text_of,
)
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "submission leave": Redelivered(
        {"paper": "3"}, before=[("ada", "submission add", {"title": "Together", "coauthors": "Olu"})]
    ),
}
"""A call of every command, which is also delivered a second time."""


async def with_of(who: Actor, paper: str) -> str:
    """Who else writes a paper, as its page says."""
    shown = await who.ok("submission show", paper=paper)
    fields = next(block for block in shown.blocks if isinstance(block, Fields))
    return str(dict(fields.items).get("With", ""))


async def test_member_sees_private_paper_and_may_edit_it(cohort: CohortFixture) -> None:
    saved = await cohort.ada.ok(
        "submission add", title="Ours", visibility="private", coauthors="@ben, Chen Li and mina"
    )
    assert "Ben and Mina can see and change it too, and I tell them." in text_of(saved)
    number = number_of(saved)
    assert await with_of(cohort.ben, number) == "Ben, Chen Li and Mina"
    assert listed(await cohort.ben.ok("submission list")) == [
        f"#{number} Ours · Ada (only its authors see this)"
    ]
    assert listed(await cohort.olu.ok("submission list")) == []
    await cohort.ben.ok("submission update", paper="Ours", stage="submitted")
    await cohort.ben.ok("submission edit", paper="Ours", title="Ours, better")
    assert "title: “Ours, better”" in text_of(await cohort.mina.ok("submission timeline", paper=number))
    assert "Ours, better" in text_of(await cohort.ben.ok("cohort home"))
    assert listed(await cohort.ada.ok("submission list", who="Ben")) == listed(
        await cohort.ada.ok("submission list")
    )


async def test_only_owner_deletes_widens_and_says_who_writes(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Ours", visibility="private", coauthors="Ben")
    refused(await cohort.ben("submission delete", paper="Ours", sure="yes"))
    refused(await cohort.ben("submission edit", paper="Ours", visibility="cohort"))
    refused(await cohort.ben("submission edit", paper="Ours", visibility="anonymous"))
    names = await cohort.ben.fails("submission edit", paper="Ours", coauthors="Ben, Mina")
    assert names.field == "coauthors"
    await cohort.ada.ok("submission edit", paper="Ours", visibility="cohort")
    await cohort.ben.ok("submission edit", paper="Ours", visibility="private")
    refused(await cohort.ben("review add", paper="Ours", score="6"))


async def test_coauthors_are_told_and_take_their_name_off(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="Ours", visibility="private", coauthors="Ben, Mina")
    number = (await paper_of(cohort.ada, "Ours")).number
    [message] = await told(delivery, outlet, "ben")
    assert message.startswith(f"Ada named you as a co-author of #{number} “Ours” in Lab.")
    await cohort.ada.ok("submission edit", paper="Ours", visibility="cohort")
    assert "lets everybody in Lab see #1 “Ours”" in (await told(delivery, outlet, "ben"))[-1]
    [named] = [each for each in outlet.sent if each.target.channel == "U-ben"][:1]
    off = answered(await cohort.ben.click(button_of(named.reply, "Take my name off")))
    assert text_of(off) == "Your name is off “Ours”. Its owner is told."
    assert await with_of(cohort.ada, "1") == "Mina"
    assert "co-authors: “Mina”, before “Ben, Mina”, by Ben" in (await told(delivery, outlet, "ada"))[-1]
    refused(await cohort.ben("submission update", paper="1", stage="submitted"))
    refused(await cohort.ben("submission leave", paper="1"))
    refused(await cohort.ada("submission leave", paper="1"))
    await cohort.ada.ok("submission delete", paper="1", sure="yes")
    assert "was deleted by its owner" in (await told(delivery, outlet, "mina"))[-1]


@pytest.mark.case(64)
async def test_organizers_are_not_shown_that_a_coauthor_was_told(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    before = text_of(await cohort.olu.ok("cohort-admin delivery"))
    await cohort.ada.ok("submission add", title="Ours", visibility="private", coauthors="Ben")
    for _ in range(2):
        waits = await cohort.olu.ok("cohort-admin delivery")
        assert (text_of(waits), listed(waits)) == (before, [])
        assert len(await told(delivery, outlet, "ben")) == 1
    assert listed(await cohort.olu.ok("cohort-admin delivery", state="sent")) == []


async def test_edit_tells_new_ones_alone_and_keeps_who_is_there(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="Ours", coauthors="Ben")
    form = await cohort.ada.form("submission edit", paper="1")
    assert {each.name: each.value for each in form.fields}["coauthors"] == "Ben"
    answered(await cohort.ada.submit(form, coauthors="Ben, Mina, Ada, Mina"))
    assert await with_of(cohort.ada, "1") == "Ben and Mina"
    assert len(await told(delivery, outlet, "ben")) == 1
    assert len(await told(delivery, outlet, "mina")) == 1
    emptied = answered(
        await cohort.ada.submit(await cohort.ada.form("submission edit", paper="1"), coauthors="")
    )
    assert "co-authors: none, before “Ben, Mina”" in text_of(emptied)


async def test_who_is_taken_off_is_told_and_learns_nothing_more(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="Ours", visibility="private", coauthors="Ben, Mina")
    assert len(await told(delivery, outlet, "ben")) == 1
    await cohort.ada.ok("submission edit", paper="Ours", coauthors="Mina")
    assert (await told(delivery, outlet, "ben"))[1:] == [
        "Ada took your name off a paper that only its authors see in Lab. If you did not expect that, Ada can tell you more."
    ]
    clock.at += timedelta(minutes=1)
    await cohort.ada.ok("submission edit", paper="Ours", title="A new direction")
    await delivery.flush()
    edits = [text_of(each.reply) for _, each in outlet.edits if each.target.channel == "U-ben"]
    assert edits[0] == "This was about a paper of which you are no co-author any more."
    assert not any("Ours" in each or "direction" in each for each in edits)
    assert any("direction" in text_of(each.reply) for _, each in outlet.edits), (
        "who is left reads the title of now"
    )
    clock.at += timedelta(minutes=1)
    await cohort.ada.ok("submission edit", paper="new direction", visibility="cohort")
    clock.at += timedelta(minutes=1)
    await cohort.ada.ok("submission edit", paper="1", coauthors="Ben, Mina")
    await delivery.flush()
    edits = [text_of(each.reply) for _, each in outlet.edits if each.target.channel == "U-ben"]
    assert "Your name was off #1 “A new direction” in Lab for a while, and is on it again." in edits
    clock.at += timedelta(minutes=1)
    await cohort.ada.ok("submission edit", paper="1", coauthors="Mina")
    assert "Ada took your name off #1 “A new direction” in Lab." in (await told(delivery, outlet, "ben"))[-1]


async def test_messages_are_edited_where_what_they_say_changes_alone(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="Ours", coauthors="Ben")
    await delivery.flush()
    await cohort.ada.ok("submission edit", paper="1", link="https://x.org/a", venue="ICLR 2027")
    await delivery.flush()
    assert outlet.edits == []
    await cohort.ada.ok("submission edit", paper="1", title="Ours, better")
    await delivery.flush()
    assert ["“Ours, better”" in text_of(each.reply) for _, each in outlet.edits] == [True]


async def test_adding_a_coauthor_forgets_no_answer_of_others(cohort: CohortFixture) -> None:
    first = await cohort.ben.ok("submission add", title="Mine")
    await cohort.ada.ok("submission add", title="Ours", coauthors="Mina")
    assert answered(await cohort.ben.again()) == first


async def test_who_left_a_paper_is_not_shown_its_later_title(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("submission add", title="Ours", visibility="private", coauthors="Ben, Mina")
    await delivery.flush()
    await cohort.ben.ok("submission leave", paper="Ours")
    clock.at += timedelta(minutes=1)
    await cohort.ada.ok("submission edit", paper="Ours", title="A new direction")
    await delivery.flush()
    edits = [text_of(each.reply) for _, each in outlet.edits if each.target.channel == "U-ben"]
    assert set(edits) == {"This was about a paper of which you are no co-author any more."}
    clock.at += timedelta(minutes=1)
    await cohort.ada.ok("cohort leave")
    await delivery.flush()
    mina = [text_of(each.reply) for _, each in outlet.edits if each.target.channel == "U-mina"]
    assert mina[-1].startswith("Ada is not in Lab any more, and #"), (
        "the paper is hers, and no message says otherwise"
    )


@pytest.mark.parametrize("how", ["cohort leave", "removed"])
async def test_leaving_owner_passes_paper_on(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, how: str
) -> None:
    await cohort.ada.ok(
        "submission add", title="Ours", visibility="private", venue="ICLR 2027", coauthors="Ben, Mina"
    )
    await cohort.ada.ok("submission add", title="Mine alone", visibility="private", coauthors="Chen Li")
    await cohort.ada.ok("submission update", paper="Ours", stage="in-review", note="Between us")
    noted = await cohort.ada.ok("review add", paper="Ours", score="6", summary="Secret words")
    assert number_of(noted)
    if how == "removed":
        await cohort.olu.ok("cohort-admin remove", person=PersonRef("U-ada", "Ada"), sure="yes")
    else:
        await cohort.ada.ok("cohort leave")
    assert (await paper_of(cohort.ben, "Ours")).coauthors == (await paper_of(cohort.mina, "Ours")).coauthors
    assert await with_of(cohort.ben, "Ours") == "Ada and Mina"
    assert "is yours now" in (await told(delivery, outlet, "ben"))[-1]
    story = text_of(await cohort.ben.ok("submission timeline", paper="Ours"))
    assert "whose it is: “Ben”, before “Ada”" in story
    assert "Between us" not in story, "what she kept private stays private"
    assert listed(await cohort.ben.ok("review list", paper="Ours")) == []
    assert "Secret" not in str(await cohort.ben.ok("lottery paper", paper="Ours"))
    await cohort.ben.fails("submission show", paper="Mine alone")
    await cohort.ben.ok("submission edit", paper="Ours", visibility="cohort")


async def test_leaving_coauthor_stays_a_name_and_nobody_inherits_it(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Ours", visibility="private", coauthors="Ben, Chen Li")
    await cohort.ben.ok("cohort leave")
    await cohort.ben.ok("cohort join")
    await cohort.ben.fails("submission show", paper="Ours")
    chen = cohort.somebody("Chen Li")
    await chen.ok("cohort join")
    await chen.fails("submission show", paper="Ours")
    form = await cohort.ada.form("submission edit", paper="Ours")
    answered(await cohort.ada.submit(form, title="Ours now", coauthors="Ben, Chen Li, Mina"))
    for who in (chen, cohort.ben):
        await who.fails("submission show", paper="Ours")
    await cohort.mina.ok("submission show", paper="Ours now")
    await cohort.ada.ok("submission edit", paper="Ours", coauthors="none")
    await cohort.ada.ok("submission edit", paper="Ours", coauthors="Chen Li")
    await chen.ok("submission show", paper="Ours")


async def test_name_of_several_is_asked_about_and_too_many_are_refused(cohort: CohortFixture) -> None:
    twin = cohort.somebody("Ben")
    await replace(twin, person=replace(twin.person, id="U-ben2")).ok("cohort join")
    asked = await cohort.ada.fails("submission add", title="Ours", coauthors="Ben")
    assert asked.field == "coauthors"
    assert "More than one person here is called Ben" in text_of(asked)
    many = ", ".join(f"Author {n}" for n in range(60))
    assert (await cohort.ada.fails("submission add", title="Ours", coauthors=many)).field == "coauthors"


async def test_anonymous_papers_are_counted_once_whoever_writes_them(cohort: CohortFixture) -> None:
    people = await join_more(cohort, 11)
    for each in people[:5]:
        await each.ok(
            "submission add", title=f"By {each.person.name}", visibility="anonymous", coauthors="Member9"
        )
    listed_ = text_of(await cohort.ada.ok("submission list"))
    assert "Anonymous papers, counted without names: 5 in the making." in listed_


def test_names_with_commas_come_back_as_they_were() -> None:
    for names in (["Ben", "Chen Li"], ["Li, Chen", "Ben"], ["Barnes and Noble, Inc."], ["A & B"]):
        found = authors.words([Author(each) for each in names])
        assert split_enumerated(found) == names


async def test_old_text_is_carried_over_as_names(store: Store) -> None:
    """As a database was left by a version in which co-authors were text."""

    def old(conn: Conn) -> list[str]:
        conn.run("ALTER TABLE submission ADD COLUMN coauthors TEXT")
        cohort = conn.insert("INSERT INTO cohort (name, zone, created_at) VALUES ('Lab', 'UTC', 0)")
        person = conn.insert("INSERT INTO person (name, created_at) VALUES ('Ben', 0)")
        member = conn.insert(
            "INSERT INTO member (cohort_id, person_id, joined_at, name, called) VALUES (:c, :p, 0, 'Ben', 'Ben')",
            c=cohort,
            p=person,
        )
        conn.run(
            "INSERT INTO submission (cohort_id, number, owner_id, title, stage, first_stage, visibility, coauthors,"
            " created_at) VALUES (:c, 1, :m, 'T', 'idea', 'idea', 'cohort', 'Ben, Chen Li and Zoë', 0)",
            c=cohort,
            m=member,
        )
        coauthors_are_names(conn)
        rows = conn.all("SELECT name, member_id FROM submission_author ORDER BY id")
        return [f"{row['name']} {row['member_id']}" for row in rows]

    assert await store.write(old) == ["Ben None", "Chen Li None", "Zoë None"]
