"""The calendars that the web part serves, each at an address that its member was given."""

import re

from aiohttp import web

from core.commands.dispatch import Core
from core.features.deadlines import feeds

_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


def add_routes(application: web.Application, core: Core) -> None:
    """Serve calendars from the core's records."""

    async def answer(request: web.Request) -> web.Response:
        token = request.match_info["token"]
        found = await feeds.serve(core, token) if _TOKEN.fullmatch(token) else None
        if found is None:
            # The same for an address that was closed and for one that never was.
            return web.Response(status=404, text="There is no calendar here.\n", headers=_PRIVATE)
        tag = f'"{found.etag}"'
        headers = {**_PRIVATE, "ETag": tag}
        known = [
            each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")
        ]
        if tag in known or "*" in known:
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=found.content,
            headers={
                **headers,
                "Content-Type": feeds.MEDIA_TYPE,
                "Content-Disposition": 'inline; filename="deadlines.ics"',
            },
        )

    # A HEAD is answered as a GET without its body.
    application.router.add_get(f"{feeds.PATH}{{token}}.ics", answer)


_PRIVATE = {
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
"""What keeps an address from being kept, guessed at or listed by others."""
