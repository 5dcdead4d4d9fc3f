"""The source of works, put together with the first work that is looked up: its HTTP client takes a tenth of a second to
load, which the bot's start need not wait for."""

from typing import TYPE_CHECKING

from core.works.identifiers import Identifier
from core.works.model import Work

if TYPE_CHECKING:
    from bot.lookup.source import WebSource


class LateSource:
    """A `WorkSource` over the network. `arxiv` and `crossref` are the addresses of the sources or "off"; where they are
    empty the usual ones, or nobody unless it `asks`."""

    def __init__(self, arxiv: str, crossref: str, *, asks: bool) -> None:
        self._arxiv, self._crossref, self._asks = arxiv, crossref, asks
        self._opened: WebSource | None = None

    async def look_up(self, identifier: Identifier) -> Work:
        """What is known of a work. Raises `LookupFailed` or `NotKnown`."""
        if self._opened is None:
            self._opened = self._open()
        return await self._opened.look_up(identifier)

    async def close(self) -> None:
        """Let go of all connections."""
        if self._opened is not None:
            await self._opened.close()

    def _open(self) -> "WebSource":
        from bot.lookup.fetching import Fetcher
        from bot.lookup.source import ARXIV, CROSSREF, OFF, WebSource

        usual = (ARXIV, CROSSREF) if self._asks else (OFF, OFF)
        sources = (self._arxiv or usual[0], self._crossref or usual[1])
        return WebSource(Fetcher([each for each in sources if each != OFF]), *sources)
