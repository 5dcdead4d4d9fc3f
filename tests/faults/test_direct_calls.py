"""Calls for check-ins by direct message to many, through both platforms' real clients: paced, edited when the next one comes,
and each exactly once however often the process is killed."""

import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from core.chat.model import Person, Place
from core.clock import FixedClock
from core.cohorts import directory, people
from core.cohorts.model import Cohort
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.delivery import pacing, phrases, schedules
from core.delivery.schedules import Follow
from core.store.open import open_store
from core.store.port import Conn
from tests.faults.conftest import Databases
from tests.faults.crashing import DUE, Run
from tests.faults.running import KillingSlack, Launcher
from tests.faults.two_platforms import two_platforms
from tests.people import found_cohort
from tests.servers.discord import DiscordServer

MEMBERS = 14
"""Of each cohort, beside those that it begins with."""


def add_members(conn: Conn, cohort_id: int, persons: list[Person], core: Core) -> None:
    """Members who all asked to be called."""
    now = core.clock.now()
    for person in persons:
        person_id = directory.ensure_person(conn, person, now)
        directory.add_member(conn, cohort_id, person_id, now)
        people.set_wanted(conn, person_id, "calls", True)


async def test_calls_are_paced_on_both_platforms_and_lose_their_buttons(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here, there = await stage.on_discord("here"), await stage.on_slack("there")
        core, team = stage.bot.core, stage.slack.workspace
        on_discord = [stage.discord.add_person(f"D{n}") for n in range(MEMBERS)]
        for n in range(MEMBERS):
            stage.slack.add_member(team, f"UM{n}", f"S{n}")
        there.channel.members |= {f"UM{n}" for n in range(MEMBERS)}
        await core.store.write(
            add_members, here.id, [Person("discord", "", each.id, each.name) for each in on_discord], core
        )
        await core.store.write(
            add_members,
            there.id,
            [Person("slack", team.team_id, f"UM{n}", f"S{n}") for n in range(MEMBERS)],
            core,
        )
        for lab in (here, there):
            await lab.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30", follow="member")

        def called() -> tuple[int, int]:
            direct = [each.direct.messages for each in on_discord]
            slack = [team.direct(f"UM{n}").messages for n in range(MEMBERS)]
            return sum(map(len, direct)), sum(map(len, slack))

        await stage.later(minutes=30)
        assert called() == (pacing.BURST, pacing.BURST)
        await stage.later(seconds=2)
        assert called() == (pacing.BURST + 1, pacing.BURST + 2), "one in two seconds, and one a second"
        for _ in range(8):
            await stage.later(seconds=2)
        assert called() == (MEMBERS, MEMBERS)
        one = on_discord[0].direct.messages[0]
        assert "You asked to be called here" in one.text
        await stage.later(hours=24)
        for _ in range(30):
            await stage.later(seconds=2)
        assert called() == (2 * MEMBERS, 2 * MEMBERS)
        closed = "Check-in, Tue 24 Nov 2026, is closed: the next one has come."
        read = [[one.text for one in each.direct.messages] for each in on_discord]
        read += [[one.text for one in team.direct(f"UM{n}").messages] for n in range(MEMBERS)]
        for first, second in read:
            assert first.replace("*", "") == closed
            assert "Check-in, Wed 25 Nov" in second


@dataclass
class CallsRun(Run):
    """One seed: a cohort on each platform whose members are all called by direct message."""

    people_of: dict[str, list[Person]] = field(default_factory=dict)

    async def prepare(self) -> None:
        """The cohorts, with a schedule each."""
        store = await open_store(self.url)
        core = Core(self.registry, store, FixedClock(DUE - timedelta(hours=3)))
        here, there = self.discord.add_channel("here"), self.slack.add_channel("there")
        team = self.slack.workspace
        persons = {
            "discord": [
                Person("discord", "", self.discord.add_person(f"D{n}").id, f"D{n}") for n in range(MEMBERS)
            ],
            "slack": [Person("slack", team.team_id, f"UM{n}", f"S{n}") for n in range(MEMBERS)],
        }
        for each in persons["slack"]:
            self.slack.add_member(team, each.id, each.name)
            there.members.add(each.id)
        for place in (
            Place("discord", self.discord.home.id, here.id, name="here"),
            Place("slack", team.team_id, there.id, name="there"),
        ):
            lab = await found_cohort(core, f"Lab {place.name}", place=place)
            await store.write(add_members, lab.id, persons[place.platform], core)
            await store.write(_schedule, lab.id, core)
            self.grounds.append(lab)
        self.people_of = persons
        await store.close()

    async def open(self) -> list[str]:
        """The keys of posts that are not settled, those that wait for their turn among them."""
        return [row["key"] for row in await self.rows() if row["state"] in ("pending", "sending", "held")]

    async def check(self) -> Counter[str]:
        """Everybody was called once."""
        rows = [row for row in await self.rows() if row["schedule_id"] is not None]
        assert len(rows) == 2 * MEMBERS
        seen = self.visible(rows)
        assert seen == Counter({row["key"]: 1 for row in rows}), "each exactly once"
        return Counter(row["state"] for row in rows)


def _schedule(conn: Conn, cohort_id: int, core: Core) -> None:
    cohort: Cohort | None = directory.cohort(conn, cohort_id)
    assert cohort is not None
    rule = phrases.read("daily 09:30", DUE.date()).recurrence
    schedules.add(conn, cohort, "checkin", "daily 09:30", rule, core.clock.now(), follow=Follow.MEMBER)


@pytest.fixture(params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Makes databases of an engine."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


@pytest.mark.parametrize("step", ["during release", "before post", "after post", "before settle"])
@pytest.mark.case(4, 5)
async def test_killed_in_the_middle_each_is_called_once(
    registry: Registry, launchers: list[Launcher], tmp_path: Path, databases: Databases, step: str
) -> None:
    url = databases(f"calls_{step}".replace(" ", "_"))
    async with DiscordServer() as discord, KillingSlack() as slack:
        run = CallsRun(f"calls {step}", step, url, tmp_path / "bot.log", registry, discord, slack)
        await run.prepare()
        try:
            await run.crash(launchers[0], kills=3, most=1 if step == "during release" else 12)
        finally:
            await launchers[0].clear()
        ended = await run.check()
    sys.stdout.write(f"killed {step}: {dict(ended)}, {run.kills} kills\n")
    assert run.kills
    assert ended == Counter(sent=2 * MEMBERS)
