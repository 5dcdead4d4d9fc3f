"""Logs hold no token and no answer, wherever in an entry it stands."""

import asyncio
import json
import logging
import sqlite3
import sys
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from typing import Any

import aiohttp
import discord
import pytest
import structlog
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot import logs
from bot.adapter import find_adapters
from bot.logs import describe_error, redactor, secret_values
from bot.settings import Settings, with_adapters
from bot.slack.failures import pointers, refusal, translate
from core.errors import BadInput, StoreBusy, report

SHAPES = [shape for each in find_adapters() for shape in each.secrets]
WORDS = "Quokka scored 4.37"
"""What a member wrote."""

pytestmark = pytest.mark.case(38)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Logs as the process sets them up. Called, it gives the entries so far."""
    before, root, stream = structlog.get_config(), logging.getLogger(), StringIO()
    handlers, level = root.handlers[:], root.level
    quiet = {name: logging.getLogger(name).level for name in logs.CHATTY}
    monkeypatch.setattr(sys, "stderr", stream)
    logs.set_up("INFO", secrets=SHAPES, values={"by-its-value"})
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, each in quiet.items():
        logging.getLogger(name).setLevel(each)


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-12-ab",
        "xoxe.xoxp-1-Mi0yLT",
        "xapp-1-A-2-b",
        ".".join(("M" * 24, "G" * 6, "h" * 38)),
        "aW50ZXJhY3Rpb246MTIzOmFiYw==",
        "by-its-value",
    ],
)
def test_secret_is_taken_out_wherever_it_stands(secret: str) -> None:
    redact = redactor(SHAPES, {"by-its-value"})
    entry: dict[str, Any] = {
        "event": f"refused: {secret}!",
        "nested": {"list": [{"deep": (f"a {secret}",)}], f"key {secret}": {secret}},
        "bytes": secret.encode(),
        "error": ValueError(secret),
        "object": SecretHolder(secret),
        "count": 3,
        "flag": True,
        "nothing": None,
    }
    shown: Any = redact(None, "error", entry)
    assert secret not in repr(shown)
    assert (shown["event"], shown["count"], shown["flag"]) == ("refused: [redacted]!", 3, True)
    assert shown["nothing"] is None
    assert shown["nested"]["list"][0]["deep"] == ["a [redacted]"]


class SecretHolder:
    """Something that shows its secret only once it is written out."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __repr__(self) -> str:
        return f"<holder of {self._secret}>"


def test_addresses_keep_all_but_their_secret() -> None:
    redact = redactor(SHAPES)
    for address, shown in {
        "postgresql://ada:secret@db/x": "postgresql://[redacted]@db/x",
        "https://hooks.slack.com/commands/T1/2/abc": "https://hooks.slack.com/[redacted]",
        "/api/v10/webhooks/12/tok.en-x/messages/@original": "/api/v10/webhooks/[redacted]/messages/@original",
        "/interactions/12/tok.en-x/callback": "/interactions/[redacted]/callback",
    }.items():
        assert redact(None, "error", {"event": address}) == {"event": shown}


def test_what_holds_itself_ends() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert "…" in repr(redactor(SHAPES)(None, "error", {"event": endless}))


def test_values_of_settings() -> None:
    kind = with_adapters([each.settings for each in find_adapters()])
    settings = kind.model_validate(
        {
            "COHORT_DATABASE_URL": "postgresql://ada:p%40ss%2Fword@db/x",
            "DISCORD_TOKEN": "a-token-of-discord",
            "SLACK_SIGNING_SECRET": "0123456789abcdef",
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": None,
        }
    )
    found = secret_values(settings)
    assert {"p@ss/word", "p%40ss%2Fword", "a-token-of-discord", "0123456789abcdef", "xoxb-1"} <= found
    assert secret_values(Settings()) == set()
    assert secret_values(Settings(database_url="postgresql://ada:ab@db/x")) == set(), "a word like any other"
    assert isinstance(settings.model_copy().model_dump()["discord_token"], SecretStr)


def slack_refusal(said: str, **more: object) -> SlackApiError:
    body = {"ok": False, "error": said, **more}
    return SlackApiError(f"The request failed: {WORDS}", body)  # type: ignore[no-untyped-call] # slack_sdk leaves it untyped


