"""Many workspaces, each of which installs the app by itself: the way in, the way out, and where the tokens are."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet

from bot import backup
from bot.logs import secret_values
from bot.slack import installations
from core.delivery import workspaces
from core.errors import StoreError
from core.store.port import Conn
from tests.servers.slack import (
    APP_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    SIGNING_SECRET,
    Browser,
    Channel,
    Failed,
    Message,
    Organisation,
    SlackServer,
    SlackUser,
    Workspace,
    approve,
    as_message,
)
from tests.slack.conftest import plain_logs  # noqa: F401 - used by its name
from tests.story.bot import Bot, settings

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PUBLIC = "https://bot.example.org"
KEY, NEXT = (Fernet.generate_key().decode() for _ in range(2))


@dataclass
class Team:
    """A workspace with its channel and two people, of whom the first manages it."""

    workspace: Workspace
    home: Channel
    manager: SlackUser
    member: SlackUser

    @property
    def everything(self) -> str:
        """All that was shown in it."""
        channels = [m for each in self.workspace.channels.values() for m in each.messages]
        return "\n".join(message.text for message in [*channels, *self.workspace.ephemerals])

    async def set_up(self, name: str) -> None:
        """A cohort in its channel, that both have joined."""
        said = await self.manager.say("/cohort", f"admin setup name:{name} timezone:Europe/Berlin")
        assert name in said.text, said.text
        assert name in (await self.member.say("/cohort", "join")).text

    async def removed(self, *events: str) -> None:
        """The app is removed: the token is dead, and Slack says so."""
        self.workspace.revoked = True
        for each in events:
            await self.member.event(
                {"type": each, **({"tokens": {"bot": ["B"]}} if "tokens" in each else {})}
            )


@dataclass
class Stage:
    """The bot, and workspaces that can install it."""

    slack: SlackServer
    bot: Bot
    database: Path
    over: str
    teams: dict[str, Team] = field(default_factory=dict)

    @property
    def browser(self) -> Browser:
        """A fresh one."""
        return Browser(self.slack, self.bot.address, PUBLIC)

    async def start(self) -> None:
        await self.bot.start()
        if self.over == "http":
            self.slack.send_to(self.bot.address + "/slack/events")

    async def restart(self, keys: str) -> None:
        await self.bot.stop()
        self.bot.settings = type(self.bot.settings).model_validate(
            {**self.bot.settings.model_dump(), "secret_key": keys}
        )
        await self.start()

    async def sealed(self) -> dict[str, str]:
        """The tokens as they stand in the database, by workspace or organisation."""
        every = await self.bot.core.store.read(installations.everywhere)
        return {each.workspace or each.enterprise: each.token for each in every}

    async def suspended(self) -> int:
        def count(conn: Conn) -> int:
            return int(conn.value("SELECT count(*) FROM cohort WHERE suspended_at IS NOT NULL"))

        return await self.bot.core.store.read(count)


def team(slack: SlackServer, workspace: Workspace, letter: str) -> Team:
    slack.add_member(workspace, f"UOLU{letter}", "Olu Ade", is_admin=True)
    slack.add_member(workspace, f"UADA{letter}", "Ada Love")
    home = slack.add_channel("cohort", workspace=workspace)
    olu, ada = (SlackUser(slack, f"U{who}{letter}", home, workspace) for who in ("OLU", "ADA"))
    return Team(workspace, home, olu, ada)


def given(slack: SlackServer, **more: str) -> dict[str, str]:
    return {
        "slack_client_id": CLIENT_ID,
        "slack_client_secret": CLIENT_SECRET,
        "slack_signing_secret": SIGNING_SECRET,
        "slack_api_url": slack.api_url,
        "public_url": PUBLIC,
        "secret_key": KEY,
        **more,
    }


@asynccontextmanager
async def staged(sqlite_url: str, over: str, environment: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    async with SlackServer() as slack:
        # As in the bot's own process, whose environment Bolt looks into by itself.
        environment.setenv("SLACK_CLIENT_ID", CLIENT_ID)
        environment.setenv("SLACK_CLIENT_SECRET", CLIENT_SECRET)
        environment.setenv("SLACK_SIGNING_SECRET", SIGNING_SECRET)
        more = {"slack_app_token": APP_TOKEN} if over == "socket" else {}
        bot = Bot(settings(sqlite_url, NOW, **given(slack, **more)))
        stage = Stage(slack, bot, Path(sqlite_url.removeprefix("sqlite:///")), over)
        stage.teams["lab"] = team(slack, slack.workspace, "L")
        stage.teams["north"] = team(slack, slack.add_workspace("T0NORTH", "North", "xoxb-made-up-north"), "N")
        await stage.start()
        try:
            yield stage
        finally:
            await bot.stop()


@pytest.fixture
async def stage(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """The bot without a workspace, over HTTP."""
    async with staged(sqlite_url, "http", monkeypatch) as made:
        yield made


def digests(home: Channel) -> list[Message]:
    return [each for each in home.messages if "Decisions and submissions" in each.text]


@pytest.mark.case(24)
@pytest.mark.parametrize("over", ["http", "socket"])
async def test_two_workspaces(
    sqlite_url: str, over: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(sqlite_url, over, monkeypatch) as stage:
        lab, north = stage.teams["lab"], stage.teams["north"]
        for each in (lab, north):
            page = await stage.browser.install(each.workspace)
            assert (page.status, f"installed in {each.workspace.name}" in page.text) == (200, True)
        await lab.set_up("Lab cohort")
        await north.set_up("North cohort")
        await lab.member.say("/cohort", "submission add title:Lemmas venue:ICML")
        await north.member.say("/cohort", "submission add title:Tundra venue:ICML")
        assert "Lemmas" in (await lab.manager.say("/cohort", "submission list")).text
        for each in (lab, north):
            said = await each.manager.say("/cohort", 'admin schedule-add kind:digest when:"weekdays 4pm"')
            assert "4" in said.text
        stage.bot.clock.move_to(datetime(2026, 11, 23, 15, tzinfo=UTC))
        for each, own in ((lab, "Lemmas"), (north, "Tundra")):
            (digest,) = await stage.slack.until(partial(digests, each.home))
            assert own in digest.text
        form = await north.member.form("/cohort", "submission add")
        saved = as_message(await north.member.submit(form, {form.labels[0]: "Permafrost"}))
        assert "Permafrost" in saved.text
        assert "Permafrost" in (await north.member.open_home()).text
        await both_kept_apart(lab, north)
        await nothing_in_the_clear(stage, capfd, lab.workspace.token, north.workspace.token)

        await north.removed("app_uninstalled", "tokens_revoked")
        assert set(await stage.sealed()) == {"T0LAB"}
        assert await stage.suspended() == 1
        assert "Lemmas" in (await lab.member.say("/cohort", "submission list")).text
        assert f"{PUBLIC}/slack/install" in (await north.member.command("/cohort", "help")).text
        await stage.browser.install(north.workspace)
        assert await stage.suspended() == 0
        assert "Tundra" in (await north.member.say("/cohort", "submission list")).text
        await nothing_in_the_clear(stage, capfd, lab.workspace.token, north.workspace.token)


async def both_kept_apart(lab: Team, north: Team) -> None:
    for own, others in ((lab, ("Tundra", "North cohort", "Permafrost")), (north, ("Lemmas", "Lab cohort"))):
        await own.member.say("/cohort", "submission list")
        assert not [each for each in others if each in own.everything]


async def nothing_in_the_clear(stage: Stage, capfd: pytest.CaptureFixture[str], *tokens: str) -> None:
    """Neither the database's files nor a backup nor a log hold a token, a key or the client's secret."""
    copy = stage.database.with_name("copy.db")
    backup.backup(stage.database, copy, force=True)
    files = [*stage.database.parent.glob(f"{stage.database.name}*"), copy]
    assert len(files) >= 2
    written = "".join(capfd.readouterr())
    for secret in (*tokens, KEY, CLIENT_SECRET, SIGNING_SECRET):
        assert secret not in written
        for path in files:
            assert secret.encode() not in path.read_bytes(), path


async def test_request_url_is_confirmed_before_anybody_installs(stage: Stage) -> None:
    assert stage.slack.http is not None
    status, said = await stage.slack.http.forge("events_api", {"type": "url_verification", "challenge": "c1"})
    assert (status, json.loads(said)) == (200, {"challenge": "c1"})


async def test_keys_are_changed(stage: Stage) -> None:
    lab, north = stage.teams["lab"], stage.teams["north"]
    await stage.browser.install(lab.workspace)
    await lab.set_up("Lab cohort")
    before = await stage.sealed()
    await stage.restart(f"{NEXT},{KEY}")
    after = await stage.sealed()
    assert after != before
    await stage.restart(NEXT)
    assert await stage.sealed() == after
    assert "Lab cohort" in (await lab.member.say("/cohort", "join")).text
    await stage.browser.install(north.workspace)
    await north.set_up("North cohort")


async def test_lost_key_names_who_has_to_install_again(
    stage: Stage, capfd: pytest.CaptureFixture[str]
) -> None:
    lab, north = stage.teams["lab"], stage.teams["north"]
    await stage.browser.install(lab.workspace)
    await lab.set_up("Lab cohort")
    await stage.restart(NEXT)
    written = "".join(capfd.readouterr())
    assert "have to install the app again" in written
    assert "Lab (T0LAB)" in written
    await stage.browser.install(north.workspace)
    await north.set_up("North cohort")
    await stage.browser.install(lab.workspace)
    assert "Lab cohort" in (await lab.member.say("/cohort", "join")).text


async def test_workspace_that_slack_does_not_answer_for_connects_later(stage: Stage) -> None:
    lab, north = stage.teams["lab"], stage.teams["north"]
    for each in (lab, north):
        await stage.browser.install(each.workspace)
        await each.set_up(f"{each.workspace.name} cohort")
    stage.slack.fail("auth.test", status=500, times=1)
    await stage.restart(KEY)
    for each in (lab, north):
        assert each.workspace.name in (await each.member.say("/cohort", "join")).text
    assert len(await stage.sealed()) == 2
    await stage.bot.stop()
    stage.slack.fail("auth.test", status=500, times=2)
    with pytest.raises(SystemExit, match="slack"):
        await stage.bot.start()
    await stage.start()
    assert "Lab" in (await lab.member.say("/cohort", "join")).text


async def test_payload_waits_while_slack_does_not_answer(stage: Stage) -> None:
    lab, north = stage.teams["lab"], stage.teams["north"]
    for each in (lab, north):
        await stage.browser.install(each.workspace)
    await stage.bot.stop()
    stage.slack.fail("auth.test", status=500, times=1)
    await stage.start()
    stage.slack.fail("auth.test", status=500, times=1)
    refused = 0
    for each in (lab, north):
        try:
            await each.member.say("/cohort", "help")
        except Failed as failed:
            assert "503" in str(failed)  # noqa: PT017 - one of the two, and which one is chance
            refused += 1
    assert refused == 1
    for each in (lab, north):
        assert "/cohort" in (await each.member.say("/cohort", "help")).text


def test_each_of_several_keys_is_kept_out_of_logs(sqlite_url: str) -> None:
    values = secret_values(settings(sqlite_url, NOW, secret_key=f"{NEXT}, {KEY}"))
    assert {NEXT, KEY} <= values


async def test_token_of_another_workspace_does_not_open(stage: Stage) -> None:
    lab, north = stage.teams["lab"], stage.teams["north"]
    for each in (lab, north):
        await stage.browser.install(each.workspace)

    def swap(conn: Conn) -> None:
        token = conn.value("SELECT token FROM slack_installation WHERE workspace = 'T0LAB'")
        conn.run("UPDATE slack_installation SET token = :token WHERE workspace = 'T0NORTH'", token=token)

    await stage.bot.core.store.write(swap)
    await stage.restart(KEY)
    assert f"{PUBLIC}/slack/install" in as_message(await north.member.command("/cohort", "help")).text
    assert "/cohort" in (await lab.member.say("/cohort", "help")).text


@pytest.mark.case(24)
@pytest.mark.parametrize(
    "events", [("app_uninstalled", "tokens_revoked"), ("tokens_revoked", "app_uninstalled")]
)
async def test_late_word_of_a_removal_takes_no_new_token(stage: Stage, events: tuple[str, str]) -> None:
    lab = stage.teams["lab"]
    await stage.browser.install(lab.workspace)
    await lab.set_up("Lab cohort")
    await lab.removed(events[0])
    assert await stage.sealed() == {}
    await stage.browser.install(lab.workspace)
    await lab.member.event({"type": events[1], "tokens": {"bot": ["B"]}})
    assert set(await stage.sealed()) == {"T0LAB"}
    assert await stage.suspended() == 0
    assert "Lab cohort" in (await lab.member.say("/cohort", "join")).text


@pytest.mark.case(24)
async def test_app_installed_again_while_slack_is_asked_about_its_old_token(stage: Stage) -> None:
    lab = stage.teams["lab"]
    await stage.browser.install(lab.workspace)
    await lab.set_up("Lab cohort")
    stage.slack.fail("auth.test", error="token_revoked", delay=1.0)
    removal = asyncio.create_task(lab.removed("app_uninstalled"))
    await asyncio.sleep(0.5)
    await stage.browser.install(lab.workspace)
    await removal
    assert set(await stage.sealed()) == {"T0LAB"}
    assert await stage.suspended() == 0
    assert "Lab cohort" in (await lab.member.say("/cohort", "join")).text


async def test_removed_while_the_bot_was_away(stage: Stage) -> None:
    lab = stage.teams["lab"]
    await stage.browser.install(lab.workspace)
    await lab.set_up("Lab cohort")
    await stage.bot.stop()
    lab.workspace.revoked = True
    await stage.start()
    assert await stage.sealed() == {}
    assert await stage.suspended() == 1


async def test_removal_waits_where_slack_cannot_be_asked(stage: Stage) -> None:
    lab = stage.teams["lab"]
    await stage.browser.install(lab.workspace)
    stage.slack.fail("auth.test", status=500)
    with pytest.raises(Failed, match="500"):
        await lab.removed("app_uninstalled")
    assert set(await stage.sealed()) == {"T0LAB"}
    await lab.removed("app_uninstalled")
    assert await stage.sealed() == {}


async def test_member_revoking_their_own_token_removes_nothing(stage: Stage) -> None:
    lab = stage.teams["lab"]
    await stage.browser.install(lab.workspace)
    await lab.member.event({"type": "tokens_revoked", "tokens": {"oauth": ["UADAL"], "bot": []}})
    assert set(await stage.sealed()) == {"T0LAB"}


async def test_what_is_installed_is_said_so_where_it_can_be_connected_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = stage.teams["lab"]

    def refuses(*_: object) -> None:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as full:
        full.setattr(workspaces, "mark_returned", refuses)
        page = await stage.browser.install(lab.workspace)
    assert (page.status, "installed in Lab" in page.text) == (200, True)
    assert set(await stage.sealed()) == {"T0LAB"}
    await lab.set_up("Lab cohort")


async def test_state_is_good_once_in_time_and_in_its_browser(stage: Stage) -> None:
    lab = stage.teams["lab"].workspace
    browser = stage.browser
    asked = await browser.begin()
    kept = dict(browser.cookies)
    back = approve(stage.slack, asked, lab)
    stranger = await stage.browser.open(back)
    assert (stranger.status, "begin again" in stranger.text) == (400, True)
    assert (await browser.open(back)).status == 200
    browser.cookies = kept
    again = approve(stage.slack, asked, lab)
    assert (await browser.open(again)).status == 401, "replayed"

    late = stage.browser
    back = approve(stage.slack, await late.begin(), lab)
    stage.bot.clock.move_to(stage.bot.clock.now() + timedelta(minutes=10, seconds=1))
    page = await late.open(back)
    assert (page.status, "ten minutes" in page.text) == (401, True)

    forged = stage.browser
    forged.cookies = {"slack-app-oauth-state": "x"}
    code = parse_qs(urlsplit(approve(stage.slack, await stage.browser.begin(), lab)).query)["code"][0]
    assert (await forged.open(f"{PUBLIC}/slack/oauth_redirect?code={code}&state=x")).status == 401
    assert (await forged.open(f"{PUBLIC}/slack/oauth_redirect?code={code}")).status == 400


async def test_pages_say_what_went_wrong_and_are_kept_by_nobody(stage: Stage) -> None:
    lab = stage.teams["lab"].workspace
    no = await stage.browser.open(f"{PUBLIC}/slack/oauth_redirect?error=access_denied&state=x")
    assert "as you chose" in no.text
    odd = await stage.browser.open(f"{PUBLIC}/slack/oauth_redirect?error=%3Cscript%3E")
    assert "script" not in odd.text
    browser = stage.browser
    back = approve(stage.slack, await browser.begin(), lab)
    stage.slack.codes.clear()
    used = await browser.open(back)
    assert (used.status, "code" in used.text) == (401, True)
    browser = stage.browser
    back = approve(stage.slack, await browser.begin(), lab)
    stage.slack.fail("oauth.v2.access", drop=True)
    assert (await browser.open(back)).status == 502
    assert await stage.sealed() == {}
    for page in (no, odd, used):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"


async def test_states_that_are_begun_stay_few(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installations, "MOST_STATES", 3)
    for _ in range(5):
        await stage.browser.begin()
    count = await stage.bot.core.store.read(lambda conn: conn.value("SELECT count(*) FROM slack_state"))
    assert count == 3


async def test_organisation_installs_for_all_its_workspaces(stage: Stage) -> None:
    one = stage.slack.add_workspace("T0ONE", "One", "xoxb-unused-1")
    two = stage.slack.add_workspace("T0TWO", "Two", "xoxb-unused-2")
    one.enterprise = two.enterprise = "E0ORG"
    organisation = Organisation("E0ORG", "Org", "xoxb-made-up-org", [one, two])
    first, second = team(stage.slack, one, "A"), team(stage.slack, two, "B")
    assert "installed in Org" in (await stage.browser.install(organisation)).text
    assert set(await stage.sealed()) == {"E0ORG"}
    await first.set_up("First")
    await second.set_up("Second")
    await second.member.say("/cohort", "submission add title:Shared venue:ICML")
    form = await second.member.form("/cohort", "submission add")
    assert "Org paper" in as_message(await second.member.submit(form, {form.labels[0]: "Org paper"})).text
    await stage.restart(KEY)
    await second.manager.say("/cohort", 'admin schedule-add kind:digest when:"weekdays 4pm"')
    await stage.restart(KEY)
    stage.bot.clock.move_to(datetime(2026, 11, 23, 15, tzinfo=UTC))
    await stage.slack.until(lambda: digests(second.home))
    one.revoked = two.revoked = True
    await first.member.event({"type": "app_uninstalled"})
    assert await stage.sealed() == {}
    assert await stage.suspended() == 2


async def test_organisation_takes_the_app_from_one_of_its_workspaces_and_gives_it_back(stage: Stage) -> None:
    one = stage.slack.add_workspace("T0ONE", "One", "xoxb-unused-1")
    two = stage.slack.add_workspace("T0TWO", "Two", "xoxb-unused-2")
    one.enterprise = two.enterprise = "E0ORG"
    organisation = Organisation("E0ORG", "Org", "xoxb-made-up-org", [one, two])
    first, second = team(stage.slack, one, "A"), team(stage.slack, two, "B")
    await stage.browser.install(organisation)
    await first.set_up("First")
    await second.set_up("Second")

    organisation.taken_from.add("T0TWO")
    await first.member.event({"type": "team_access_revoked", "team_ids": ["T0TWO", "T0ELSEWHERE"]})
    assert set(await stage.sealed()) == {"E0ORG"}
    assert await stage.suspended() == 1
    assert "First" in (await first.member.say("/cohort", "join")).text
    await stage.restart(KEY)
    assert await stage.suspended() == 1, "a start does not connect it again"

    organisation.taken_from.clear()
    await first.member.event({"type": "team_access_granted", "team_ids": ["T0TWO"]})
    assert await stage.suspended() == 0
    assert "Second" in (await second.member.say("/cohort", "join")).text


async def test_workspace_with_an_installation_of_its_own_is_not_its_organisations_to_take(
    stage: Stage,
) -> None:
    lab = stage.teams["lab"]
    lab.workspace.enterprise = "E0ORG"
    await stage.browser.install(lab.workspace)
    await lab.set_up("Lab cohort")
    await lab.member.event({"type": "team_access_revoked", "team_ids": ["T0LAB"]})
    assert await stage.suspended() == 0
    assert "Lab cohort" in (await lab.member.say("/cohort", "join")).text


async def test_outsiders_of_a_shared_channel(stage: Stage) -> None:
    lab, north = stage.teams["lab"], stage.teams["north"]
    for each in (lab, north):
        await stage.browser.install(each.workspace)
    await lab.set_up("Lab cohort")
    await north.set_up("North cohort")
    await lab.manager.say("/cohort", "submission add title:Lemmas venue:ICML")
    await lab.manager.say("/cohort", 'admin schedule-add kind:checkin when:"weekdays 4pm"')
    stage.bot.clock.move_to(datetime(2026, 11, 23, 15, tzinfo=UTC))
    call = await stage.slack.until(lambda: [m for m in lab.home.messages if m.labels])
    told = {"T0ELSEWHERE": "Guests are let in by an organizer", "T0NORTH": "one that you are not in"}
    for user, home in (("UOUTX", "T0ELSEWHERE"), ("UOUTY", "T0NORTH")):
        stage.slack.add_member(lab.workspace, user, "Otto", team_id=home, is_admin=True, is_stranger=True)
        lab.home.members.add(user)
        otto = SlackUser(stage.slack, user, lab.home, lab.workspace)
        shown = as_message(await otto.click(call[-1], call[-1].labels[0]))
        assert told[home] in shown.text
        assert "Lemmas" not in shown.text


async def refused(sqlite_url: str, **more: str) -> str:
    async with SlackServer() as slack:
        values = {name: value for name, value in given(slack, **more).items() if value}
        with pytest.raises(SystemExit) as stopped:
            await Bot(settings(sqlite_url, NOW, **values)).start()
        return str(stopped.value)


async def test_what_is_missing_is_said_and_nothing_starts(sqlite_url: str) -> None:
    assert "Fernet.generate_key()" in await refused(sqlite_url, secret_key="")
    assert "COHORT_PUBLIC_URL" in await refused(sqlite_url, public_url="")
    assert "SLACK_SIGNING_SECRET" in await refused(sqlite_url, slack_signing_secret="")
    assert "SLACK_BOT_TOKEN" in await refused(sqlite_url, slack_bot_token="xoxb-made-up")


def test_what_is_no_key_is_refused_without_showing_it(sqlite_url: str) -> None:
    for wrong in ("hunter2hunter2", f"{KEY},hunter2hunter2", KEY[:-1]):
        with pytest.raises(ValueError, match="this is no key") as said:
            settings(sqlite_url, NOW, secret_key=wrong)
        assert all(wrong not in each["msg"] for each in said.value.errors())  # type: ignore[attr-defined]
