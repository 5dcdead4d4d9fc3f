"""Whom to ask about which work: arXiv, Crossref, else the page itself. One request at a time for each, with a pause."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit

from bot.lookup.fetching import Fetcher
from core.works import answers
from core.works.identifiers import Identifier, Scheme
from core.works.model import LookupFailed, NotKnown, Work

ARXIV, CROSSREF = "https://export.arxiv.org/api/query", "https://api.crossref.org"
"""The addresses of the sources unless an operator gives others."""
OFF = "off"
"""The address of a source that is not asked."""

MOST = 2 * 2**20
"""Bytes of an answer of a source."""
PAGE = 512 * 2**10
"""Bytes of a page: its head stands at the beginning."""

PAUSES = {"arxiv": 3.0, "crossref": 0.2}
"""Seconds between two requests; arXiv asks for three. Of a page's host one."""
_HOSTS = 200

_ATOM = ("application/atom+xml", "application/xml", "text/xml")
_JSON = ("application/json", "application/vnd.crossref-api-message+json")
_HTML = ("text/html", "application/xhtml+xml")


class WebSource:
    """A `WorkSource` over the network. `pause` is what the pauses are multiplied with; 0 for tests."""

    def __init__(self, fetcher: Fetcher, arxiv: str, crossref: str, pause: float = 1.0) -> None:
        self._fetcher = fetcher
        self._arxiv, self._crossref, self._pause = arxiv, crossref, pause
        self._locks: dict[str, asyncio.Lock] = {}

    async def look_up(self, identifier: Identifier) -> Work:
        """What is known of a work. Raises `LookupFailed` or `NotKnown`."""
        match identifier.scheme:
            case Scheme.ARXIV:
                return await self._from_arxiv(identifier)
            case Scheme.DOI | Scheme.ACL:
                return await self._from_crossref(identifier)
        return await self._from_page(identifier)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._fetcher.close()

    async def _from_arxiv(self, identifier: Identifier) -> Work:
        if self._arxiv == OFF:
            raise NotKnown("arXiv is not asked.")
        address = f"{self._arxiv}?id_list={quote(identifier.value, safe='/.')}&max_results=1"

        async def ask() -> Work:
            fetched = await self._fetcher.get(address, _ATOM, MOST, of_source=True)
            return await asyncio.to_thread(answers.of_arxiv, fetched.content, identifier)

        return await self._politely("arxiv", ask)

    async def _from_crossref(self, identifier: Identifier) -> Work:
        if self._crossref == OFF:
            raise NotKnown("Crossref is not asked.")
        address = f"{self._crossref.rstrip('/')}/works/{quote(identifier.doi or '', safe='')}"

        async def ask() -> Work:
            fetched = await self._fetcher.get(address, _JSON, MOST, of_source=True)
            return await asyncio.to_thread(answers.of_crossref, fetched.content, identifier)

        try:
            return await self._politely("crossref", ask)
        except NotKnown:
            # Other registries give out DOIs too; the page that one leads to says what it is.
            return await self._from_page(identifier)

    async def _from_page(self, identifier: Identifier) -> Work:
        if self._crossref == OFF and self._arxiv == OFF:
            raise NotKnown("No page is asked.")
        address = identifier.address
        host = urlsplit(address).hostname or ""

        async def ask() -> Work:
            fetched = await self._fetcher.get(address, _HTML, PAGE, cut=True)
            return await asyncio.to_thread(answers.of_page, fetched.content, fetched.encoding, identifier)

        return await self._politely(host, ask)

    async def _politely(self, source: str, ask: Callable[[], Awaitable[Work]]) -> Work:
        """Ask a source after who asked it before, and leave it its pause."""
        if len(self._locks) > _HOSTS:
            self._locks = {name: lock for name, lock in self._locks.items() if lock.locked()}
        async with self._locks.setdefault(source, asyncio.Lock()):
            try:
                return await ask()
            except (ValueError, RecursionError):
                raise LookupFailed("the answer could not be read") from None
            finally:
                await asyncio.sleep(self._pause * PAUSES.get(source, 1.0))
