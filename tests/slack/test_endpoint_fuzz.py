"""Anything at all, sent to Slack's request URL, with and without a right signature: refused or answered, and never a 500."""

import asyncio
import copy
import string
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import FixedClock
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.store.open import open_store
from tests.conftest import NOW
from tests.sample_feature import with_sample_feature
from tests.servers.slack import SlackServer, SlackUser, encode
from tests.servers.slack.transports import Kind
from tests.slack.conftest import connected

Sent = Callable[[bytes, dict[str, str]], int]

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
_CONTENT_TYPES = st.sampled_from(
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
        "",
    ]
)


class Endpoint:
    """The request URL of a bot, called from tests that are not async, because Hypothesis' are not."""

    def __init__(self, registry: Registry, url: str) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._runner.run(self._open(registry, url))

    async def _open(self, registry: Registry, url: str) -> None:
        self.slack = await self._stack.enter_async_context(SlackServer())
        self.slack.add_member(self.slack.workspace, "UADA", "Ada Love", is_admin=True)
        self.ada = SlackUser(self.slack, "UADA", self.slack.add_channel("cohort"))
        self._store = await open_store(url)
        core = Core(with_sample_feature(registry), self._store, FixedClock(NOW))
        await self._stack.enter_async_context(connected(core, self.slack, "http"))

    def send(self, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer."""
        http = self.slack.http
        assert http is not None
        return self._runner.run(http.raw(body, headers))[0]

    def signed(self, body: bytes, kind: str) -> dict[str, str]:
        """The headers of a rightly signed request."""
        http = self.slack.http
        assert http is not None
        return http.headers(body, kind)

    def payloads(self) -> list[tuple[Kind, dict[str, Any]]]:
        """One true payload of each kind that Slack sends."""

        async def made() -> list[tuple[Kind, dict[str, Any]]]:
            return payloads(self)

        return self._runner.run(made())

    def close(self) -> None:
        async def close() -> None:
            await self._stack.aclose()
            await self._store.close()

        self._runner.run(close())
        self._runner.close()


@pytest.fixture
def endpoint(registry: Registry, tmp_path: Any) -> Iterator[Endpoint]:
    opened = Endpoint(registry, f"sqlite:///{tmp_path / 'cohort.db'}")
    yield opened
    opened.close()


def payloads(endpoint: Endpoint) -> list[tuple[Kind, dict[str, Any]]]:
    """One true payload of each kind that Slack sends."""
    ada, slack = endpoint.ada, endpoint.slack
    turn = slack.open_turn(slack.workspace, "UADA", ada.channel, "command")
    common = ada._common(turn, "block_actions")
    action = {"type": "button", "action_id": "click:0", "block_id": "b", "value": "x", "action_ts": "1.2"}
    channel = {"id": ada.channel.id, "name": "cohort"}
    container = {"type": "message", "message_ts": "1.2", "channel_id": ada.channel.id, "is_ephemeral": True}
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": "form",
        "private_metadata": "{}",
        "hash": "1.a",
        "state": {"values": {"b": {"field:title": {"type": "plain_text_input", "value": "x"}}}},
        "blocks": [],
        "title": {"type": "plain_text", "text": "x"},
    }
    event = {"type": "app_mention", "user": "UADA", "text": "hello", "channel": ada.channel.id, "ts": "1.2"}
    wrapped = {
        "type": "event_callback",
        "team_id": slack.workspace.team_id,
        "event_id": "Ev1",
        "event": event,
        "api_app_id": "A0COHORT",
    }
    clicked = {**common, "actions": [action], "channel": channel, "container": container}
    return [
        ("slash_commands", ada.slash(turn, "/cohort", "submission add title:x")),
        ("interactive", clicked),
        ("interactive", {**common, "type": "view_submission", "view": view}),
        ("interactive", {**common, "type": "view_closed", "view": view}),
        (
            "interactive",
            {**common, "type": "block_suggestion", "action_id": "field:x", "block_id": "b", "value": "x"},
        ),
        ("events_api", wrapped),
    ]


def _paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in a payload something can be replaced."""
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _paths(inner, (*at, key))


def _replaced(payload: dict[str, Any], path: tuple[Any, ...], value: Any, *, remove: bool) -> dict[str, Any]:
    changed = copy.deepcopy(payload)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    if remove:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return changed


@pytest.mark.case(32)
def test_what_is_not_signed_is_refused_whatever_it_is(endpoint: Endpoint) -> None:
    @given(
        st.binary(max_size=300),
        _CONTENT_TYPES,
        st.text(alphabet=string.ascii_letters + string.digits + "=. ", max_size=90),
    )
    def refused(body: bytes, kind: str, signature: str) -> None:
        headers = {**endpoint.signed(body, kind), "X-Slack-Signature": signature.strip()}
        assert endpoint.send(body, headers) == 401

    refused()


@pytest.mark.case(32)
def test_signed_bytes_that_are_no_request_are_answered(endpoint: Endpoint) -> None:
    @given(st.binary(max_size=300), _CONTENT_TYPES)
    def answered(body: bytes, kind: str) -> None:
        assert endpoint.send(body, endpoint.signed(body, kind)) in (200, 400, 401, 404)

    answered()


@pytest.mark.case(29, 32)
def test_true_payloads_with_something_changed_are_answered(endpoint: Endpoint) -> None:
    true = endpoint.payloads()

    @given(st.data())
    def answered(data: st.DataObject) -> None:
        kind, payload = data.draw(st.sampled_from(true))
        path = data.draw(st.sampled_from(list(_paths(payload))))
        changed = _replaced(payload, path, data.draw(_VALUES), remove=data.draw(st.booleans()))
        body, content_type = encode(kind, changed)
        status = endpoint.send(body, endpoint.signed(body, content_type))
        assert status in (200, 400, 401, 404), (status, path)

    answered()
    kind, payload = true[0]
    body, content_type = encode(kind, payload)
    assert endpoint.send(body, endpoint.signed(body, content_type)) == 200, "it goes on after all of that"
