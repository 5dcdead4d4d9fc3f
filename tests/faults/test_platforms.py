"""What platforms do to posts: storms, errors, lost answers, closed doors."""

import asyncio
from datetime import timedelta

import pytest

from core.delivery import leases, sender
from tests.faults.two_platforms import CohortOnPlatform, TwoPlatforms, two_platforms
from tests.servers.discord import drop_after, hold, rate_limit, refuse
from tests.servers.slack import SlackUser, as_message

DISCORD_SENDS = "/messages$"


def sends(stage: TwoPlatforms, lab: CohortOnPlatform) -> int:
    """How often the bot tried to post in a cohort's channel."""
    if lab.place.platform == "discord":
        return tries(stage, lab.place.channel)
    return sum(call.args["channel"] == lab.place.channel for call in stage.slack.calls_of("chat.postMessage"))


def tries(stage: TwoPlatforms, channel: str) -> int:
    """How often the bot tried to post in a channel of Discord."""
    return sum(
        call.method == "POST" and call.path == f"/channels/{channel}/messages" for call in stage.discord.calls
    )


def limited(stage: TwoPlatforms, lab: CohortOnPlatform, seconds: int, times: int) -> None:
    """Let a platform answer 429 to the next posts in a cohort's channel."""
    if lab.place.platform == "discord":
        path = f"/channels/{lab.place.channel}/messages$"
        stage.discord.fault("POST", path, rate_limit(seconds), times=times)
    else:
        stage.slack.fail(
            "chat.postMessage", status=429, retry_after=seconds, times=times, channel=lab.place.channel
        )


