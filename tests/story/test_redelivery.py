"""Every command, delivered again by its platform: the same answer, and nothing more in the records."""

import pytest

from core.chat.model import Reply
from core.commands.registry import Registry
from core.store.port import Conn
from tests.people import CohortFixture
from tests.redelivery import declared, dump, seed_cohort, somebody

CALLS = declared()


def test_every_command_is_called(registry: Registry) -> None:
    # The lottery's commands keep no records.
    expected = {name for name, command in registry.commands.items() if command.group != "lottery"}
    assert set(CALLS) == expected, "declare a call of a new command in REDELIVERED of its feature's tests"


@pytest.mark.case(1)
@pytest.mark.parametrize("command", CALLS)
async def test_command_delivered_again(command: str, sqlite_cohort: CohortFixture) -> None:
    await seed_cohort(sqlite_cohort)
    call = CALLS[command]
    for who, earlier, args in call.before:
        step = await somebody(sqlite_cohort, who).send(earlier, args)
        assert isinstance(step, Reply), step
        assert not step.error, step.text
    caller = somebody(sqlite_cohort, call.by)
    first = await caller.send(command, call.args)
    assert isinstance(first, Reply), first
    assert not first.error, first.text
    records = await sqlite_cohort.core.store.read(dump)
    assert await caller.again() == first
    assert await caller.again() == first
    assert await sqlite_cohort.core.store.read(dump) == records
    posts = sqlite_cohort.core.registry.posts
    for kind in await sqlite_cohort.core.store.read(sent_to_people):
        assert posts[kind].notice or posts[kind].always, (
            f"{kind} goes to a person: say its notice=, or why it comes always="
        )


def sent_to_people(conn: Conn) -> list[str]:
    """The kinds of posts that were written for persons."""
    return [row["kind"] for row in conn.all("SELECT DISTINCT kind FROM outbox WHERE direct = 1")]
