"""Every kind of scheduled post, made from a cohort with odd records: it can be stored, rendered and pressed."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from core.chat.model import Picture, Reply
from core.chat.text import as_text
from core.clock import local_date
from core.cohorts import directory
from core.commands.registry import discover
from core.commands.spec import Post
from core.commands.stored_call import StoredCall
from core.delivery.forgetting import each_text
from core.store.port import Conn
from tests.conftest import NOW
from tests.people import CohortFixture, buttons_of
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "digest preview": Redelivered(),
    "digest show": Redelivered(),
    "digest mine": Redelivered(),
    "digest personal": Redelivered({"on": "yes"}),
}
"""A call of every command, which the walk in `tests/story` also delivers a second time."""

ODD = "“Ba$$in” @everyone <!channel> 👩‍🔬 **bold** `code` > quote " + "long " * 30
SCHEDULES = sorted(discover().schedules)


async def fill(cohort: CohortFixture) -> None:
    """Something of everything that posts tell about."""
    await cohort.ada.ok("submission add", title=ODD)
    await cohort.ben.ok("reading add", reference=ODD, why=ODD)
    await cohort.ada.ok("checkin now", progress=ODD, negative="yes", learned=ODD)


async def composed(cohort: CohortFixture, kind: str) -> Post | None:
    """What a schedule of this kind posts now, as it comes out of the outbox."""
    found = cohort.core.registry.schedules[kind]

    def compose(conn: Conn) -> Post | None:
        lab = directory.cohort(conn, cohort.id)
        assert lab is not None
        data = found.compose(conn, lab, local_date(NOW, lab.zone), NOW + timedelta(microseconds=1))
        if data is None:
            return None
        stored = json.loads(json.dumps(data))
        assert stored == data, "only JSON values come back from the outbox as they were"
        return Post(1_234_567, lab, found.post, stored, NOW)

    return await cohort.core.write(cohort.id, compose)


@pytest.mark.parametrize("kind", SCHEDULES)
async def test_post_for_everybody_can_be_rendered_and_its_buttons_fit(
    cohort: CohortFixture, kind: str
) -> None:
    await fill(cohort)
    post = await composed(cohort, kind)
    assert post is not None, f"{kind} has nothing to post in a cohort with records"
    registry = cohort.core.registry
    reply = await registry.posts[post.kind].render(cohort.core, post)
    assert isinstance(reply, Reply)
    assert as_text(reply.text).plain().strip()
    for block in reply.blocks:
        assert not isinstance(block, Picture) or (block.alt and block.png.startswith(b"\x89PNG"))
    for button in buttons_of(reply):
        # Posts cannot use drafts, which belong to one account. The sender adds the cohort.
        assert button.cohort in (None, cohort.id)
        assert len(StoredCall.of_button(button, 1_234_567).pack()) <= 100
        command = registry.commands[button.command]
        assert all(command.param(name) for name in button.args)
        assert 1 <= len(button.label) <= 75


@pytest.mark.case(39)
@pytest.mark.parametrize("kind", SCHEDULES)
async def test_post_can_be_rendered_whatever_was_taken_out_of_it(
    sqlite_cohort: CohortFixture, kind: str
) -> None:
    await fill(sqlite_cohort)
    post = await composed(sqlite_cohort, kind)
    assert post is not None
    cleaned = replace(post, data=each_text(post.data, lambda _: "…"))
    await sqlite_cohort.core.registry.posts[post.kind].render(sqlite_cohort.core, cleaned)


@pytest.mark.parametrize("kind", SCHEDULES)
async def test_same_stored_post_gives_same_message(sqlite_cohort: CohortFixture, kind: str) -> None:
    await fill(sqlite_cohort)
    post = await composed(sqlite_cohort, kind)
    assert post is not None
    render = sqlite_cohort.core.registry.posts[post.kind].render
    assert await render(sqlite_cohort.core, post) == await render(sqlite_cohort.core, post)


@pytest.mark.parametrize("kind", SCHEDULES)
async def test_in_empty_cohort_nothing_breaks(sqlite_cohort: CohortFixture, kind: str) -> None:
    post = await composed(sqlite_cohort, kind)
    if post is not None:
        reply = await sqlite_cohort.core.registry.posts[post.kind].render(sqlite_cohort.core, post)
        assert as_text(reply.text).plain().strip()
