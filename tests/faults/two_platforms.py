"""The whole bot in this process, connected to a Discord and a Slack on loopback, with cohorts on both."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from core.chat.model import Person, Place
from core.cohorts import directory, people
from core.delivery import outbox, phrases, schedules
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.store.port import Conn, Store
from tests.people import Actor
from tests.servers.discord import Channel as DiscordChannel
from tests.servers.discord import DiscordServer
from tests.servers.discord import Person as DiscordPerson
from tests.servers.discord.pointing import restored
from tests.servers.slack import SIGNING_SECRET, SlackServer
from tests.servers.slack import Channel as SlackChannel
from tests.story.bot import Bot, settings

BEGIN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""A Tuesday, nine in the morning in Berlin."""

Row = Mapping[str, Any]


@dataclass
class CohortOnPlatform:
    """A cohort in a channel: Olu organizes, Ada is a member. `channel` is the platform's own."""

    place: Place
    channel: Any
    olu: Actor
    ada: Actor
    id: int = 0

    @property
    def target(self) -> Target:
        """Its channel as the outbox names it."""
        return Target(self.place.platform, self.place.workspace, self.place.channel)

    @property
    def texts(self) -> list[str]:
        """What stands in its channel."""
        return [message.text for message in self.channel.messages]


@dataclass
class TwoPlatforms:
    """The bot and the platforms."""

    bot: Bot
    discord: DiscordServer
    slack: SlackServer
    people: dict[str, DiscordPerson] = field(default_factory=dict)

    async def on_discord(self, name: str) -> CohortOnPlatform:
        """A cohort in a new channel of the Discord server."""
        channel: DiscordChannel = self.discord.add_channel(name)
        await self.discord.tell_channel(channel)
        for who in ("Olu", "Ada"):
            if who not in self.people:
                self.people[who] = self.discord.add_person(who, manager=who == "Olu")
        place = Place("discord", self.discord.home.id, channel.id, name=name)
        return await self._found(place, channel, "", {who: each.id for who, each in self.people.items()})

    async def on_slack(self, name: str) -> CohortOnPlatform:
        """A cohort in a new channel of the Slack workspace."""
        slack, team = self.slack, self.slack.workspace
        for user, who in (("UOLU", "Olu"), ("UADA", "Ada")):
            if user not in team.members:
                slack.add_member(team, user, who)
        channel: SlackChannel = slack.add_channel(name)
        place = Place("slack", team.team_id, channel.id, name=name)
        return await self._found(place, channel, team.team_id, {"Olu": "UOLU", "Ada": "UADA"})

    async def _found(
        self, place: Place, channel: Any, workspace: str, ids: Mapping[str, str]
    ) -> CohortOnPlatform:
        core = self.bot.core
        olu = Person(place.platform, workspace, ids["Olu"], "Olu", manager=True)
        ada = Person(place.platform, workspace, ids["Ada"], "Ada")
        lab = CohortOnPlatform(place, channel, Actor(core, olu, place), Actor(core, ada, place))
        await lab.olu.ok("cohort-admin setup", name=f"Lab {place.name}", timezone="Europe/Berlin")
        await lab.ada.ok("cohort join")
        lab.id = await core.store.read(_cohort_of, place.channel)
        await self.flush()
        channel.messages.clear()
        return lab

    async def post(self, lab: CohortOnPlatform, key: str) -> None:
        """Put a post for its channel into the outbox and send what can be sent."""
        now = self.bot.clock.now()
        await self.bot.core.store.write(_enqueue, lab.id, key, lab.target, now)
        await self.flush()

    async def schedule(self, lab: CohortOnPlatform, when: str = "daily 09:30", **more: str) -> None:
        """A check-in call."""
        lab.olu.core = self.bot.core
        if more.get("follow") == "member":
            await self.bot.core.store.write(_want_calls, lab.id)
        await lab.olu.ok("cohort-admin schedule-add", kind="checkin", when=when, **more)

    async def schedule_quietly(self, lab: CohortOnPlatform, when: str = "daily 09:30") -> None:
        """A check-in call for a cohort that takes no commands now."""
        await self.bot.core.store.write(_add_schedule, lab.id, when, self.bot.clock.now())

    async def restart(self) -> None:
        """Stop the bot and start it again over the same records, at the same time and address."""
        await self.bot.stop()
        await self.bot.start()

    async def flush(self) -> None:
        """Fire and send what is due now."""
        await self.bot.application.delivery.flush()

    async def later(self, **time: float) -> None:
        """Let time pass, then send what is due."""
        self.bot.clock.move_to(self.bot.clock.now() + timedelta(**time))
        await self.flush()

    async def rows(self, lab: CohortOnPlatform | None = None) -> list[Row]:
        """The outbox, changes of posts apart, or that of one cohort's channel."""
        rows = await self.bot.core.store.read(outbox_rows)
        return [row for row in rows if lab is None or row["channel"] == lab.place.channel]

    async def states(self, lab: CohortOnPlatform) -> list[str]:
        """How the posts of a cohort's channel stand, welcome apart."""
        return [row["state"] for row in await self.rows(lab)][1:]


