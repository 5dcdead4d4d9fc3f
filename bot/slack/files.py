"""Files that members put into a form, fetched with the bot's token."""

from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import describe_error
from core.chat.model import Upload
from core.chat.text import say
from core.errors import BadInput

log = structlog.get_logger()

LARGEST = 2 * 2**20
"""Bytes of a file that somebody may give; a list of papers is far smaller."""


def trusted(address: str, api: str) -> bool:
    """Whether the bot's token may go to this address: Slack's own, or that of the configured server."""
    found, own = urlsplit(address), urlsplit(api)
    if found.netloc == own.netloc and found.scheme == own.scheme:
        return True
    return found.scheme == "https" and (found.hostname or "").endswith(".slack.com")


async def fetch(client: AsyncWebClient, field: str, facts: dict[str, Any]) -> Upload:
    """The content of a file as Slack describes it. Raises `BadInput` where it is too large or cannot be had."""
    name = str(facts.get("name") or "file")[:200]
    if int(facts.get("size") or 0) > LARGEST:
        raise BadInput(say("{name} is larger than 2 MB. Please give a smaller file.", name=name), field=field)
    address = str(facts.get("url_private_download") or facts.get("url_private") or "")
    unreadable = BadInput(say("I could not read {name}. Please try again.", name=name), field=field)
    session = client.session
    if not trusted(address, client.base_url) or session is None:
        raise unreadable
    headers = {"Authorization": f"Bearer {client.token}"}
    try:
        # A redirect would be to a log-in page, and must not carry the token elsewhere.
        async with session.get(address, headers=headers, allow_redirects=False) as answer:
            content = await answer.content.read(LARGEST + 1) if answer.status == 200 else b""
            while answer.status == 200 and len(content) <= LARGEST:
                more = await answer.content.read(LARGEST + 1 - len(content))
                if not more:
                    break
                content += more
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("a file could not be fetched", reason=describe_error(error))
        raise unreadable from error
    if not content or len(content) > LARGEST:
        raise unreadable
    return Upload(name, content, str(facts.get("mimetype") or "application/octet-stream"))
