"""Mentors and organizers through a role of the platform: with each call, by id, told where it ends. Both engines."""

from dataclasses import replace

import pytest

from core.chat.model import Person, PersonRef, Reply
from core.cohorts import audit
from core.delivery.service import Delivery
from tests.outlets import KeepingOutlet
from tests.people import Actor, CohortFixture, found_cohort, listed, text_of

MENTORS = PersonRef("&R1", "Mentors")
LEADS = PersonRef("&R2", "Leads")


def holding(actor: Actor, *roles: str) -> Actor:
    """The same person, who holds these roles on the platform."""
    return Actor(actor.core, replace(actor.person, roles=frozenset(roles)), actor.place)


async def told(cohort: CohortFixture) -> list[tuple[str, str]]:
    """Send what waits; to whom what went."""
    outlet = KeepingOutlet()
    service = Delivery(cohort.core, {"test": outlet})
    await service.flush()
    await service.stop()
    return [(each.target.channel, text_of(each.reply)) for each in outlet.sent]


async def roles_of(cohort: CohortFixture, name: str) -> str:
    """What organizers read of a member."""
    rows = listed(await cohort.olu.ok("cohort-admin members"))
    return next(row for row in rows if row.startswith(name))


async def test_a_role_makes_mentors_from_their_next_call_on(cohort: CohortFixture) -> None:
    given = await cohort.olu.ok("cohort-admin mentor", person=MENTORS, add=True)
    assert "Whoever has the role Mentors is a mentor of Lab from their next call" in text_of(given)
    assert "member" in await roles_of(cohort, "Ada")
    await holding(cohort.ada, "R1", "R9").ok("cohort members")
    assert "mentor through the role Mentors" in await roles_of(cohort, "Ada")
    assert ("U-ada", "Your role Mentors makes you a mentor of Lab.") in await told(cohort)
    await holding(cohort.ben, "R9").ok("cohort members")
    assert "mentor" not in await roles_of(cohort, "Ben")
    actions = [(each.action, each.about) for each in await cohort.core.store.read(audit.entries, cohort.id)]
    assert ("mentor added by the role Mentors", "Ada") in actions


async def test_a_call_with_the_same_roles_writes_nothing(
    cohort: CohortFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cohort.olu.ok("cohort-admin mentor", person=MENTORS, add=True)
    ada = holding(cohort.ada, "R1", "R9")
    await ada.ok("cohort members")

    async def write(*_: object) -> None:
        raise AssertionError("nothing has changed")

    monkeypatch.setattr(cohort.core.store, "write", write)
    assert "Ada" in str(listed(await ada.ok("cohort members")))


async def test_a_role_that_is_gone_ends_what_it_gave_and_organizers_hear(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin mentor", person=MENTORS, add=True)
    await holding(cohort.ada, "R1").ok("cohort members")
    await told(cohort)
    await cohort.ada.in_direct().ok("cohort members")  # there the platform says nothing of roles
    assert "mentor through" in await roles_of(cohort, "Ada")
    await holding(cohort.ada).ok("cohort members")  # taken from her, or deleted in the server
    assert "mentor" not in await roles_of(cohort, "Ada")
    assert sorted(await told(cohort)) == [
        (
            "U-ada",
            "You have the role Mentors no more, so you are no mentor of Lab any more. You are still a member.",
        ),
        ("U-olu", "Ada has the role Mentors no more, and is no mentor of Lab any more."),
    ]


async def test_a_renamed_role_is_the_same(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin mentor", person=MENTORS, add=True)
    await holding(cohort.ada, "R1").ok("cohort members")
    await cohort.olu.ok("cohort-admin mentor", person=PersonRef("&R1", "Guides"), add=True)
    assert "mentor through the role Guides" in await roles_of(cohort, "Ada")
    taken = await cohort.olu.ok("cohort-admin mentor", person=PersonRef("&R1", "Anything"), add=False)
    assert "1 member had it by that alone" in text_of(taken)
    assert "mentor" not in await roles_of(cohort, "Ada")
    refused = await cohort.olu.fails("cohort-admin mentor", person=MENTORS, add=False)
    assert "nothing to take back" in text_of(refused)


async def test_a_role_makes_organizers(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin organizer", person=LEADS, add=True)
    await cohort.ada.fails("cohort-admin show")
    await holding(cohort.ada, "R2").ok("cohort-admin show")
    refused = await holding(cohort.ada).fails("cohort-admin show")
    assert "organizers" in text_of(refused)


async def test_what_a_person_gave_stays(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin mentor", person=MENTORS, add=True)
    await holding(cohort.mina).ok("cohort members")
    assert "mentor" in await roles_of(cohort, "Mina")
    await holding(cohort.ada, "R1").ok("cohort members")
    refused = await cohort.olu.fails("cohort-admin mentor", person=PersonRef("U-ada", "Ada"), add=False)
    assert "has it through the role Mentors" in text_of(refused)
    await cohort.olu.ok("cohort-admin mentor", person=PersonRef("U-ben", "Ben"), add=True)
    assert "mentor, by Olu" in await roles_of(cohort, "Ben")


async def test_a_role_of_another_server_gives_nothing(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin organizer", person=LEADS, add=True)
    elsewhere = Actor(
        cohort.core, replace(cohort.ada.person, roles=frozenset({"R2"}), named_in="W2"), cohort.ada.place
    )
    await elsewhere.fails("cohort-admin show")
    other = await found_cohort(cohort.core, "Other", place=replace(cohort.ada.place, id="C7"))
    await holding(other.ada, "R2").fails("cohort-admin show")


async def test_who_leaves_leaves_what_a_role_gave(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin mentor", person=MENTORS, add=True)
    await holding(cohort.ada, "R1").ok("cohort members")
    await cohort.ada.ok("cohort leave")
    await cohort.ada.ok("cohort join")
    assert "mentor" not in await roles_of(cohort, "Ada")
    await holding(cohort.ada, "R1").ok("cohort members")
    assert "mentor through the role Mentors" in await roles_of(cohort, "Ada")


@pytest.mark.parametrize("command", ["cohort-admin remove", "feedback thank"])
async def test_a_role_is_nobody_where_a_person_is_meant(command: str, cohort: CohortFixture) -> None:
    words = {"words": "Hello"} if command == "feedback thank" else {}
    refused = await cohort.olu(command, person=MENTORS, **words)
    assert isinstance(refused, Reply)
    assert refused.error
    assert refused.field == "person"


async def test_a_guest_who_was_let_in_is_shown_with_who_did(cohort: CohortFixture) -> None:
    eve = cohort.somebody("Eve")
    await eve.ok("cohort join")
    await cohort.olu.ok("cohort-admin remove", person=PersonRef("U-eve", "Eve"), sure=True)
    await cohort.olu.ok("cohort-admin members", let_in=PersonRef("U-eve", "Eve"))
    assert "let in by Olu" in await roles_of(cohort, "Eve")
    assert isinstance(eve.person, Person)
