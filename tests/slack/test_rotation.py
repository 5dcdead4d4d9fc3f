"""Tokens that end: renewed before that, once, in one process alone, and never lost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import doctor
from bot.slack import installations, rotation
from bot.slack.installations import Installed
from bot.slack.rotation import TokenRotation
from bot.slack.workspace import client, session
from bot.vault import Vault
from core.errors import StoreError
from core.store.port import Conn
from tests.servers.slack import CLIENT_ID, CLIENT_SECRET, Organisation, as_message
from tests.slack.conftest import plain_logs  # noqa: F401 - used by its name
from tests.slack.test_many import KEY, NEXT, Stage, nothing_in_the_clear, team
from tests.slack.test_many import stage as many  # noqa: F401 - used by its name

HOURS = 3_600


@pytest.fixture
async def stage(many: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:  # noqa: F811 - the fixture, by its name
    """The bot, looking often at tokens of an app that has token rotation on, which one workspace has installed."""
    monkeypatch.setattr(rotation, "EVERY", 0.02)
    many.slack.rotation.is_on = True
    await many.restart(KEY)
    lab = many.teams["lab"]
    assert (await many.browser.install(lab.workspace)).status == 200
    await lab.set_up("Lab cohort")
    return many


def later(stage: Stage, hours: float) -> None:
    """Both clocks go on."""
    stage.slack.advance(hours * HOURS)
    stage.bot.clock.move_to(stage.bot.clock.now() + timedelta(hours=hours))


def renewals(stage: Stage) -> int:
    """How often Slack was asked for a next token, and gave one."""
    asked = stage.slack.calls_of("oauth.v2.access")
    return sum(each.args.get("grant_type") == "refresh_token" and each.answer["ok"] for each in asked)


async def installed(stage: Stage) -> Installed:
    (found,) = await stage.bot.core.store.read(installations.everywhere)
    return found


async def works(stage: Stage, name: str = "lab") -> bool:
    return "cohort" in (await stage.teams[name].member.say("/cohort", "join")).text


async def until(ready: Callable[[], Awaitable[object]]) -> None:
    for _ in range(500):
        if await ready():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to that")


def renewed(stage: Stage, times: int) -> Callable[[], bool]:
    return lambda: renewals(stage) == times


async def test_token_is_renewed_before_it_ends(stage: Stage, capfd: pytest.CaptureFixture[str]) -> None:
    lab, first = stage.teams["lab"].workspace, await installed(stage)
    tokens = [lab.token]
    later(stage, 9)
    await asyncio.sleep(0.1)
    assert renewals(stage) == 0, "it is good for three hours"
    for times in (1, 2, 3):
        later(stage, 1.5 if times == 1 else 11)
        await stage.slack.until(renewed(stage, times))
        tokens.append(lab.token)
        assert await works(stage)
    later(stage, 1.9)
    assert await works(stage)
    assert renewals(stage) == 3
    last = await installed(stage)
    assert not {last.token, last.refresh} & {first.token, first.refresh}
    await nothing_in_the_clear(stage, capfd, *tokens, *(each.replace("xoxb-", "") for each in tokens))


async def test_token_that_ended_while_the_bot_was_away_is_renewed_at_its_start(stage: Stage) -> None:
    await stage.bot.stop()
    now = stage.bot.settings.clock
    assert now is not None
    stage.bot.settings = stage.bot.settings.model_copy(update={"clock": now + timedelta(days=3)})
    stage.slack.advance(72 * HOURS)
    await stage.start()
    assert renewals(stage) == 1
    assert await works(stage)
    await stage.restart(KEY)
    assert renewals(stage) == 1, "it is good for twelve hours"


async def test_two_processes_renew_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "EVERY", 60.0)
    await stage.restart(KEY)
    before = await installed(stage)
    later(stage, 11)
    stage.slack.fail("oauth.v2.access", delay=0.3)

    async def refused(*_: object) -> None:
        raise AssertionError("nobody is refused")

    async with session() as connections:
        nobody = client(None, stage.slack.api_url)
        nobody.session = connections
        both = [
            TokenRotation(
                stage.bot.core,
                Vault(KEY),
                nobody,
                (CLIENT_ID, CLIENT_SECRET),
                refused=refused,
                keep_only=lambda _: None,
                hand_out=lambda *_: None,
            )
            for _ in range(2)
        ]
        found = await asyncio.gather(*(each.fresh(before) for each in both for _ in range(3)))
    assert renewals(stage) == 1
    assert {each and each.token for each in found} == {before.token, (await installed(stage)).token}
    assert await works(stage), "the earlier token is good until its own end"
    assert await both[1].fresh(before) == await installed(stage), "what the other one has renewed"
    assert renewals(stage) == 1


async def test_process_reads_what_another_one_has_renewed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, found = stage.teams["lab"].workspace, await installed(stage)
    vault = Vault(KEY)
    given = stage.slack.rotation.issue(stage.slack, lab)
    now = stage.bot.clock.now()

    def another(conn: Conn) -> None:
        ends, until = now + timedelta(hours=23), now + timedelta(minutes=1)
        assert installations.claim(conn, found, now, until)
        token = vault.seal(given["access_token"], found.key)
        refresh = vault.seal(given["refresh_token"], found.refresh_key)
        theirs = Installed(found.enterprise, found.workspace, found.name, token, refresh, ends)
        assert installations.renew(conn, found, theirs, until)

    await stage.bot.core.store.write(another)
    stage.slack.workspaces = {lab.token: lab}
    await asyncio.sleep(0.2)
    assert await works(stage)
    assert renewals(stage) == 0


async def test_process_reads_what_was_installed_and_removed_through_another_one(stage: Stage) -> None:
    lab, found, store = stage.teams["lab"].workspace, await installed(stage), stage.bot.core.store
    again = replace(found, token=Vault(KEY).seal("xoxb-made-up-again", found.key), refresh="", ends_at=None)
    await store.write(installations.save, again, stage.bot.clock.now())
    stage.slack.workspaces = {"xoxb-made-up-again": lab}
    await asyncio.sleep(0.2)
    assert await works(stage)
    await store.write(installations.erase, again)
    await asyncio.sleep(0.2)
    shown = as_message(await stage.teams["lab"].member.command("/cohort", "help"))
    assert "/slack/install" in shown.text


@pytest.mark.case(24)
async def test_workspace_rests_where_slack_renews_no_more(
    stage: Stage, capfd: pytest.CaptureFixture[str]
) -> None:
    stage.slack.rotation.lose()
    later(stage, 11)
    await until(stage.suspended)
    assert await stage.sealed() == {}
    written = "".join(capfd.readouterr())
    assert "renews the token of this workspace no more" in written
    assert "invalid_refresh_token" in written
    assert "Lab (T0LAB)" in written
    said = {each.subject: each async for each in doctor.examine(stage.bot.settings)}
    assert "is not in its workspace T0LAB" in said["#cohort"].said
    assert "/slack/install" in said["#cohort"].mend
    await stage.browser.install(stage.teams["lab"].workspace)
    assert await stage.suspended() == 0
    assert await works(stage)


async def test_token_is_used_until_its_end_while_slack_does_not_renew_it(stage: Stage) -> None:
    stage.slack.fail("oauth.v2.access", status=500, times=1_000)
    later(stage, 11)
    await asyncio.sleep(0.2)
    assert await works(stage)
    later(stage, 2)
    await asyncio.sleep(0.2)
    assert await stage.sealed(), "it is not given up"
    assert await stage.suspended() == 0
    said = {each.subject: each async for each in doctor.examine(stage.bot.settings)}
    assert said["workspace Lab (T0LAB)"].said != ""
    stage.slack.faults.clear()
    later(stage, 0.1)
    await stage.slack.until(renewed(stage, 1))
    await asyncio.sleep(0.1)
    assert await works(stage)


async def test_wrong_credentials_of_the_app_are_no_workspaces_fault(stage: Stage) -> None:
    stage.slack.fail("oauth.v2.access", error="bad_client_secret", times=1_000)
    later(stage, 13)
    await asyncio.sleep(0.2)
    assert await stage.sealed()
    assert await stage.suspended() == 0
    with pytest.raises(SystemExit, match="bad_client_secret"):
        await stage.restart(KEY)
    stage.slack.faults.clear()
    await stage.start()
    assert await works(stage)


async def test_renewal_under_way_is_finished_when_the_bot_stops(stage: Stage) -> None:
    before = await installed(stage)
    stage.slack.fail("oauth.v2.access", delay=0.5)
    later(stage, 11)
    await asyncio.sleep(0.2)
    await stage.restart(KEY)
    assert renewals(stage) == 1
    assert (await installed(stage)).token != before.token
    assert await works(stage)


async def test_what_slack_gave_is_written_down_once_the_database_is_there(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew, tries = installations.renew, 0

    def fails(*given: object) -> bool:
        nonlocal tries
        tries += 1
        if tries < 30:
            raise StoreError("The disk is full.")
        return renew(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(installations, "renew", fails)
    monkeypatch.setattr(rotation, "WRITE_PAUSES", (0.001, 0.01))
    before = await installed(stage)

    async def other_token() -> bool:
        return (await installed(stage)).token != before.token

    later(stage, 11)
    await stage.slack.until(renewed(stage, 1))
    await until(other_token)
    assert tries == 30
    later(stage, 11)
    await stage.slack.until(renewed(stage, 2))


async def test_app_installed_again_during_a_renewal_keeps_its_new_token(stage: Stage) -> None:
    stage.slack.fail("oauth.v2.access", delay=0.6)
    later(stage, 11)
    await asyncio.sleep(0.2)
    await stage.browser.install(stage.teams["lab"].workspace)
    again = await installed(stage)
    await stage.slack.until(renewed(stage, 1))
    await asyncio.sleep(0.1)
    assert await installed(stage) == again
    assert await works(stage)


async def test_removal_is_no_end_of_a_token(stage: Stage) -> None:
    lab = stage.teams["lab"]
    later(stage, 13)
    await lab.member.event({"type": "tokens_revoked", "tokens": {"bot": ["B"]}})
    assert await stage.sealed()
    await lab.removed("app_uninstalled")
    assert await stage.sealed() == {}
    assert await stage.suspended() == 1


async def test_keys_are_changed_for_what_renews_too(stage: Stage) -> None:
    await stage.restart(f"{NEXT},{KEY}")
    await stage.restart(NEXT)
    later(stage, 11)
    await stage.slack.until(renewed(stage, 1))
    assert await works(stage)


async def test_organisation_whose_token_ends(stage: Stage) -> None:
    one = stage.slack.add_workspace("T0ONE", "One", "xoxb-unused-1")
    two = stage.slack.add_workspace("T0TWO", "Two", "xoxb-unused-2")
    one.enterprise = two.enterprise = "E0ORG"
    organisation = Organisation("E0ORG", "Org", "xoxb-made-up-org", [one, two])
    stage.teams |= {"one": team(stage.slack, one, "A"), "two": team(stage.slack, two, "B")}
    await stage.browser.install(organisation)
    for name in ("one", "two"):
        await stage.teams[name].set_up(f"{name} cohort")
    later(stage, 11)
    await stage.slack.until(renewed(stage, 2))
    await asyncio.sleep(0.1)
    later(stage, 3)
    for name in ("lab", "one", "two"):
        assert await works(stage, name)
