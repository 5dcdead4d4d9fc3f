"""The REST interface: routes, authorization, multipart bodies, rate-limit headers, faults."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import MultipartReader, hdrs, web

from tests.servers.discord import limits
from tests.servers.discord.errors import Refused

if TYPE_CHECKING:
    from tests.servers.discord.server import DiscordServer

PREFIX = "/api/v10"


@dataclass(eq=False)
class Call:
    """A request as the handlers see it: its body read, its files apart."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    files: dict[int, tuple[str, str, bytes]]
    """By the n of files[n]: name, media type, bytes."""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Answer:
    """A success: a status and what is sent as JSON (None for no content)."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Drop(Exception):
    """Close the connection without an answer."""


Next = Callable[[Call], Awaitable[Answer]]
Fault = Callable[[Call, Next], Awaitable[Answer]]


def rate_limit(retry_after: float, *, scope: str = "user", banned: bool = False) -> Fault:
    """429 with Retry-After; ``banned`` leaves out ``Via`` and JSON, as the front of the platform does."""

    async def fault(_call: Call, _proceed: Next) -> Answer:
        everywhere = scope == "global"
        headers = {"Retry-After": str(retry_after), "X-RateLimit-Scope": scope}
        if not banned:
            headers["Via"] = "1.1 google"
        raise Refused(
            429,
            0,
            message="You are being rate limited.",
            headers=headers,
            extra={"retry_after": retry_after, "global": everywhere},
        )

    return fault


def refuse(status: int, code: int = 0, message: str | None = None) -> Fault:
    """Answer with an error and do nothing, e.g. ``refuse(403, 50007)`` or ``refuse(500)``."""

    async def fault(_call: Call, _proceed: Next) -> Answer:
        raise Refused(status, code, message=message or (None if code else f"{status}: Server Error"))

    return fault


def drop_before() -> Fault:
    """Drop the connection without doing anything."""

    async def fault(_call: Call, _proceed: Next) -> Answer:
        raise Drop

    return fault


def drop_after() -> Fault:
    """Do what was asked, then drop the connection without saying so."""

    async def fault(call: Call, proceed: Next) -> Answer:
        await proceed(call)
        raise Drop

    return fault


def hold(gate: asyncio.Event, *, accept_first: bool = False) -> Fault:
    """Answer when the gate opens; ``accept_first`` does what was asked at once."""

    async def fault(call: Call, proceed: Next) -> Answer:
        answer = await proceed(call) if accept_first else None
        await gate.wait()
        return answer or await proceed(call)

    return fault


@dataclass(eq=False)
class _Planned:
    method: str
    pattern: re.Pattern[str]
    fault: Fault
    times: int


@dataclass(eq=False)
class Bucket:
    """A rate limit of ``limit`` requests in ``per`` seconds, counted per bucket key."""

    limit: int
    per: float
    used: dict[str, tuple[float, int]] = field(default_factory=dict)
    windows: int = 0
    """How many windows were begun."""

    def take(self, key: str, now: float) -> dict[str, str]:
        """Count one request and give the headers; refuse it when there are too many."""
        start, used = self.used.get(key, (now, 0))
        if now - start >= self.per:
            start, used = now, 0
        self.windows += used == 0
        reset = self.per - (now - start)
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(self.limit - used - 1, 0)),
            "X-RateLimit-Reset-After": f"{reset:.3f}",
            "X-RateLimit-Reset": f"{now + reset:.3f}",
            "X-RateLimit-Bucket": str(abs(hash(key.split(":")[0])) % 10**8),
        }
        if used >= self.limit:
            extra = {"retry_after": reset, "global": False}
            headers |= {"Retry-After": f"{reset:.3f}", "X-RateLimit-Scope": "user", "Via": "1.1 google"}
            raise Refused(429, 0, message="You are being rate limited.", headers=headers, extra=extra)
        self.used[key] = (start, used + 1)
        return headers


def posts() -> Bucket:
    """The platform's own limit of posts in one channel: five in five seconds."""
    return Bucket(5, 5.0)


Handler = Callable[..., Awaitable[Answer]]