@asynccontextmanager
async def two_platforms(
    url: str,
    *,
    app_token: str | None = None,
    before: Callable[[DiscordServer, SlackServer], None] = lambda _discord, _slack: None,
) -> AsyncIterator[TwoPlatforms]:
    """Start everything, and stop it. With an app token Slack is connected over Socket Mode. `before` may
    prepare the platforms before the bot starts."""
    async with DiscordServer() as discord, SlackServer() as slack:
        before(discord, slack)
        given = {
            "discord_token": discord.token,
            "discord_api_url": discord.api_url,
            "slack_bot_token": slack.workspace.token,
            "slack_signing_secret": SIGNING_SECRET,
            "slack_api_url": slack.api_url,
            **({"slack_app_token": app_token} if app_token else {}),
        }
        with restored():
            bot = Bot(settings(url, BEGIN, **given))
            await bot.start()
            slack.send_to(bot.address + "/slack/events")
            try:
                yield TwoPlatforms(bot, discord, slack)
            finally:
                await bot.stop()


def outbox_rows(conn: Conn) -> list[Row]:
    """Every row of the outbox, oldest first."""
    names = ("id", "key", "kind", "state", "reason", "attempts", "channel", "direct", "message_id", "late")
    return [
        {name: row[name] for name in names}
        for row in conn.all("SELECT * FROM outbox WHERE edits IS NULL ORDER BY id")
    ]


async def until(store: Store, fn: Callable[[Conn], bool], within: float = 10.0) -> None:
    """Wait until the records say something that comes from outside and that nothing else tells of."""
    async with asyncio.timeout(within):
        while not await store.read(fn):
            pass


def suspended(conn: Conn) -> bool:
    """Whether every cohort is suspended."""
    row = conn.one("SELECT count(*) AS n FROM cohort WHERE suspended_at IS NULL")
    return row is not None and row["n"] == 0


def _add_schedule(conn: Conn, cohort_id: int, when: str, now: datetime) -> None:
    cohort = directory.cohort(conn, cohort_id)
    assert cohort is not None
    schedules.add(conn, cohort, "checkin", when, phrases.read(when, now.date()).recurrence, now)


def _cohort_of(conn: Conn, channel: str) -> int:
    row = conn.one("SELECT cohort_id FROM place WHERE channel = :channel", channel=channel)
    assert row is not None
    return int(row["cohort_id"])


def _enqueue(conn: Conn, cohort: int, key: str, target: Target, now: datetime) -> None:
    row = outbox.enqueue(
        conn, NewPost(cohort, key, "checkins.call", {"day": f"2026-11-{24 + len(key)}"}, target), now
    )
    assert row is not None


def _want_calls(conn: Conn, cohort_id: int) -> None:
    for each in directory.members(conn, cohort_id):
        people.set_wanted(conn, each.person_id, "calls", True)
