"""The table of rights, walked: each command, by each standing, in each way in."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from core.chat.model import Form, PersonRef, Reply, Source
from core.chat.text import Sayable, as_text
from core.cohorts import members
from core.cohorts.model import Cohort
from core.commands import access
from core.commands.registry import discover
from core.commands.rights import RIGHTS, Standing, may, standings
from core.commands.spec import Access
from core.errors import UserError
from core.store.port import Conn, Store
from core.store.scoped import within
from tests.people import Actor, CohortFixture, text_of

_TEXTS: tuple[Sayable, ...] = (*access.REFUSALS.values(), access.NOT_A_MEMBER, access.GUESTS)
REFUSED = {as_text(each).plain() for each in _TEXTS} | {
    "I do not work in group messages. Please use your cohort's channel."
}
COMMANDS = discover().commands


class _Written(UserError):
    """A command got as far as writing, which is further than who may not run it gets."""


@dataclass
class _ReadOnly:
    """A store of which nothing is changed, so that one cohort serves the whole walk."""

    store: Store

    async def write(self, *_: Any, **__: Any) -> Any:
        raise _Written("It would have been written.")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


@pytest.fixture
def walked(sqlite_cohort: CohortFixture) -> CohortFixture:
    core = replace(sqlite_cohort.core, store=_ReadOnly(sqlite_cohort.core.store))
    people = {
        name: Actor(core, getattr(sqlite_cohort, name).person) for name in ("olu", "mina", "ada", "ben")
    }
    return CohortFixture(core, sqlite_cohort.id, **people)


def _somebody(cohort: CohortFixture, standing: Standing) -> Actor:
    match standing:
        case Standing.STRANGER:
            return cohort.somebody("Nia")
        case Standing.GUEST:
            return cohort.somebody("Gus", guest=True)
        case Standing.MANAGER:
            return cohort.somebody("Zoe", manager=True)
        case Standing.MENTOR:
            return cohort.mina
        case Standing.ORGANIZER:
            return cohort.olu
        case _:
            return cohort.ada


WALKED = sorted(set(Standing) - {Standing.RESCUER})


def _is_refused(result: Reply | Form) -> bool:
    return isinstance(result, Reply) and result.error and text_of(result) in REFUSED


@pytest.mark.case(30, 31)
@pytest.mark.parametrize("standing", WALKED)
@pytest.mark.parametrize("source", [Source.COMMAND, Source.BUTTON, Source.FORM])
async def test_every_command_in_every_way(source: Source, standing: Standing, walked: CohortFixture) -> None:
    who = _somebody(walked, standing)
    held = {Standing.MEMBER, standing} if standing in (Standing.MENTOR, Standing.ORGANIZER) else {standing}
    wrong = []
    for name, command in COMMANDS.items():
        if command.group == "lottery":  # for everybody, and slow; the lottery's own tests call them
            assert command.access in (Access.ANYONE, Access.MEMBER)
            continue
        cohort = walked.id if source is Source.BUTTON else None
        got = await who.send(name, {}, cohort, source, "m1" if source is Source.BUTTON else "")
        assert "a minute" not in text_of(got), "everything has to be asked"
        if _is_refused(got) == may(command.access, frozenset(held)):
            wrong.append((name, command.access, text_of(got)))
    assert not wrong


@pytest.mark.case(30)
@pytest.mark.parametrize("standing", WALKED)
async def test_nothing_is_completed_for_who_may_not(standing: Standing, sqlite_cohort: CohortFixture) -> None:
    cohort, asked = sqlite_cohort, 0
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="fridays 16:00")
    await cohort.ada.ok("submission add", title="A paper")
    await cohort.ada.ok("reading add", reference="You and Your Research")
    who = _somebody(cohort, standing)
    held = {Standing.MEMBER, standing} if standing in (Standing.MENTOR, Standing.ORGANIZER) else {standing}
    await who.send("cohort about", {})
    assert who.last is not None
    for name, command in COMMANDS.items():
        for param in command.params:
            if not param.completes or may(command.access, frozenset(held)):
                continue
            offered = await cohort.core.complete(replace(who.last, command=name), param.name, "")
            assert offered == (), (name, param.name)
            asked += 1
    assert asked or standing is Standing.ORGANIZER
    missing = [
        (name, param)
        for name, param in (("cohort-admin schedule-pause", "schedule"), ("submission show", "paper"))
        if may(COMMANDS[name].access, frozenset(held))
        and not await cohort.core.complete(replace(who.last, command=name), param, "")
    ]
    assert not missing, "who may is offered something, or the rest says nothing"


@pytest.mark.case(46)
async def test_who_was_removed_is_a_stranger(cohort: CohortFixture) -> None:
    form = await cohort.ada.send("submission add", {})
    assert isinstance(form, Form)
    await cohort.olu.ok("cohort-admin remove", person=PersonRef("U-ada", "Ada"), sure=True)
    for source in (Source.COMMAND, Source.BUTTON, Source.FORM):
        got = await cohort.ada.send("submission add", {"title": "Mine"}, cohort.id, source, "m1")
        assert _is_refused(got), text_of(got)


@pytest.mark.case(47)
async def test_a_manager_rescues_only_where_nobody_organizes(cohort: CohortFixture) -> None:
    zoe = cohort.somebody("Zoe", manager=True)
    assert _is_refused(await zoe.send("cohort-admin show", {}))

    def step_down(conn: Conn) -> None:
        (olu,) = (each for each in members.members(conn, cohort.id) if each.organizer)
        members.set_organizer(within(conn, cohort.id), olu.id, False)

    await cohort.core.store.write(step_down)
    assert not _is_refused(await zoe.send("cohort-admin show", {}))
    assert _is_refused(await cohort.ada.send("cohort-admin show", {}))


def test_more_is_asked_of_fewer() -> None:
    assert RIGHTS[Access.ANYONE] > RIGHTS[Access.MEMBER] > RIGHTS[Access.MENTOR]
    assert set(RIGHTS) == set(Access)
    assert standings(None) == {Standing.STRANGER}
    assert standings(None, guest=True, manages=True) == {Standing.GUEST, Standing.MANAGER}


async def test_what_an_organizer_may_is_not_asked_of_the_workspace(
    cohort: CohortFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    manages = Actor(cohort.core, replace(cohort.olu.person, manager=True), cohort.olu.place)

    def managed(*_: object) -> list[Cohort]:
        raise AssertionError("being an organizer is enough")

    monkeypatch.setattr(access, "managed", managed)
    assert "4 people" in text_of(await manages.ok("cohort-admin members"))
