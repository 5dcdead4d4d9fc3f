"""Files that wait for a second call: for a day, for their giver alone."""

from datetime import timedelta

from core.chat.model import Person, Upload
from core.commands import kept_files
from tests.conftest import NOW
from tests.people import CohortFixture

FILE = Upload("a.yml", "- title: Größe 📚\n".encode() * 1000, "text/yaml")


async def test_a_file_is_kept_for_its_giver(cohort: CohortFixture) -> None:
    write, read = cohort.core.store.write, cohort.core.store.read
    token = await write(kept_files.keep, cohort.id, cohort.ada.person, FILE, NOW)
    assert kept_files.is_token(token)
    assert await read(kept_files.find, cohort.ada.person, token) == FILE
    assert await read(kept_files.find, cohort.ben.person, token) is None
    other = Person("test", "W2", cohort.ada.person.id, "Ada")
    assert await read(kept_files.find, other, token) is None
    assert await read(kept_files.find, cohort.ada.person, f"file-{'x' * 22}") is None


async def test_three_of_an_account_are_kept_for_a_day(cohort: CohortFixture) -> None:
    write, read, ada = cohort.core.store.write, cohort.core.store.read, cohort.ada.person
    tokens = [
        await write(kept_files.keep, cohort.id, ada, FILE, NOW + timedelta(minutes=at)) for at in range(5)
    ]
    assert [await read(kept_files.find, ada, each) is not None for each in tokens] == [False] * 2 + [True] * 3
    assert await write(kept_files.purge, NOW + timedelta(days=1, minutes=3, seconds=1), 200) == 2
    assert await read(kept_files.find, ada, tokens[-1]) == FILE
