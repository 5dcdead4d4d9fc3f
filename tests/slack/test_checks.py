"""What only Slack can say of a call: who calls, whose direct message it is, which channel is named."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from bot.slack import modals
from bot.slack.interactions import SAVED
from bot.slack.payloads import ReplyContext
from bot.slack.responses import is_response_address
from core.chat.model import Form, Person, PlaceKind
from core.commands.dispatch import Core
from core.commands.stored_call import StoredCallCodec
from core.errors import OutOfDate
from core.store.port import Conn
from tests.servers.slack import Channel, SlackServer, SlackUser, as_message, as_modal
from tests.slack.conftest import SlackFixture, connected

NOT_FOUND = "I cannot find that channel"


# -- who ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", ["E1LAB", None])
@pytest.mark.case(31)
async def test_members_of_another_organisation_are_guests(
    slack: SlackServer, slack_core: Core, own: str | None
) -> None:
    slack.workspace.enterprise = own
    home = slack.add_channel("cohort")
    for user, organisation in (("UOWN", "E1LAB"), ("UOTHER", "E2RIVAL")):
        facts = {"id": "W1", "enterprise_id": organisation, "is_admin": True}
        slack.add_member(slack.workspace, user, user, team_id="TOTHER", is_admin=True, enterprise_user=facts)
    async with connected(slack_core, slack, "http"):
        line = "admin setup name:Lab timezone:UTC"
        assert "Guests" in (await SlackUser(slack, "UOTHER", home).say("/cohort", line)).text
        said = (await SlackUser(slack, "UOWN", home).say("/cohort", line)).text
        assert ("Lab is set up" if own else "Guests") in said


async def test_somebody_unknown_is_asked_to_try_again(stage: SlackFixture) -> None:
    stage.slack.add_member(stage.slack.workspace, "UNEW", "Nia")
    new = SlackUser(stage.slack, "UNEW", stage.home)
    for fault in ({"status": 429}, {"status": 500}, {"drop": True, "times": 2}):
        stage.slack.fail("users.info", **fault)
        said = await new.say("/cohort", "join")
        assert "try again in a moment" in said.text
        assert "uest" not in said.text
    assert "Welcome" in (await new.say("/cohort", "join")).text
    await stage.restart()  # which forgets who is who
    stage.slack.fail("users.info", status=500)
    assert "Nia" in (await new.say("/cohort", "members")).text, "a member is known all the same"


# -- where ----------------------------------------------------------------------------------------------


async def test_direct_message_between_people_is_not_bots(stage: SlackFixture) -> None:
    def shut(conn: Conn) -> None:
        conn.run("UPDATE account SET closed_reason = 'x' WHERE user_id = 'UADA'")

    def shut_still(conn: Conn) -> bool:
        row = conn.one("SELECT closed_reason FROM account WHERE user_id = 'UADA'")
        return row is not None and row["closed_reason"] is not None

    await stage.core.store.write(shut)
    between = Channel("D0HUMANS", "ben", "im", {"UADA", "UBEN"})
    stage.slack.workspace.channels[between.id] = between
    for line in ("submission list", "reading add reference:Hello"):
        said = await stage.ada.say("/cohort", line, channel=between)
        assert "group messages" in said.text
        assert said.private
    assert await stage.core.store.read(shut_still), "the bot's own door was not opened by it"
    direct = stage.slack.workspace.direct("UADA")
    assert "No paper here yet" in (await stage.ada.say("/cohort", "submission list", channel=direct)).text
    assert not await stage.core.store.read(shut_still)
    await stage.restart()
    stage.slack.fail("conversations.open", status=500)
    assert "try again" in (await stage.ada.say("/cohort", "submission list", channel=direct)).text


# -- channels -------------------------------------------------------------------------------------------


@pytest.fixture
def rooms(stage: SlackFixture) -> dict[str, Channel]:
    """Channels that may be given and ones that may not."""
    bot = stage.slack.workspace.bot_user
    made = {
        "open": stage.slack.add_channel("open"),
        "ours": stage.slack.add_channel("ours", kind="private"),
        "secret": stage.slack.add_channel("secret", kind="private", members={"UBEN", bot}),
        "botless": stage.slack.add_channel("botless", kind="private", members={"UOLU"}),
        "old": stage.slack.add_channel("old"),
        "group": stage.slack.add_channel("mpdm-a--b-1", kind="mpim"),
    }
    made["old"].archived = True
    return made


REFUSED = {
    "secret": NOT_FOUND,
    "botless": NOT_FOUND,
    "old": "#old is archived",
    "group": "direct or group message",
}


async def test_named_channel_is_looked_at(stage: SlackFixture, rooms: dict[str, Channel]) -> None:
    line = "admin channel digest {}"
    for name in ("open", "ours"):
        said = await stage.olu.say("/cohort", line.format(f"<#{rooms[name].id}>"))
        assert f"From now on {name} is the channel for digest" in said.text
    said = await stage.olu.say("/cohort", line.format("<#C0NOSUCH1|open>"))
    assert NOT_FOUND in said.text
    assert "/invite" in said.text
    for name, words in REFUSED.items():
        assert words in (await stage.olu.say("/cohort", line.format(rooms[name].id))).text, name
    stage.slack.fail("conversations.info", status=429)
    assert "try again in a moment" in (await stage.olu.say("/cohort", line.format(rooms["open"].id))).text


async def test_channel_picked_in_form_is_looked_at(stage: SlackFixture, rooms: dict[str, Channel]) -> None:
    for name, words in REFUSED.items():
        form = await stage.olu.form("/cohort", "admin channel")
        values = {"purpose": "digest", "channel": rooms[name].id}
        refused = as_modal(await stage.olu.submit(form, values))
        assert words in refused.errors["Channel"]
    form = await stage.olu.form("/cohort", "admin channel")
    said = as_message(await stage.olu.submit(form, {"purpose": "digest", "channel": rooms["ours"].id}))
    assert "ours is the channel" in said.text


async def test_channel_in_value_that_came_back_is_looked_at(
    stage: SlackFixture, rooms: dict[str, Channel]
) -> None:
    said = await stage.olu.say("/cohort", "sample blocks")
    button = said.blocks[-1]["elements"][0]
    for name in ("secret", "old"):
        button["value"] = f"1|1|cohort-admin channel|purpose=digest&channel={rooms[name].id}"
        assert REFUSED[name] in as_message(await stage.olu.click(said, button["text"]["text"])).text
        told = as_message(await stage.ada.click(said, button["text"]["text"])).text
        assert "organizers" in told, "who may not ask learns nothing of the channel"
    form = await stage.olu.form("/cohort", "admin setup name:Second")
    call, there = json.loads(form.view["private_metadata"])
    there[1] = rooms["secret"].id
    form.view["private_metadata"] = json.dumps([call, there])
    refused = as_modal(await stage.olu.submit(form, {"timezone": "UTC"}))
    assert NOT_FOUND in next(iter(refused.errors.values()))


# -- the hidden part of a form --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hidden",
    [
        "nonsense",
        "[" * 2_900,
        "[[1],[]]",
        '["1||submission add|",["T0LAB",5,6,7,8]]',
        '["1||submission add|",["T0LAB",null,null,"",null]]',
        '["1||submission add|",["T0LAB","",null,"",null]]',
        '["1||submission add|",["T0LAB","c/../x",null,"",null]]',
        '["1||submission add|",["T0LAB","C1",null,"",["x"]]]',
        '[null,["T0LAB","C1",null,"",null]]',
        '["1||submission add|",["TOTHER","C1",null,"",null]]',
        '["1||submission add|",["T0LAB","C1",null,""]]',
    ],
)
def test_forged_hidden_part_is_out_of_date(hidden: str) -> None:
    with pytest.raises(OutOfDate):
        modals.decode_metadata(hidden, "T0LAB")


async def test_hidden_part_fits_whatever_channel_is_called(slack_core: Core) -> None:
    url = "https://hooks.slack.com/commands/T01ABCDEF23/8123456789012/AbCdEfGhIjKlMnOpQrStUvWx"
    person = Person("slack", "T01ABCDEF23", "UADA", "Ada")
    args = {"coauthors": "著" * 260}
    codec = StoredCallCodec(slack_core.store, slack_core.clock, SAVED, 20)
    for name in ("研" * 80, '"' * 80, "🎉" * 80):
        origin = ReplyContext("T01ABCDEF23", "C01ABCDEF23", "1700000000.000100", name, url)
        form = Form("Add", "submission add", (), args, 1)
        hidden = await modals.encode_metadata(codec, person, form, origin)
        assert len(hidden) < 2_800
        encoded, back = modals.decode_metadata(hidden, "T01ABCDEF23")
        assert back == origin
        assert (await codec.decode(encoded, person)).args == args


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://hooks.slack.com/commands/T1/2/x", True),
        ("http://hooks.slack.com/commands/T1/2/x", False),
        ("https://hooks.slack.com.evil.example/x", False),
        ("https://hooks.slack.com@evil.example/x", False),
        ("https://hooks.slack.com:8080/x", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("http://127.0.0.1:8000/response/1", False),
        ("//hooks.slack.com/x", False),
        ("x", False),
        ("http://[", False),
    ],
)
def test_response_addresses(address: str, good: bool) -> None:
    assert is_response_address(address, "https://slack.com/api/") is good


def test_response_addresses_of_test_server() -> None:
    assert is_response_address("http://127.0.0.1:8000/response/1", "http://127.0.0.1:8000/api/")
    assert not is_response_address("http://127.0.0.1:8001/response/1", "http://127.0.0.1:8000/api/")


@pytest.fixture
async def elsewhere() -> AsyncIterator[tuple[str, list[str]]]:
    """A server that is not Slack's, and what it heard."""
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(await request.text())
        return web.Response(text="ok")

    application = web.Application()
    application.router.add_post("/{path:.*}", hear)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/meta-data", heard
    await runner.cleanup()


