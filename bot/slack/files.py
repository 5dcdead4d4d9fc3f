"""Files that members put into a form, fetched with the bot's token."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot import files
from core.chat.model import UPLOAD_BYTES, Upload
from core.errors import FileTooLarge, FileUnreadable

HOSTS = (".slack.com",)


async def fetch(client: AsyncWebClient, field: str, facts: dict[str, Any]) -> Upload:
    """The content of a file as Slack describes it. Raises `BadInput` where it is too large or cannot be had."""
    name = str(facts.get("name") or "file")[:200]
    if int(facts.get("size") or 0) > UPLOAD_BYTES:
        raise FileTooLarge(name, field)
    address = str(facts.get("url_private_download") or facts.get("url_private") or "")
    session = client.session
    if not files.trusted(address, HOSTS, client.base_url) or session is None:
        raise FileUnreadable(name, field)
    media_type = str(facts.get("mimetype") or "application/octet-stream")
    return await files.fetch(
        session, address, field, name, media_type, {"Authorization": f"Bearer {client.token}"}
    )
