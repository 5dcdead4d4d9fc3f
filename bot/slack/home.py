"""The app's Home tab: a member's page, shown when they open it and after their own calls.

Slack goes on showing a page until another one is published. Whose page shows a cohort is therefore written down before
it is shown; where a membership or a cohort ends, the core marks the page in the same transaction, and it is published
anew, without the cohort, until that has worked.
"""

import asyncio
import secrets
from collections import OrderedDict
from contextlib import suppress
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import describe_error
from bot.slack import richtext
from bot.slack.checks import RequestChecks
from bot.slack.failures import FAILURES, code, is_unshowable
from bot.slack.payloads import RootCommand
from bot.slack.people import People
from bot.slack.render import button_values, public_button_values, render, without_presses
from core.chat.model import Form, Person, Place, PlaceKind, Reply, Request
from core.chat.plain import whole_reply
from core.chat.text import plain
from core.cohorts import home_pages
from core.commands.dispatch import Core, error_reply
from core.commands.stored_call import StoredCallCodec
from core.commands.typed_line import HOME
from core.errors import StoreError, UserError

log = structlog.get_logger()

Json = dict[str, Any]

TAB = "home"
"""What Slack calls the tab, and the type of its views."""
MOST_BLOCKS = 100
PAGES = 2
"""Messages' worth of blocks that are shown at most."""
MOST_KEPT = 5_000
MOST_AT_ONCE = 50
EVERY = 20.0
"""Seconds after which outdated pages are looked for at the latest: what ended elsewhere wakes nobody here."""
PAUSE = 1.0
"""Seconds in which several calls of a member make one new page."""
NOBODY = frozenset({"user_not_found", "user_not_visible", "account_inactive", "invalid_user", "not_enabled"})
"""Refusals with which nobody sees the page any more."""


class SlackHome:
    """Publishes pages in the bot's own `workspace`."""

    def __init__(
        self,
        core: Core,
        client: AsyncWebClient,
        people: People,
        checks: RequestChecks,
        codec: StoredCallCodec,
        workspace: str,
        root: RootCommand,
    ) -> None:
        self._core = core
        self._client = client
        self._people = people
        self._checks = checks
        self._codec = codec
        self._workspace = workspace
        self._root = root
        self._shown: OrderedDict[str, int | None] = OrderedDict()
        """Who has opened the tab since the bot started, with the cohort that they chose there, if they did."""
        self._dirty: set[str] = set()
        self._publishing: dict[str, asyncio.Lock] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to renew pages."""
        self._task = asyncio.create_task(self._keep_fresh())

    async def stop(self) -> None:
        """Renew no pages any more. What is outdated stays marked."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def opened(self, event: Json) -> None:
        """Somebody opened the app; its tabs are told apart."""
        if event.get("tab") == TAB:
            await self._renew(str(event["user"]))

    def touched(self, user: str) -> None:
        """Somebody made a call, which may have changed their page, or ended somebody's membership."""
        if user in self._shown:
            self._dirty.add(user)
        self._wake.set()

    async def choose(self, person: Person, reply: Reply) -> None:
        """Show a page that was asked for with a button of the tab, such as that of one of several cohorts."""
        if reply.cohort is not None and not reply.error:
            self._remember(person.id, reply.cohort)
        await self._renew(person.id)

    def _remember(self, user: str, cohort: int | None) -> None:
        self._shown[user] = cohort
        self._shown.move_to_end(user)
        while len(self._shown) > MOST_KEPT:
            self._publishing.pop(self._shown.popitem(last=False)[0], None)

    async def _keep_fresh(self) -> None:
        while True:
            try:
                await self._catch_up()
            except Exception:
                log.exception("pages could not be renewed")
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._wake.wait()
            self._wake.clear()
            await asyncio.sleep(PAUSE)

    async def _catch_up(self) -> None:
        dirty, self._dirty = self._dirty, set()
        outdated = await self._core.store.read(home_pages.outdated, "slack", self._workspace, MOST_AT_ONCE)
        for user in dict.fromkeys((*outdated, *dirty)):
            await self._renew(user)

    async def _renew(self, user: str) -> None:
        """Publish somebody's page as it is now. Never raises what Slack or the store may do: it is tried again, at the
        latest when the tab is opened."""
        lock = self._publishing.setdefault(user, asyncio.Lock())
        try:
            async with lock:
                await self._publish(user)
        except SlackApiError as error:
            if code(error) in NOBODY:
                await self._core.store.write(home_pages.forget, "slack", self._workspace, user)
            log.warning("a page could not be shown", reason=code(error))
        except (*FAILURES, StoreError) as error:
            log.warning("a page could not be shown", reason=describe_error(error))

    async def _publish(self, user: str) -> None:
        person = await self._people.person(user)
        # Before the page is read: what ends from here on marks it once more.
        seen = await self._core.store.write(home_pages.begin, person)
        reply = await self._page(person)
        view = await self._view(person, reply.with_commands(self._root.write))
        try:
            await self._client.views_publish(user_id=user, view=view)
        except SlackApiError as error:
            if not is_unshowable(error):
                raise
            log.warning("Slack refused how a page is written; it goes as plain text", reason=code(error))
            blocks = richtext.blocks(plain(whole_reply(reply)))[:MOST_BLOCKS]
            await self._client.views_publish(user_id=user, view={"type": TAB, "blocks": blocks})
        self._remember(user, None if reply.error else self._shown.get(user))
        if reply.error:
            await self._core.store.write(home_pages.forget, "slack", self._workspace, user)
        elif seen:
            await self._core.store.write(home_pages.done, person, seen)

    async def _page(self, person: Person) -> Reply:
        """What `cohort home` answers; an error is a sentence without anything of a cohort."""
        reply = await self._ask(person, self._shown.get(person.id))
        if reply.error and self._shown.get(person.id) is not None:
            self._shown[person.id] = None  # the cohort that was chosen is out of reach
            reply = await self._ask(person, None)
        return reply

    async def _ask(self, person: Person, cohort: int | None) -> Reply:
        place = Place("slack", self._workspace, person.id, PlaceKind.DIRECT)
        request = Request(secrets.token_hex(8), HOME, person, place, cohort=cohort, in_place=False)
        try:
            reply = await self._core.run(await self._checks.check(request))
        except UserError as error:
            reply = error_reply(error)
        assert not isinstance(reply, Form)  # noqa: S101 - the command has no parameters
        return reply

    async def _view(self, person: Person, reply: Reply) -> Json:
        try:
            rendered = render(
                reply, await button_values(self._codec, person, reply), takes_files=False, most=PAGES
            )
        except StoreError:
            bare = without_presses(reply)
            rendered = render(bare, public_button_values(bare), takes_files=False, most=PAGES)
        blocks = [block for message in rendered.messages for block in message.get("blocks", ())]
        return {"type": TAB, "blocks": (blocks or richtext.blocks(reply.text))[:MOST_BLOCKS]}
