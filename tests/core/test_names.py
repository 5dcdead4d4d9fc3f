"""What members are called: one name a membership, and no two members under one name. Over both engines."""

from dataclasses import replace

import pytest

from core.chat.model import Person, Place, PlaceKind
from core.cohorts import directory, names
from core.store.open import migrations, statements
from core.store.port import Conn
from tests.conftest import NOW
from tests.people import Actor, CohortFixture, found_cohort, text_of

T0 = NOW


def shown(conn: Conn, cohort_id: int) -> list[str]:
    return [each.name for each in directory.members(conn, cohort_id)]


@pytest.mark.case(49)
async def test_name_of_one_server_is_not_shown_in_another(cohort: CohortFixture) -> None:
    here, there = Place("chat", "S1", "C1"), Place("chat", "S2", "C2")
    core = cohort.core
    lab, club = await found_cohort(core, "Lab", place=here), await found_cohort(core, "Club", place=there)
    ann = Person("chat", "", "U-ann", "Dr Ann", named_in="S1")
    in_lab = Actor(core, ann, here)
    in_club = Actor(core, replace(ann, name="Annie", named_in="S2"), there)
    for actor in (in_lab, in_club):
        await actor.ok("cohort join")
    await in_lab.ok("profile reminders", on="yes")
    assert "Dr Ann" in await core.store.read(shown, lab.id)
    assert "Annie" in await core.store.read(shown, club.id)
    direct = Place("chat", "", "D1", PlaceKind.DIRECT)
    await Actor(core, replace(ann, name="ann_global", named_in=""), direct).ok("profile back")
    for cohort_id in (lab.id, club.id):
        assert "ann_global" not in await core.store.read(shown, cohort_id)


async def test_two_of_one_name_are_told_apart(cohort: CohortFixture) -> None:
    other = Person("test", "W", "U-ada2", "ada", handle="ada.two")
    await Actor(cohort.core, other).ok("cohort join")
    assert (await cohort.core.store.read(shown, cohort.id))[:2] == ["Ada", "ada (@ada.two)"]
    asked = await cohort.ben.fails("reading swap", person="Ada", item="1")
    assert "Ada, ada (@ada.two)" in text_of(asked)
    await Actor(cohort.core, replace(cohort.ada.person, handle="ada.one")).ok("profile back")
    await Actor(cohort.core, replace(other, name="Ada")).ok("profile back")
    assert (await cohort.core.store.read(shown, cohort.id))[:2] == ["Ada (@ada.one)", "Ada (@ada.two)"]
    await Actor(cohort.core, replace(other, name="Adele")).ok("profile back")
    assert (await cohort.core.store.read(shown, cohort.id))[:2] == ["Ada", "Adele"]


async def test_without_handles_the_later_one_has_a_number(cohort: CohortFixture) -> None:
    for at, name in enumerate(("Ada", "ADA", "Ada (2)")):
        await Actor(cohort.core, Person("test", "W", f"U-{at}", name)).ok("cohort join")
    found = await cohort.core.store.read(shown, cohort.id)
    assert found[:4] == ["Ada", "Ada (2)", "Ada (2) (2)", "ADA (3)"]


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("Ada", "ada", True),
        ("Ada (@ada.two)", "ada", True),
        ("Ada (@ada.two)", "Ada.Two", True),
        ("Ada (@ada.two)", "ada (@ada.two)", True),
        ("Ada (2)", "ada", True),
        ("Ada (Berlin)", "ada", False),
        ("Adam", "ada", False),
        ("Ada (@ada.two)", "two", False),
    ],
)
def test_who_may_be_meant(name: str, typed: str, meant: bool) -> None:
    assert names.matches(name, typed) is meant


async def test_id_instead_of_a_name_renames_nobody(cohort: CohortFixture) -> None:
    await Actor(cohort.core, replace(cohort.ada.person, name="U-ada")).ok("profile back")
    assert "Ada" in await cohort.core.store.read(shown, cohort.id)


async def test_names_of_an_older_database_are_carried_over(cohort: CohortFixture) -> None:
    def older(conn: Conn) -> None:
        conn.run("UPDATE person SET name = 'Ada' WHERE name IN ('Ben', 'Olu')")
        conn.run("UPDATE member SET name = '', called = ''")
        (sql,) = (sql for number, sql in migrations() if number == 19)
        for statement in statements(sql):
            if statement.startswith("UPDATE"):
                conn.run(statement)

    await cohort.core.store.write(older)
    assert await cohort.core.store.read(shown, cohort.id) == ["Ada", "Ada (2)", "Ada (3)", "Mina"]
