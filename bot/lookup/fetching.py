"""One bounded request: public addresses, few redirects, and a cap on time, size and type."""

import asyncio
import math
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from bot.lookup.dialing import CheckedBackend, CheckedTransport, PrivateAddress, Resolve, resolve
from core.works.model import LookupFailed, NotKnown

SECONDS = 20.0
"""A whole look-up, redirects too."""
MOST_REDIRECTS = 5
USER_AGENT = "cohort-bot (+https://github.com/cohort-bot/cohort-bot)"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a request gave: its content, as much as was asked for, and the encoding and address that it came with."""

    content: bytes
    encoding: str
    address: str


class Fetcher:
    """Requests to public addresses, and to sources under `bases`, the addresses that an operator configured, which may be
    private. What a member typed leads there by no way: pages have connections of their own, and are read on no private host
    but those of `pages`."""

    def __init__(
        self,
        bases: Collection[str] = (),
        resolve_: Resolve = resolve,
        *,
        seconds: float = SECONDS,
        pages: Collection[str] = (),
    ) -> None:
        self._bases = tuple(map(httpx.URL, bases))
        self._seconds = seconds
        self._hosts = {True: _hosts(bases), False: _hosts(pages)}
        self._transports = {
            of_source: CheckedTransport(CheckedBackend(hosts, resolve_))
            for of_source, hosts in self._hosts.items()
        }

    def _client(self, *, of_source: bool) -> httpx.AsyncClient:
        """A client for one look-up, over the common connections: the cookies of a page are forgotten with it."""
        return httpx.AsyncClient(
            transport=self._transports[of_source],
            # Compressed, a small answer may be a huge one.
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(10.0),
            follow_redirects=False,
            trust_env=False,
        )

    async def get(
        self, address: str, types: Collection[str], most: int, *, cut: bool = False, of_source: bool = False
    ) -> Fetched:
        """What stands at an address, of one of these media types and at most so many bytes; with `cut` the beginning of
        more. `of_source` says that it is a question to a source, made here. Raises `LookupFailed` where another try may
        help, `NotKnown` where none will."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._follow(address, types, most, cut, of_source)
        except (TimeoutError, httpx.TimeoutException):
            raise LookupFailed("no answer in time") from None
        except httpx.ConnectError as error:
            if isinstance(error.__cause__, PrivateAddress):
                raise NotKnown("The address is not a public one.") from None
            raise LookupFailed("no connection") from None
        except httpx.InvalidURL:
            raise NotKnown("The address cannot be read.") from None
        except httpx.HTTPError as error:
            raise LookupFailed(f"the connection failed: {type(error).__name__}") from None

    async def _follow(
        self, address: str, types: Collection[str], most: int, cut: bool, of_source: bool
    ) -> Fetched:
        clients: dict[bool, httpx.AsyncClient] = {}
        for _ in range(MOST_REDIRECTS + 1):
            # A source that leads elsewhere leads to a page.
            of_source = of_source and self._is_below_base(address)
            self._check(address, self._hosts[of_source])
            client = clients.setdefault(of_source, self._client(of_source=of_source))
            async with client.stream("GET", address, headers={"Accept": ", ".join(types)}) as answer:
                if not answer.has_redirect_location:
                    return await _read(answer, types, most, cut, address)
                address = str(answer.url.join(answer.headers["Location"]))
        raise NotKnown("The address leads on and on.")

    def _is_below_base(self, address: str) -> bool:
        """Whether an address stands under one that an operator configured."""
        asked = httpx.URL(address)
        where = (asked.scheme, asked.host, asked.port)
        return any(
            where == (base.scheme, base.host, base.port)
            and f"{asked.path.rstrip('/')}/".startswith(f"{base.path.rstrip('/')}/")
            for base in self._bases
        )

    def _check(self, address: str, hosts: Collection[tuple[str, int]]) -> None:
        """Raise `NotKnown` for what is not fetched, whatever its name resolves to."""
        parts = httpx.URL(address)
        usual = {"http": 80, "https": 443}.get(parts.scheme)
        if usual is None or not parts.host or parts.userinfo:
            raise NotKnown("Only http and https addresses are looked up.")
        if parts.port not in (None, usual) and (parts.host, parts.port) not in hosts:
            raise NotKnown("Only the usual ports are looked up.")

    async def close(self) -> None:
        """Let go of all connections."""
        for transport in self._transports.values():
            await transport.aclose()


async def _read(
    answer: httpx.Response, types: Collection[str], most: int, cut: bool, address: str
) -> Fetched:
    if answer.status_code in (404, 410):
        raise NotKnown("There is no such thing at the source.")
    if answer.status_code == 429 or answer.status_code >= 500:
        raise LookupFailed(f"the source said {answer.status_code}", _retry_after(answer))
    if answer.status_code != 200:
        raise NotKnown(f"The source said {answer.status_code}.")
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type not in types or answer.headers.get("Content-Encoding", "identity") != "identity":
        raise NotKnown("The source answered with something else.")
    content = bytearray()
    async for chunk in answer.aiter_raw():
        content += chunk
        if len(content) > most:
            if not cut:
                raise NotKnown("The source answered with too much.")
            del content[most:]
            break
    return Fetched(bytes(content), answer.charset_encoding or "utf-8", address)


def _retry_after(answer: httpx.Response) -> float | None:
    try:
        seconds = float(answer.headers.get("Retry-After", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _hosts(addresses: Collection[str]) -> frozenset[tuple[str, int]]:
    return frozenset(filter(None, map(_host_and_port, addresses)))


def _host_and_port(base: str) -> tuple[str, int] | None:
    parts = urlsplit(base)
    if not parts.hostname:
        return None
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
