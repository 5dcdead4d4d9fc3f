"""The playground's HTTP routes: the page, its assets, the files of messages, and before all of them the checks of
Host, Origin and, where other machines reach it, of the start token."""

import re
from collections.abc import Awaitable, Callable, Mapping
from hmac import compare_digest
from importlib.resources import files

from aiohttp import hdrs, web

from bot.playground import messages
from bot.playground.render import Blob
from core.charts.drawing import Drawing
from core.charts.looks import Ground, Look, Width
from core.commands.caches import LruCache
from core.commands.executors import Executors
from core.store.port import Store

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


def assets() -> Mapping[str, tuple[str, bytes]]:
    """The page's own files by name, each with its media type."""
    found = {}
    for entry in (files("bot.playground") / "static").iterdir():
        suffix = entry.name[entry.name.rfind(".") :]
        if suffix in _TYPES:
            found[entry.name] = (_TYPES[suffix], entry.read_bytes())
    return found


_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:@]+)(:[0-9]{1,5})?", re.IGNORECASE)


def host_name(host: str) -> str:
    """The name in a Host header, without the port; empty for what is no such header."""
    found = _HOST.fullmatch(host)
    return found[1] if found else ""


PAGE = "/playground/"

MOST_PICTURES = 64
"""Pictures that are kept as they were drawn for a page, of some 30 kB."""

COOKIE = "cohort-playground"
"""Holds the start token in the browser that was given it."""

START_PARAMETER = "token"


class Routes:
    """The HTTP routes. With a `token` they are for whoever has it, under any name of this machine; without one, for
    this machine alone.

    A page of another site is refused: without a token its name would be in `Host` (DNS rebinding), and with one its
    browser would not send the cookie. `Origin` has to be the page's own in both cases.
    """

    def __init__(self, store: Store, executors: Executors, socket: Handler, token: str | None = None) -> None:
        self._store = store
        self._executors = executors
        self._pictures = LruCache(MOST_PICTURES)
        self._socket = socket
        self._token = token
        self._assets = assets()

    def add_to(self, app: web.Application) -> None:
        """Add the routes to the shared web application, which must not have started yet."""
        app.router.add_get("/", self._guarded(self._home))
        app.router.add_get(PAGE.rstrip("/"), self._guarded(self._home))
        app.router.add_get(PAGE, self._guarded(self._page))
        app.router.add_get(PAGE + "static/{name}", self._guarded(self._asset))
        app.router.add_get(PAGE + "files/{id}", self._guarded(self._file))
        app.router.add_get(PAGE + "socket", self._guarded(self._from_own_page(self._socket)))

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            name = host_name(request.headers.get(hdrs.HOST, "")).lower()
            if not name or (self._token is None and name not in LOOPBACK):
                raise web.HTTPForbidden(text="The playground answers on this machine's own address only.\n")
            if self._token is None or self._is_token(request.cookies.get(COOKIE, "")):
                return await handler(request)
            if self._is_token(request.query.get(START_PARAMETER, "")):
                return self._let_in()
            raise web.HTTPForbidden(
                text="Please open the address that cohort-bot printed when it started: it ends in ?token=…\n"
            )

        return guarded

    def _is_token(self, given: str) -> bool:
        return self._token is not None and compare_digest(
            given.encode(errors="replace"), self._token.encode()
        )

    def _let_in(self) -> web.StreamResponse:
        """Keep the token in a cookie, and take it out of the address bar and the browser's history."""
        answer = web.HTTPSeeOther(PAGE)
        answer.set_cookie(COOKIE, self._token or "", httponly=True, samesite="Lax", path="/")
        raise answer

    def _from_own_page(self, handler: Handler) -> Handler:
        async def checked(request: web.Request) -> web.StreamResponse:
            host = request.headers.get(hdrs.HOST, "").lower()
            if request.headers.get(hdrs.ORIGIN, "").lower() not in (f"http://{host}", f"https://{host}"):
                raise web.HTTPForbidden(text="Only the playground's own page may connect.\n")
            return await handler(request)

        return checked

    async def _home(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(PAGE)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return self._asset_response("index.html")

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        return self._asset_response(request.match_info["name"])

    def _asset_response(self, name: str) -> web.Response:
        if name not in self._assets:
            raise web.HTTPNotFound(text="There is no such file.\n")
        media_type, content = self._assets[name]
        return web.Response(body=content, content_type=media_type, charset="utf-8", headers=HEADERS)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        blob = await self._store.read(messages.file, request.match_info["id"])
        if blob is None:
            raise web.HTTPNotFound(text="There is no such file.\n")
        headers = {**HEADERS, "Cache-Control": "private, max-age=86400, immutable"}
        if blob.media_type == "image/png":
            content = await self._picture(blob, request)
            return web.Response(body=content, content_type="image/png", headers=headers)
        # Anything but a PNG is downloaded: a browser must not show it as a page of this origin.
        headers["Content-Disposition"] = "attachment"
        return web.Response(body=blob.content, content_type="application/octet-stream", headers=headers)

    async def _picture(self, blob: Blob, request: web.Request) -> bytes:
        """A picture as it was posted, or drawn for the width and the ground that the page asks for."""
        width, ground = request.query.get("width", ""), request.query.get("ground", "")
        if not blob.drawing or not (width or ground):
            return blob.content
        try:
            look = Look(Width[width.upper()], Ground(ground))
            drawn = await self._pictures.get_or_call(self._executors.draw, _drawn, blob.drawing, look)
        except (KeyError, ValueError):
            raise web.HTTPNotFound(text="There is no such file.\n") from None
        return drawn


def _drawn(drawing: bytes, look: Look) -> bytes:
    return Drawing.unpack(drawing).png(look)