def discord_refusal() -> discord.HTTPException:
    response = type("Response", (), {"status": 400, "reason": WORDS})
    return discord.HTTPException(response, {"code": 50035, "message": WORDS})


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (slack_refusal("invalid_blocks"), "slack_sdk.errors.SlackApiError (invalid_blocks)"),
        (slack_refusal(WORDS), "slack_sdk.errors.SlackApiError"),
        (SlackApiError(WORDS, WORDS), "slack_sdk.errors.SlackApiError"),  # type: ignore[no-untyped-call] # as above
        (SlackRequestError(WORDS), "slack_sdk.errors.SlackRequestError"),
        (discord_refusal(), "discord.errors.HTTPException (50035, 400)"),
        (aiohttp.ClientError(WORDS), "aiohttp.client_exceptions.ClientError"),
        (ValueError(WORDS), "ValueError"),
        (KeyError(WORDS), "KeyError"),
        (BadInput(WORDS), "core.errors.BadInput"),
        (StoreBusy(), f"core.errors.StoreBusy: {StoreBusy()}"),
        (TypeError("f() takes no arguments"), "TypeError: f() takes no arguments"),
        (sqlite3.OperationalError("disk I/O error"), "sqlite3.OperationalError: disk I/O error"),
        (
            ConnectionRefusedError(111, "Connection refused"),
            "ConnectionRefusedError (111, Connection refused)",
        ),
    ],
)
def test_error_by_type_and_code(error: Exception, shown: str) -> None:
    assert describe_error(error) == shown


async def test_texts_of_libraries_stay_out(written: Any) -> None:
    log = structlog.get_logger()
    try:
        try:
            raise slack_refusal("invalid_blocks")
        except SlackApiError as first:
            raise ExceptionGroup(WORDS, [ValueError(WORDS), KeyError(WORDS)]) from first
    except ExceptionGroup as error:
        report("failed", kind="x")
        log.warning("failed", error=error, facts={"error": error})
        logging.getLogger("slack_bolt").exception("failed")
        logging.getLogger("discord").error("token %s", "by-its-value", exc_info=error)
    task = asyncio.ensure_future(_raises())
    await asyncio.wait({task})
    context = {"message": "Task exception was never retrieved", "exception": task.exception(), "future": task}
    asyncio.get_running_loop().default_exception_handler(context)
    entries = written()
    assert len(entries) == 5
    assert "Quokka" not in repr(entries)
    assert "by-its-value" not in repr(entries)
    for entry in (entries[0], entries[2]):
        assert "slack_sdk.errors.SlackApiError (invalid_blocks)\nwhich led to:" in entry["exception"]
        assert entry["exception"].endswith("ExceptionGroup\nValueError\nKeyError")
        assert "raise slack_refusal" in entry["exception"]
    assert entries[4]["event"] == "Task exception was never retrieved"
    assert entries[4]["exception"].endswith("ValueError")


async def _raises() -> None:
    raise ValueError(WORDS)


async def test_failed_upload_says_no_title() -> None:
    """The library itself, at an address where nothing answers as Slack does."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-1", session=session, retry_handlers=[])

        async def get(**_: object) -> dict[str, object]:
            return {"ok": True, "upload_url": "http://127.0.0.1:1/upload", "file_id": "F1"}

        client.files_getUploadURLExternal = get  # type: ignore[assignment,method-assign] # nothing listens there
        with pytest.raises(Exception) as failed:  # noqa: PT011 - whatever it raises
            await client.files_upload_v2(file=BytesIO(b"x"), filename="a.png", title=WORDS)
    for shown in (describe_error(failed.value), str(translate(failed.value))):
        assert "Quokka" not in shown


def test_slack_names_what_it_refused_and_not_what_was_in_it() -> None:
    metadata = {"messages": [f"[ERROR] {WORDS} is odd [json-pointer:/view/blocks/0/text]"]}
    assert pointers(slack_refusal("invalid_arguments", response_metadata=metadata)) == ["/view/blocks/0/text"]
    bodies = ("invalid_blocks", '{"ok":false,"error":"expired_url"}', WORDS, "")
    assert [refusal(body) for body in bodies] == ["invalid_blocks", "expired_url", "", ""]
