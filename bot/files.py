"""Files that members give, fetched from where their platform keeps them and from nowhere else."""

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

import aiohttp
import structlog

from bot.logs import describe_error
from core.chat.model import UPLOAD_BYTES, Upload
from core.errors import FileTooLarge, FileUnreadable

log = structlog.get_logger()


def trusted(address: str, hosts: Collection[str], api: str) -> bool:
    """Whether files may be fetched from an address: over TLS from one of the platform's hosts or from below one that
    begins with a dot, or from the configured server itself."""
    try:
        found, own = urlsplit(address), urlsplit(api)
    except ValueError:
        return False
    if found.netloc and (found.scheme, found.netloc) == (own.scheme, own.netloc):
        return True
    host = found.hostname or ""
    known = any(host.endswith(each) if each.startswith(".") else host == each for each in hosts)
    return found.scheme == "https" and found.netloc == host and known


async def fetch(
    session: aiohttp.ClientSession,
    address: str,
    field: str,
    name: str,
    media_type: str,
    headers: Mapping[str, str] | None = None,
) -> Upload:
    """The file of a trusted address, for the parameter `field`. Raises `FileTooLarge`, or `FileUnreadable` where it cannot
    be had."""
    try:
        # A redirect would be to a log-in page or to another host, and must carry no token there.
        async with session.get(address, headers=headers, allow_redirects=False) as answer:
            content = await _read(answer) if answer.status == 200 else b""
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        log.warning("a file could not be fetched", reason=describe_error(error))
        raise FileUnreadable(name, field) from error
    if len(content) > UPLOAD_BYTES:
        raise FileTooLarge(name, field)
    if not content:
        raise FileUnreadable(name, field)
    return Upload(name, content, media_type)


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """The body, read no further than it takes to see that it is too large."""
    content = bytearray()
    while len(content) <= UPLOAD_BYTES and (
        more := await answer.content.read(UPLOAD_BYTES + 1 - len(content))
    ):
        content += more
    return bytes(content)
