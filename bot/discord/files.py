"""Files that members gave with a command or in a form."""

from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from bot import files
from core.chat.model import Upload
from core.errors import FileUnreadable

HOSTS = ("cdn.discordapp.com", "media.discordapp.net")


@dataclass(frozen=True, slots=True)
class Attachments:
    """Loads attachments over `session`; `api` is the address of Discord's interface, or of the server in its place."""

    session: aiohttp.ClientSession
    api: Callable[[], str]

    async def fetch(self, address: str, field: str, name: str, media_type: str) -> Upload:
        """The file of an attachment's address. Raises `FileTooLarge`, or `FileUnreadable` where it cannot be had."""
        if not files.trusted(address, HOSTS, self.api()):
            raise FileUnreadable(name, field)
        return await files.fetch(self.session, address, field, name, media_type)
