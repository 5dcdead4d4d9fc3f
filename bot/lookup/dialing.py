"""Connections to public addresses alone.

A name is resolved once; each of its addresses is looked at, and one of those that were looked at is dialled, so that a
name that changes its mind between the look and the dial (DNS rebinding) changes nothing. The check stands below HTTP: a
redirect meets it like every other request.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any

import httpcore
import httpx

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host name, as texts."""

_SITE_LOCAL = ipaddress.ip_network("fec0::/10")
"""Private addresses of before fc00::/7, which Python calls global."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddress(httpcore.ConnectError):
    """A host that is no public one. Its text names no address."""

    def __init__(self) -> None:
        super().__init__("the host is not a public one")


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host name, as the machine's resolver gives them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet: not private, loopback, link-local, site-local, shared, reserved or
    multicast, also where an IPv4 address hides in an IPv6 one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if found in _SITE_LOCAL:
        return False
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in _meant(found))


def _meant(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Iterable[Any]:
    """An address with those that it carries packets to."""
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        yield from filter(None, (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())))
        if address in _NAT64 or int(address) >> 32 == 0:
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Dials public addresses, and `allowed`: hosts with their ports that an operator configured."""

    def __init__(self, allowed: Collection[tuple[str, int]] = (), resolve_: Resolve = resolve) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._allowed = frozenset(allowed)
        self._resolve = resolve_

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to one of the host's addresses, all of which were looked at. Raises `PrivateAddress` where one is
        not public."""
        try:
            addresses = await asyncio.wait_for(self._resolve(host, port), timeout)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name is not known") from error
        if not addresses:
            raise httpcore.ConnectError("the name is not known")
        if (host, port) not in self._allowed and not all(map(is_public, addresses)):
            raise PrivateAddress
        return await self._inner.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    async def connect_unix_socket(self, *_args: Any, **_options: Any) -> httpcore.AsyncNetworkStream:
        """Never: a socket of this machine is no public address."""
        raise PrivateAddress

    async def sleep(self, seconds: float) -> None:
        """Wait, as the library does between attempts."""
        await asyncio.sleep(seconds)


class CheckedTransport(httpx.AsyncHTTPTransport):
    """httpx over a pool that dials by `CheckedBackend`. No proxy: what it would reach cannot be looked at here."""

    def __init__(self, backend: CheckedBackend) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=8,
            max_keepalive_connections=4,
            keepalive_expiry=10,
            network_backend=backend,
        )
