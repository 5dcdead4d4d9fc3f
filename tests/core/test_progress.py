"""How far a long answer has come, where an adapter can show it."""

import pytest

from core.chat.model import Button, Buttons, Reply, Request
from core.commands.dispatch import Call, Show
from tests.people import Actor, CohortFixture

AGAIN = Button("Another one", "lottery simulate")


@pytest.fixture
def ada(sqlite_cohort: CohortFixture) -> Actor:
    """A member."""
    return sqlite_cohort.ada


def progressing(actor: Actor, show: Show | None) -> Call:
    """A call that takes long, and what shows its progress."""
    request = Request("p", "lottery simulate", actor.person, actor.place)
    return Call(actor.core, request, None, actor.core.clock.now(), _show=show)


async def test_progress_that_cannot_be_shown_does_not_touch_answer(ada: Actor) -> None:
    tried = 0

    async def broken(reply: Reply) -> None:
        nonlocal tried
        tried += 1
        raise OSError("gone")

    call = progressing(ada, broken)
    await call.progress("Half", AGAIN)
    await call.progress("More")
    assert tried == 1


async def test_without_somebody_to_show_it_to_progress_is_silent(ada: Actor) -> None:
    await progressing(ada, None).progress("Half")


async def test_progress_belongs_to_cohort_and_carries_its_buttons(sqlite_cohort: CohortFixture) -> None:
    shown: list[Reply] = []

    async def show(reply: Reply) -> None:
        shown.append(reply)

    await progressing(sqlite_cohort.ada, show).progress("Half", AGAIN)
    assert shown == [Reply("Half", (Buttons((AGAIN,)),), private=True)]
