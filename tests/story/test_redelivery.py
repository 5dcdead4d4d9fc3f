"""Every command, delivered again by its platform: the same answer, and nothing more in the records."""

import json

import pytest

from core.chat.model import Reply
from core.cohorts import directory
from core.commands.registry import Registry
from core.commands.spec import Post
from core.delivery.forgetting import each_text
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


@pytest.mark.case(39)
@pytest.mark.parametrize("command", CALLS)
async def test_posts_can_be_shown_whatever_was_taken_out_of_them(
    command: str, sqlite_cohort: CohortFixture
) -> None:
    cohort = sqlite_cohort
    await seed_cohort(cohort)
    call = CALLS[command]
    for who, earlier, args in [*call.before, (call.by, command, call.args)]:
        await somebody(cohort, who).send(earlier, args)
    for sent in await cohort.core.store.read(cleaned, cohort.id):
        await cohort.core.registry.posts[sent.kind].render(cohort.core, sent)


def cleaned(conn: Conn, cohort_id: int) -> list[Post]:
    """All posts, without a word in their data."""
    lab = directory.cohort(conn, cohort_id)
    assert lab is not None
    return [
        Post(row["id"], lab, row["kind"], each_text(json.loads(row["data"]), lambda _: "…"), row["slot_at"])
        for row in conn.all("SELECT id, kind, data, slot_at FROM outbox WHERE cohort_id = :id", id=cohort_id)
    ]


def sent_to_people(conn: Conn) -> list[str]:
    """The kinds of posts that were written for persons."""
    return [row["kind"] for row in conn.all("SELECT DISTINCT kind FROM outbox WHERE direct = 1")]
