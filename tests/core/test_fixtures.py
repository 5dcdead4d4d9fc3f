"""The ground that the other tests stand on."""

from core.cohorts import directory
from tests.people import CohortFixture


async def test_cohort_has_its_people(cohort: CohortFixture) -> None:
    members = await cohort.core.store.read(directory.members, cohort.id)
    assert [(each.name, each.organizer, each.mentor) for each in members] == [
        ("Ada", False, False),
        ("Ben", False, False),
        ("Mina", False, True),
        ("Olu", True, False),
    ]
    here = await cohort.core.store.read(directory.cohort_of_place, cohort.ada.place)
    assert here is not None
    assert here.id == cohort.id