async def test_typed_id_has_to_be_somebodys_and_mentioned_one_need_not(stage: SlackFixture) -> None:
    said = await stage.olu.say("/cohort", "admin organizer person:U0NOBODY1 add:yes")
    assert "I know nobody of the id U0NOBODY1" in said.text
    stage.slack.add_member(stage.slack.workspace, "U0NEW1234", "Nia")
    await stage.olu.say("/cohort", "admin organizer person:<@U0NEW1234> add:yes")
    assert "Nia" in (await stage.olu.say("/cohort", "members")).text
    said = await stage.olu.say("/cohort", "admin organizer person:U0NEW1234 add:no")
    assert "I know nobody" not in said.text


async def test_answers_go_to_no_forged_address(stage: SlackFixture, elsewhere: tuple[str, list[str]]) -> None:
    address, heard = elsewhere
    form = await stage.ada.form("/cohort", "submission add")
    call, there = json.loads(form.view["private_metadata"])
    there[4] = address
    form.view["private_metadata"] = json.dumps([call, there])
    said = as_message(await stage.ada.submit(form, {"title": "Elsewhere"}))
    assert "Elsewhere" in said.text
    assert said.via == "chat.postEphemeral"
    assert not heard


def test_places() -> None:
    origin = ReplyContext("T1", "C1", name="general")
    assert origin.place.kind is PlaceKind.CHANNEL
    assert replace(origin, name="mpdm-a--b-1").place.kind is PlaceKind.GROUP