class Rest:
    """Takes requests apart, finds their route and puts answers together."""

    def __init__(self, server: "DiscordServer") -> None:
        self._server = server
        self._routes: dict[tuple[str, int], list[tuple[list[str], Handler, bool]]] = {}
        self._faults: list[_Planned] = []
        self.bucket = Bucket(1000, 1.0)
        self.posts: Bucket | None = None
        """The limit of posts in a channel, where it is another than that of everything else; see `posts`."""
        self.refused_for_rate = 0
        self.calls = 0

    def route(self, method: str, pattern: str, handler: Handler, *, token: bool = True) -> None:
        """Add a route; ``*`` stands for one segment, handed to the handler. ``token``: needs the bot's."""
        parts = pattern.strip("/").split("/")
        self._routes.setdefault((method, len(parts)), []).append((parts, handler, token))

    def plain(self, get: Callable[..., Awaitable[Any]]) -> Handler:
        """A handler out of a function that returns the body of a success."""

        async def handler(call: Call, *arguments: str) -> Answer:
            return Answer(await get(call, *arguments))

        return handler

    def fault(self, method: str, pattern: str, fault: Fault, times: int = 1) -> None:
        """Let the next ``times`` requests whose path matches the pattern run into a fault."""
        self._faults.append(_Planned(method, re.compile(pattern), fault, times))

    def forget_faults(self) -> None:
        """Let no further request run into a fault."""
        self._faults.clear()

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request to the interface."""
        self.calls += 1
        try:
            return self._response(await self._answer(request))
        except Refused as refused:
            headers = {hdrs.CONTENT_TYPE: "application/json", **refused.headers}
            return web.Response(
                status=refused.status, headers=headers, body=json.dumps(refused.body).encode()
            )
        except Drop:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        finally:
            self._server.notify()

    def _response(self, answer: Answer) -> web.Response:
        if answer.body is None:
            return web.Response(status=204, headers=answer.headers)
        headers = {hdrs.CONTENT_TYPE: "application/json", **answer.headers}
        return web.Response(
            status=answer.status,
            headers=headers,
            body=json.dumps(answer.body, separators=(",", ":")).encode(),
        )

    async def _answer(self, request: web.BaseRequest) -> Answer:
        path = request.path.removeprefix(PREFIX)
        handler, arguments, needs_token = self._find(request.method, path)
        if needs_token and request.headers.get(hdrs.AUTHORIZATION) != f"Bot {self._server.token}":
            raise Refused(401, 0)
        call = await self._read(request, path)
        if self._server.record:
            self._server.calls.append(call)

        async def proceed(call: Call) -> Answer:
            return await handler(call, *arguments)

        if (planned := self._planned(call)) is not None:
            return await planned.fault(call, proceed)
        headers = self._limit(call) if needs_token else {}
        answer = await proceed(call)
        answer.headers.update(headers)
        return answer

    def _planned(self, call: Call) -> _Planned | None:
        for planned in self._faults:
            if planned.times > 0 and planned.method == call.method and planned.pattern.search(call.path):
                planned.times -= 1
                return planned
        return None

    def _limit(self, call: Call) -> dict[str, str]:
        parts = call.path.split("/")
        major = parts[2] if len(parts) > 2 else ""
        is_post = call.method == "POST" and parts[1] == "channels" and parts[3:] == ["messages"]
        bucket = self.posts if is_post and self.posts else self.bucket
        try:
            return bucket.take(
                f"{call.method} {'/'.join(parts[:2] + parts[3:4])}:{major}", self._server.now()
            )
        except Refused:
            self.refused_for_rate += 1
            raise

    def _find(self, method: str, path: str) -> tuple[Handler, list[str], bool]:
        parts = path.strip("/").split("/")
        for pattern, handler, token in self._routes.get((method, len(parts)), ()):
            if all(p in ("*", part) for p, part in zip(pattern, parts, strict=True)):
                return handler, [part for p, part in zip(pattern, parts, strict=True) if p == "*"], token
        raise Refused(404, 0, message="404: Not Found")

    async def _read(self, request: web.BaseRequest, path: str) -> Call:
        files: dict[int, tuple[str, str, bytes]] = {}
        body: Any = None
        if request.content_type.startswith("multipart/"):
            body, files = await self._multipart(request)
        elif request.can_read_body:
            body = self._json(await request.content.read())
        return Call(request.method, path, dict(request.query), body, files, dict(request.headers))

    def _json(self, raw: bytes) -> Any:
        try:
            return json.loads(raw) if raw else None
        except ValueError:
            raise Refused(400, 50109) from None

    async def _multipart(self, request: web.BaseRequest) -> tuple[Any, dict[int, tuple[str, str, bytes]]]:
        body: Any = None
        files: dict[int, tuple[str, str, bytes]] = {}
        total = 0
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if isinstance(part, MultipartReader):
                continue
            data = bytes(await part.read(decode=False))
            total += len(data)
            name = part.name or ""
            if name == "payload_json":
                body = self._json(data)
            elif numbered := re.fullmatch(r"files\[(\d+)\]", name):
                media = part.headers.get(hdrs.CONTENT_TYPE, "application/octet-stream")
                files[int(numbered[1])] = (part.filename or "file", media, data)
            if len(data) > limits.FILE_BYTES or total > limits.REQUEST_BYTES:
                raise Refused(413, 40005)
        return body, files
