"""The stand-in for Slack, driven by a bare bolt app through the real slack-bolt and slack-sdk."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot as InstalledBot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack import (
    APP_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    SIGNING_SECRET,
    Failed,
    SlackServer,
    SlackUser,
    as_message,
    as_modal,
    limits,
)

TITLE = {"type": "plain_text", "text": "Add a paper"}
VIEW: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": TITLE,
    "submit": {"type": "plain_text", "text": "Save"},
    "private_metadata": "kept",
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "in", "max_length": 20},
        },
        {
            "type": "input",
            "block_id": "venue",
            "optional": True,
            "label": {"type": "plain_text", "text": "Venue"},
            "element": {"type": "external_select", "action_id": "venue", "min_query_length": 0},
        },
    ],
}
BUTTON: dict[str, Any] = {
    "type": "actions",
    "elements": [
        {"type": "button", "text": {"type": "plain_text", "text": "Vote"}, "action_id": "v", "value": "7"}
    ],
}


def bare_app(client: AsyncWebClient) -> AsyncApp:
    """A small bot that uses each way of answering."""
    app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)

    @app.command("/echo")
    async def echo(ack: Any, respond: Any, command: Any) -> None:
        await ack()
        await respond(text=command["text"], response_type="in_channel")

    @app.command("/ack")
    async def in_ack(ack: Any, command: Any) -> None:
        await ack(text=command["text"], blocks=[BUTTON])

    @app.command("/form")
    async def form(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=VIEW)

    @app.options("venue")
    async def venues(ack: Any, payload: Any) -> None:
        found = [n for n in ("NeurIPS 2026", "ICLR 2027") if payload["value"].casefold() in n.casefold()]
        await ack(options=[{"text": {"type": "plain_text", "text": n}, "value": n} for n in found])

    @app.view("form")
    async def submitted(ack: Any, body: Any, view: Any, client: Any) -> None:
        said = view["state"]["values"]["title"]["in"]["value"]
        if said == "bad":
            await ack(response_action="errors", errors={"title": "Another title, please."})
            return
        await ack()
        chosen = view["state"]["values"]["venue"]["venue"]["selected_option"]
        await client.chat_postMessage(
            channel=body["user"]["id"], text=f"{said} to {chosen and chosen['value']}", blocks=[BUTTON]
        )

    @app.action("v")
    async def vote(ack: Any, respond: Any, action: Any) -> None:
        await ack()
        await respond(text=f"Voted {action['value']}", replace_original=True)

    @app.command("/slow")
    async def slow(ack: Any) -> None:
        await asyncio.Event().wait()

    return app


@asynccontextmanager
async def http_bot(slack: SlackServer, app: AsyncApp) -> AsyncIterator[None]:
    """The bot behind its request URL."""

    async def events(request: web.Request) -> web.Response:
        bolt = AsyncBoltRequest(body=await request.text(), headers=dict(request.headers.items()))
        answer = await app.async_dispatch(bolt)
        kind = answer.first_headers().get("content-type", "text/plain").partition(";")[0]
        return web.Response(status=answer.status, text=answer.body, content_type=kind)

    site = web.Application()
    site.router.add_post("/slack/events", events)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.send_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def socket_bot(slack: SlackServer, app: AsyncApp, connections: int = 2) -> AsyncIterator[None]:
    """The bot behind Socket Mode connections."""
    handlers = [AsyncSocketModeHandler(app, APP_TOKEN, ping_interval=0.2) for _ in range(connections)]
    for handler in handlers:
        await handler.connect_async()  # type: ignore[no-untyped-call] # bolt leaves it untyped
    try:
        yield
    finally:
        for handler in handlers:
            await handler.close_async()  # type: ignore[no-untyped-call] # bolt leaves it untyped


Bot = Callable[[SlackServer, AsyncApp], Any]


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A fresh platform with one member."""
    async with SlackServer() as server:
        server.add_member(server.workspace, "UADA", "Ada Lovelace")
        yield server


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    """The bot's real Web API client."""
    return AsyncWebClient(slack.workspace.token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def ada(slack: SlackServer) -> SlackUser:
    """A member in a channel with the bot."""
    return SlackUser(slack, "UADA", slack.add_channel("cohort"))


@pytest.fixture(params=[http_bot, socket_bot])
async def bot(
    request: pytest.FixtureRequest, slack: SlackServer, client: AsyncWebClient
) -> AsyncIterator[None]:
    """The bare bot, once over each transport."""
    async with request.param(slack, bare_app(client)):
        yield


@pytest.mark.usefixtures("bot")
async def test_commands_buttons_forms_and_suggestions(slack: SlackServer, ada: SlackUser) -> None:
    public = await ada.say("/echo", "hello *you*")
    assert (public.text, public.private, public.via) == ("hello *you*", False, "response_url")
    assert ada.channel.messages[-1] is public
    private = await ada.say("/ack", "psst")
    assert private.private
    assert private.via == "ack"
    assert ada.ephemerals == [private]
    voted = as_message(await ada.click(private, "Vote"))
    assert voted is private
    assert voted.text == "Voted 7"
    modal = await ada.form("/form")
    assert modal.labels == ["Title", "Venue"]
    assert [o["value"] for o in await ada.suggest(modal, "Venue", "ic")] == ["ICLR 2027"]
    again = as_modal(await ada.submit(modal, {"Title": "bad"}))
    assert again is modal
    assert modal.errors == {"Title": "Another title, please."}
    sent = as_message(await ada.submit(modal, {"Title": "Attention", "Venue": "NeurIPS 2026"}))
    assert sent.text == "[Vote]"
    assert sent.payload["text"] == "Attention to NeurIPS 2026"
    assert ada.direct == [sent]
    assert not modal.open
    with pytest.raises(Failed, match="required"):
        await ada.submit(await ada.form("/form"), {})
    assert as_message(await ada.click(sent, "Vote")).edits == 1


async def test_http_refuses_forgeries_and_times_out(
    slack: SlackServer, client: AsyncWebClient, ada: SlackUser
) -> None:
    slack.ack_seconds = 0.2
    async with http_bot(slack, bare_app(client)):
        assert slack.http is not None
        turn = slack.open_turn(slack.workspace, "UADA", ada.channel, "command")
        payload = ada.slash(turn, "/echo", "x")
        assert (await slack.http.forge("slash_commands", payload))[0] == 200
        assert (await slack.http.forge("slash_commands", payload, age=301))[0] == 401
        assert (await slack.http.raw(b"command=%2Fecho", {}))[0] == 401
        with pytest.raises(Failed, match="operation_timeout"):
            await ada.command("/slow")


async def test_socket_mode_refresh_and_redelivery(
    slack: SlackServer, client: AsyncWebClient, ada: SlackUser
) -> None:
    slack.sockets.ack_seconds = 0.3
    async with socket_bot(slack, bare_app(client)):
        first = slack.sockets.connections[0]
        await slack.sockets.refresh(first)
        assert (await ada.say("/echo", "during")).text == "during"
        await slack.sockets.opened(2)
        second = next(c for c in slack.sockets.connections if c is not first)
        second.deaf = True
        assert (await ada.say("/echo", "redelivered")).text == "redelivered"


async def test_refusals_in_slacks_own_shape(
    slack: SlackServer, client: AsyncWebClient, ada: SlackUser
) -> None:
    room = ada.channel.id
    await _refused(
        "invalid_blocks", client.chat_postMessage(channel=room, text="x", blocks=[{"type": "tabel"}])
    )
    await _refused("msg_too_long", client.chat_postMessage(channel=room, text="x" * 4_001))
    await _refused("no_text", client.api_call("chat.postMessage", params={"channel": room}))
    await _refused("channel_not_found", client.chat_postMessage(channel="C404", text="x"))
    twice = [{**BUTTON, "block_id": "a"}, {**BUTTON, "block_id": "b"}]
    refusal = await _refused("invalid_blocks", client.chat_postMessage(channel=room, text="x", blocks=twice))
    assert "`action_id` must be unique" in refusal["response_metadata"]["messages"][0]
    await _refused("invalid_trigger_id", client.views_open(trigger_id="1.2.3", view=VIEW))
    turn = slack.open_turn(slack.workspace, "UADA", ada.channel, "command")
    await _refused("invalid_arguments", client.views_open(trigger_id=turn.id, view={**VIEW, "title": {}}))
    huge = {**VIEW, "private_metadata": "x" * 3_001}
    await _refused("invalid_arguments", client.views_open(trigger_id=turn.id, view=huge))
    await client.views_open(trigger_id=turn.id, view=VIEW)
    await _refused("exchanged_trigger_id", client.views_open(trigger_id=turn.id, view=VIEW))
    late = slack.open_turn(slack.workspace, "UADA", ada.channel, "command")
    slack.advance(3.5)
    await _refused("expired_trigger_id", client.views_open(trigger_id=late.id, view=VIEW))
    members = await client.conversations_members(channel=room, limit=1)
    rest = await client.conversations_members(
        channel=room, cursor=members["response_metadata"]["next_cursor"]
    )
    assert {*members["members"], *rest["members"]} == ada.channel.members
    ada.channel.restricted = True
    await _refused("restricted_action", client.chat_postMessage(channel=room, text="x"))
    ada.channel.archived = True
    await _refused("is_archived", client.chat_postMessage(channel=room, text="x"))
    outside = slack.add_channel("elsewhere", members={"UADA"})
    await _refused("not_in_channel", client.chat_postMessage(channel=outside.id, text="x"))
    told = (await client.conversations_info(channel=outside.id))["channel"]
    assert (told["is_member"], told["is_private"], told["is_archived"]) == (False, False, False)
    hidden = slack.add_channel("hidden", kind="private", members={"UADA"})
    await _refused("channel_not_found", client.conversations_info(channel=hidden.id))
    await _refused("missing_scope", client.conversations_history(channel=room))
    slack.workspace.revoked = True
    await _refused("token_revoked", client.auth_test())
    await _refused("invalid_auth", AsyncWebClient("xoxb-no", base_url=slack.api_url).auth_test())


async def test_faults(slack: SlackServer, client: AsyncWebClient, ada: SlackUser) -> None:
    room = ada.channel.id
    slack.fail("chat.*", status=429, retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=room, text="x")
    assert caught.value.response.headers["Retry-After"] == "7"
    slack.fail("chat.postMessage", drop=True, after=True)
    with pytest.raises(Exception, match="disconnected"):
        await client.chat_postMessage(
            channel=room, text="kept", metadata={"event_type": "p", "event_payload": {}}
        )
    assert [m.text for m in ada.channel.messages] == ["kept"]
    slack.workspace.scopes.add("channels:history")
    found = await client.conversations_history(channel=room, include_all_metadata=True)
    assert found["messages"][0]["metadata"]["event_type"] == "p"
    slack.fail("chat.postMessage", error="is_archived")
    await _refused("is_archived", client.chat_postMessage(channel=room, text="x"))
    thread = await client.chat_postMessage(channel=room, text="reply", thread_ts=found["messages"][0]["ts"])
    await client.chat_update(channel=room, ts=thread["ts"], text="edited")
    assert [m.text for m in ada.channel.messages[0].thread] == ["edited"]


async def test_files_with_bytes_and_alt_text(
    slack: SlackServer, client: AsyncWebClient, ada: SlackUser
) -> None:
    await client.files_upload_v2(
        channel=ada.channel.id, filename="a.png", content=b"\x89PNG", alt_txt="A chart.", title="Chart"
    )
    message = ada.channel.messages[-1]
    assert [(f.name, f.data, f.alt_text, f.title) for f in message.files] == [
        ("a.png", b"\x89PNG", "A chart.", "Chart")
    ]


async def test_what_pings_and_links(client: AsyncWebClient, ada: SlackUser) -> None:
    async def effects(**payload: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
        await client.chat_postMessage(channel=ada.channel.id, **payload)
        found = ada.channel.messages[-1].effects
        return found.pings, found.links

    assert await effects(text="<!channel> <@UADA> @everyone [x](http://evil)", parse="none") == (
        ("!channel", "UADA"),
        (),
    )
    assert await effects(text="&lt;!channel&gt; @channel", link_names=True) == (("!channel",), ())
    assert await effects(text="see http://evil") == ((), ("http://evil",))
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": "<!here> http://evil *b*"}]}
    assert await effects(text="x", blocks=[{"type": "rich_text", "elements": [rich]}]) == ((), ())
    assert ada.channel.messages[-1].text == "<!here> http://evil *b*"
    assert await effects(text="x", blocks=[{"type": "markdown", "text": "[x](http://evil)"}]) == (
        (),
        ("http://evil",),
    )


async def test_response_addresses_wear_out(
    slack: SlackServer, client: AsyncWebClient, ada: SlackUser
) -> None:
    async with http_bot(slack, bare_app(client)):
        turn = await ada.begin("/echo", "first")
        await ada.answer(turn)
        http = slack.http
        assert http is not None
        http.url = f"{slack.base_url}/response/{turn.id}"
        said = [(await http.raw(b'{"text": "more"}', {}))[0] for _ in range(5)]
        assert said == [200, 200, 200, 200, 404]
        late = slack.open_turn(slack.workspace, "UADA", ada.channel, "command")
        slack.advance(31 * 60)
        http.url = f"{slack.base_url}/response/{late.id}"
        assert (await http.raw(b'{"text": "late"}', {}))[0] == 404


async def _refused(code: str, call: Awaitable[Any]) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response["error"] == code
    body = caught.value.response.data
    assert isinstance(body, dict)
    return body


@pytest.mark.parametrize(
    ("options", "text", "value", "refused"),
    [(100, 75, 150, False), (101, 1, 3, True), (1, 76, 1, True), (1, 1, 151, True)],
)
def test_menus_of_messages_have_limits(options: int, text: int, value: int, refused: bool) -> None:
    words = {"type": "plain_text", "text": "x" * text}
    option = {"text": words, "value": "v" * value, "description": words}
    menu = {"type": "static_select", "action_id": "a", "placeholder": words, "options": [option] * options}
    assert bool(limits.message_blocks([{"type": "actions", "elements": [menu]}])) is refused


async def test_tokens_that_end_are_renewed_by_the_library_and_each_what_renews_is_good_once() -> None:
    async with SlackServer() as slack:
        given = slack.rotation.issue(slack, slack.workspace)
        nobody = AsyncWebClient(base_url=slack.api_url)
        rotator = AsyncTokenRotator(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, client=nobody)
        first = InstalledBot(
            bot_token=given["access_token"],
            bot_id="B",
            bot_user_id="U",
            bot_refresh_token=given["refresh_token"],
            bot_token_expires_in=1,
            installed_at=0.0,
        )
        slack.advance(11 * 3_600)
        second = await rotator.perform_bot_token_rotation(bot=first)
        assert second is not None
        assert {first.bot_token, second.bot_token} == set(slack.workspaces)
        with pytest.raises(SlackTokenRotationError, match="invalid_refresh_token"):
            await rotator.perform_bot_token_rotation(bot=first)
        slack.advance(2 * 3_600)
        with pytest.raises(SlackApiError, match="token_expired"):
            await AsyncWebClient(first.bot_token, base_url=slack.api_url).auth_test()
        assert (await AsyncWebClient(second.bot_token, base_url=slack.api_url).auth_test())["ok"]
        third = await rotator.perform_bot_token_rotation(bot=second, minutes_before_expiration=24 * 60)
        assert third is not None
        last = await rotator.perform_bot_token_rotation(bot=third, minutes_before_expiration=24 * 60)
        assert last is not None
        with pytest.raises(SlackApiError, match="invalid_auth"):
            await AsyncWebClient(second.bot_token, base_url=slack.api_url).auth_test()
        wrong = AsyncTokenRotator(client_id=CLIENT_ID, client_secret="wrong", client=nobody)
        with pytest.raises(SlackTokenRotationError, match="bad_client_secret"):
            await wrong.perform_bot_token_rotation(bot=last, minutes_before_expiration=24 * 60)
        with pytest.raises(SlackApiError, match="invalid_arguments"):
            await nobody.oauth_v2_access(
                client_id=CLIENT_ID,
                client_secret=CLIENT_SECRET,
                grant_type="refresh_token",
                refresh_token=last.bot_refresh_token,
                code="1",
            )
        slack.workspace.revoked = True
        with pytest.raises(SlackTokenRotationError, match="invalid_refresh_token"):
            await rotator.perform_bot_token_rotation(bot=last, minutes_before_expiration=24 * 60)
