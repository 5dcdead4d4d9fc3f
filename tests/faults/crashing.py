"""One crash run: cohorts with schedules on both platforms, processes killed at a step, and what is left."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.discord.outlet import nonce_of
from core.chat.model import Place, Records
from core.chat.text import as_text
from core.clock import FixedClock
from core.cohorts import directory
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.delivery import deferred, notices, phrases, schedules
from core.store.open import open_store
from core.store.port import Conn, Store
from tests.faults.running import KILLED, Killable, Killer, KillingSlack, Launcher
from tests.people import CohortFixture, answered, found_cohort
from tests.servers.discord import DiscordServer
from tests.servers.slack import SIGNING_SECRET

DUE = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
"""A Tuesday, 09:30 in Berlin."""

CHANNELS = 4
"""On each platform."""

LEASE_OVER = timedelta(seconds=75)

SERVED = {"lost": False, "after post": True}
"""Steps at which a server kills: the request arrived and was not taken, or was taken and not answered."""


@dataclass
class Run:
    """One seed: its world, and what happened in it. `name` sets its chances apart, `url` is its own migrated
    database."""

    name: str
    step: str
    url: str
    log: Path
    registry: Registry
    discord: DiscordServer
    slack: KillingSlack
    days: int = 1
    look_back: bool = True
    grounds: list[CohortFixture] = field(default_factory=list)
    kills: int = 0
    starts: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.name)  # noqa: S311 - it guards nothing
        self.killer = Killer()
        self.slack.killer = self.killer
        self.discord.fault("POST", r"/channels/\d+/messages$", self.killer.on_discord, times=10**6)
        self.slack.add_member(self.slack.workspace, "U-olu", "Olu")
        if self.look_back:
            self.slack.workspace.scopes.add("channels:history")

    async def prepare(self) -> None:
        """A cohort in every channel, each with schedules for the same minute, two of them of the same words."""
        store = await open_store(self.url)
        core = Core(
            self.registry,
            store,
            FixedClock(DUE - timedelta(days=self.days - 1, hours=3)),
            extend_reply=deferred.add_to_reply,
        )
        guild = self.discord.home
        for n in range(CHANNELS):
            here = self.discord.add_channel(f"d{n}")
            there = self.slack.add_channel(f"s{n}")
            for place in (
                Place("discord", guild.id, here.id, name=here.name),
                Place("slack", self.slack.workspace.team_id, there.id, name=there.name),
            ):
                cohort_fixture = await found_cohort(core, f"Lab {place.name}", place=place)
                await store.write(_schedule, cohort_fixture.id, core.clock.now(), self.random.randint(2, 3))
                self.grounds.append(cohort_fixture)
        await store.close()

    def environment(self, now: datetime) -> Mapping[str, str]:
        """What an operator sets."""
        return {
            "COHORT_DATABASE_URL": self.url,
            "COHORT_HTTP": "127.0.0.1:0",
            "COHORT_CLOCK": now.isoformat(),
            "DISCORD_TOKEN": self.discord.token,
            "DISCORD_API_URL": self.discord.api_url,
            "SLACK_BOT_TOKEN": self.slack.workspace.token,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_URL": self.slack.api_url,
        }

    async def crash(self, launcher: Launcher, kills: int, most: int) -> None:
        """Start and kill, several times, each time at a random occurrence of the step; then let it finish."""
        now = DUE + timedelta(minutes=self.random.choice((0, 90)) if self.days > 1 else 0)
        for _ in range(kills):
            await self._start(launcher, now, self.random.randint(1, most))
            now += LEASE_OVER
        for _ in range(12):
            code = await self._start(launcher, now, 0)
            assert code == 0, self.said
            now += LEASE_OVER
            if not await self.open():
                return
        raise AssertionError(f"it did not come to an end: {await self.open()}")

    async def _start(self, launcher: Launcher, now: datetime, nth: int) -> int:
        """One process, until it is killed or idle."""
        await launcher.start(self.environment(now), self.log, self.aim(launcher, nth), nth)
        code = await launcher.ended()
        self.count(code)
        return code

    def aim(self, victim: Killable, nth: int, *, by_name: bool = False) -> str:
        """Let the next process die at the n-th occurrence of the step, or not at all. The step, where it is
        to be killed from within."""
        self.killer.rest()
        if nth and self.step in SERVED:
            self.killer.aim(victim, nth, accepted=SERVED[self.step], by_name=by_name)
            return ""
        return self.step if nth else ""

    def count(self, code: int) -> None:
        """A process has ended."""
        self.starts += 1
        assert code in (0, KILLED), self.said
        self.kills += code == KILLED

    @property
    def said(self) -> str:
        """The last of what the processes wrote."""
        return self.log.read_text(encoding="utf-8")[-3000:]

    async def rows(self) -> list[dict[str, Any]]:
        """The outbox."""
        store = await open_store(self.url)
        try:
            return await store.read(_rows)
        finally:
            await store.close()

    async def open(self) -> list[str]:
        """The keys of posts that are not settled."""
        return [row["key"] for row in await self.rows() if row["state"] in ("pending", "sending")]

    # What must hold

    async def check(self) -> Counter[str]:
        """Assert everything that a crash must not break. How the posts ended."""
        rows = await self.rows()
        scheduled = [row for row in rows if row["schedule_id"] is not None]
        store = await open_store(self.url)
        try:
            expected = await store.read(_expected, self.days)
            assert {(row["schedule_id"], row["key"].split(":")[1]) for row in scheduled} == expected
            assert len(scheduled) == len(expected), "a slot has one row"
            seen = self.visible(rows)
            for row in scheduled:
                assert row["state"] in ("sent", "missed", "uncertain"), row
                self._judge(row, seen[row["key"]])
            assert not set(seen) - {row["key"] for row in rows}, "a post of no row"
            doubtful = {row["cohort_id"] for row in scheduled if row["state"] == "uncertain"}
            assert doubtful == {
                row["cohort_id"] for row in rows if row["kind"] == notices.UNCERTAIN_NOTICE
            }, "told"
            await self._listed(store, scheduled)
        finally:
            await store.close()
        return Counter(row["state"] for row in scheduled)

    def _judge(self, row: Mapping[str, Any], times: int) -> None:
        told = f"{row['key']} is {row['state']} and was seen {times} times"
        assert times <= 1, told
        if row["state"] == "sent":
            assert times == 1, told
        elif row["state"] == "missed":
            assert times == 0, told
        else:
            assert row["platform"] == "slack", told
            assert not self.look_back, told

    def visible(self, rows: list[dict[str, Any]]) -> Counter[str]:
        """How often each key is seen on the platforms."""
        seen: Counter[str] = Counter()
        keys = {nonce_of(row["key"]): row["key"] for row in rows}
        for message in self.discord.messages:
            if message.author == self.discord.bot_id:
                seen[keys.get(str(message.nonce), f"unknown {message.nonce}")] += 1
        for channel in self.slack.workspace.channels.values():
            for post in channel.messages:
                assert post.metadata is not None, post.text
                seen[post.metadata["event_payload"]["key"]] += 1
        return seen

    async def _listed(self, store: Store, scheduled: list[dict[str, Any]]) -> None:
        """`cohort-admin delivery` shows what was not sent."""
        core = Core(
            self.registry, store, FixedClock(DUE + timedelta(hours=2)), extend_reply=deferred.add_to_reply
        )
        for cohort_fixture in self.grounds:
            unsent = {
                str(row["id"])
                for row in scheduled
                if row["cohort_id"] == cohort_fixture.id and row["state"] in ("missed", "uncertain")
            }
            cohort_fixture.olu.core = core
            reply = answered(await cohort_fixture.olu("cohort-admin delivery"))
            rows = [row for block in reply.blocks if isinstance(block, Records) for row in block.rows]
            listed = {
                as_text(row.name).plain().split()[0].removeprefix("#")
                for row in rows
                if row.details[-1] in ("missed", "uncertain")
            }
            assert unsent <= listed, (unsent, listed)


def _schedule(conn: Conn, cohort_id: int, now: datetime, count: int) -> None:
    cohort = directory.cohort(conn, cohort_id)
    assert cohort is not None
    rule = phrases.read("daily 09:30", now.date()).recurrence
    for _ in range(count):
        schedules.add(conn, cohort, "checkin", "daily 09:30", rule, now)


def _rows(conn: Conn) -> list[dict[str, Any]]:
    names = ("id", "cohort_id", "schedule_id", "key", "platform", "state", "reason", "message_id", "kind")
    return [{name: row[name] for name in names} for row in conn.all("SELECT * FROM outbox ORDER BY id")]


def _expected(conn: Conn, days: int) -> set[tuple[int, str]]:
    """Every slot: each schedule on each of the dates."""
    ids = [row["id"] for row in conn.all("SELECT id FROM schedule")]
    dates = [date(2026, 11, 24) - timedelta(days=back) for back in range(days)]
    return {(each, day.isoformat()) for each in ids for day in dates}