@pytest.mark.case(9)
async def test_in_storm_of_429_others_go_on_and_retry_after_is_obeyed(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here, there = await stage.on_discord("here"), await stage.on_slack("there")
        calm = [await stage.on_discord("calm"), await stage.on_slack("quiet")]
        storm = [here, there]
        for lab in storm:
            limited(stage, lab, 40, times=12)
        for lab in (*storm, *calm):
            await stage.post(lab, "k" + lab.place.name)
        assert [len(lab.texts) for lab in (*storm, *calm)] == [0, 0, 1, 1]
        before = [sends(stage, here), len(stage.slack.calls)]
        await stage.later(seconds=35)
        assert [sends(stage, here), len(stage.slack.calls)] == before, "it asked before it may"
        for _ in range(12):
            await stage.later(seconds=310)
        assert [await stage.states(lab) for lab in storm] == [["sent"], ["sent"]]
        assert [len(lab.texts) for lab in storm] == [1, 1], "twelve refusals, and it has arrived"


@pytest.mark.case(8)
async def test_answer_of_500_is_no_loss_and_no_double(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here, there = await stage.on_discord("here"), await stage.on_slack("there")
        stage.slack.workspace.scopes.add("channels:history")
        stage.discord.fault("POST", DISCORD_SENDS, refuse(503))
        stage.slack.fail("chat.postMessage", status=500)
        for lab in (here, there):
            await stage.post(lab, "k" + lab.place.name)
            assert lab.texts == []
            assert await stage.states(lab) == ["pending"]
        await stage.later(seconds=6)
        assert [len(lab.texts) for lab in (here, there)] == [1, 1]
        assert [await stage.states(lab) for lab in (here, there)] == [["sent"], ["sent"]]


@pytest.mark.parametrize("look_back", [True, False])
@pytest.mark.case(8)
async def test_connection_dropped_after_post_was_taken(sqlite_url: str, look_back: bool) -> None:
    async with two_platforms(sqlite_url) as stage:
        here, there = await stage.on_discord("here"), await stage.on_slack("there")
        if look_back:
            stage.slack.workspace.scopes.add("channels:history")
        stage.discord.fault("POST", DISCORD_SENDS, drop_after())
        stage.slack.fail("chat.postMessage", drop=True, after=True)
        for lab in (here, there):
            await stage.post(lab, "k" + lab.place.name)
            assert await stage.states(lab) == ["pending"]
        await stage.later(seconds=6)
        assert [len(lab.texts) for lab in (here, there)] == [1, 1]
        assert await stage.states(here) == ["sent"]
        assert await stage.states(there) == ["sent" if look_back else "uncertain"]
        told = [m.text for m in stage.slack.workspace.direct("UOLU").messages]
        assert len(told) == (not look_back), told
        if not look_back:
            assert "I cannot tell whether a post of Lab there arrived" in told[0]
            shown = await there.olu.ok("cohort-admin delivery")
            assert "uncertain: it may or may not have arrived" in there.olu.text_of(shown)


@pytest.mark.case(8)
async def test_slow_answer_ends_before_lease(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert timedelta(seconds=sender.TIMEOUT) < leases.LEASE / 2
    async with two_platforms(sqlite_url) as stage:
        here = await stage.on_discord("here")
        monkeypatch.setattr(sender, "TIMEOUT", 0.3)
        released = asyncio.Event()
        stage.discord.fault("POST", DISCORD_SENDS, hold(released, accept_first=True))
        await stage.post(here, "k")
        (row,) = (await stage.rows(here))[1:]
        assert (row["state"], row["reason"]) == ("pending", "The platform did not answer in time.")
        await stage.later(seconds=6)
        released.set()
        assert await stage.states(here) == ["sent"]
        assert len(here.texts) == 1


@pytest.mark.case(9)
async def test_platform_that_hangs_does_not_hold_up_other(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        hanging = [await stage.on_discord(f"d{n}") for n in range(sender.AT_ONCE + 2)]
        there = await stage.on_slack("there")
        released = asyncio.Event()
        stage.discord.fault("POST", DISCORD_SENDS, hold(released), times=len(hanging))
        for lab in hanging:
            await stage.schedule(lab)
        await stage.schedule(there)
        flushing = asyncio.create_task(stage.later(minutes=31))
        await stage.slack.until(lambda: there.texts)
        assert [lab for lab in hanging if lab.texts] == []
        released.set()
        await flushing
        assert [len(lab.texts) for lab in hanging] == [1] * len(hanging)


@pytest.mark.case(23)
async def test_closed_direct_messages_on_discord_come_with_next_answer(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here = await stage.on_discord("here")
        ada = stage.people["Ada"]
        ada.direct.closed = True
        await stage.schedule(here, follow="member")
        await stage.later(minutes=31)
        assert [m.text[:8] for m in stage.people["Olu"].direct.messages] == ["Check-in"]
        assert [row["state"] for row in await stage.rows() if row["channel"] == ada.id] == ["held"]
        knocks = tries(stage, ada.direct.id)
        assert knocks == 1

        answer = await ada.slash("checkin status", at=here.channel)
        assert answer.ephemeral
        assert "Check-in, Tue 24 Nov" in answer.text
        skipped = await ada.click(answer.messages[-1], "Not today")
        assert "Rest is part of research" in skipped.text
        await stage.later(hours=24)
        assert len(stage.people["Olu"].direct.messages) == 2
        assert tries(stage, ada.direct.id) == knocks, "the door is not knocked at again"
        assert "Check-in, Wed 25 Nov" in (await ada.slash("checkin status", at=here.channel)).text
        assert here.texts == [], "nobody else reads of it"


@pytest.mark.case(23)
async def test_closed_direct_messages_on_slack_are_asked_in_channel(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        there = await stage.on_slack("there")
        there.channel.members |= {"UOLU", "UADA"}
        stage.slack.fail(
            "chat.postMessage", error="cannot_dm_bot", channel=stage.slack.workspace.direct("UADA").id
        )
        await stage.schedule(there, follow="member")
        await stage.later(minutes=31)
        ada = SlackUser(stage.slack, "UADA", there.channel)
        (asked,) = ada.ephemerals
        assert asked.channel.id == there.channel.id
        assert "Check-in, Tue 24 Nov" in asked.text
        assert [row["state"] for row in await stage.rows() if row["channel"] == "UADA"] == ["sent"]
        assert "Rest is part of research" in as_message(await ada.click(asked, "Not today")).text
        await stage.later(hours=24)
        assert len(ada.ephemerals) == 3, "yesterday's, the answer, and today's"
        assert not stage.slack.workspace.direct("UADA").messages
        assert there.texts == [], "nobody else reads of it"


@pytest.mark.case(23)
async def test_uncertain_ephemeral_on_slack_is_listed(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        there = await stage.on_slack("there")
        there.channel.members |= {"UOLU", "UADA"}
        stage.slack.fail(
            "chat.postMessage", error="cannot_dm_bot", channel=stage.slack.workspace.direct("UADA").id
        )
        stage.slack.fail("chat.postEphemeral", drop=True, after=True)
        await stage.schedule(there, follow="member")
        await stage.later(minutes=31)
        await stage.later(seconds=6)
        (row,) = [row for row in await stage.rows() if row["channel"] == "UADA"]
        assert (row["state"], row["reason"]) == ("uncertain", "Only its reader can see whether it is there.")
        assert len(SlackUser(stage.slack, "UADA", there.channel).ephemerals) == 1, "not shown twice"
        # Somebody who is not in the channel cannot be shown anything there.
        there.channel.members -= {"UADA"}
        await stage.later(hours=24)
        assert [row["state"] for row in await stage.rows() if row["channel"] == "UADA"] == [
            "uncertain",
            "held",
        ]


@pytest.mark.case(21)
async def test_deleted_channel_and_archived_one(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here, there = await stage.on_discord("here"), await stage.on_slack("there")
        for lab in (here, there):
            await stage.schedule(lab)
        await stage.discord.remove_channel(here.channel)
        there.channel.archived = True
        await stage.later(minutes=31)
        for _ in range(2):
            await stage.later(hours=24)
        told = [
            [m.text for m in stage.people["Olu"].direct.messages],
            [m.text for m in stage.slack.workspace.direct("UOLU").messages],
        ]
        assert [len(each) for each in told] == [1, 1], "told once"
        assert "I can no longer post in here of Lab here" in told[0][0]
        assert "I can no longer post in there of Lab there" in told[1][0]
        for lab in (here, there):
            assert await stage.states(lab) == ["failed"] * 3, "each slot is listed"
            assert "(closed: " in str((await lab.olu.ok("cohort-admin show")).blocks)
