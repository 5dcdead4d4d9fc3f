"""arXiv's Atom API, Crossref's JSON and some pages on loopback: good, malformed, slow, huge and redirecting."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

ENTRY = """<entry><id>http://arxiv.org/abs/{id}v1</id><published>2023-06-05T21:44:14Z</published>
<title>{title}</title><summary>  An  abstract
of two lines &amp; more. </summary>{authors}
<arxiv:doi>10.5555/twin.{id}</arxiv:doi></entry>"""
FEED = (
    '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
    ' xmlns:arxiv="http://arxiv.org/schemas/atom">{entry}</feed>'
)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><feed xmlns="http://www.w3.org/2005/Atom"><entry>'
    "<title>&c;&c;&c;&c;</title></entry></feed>"
)


def atom(identifier: str, title: str, *names: str) -> str:
    authors = "".join(f"<author><name>{name}</name></author>" for name in names)
    return FEED.format(entry=ENTRY.format(id=identifier, title=title, authors=authors))


@dataclass
class Sources:
    """What the servers answer, by the identifier that they are asked for, and what they were asked."""

    arxiv: dict[str, str] = field(default_factory=dict)
    crossref: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    failing: int = 0
    retry_after: str | None = None
    at_once: int = 0
    most_at_once: int = 0
    delay: float = 0.0

    def application(self) -> web.Application:
        found = web.Application()
        found.router.add_get("/api/query", self._arxiv)
        found.router.add_get("/works/{doi:.*}", self._crossref)
        found.router.add_get("/page/{name}", self._page)
        return found

    async def _note(self, request: web.Request) -> None:
        self.asked.append(request.path_qs)
        self.agents.add(request.headers.get("User-Agent", ""))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.delay)
        finally:
            self.at_once -= 1
        if self.failing:
            self.failing -= 1
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            raise web.HTTPServiceUnavailable(headers=headers)

    async def _arxiv(self, request: web.Request) -> web.Response:
        await self._note(request)
        answer = self.arxiv.get(request.query["id_list"], FEED.format(entry=""))
        return web.Response(text=answer, content_type="application/atom+xml")

    async def _crossref(self, request: web.Request) -> web.Response:
        await self._note(request)
        message = self.crossref.get(request.match_info["doi"])
        if message is None:
            raise web.HTTPNotFound
        if isinstance(message, str):
            return web.Response(text=message, content_type="application/json")
        return web.json_response({"status": "ok", "message": message}, dumps=json.dumps)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        await self._note(request)
        match request.match_info["name"]:
            case "good":
                text = (
                    "<html><head><title>x</title><meta name='citation_title' content='A &lt;i&gt;good&lt;/i&gt; page'>"
                    "<meta name='citation_author' content='Erdős, Pál'><meta name='citation_date' content='1960/05/01'>"
                    "</head><body>"
                )
                return web.Response(text=text + "z" * 2_000_000, content_type="text/html")
            case "pdf":
                return web.Response(body=b"%PDF", content_type="application/pdf")
            case "bomb":
                return web.Response(
                    body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}, content_type="text/html"
                )
            case "punycode":
                return web.Response(
                    body=b"<title>A title</title>", headers={"Content-Type": "text/html; charset=punycode"}
                )
            case "cookies":
                seen = web.Response(
                    text=f"<title>You send {len(request.cookies)}</title>", content_type="text/html"
                )
                seen.set_cookie("reader", "known")
                return seen
            case "round":
                raise web.HTTPFound("/page/round")
            case "inside":
                raise web.HTTPFound("http://169.254.169.254/latest/meta-data/")
            case "file":
                raise web.HTTPFound("file:///etc/passwd")
            case "named":
                raise web.HTTPFound("http://inside.example/secret")
        raise web.HTTPFound("/page/good")
