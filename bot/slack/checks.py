"""What only Slack can say of a call before the core runs it: whose direct message it came from, and whether a
channel that it names is one that the caller may give."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.channels import Unsure, named
from bot.slack.failures import FAILURES
from bot.slack.people import Unknown
from bot.slack.responses import ResponseSender
from core.chat.model import Argument, ChannelRef, FieldKind, PlaceKind, Reply, Request, Source
from core.cohorts import directory
from core.commands.access import find_cohort
from core.commands.dispatch import Core
from core.commands.spec import Access, Command
from core.errors import BadInput, NotAllowed, UserError
from core.store.port import Conn

NOBODY = "Slack did not tell me who you are just now. Please try again in a moment."
NO_PLACE = "Slack did not tell me where you are just now. Please try again in a moment."
_ID = re.compile(r"[A-Z0-9]+", re.ASCII)


class Checks:
    """Checks requests. Most pass without a question to Slack."""

    def __init__(self, core: Core, client: AsyncWebClient, answers: ResponseSender) -> None:
        self._core = core
        self._client = client
        self._answers = answers

    async def check(self, request: Request) -> Request | Reply:
        """The request with what was found out; else the answer that refuses it."""
        try:
            request = await self._placed(request)
            if isinstance(request.person, Unknown):
                await self._core.store.read(_known, request)
            command = self._core.registry.commands.get(request.command)
            return request if command is None else await self._with_channels(request, command)
        except UserError as error:
            return Reply(error.text, error=True, field=error.field, cohort=request.cohort)

    async def _placed(self, request: Request) -> Request:
        """A direct message between two people is a group to the bot: what it says there both may read."""
        place = request.place
        if not place.id.startswith("D"):
            return request
        try:
            own = await self._answers.direct(request.person.id)
        except FAILURES as error:
            raise BadInput(NO_PLACE) from error
        return request if own == place.id else replace(request, place=replace(place, kind=PlaceKind.GROUP))

    async def _with_channels(self, request: Request, command: Command) -> Request | Reply:
        given = _channels(command, request.args)
        # A form's hidden part says where it was opened; that place becomes the home of a new cohort.
        homeless = command.access is Access.SETUP and request.source is Source.FORM and not given
        if not (given or homeless) or command.missing(request.args):
            return request
        if command.missing({}):
            # Who may not run it learns nothing of channels: without arguments the core only asks for them.
            allowed = await self._core.run(replace(request, args={}))
            if isinstance(allowed, Reply):
                return allowed
        found: dict[str, Argument] = {}
        for name, channel in given.items():
            found[name] = await self._named(channel, request.person.id, name)
        if homeless and request.place.channel[:1] in "CG":
            # Where somebody is was not chosen: only what Slack says of it counts against them.
            with suppress(Unsure):
                await self._named(request.place.channel, request.person.id, None)
        return replace(request, args={**request.args, **found})

    async def _named(self, channel: str, user: str, field: str | None) -> ChannelRef:
        try:
            return await named(self._client, channel, user)
        except BadInput as error:
            error.field = field
            raise


def _channels(command: Command, args: Mapping[str, Argument]) -> dict[str, str]:
    """The ids of the channels among the arguments. In buttons and kept calls they are bare words."""
    found: dict[str, str] = {}
    for param in command.params:
        value = args.get(param.name) if param.kind is FieldKind.CHANNEL else None
        if isinstance(value, ChannelRef):
            found[param.name] = value.id
        elif isinstance(value, str) and _ID.fullmatch(value):
            found[param.name] = value
    return found


def _known(conn: Conn, request: Request) -> None:
    """Let pass somebody of whom Slack does not tell who they are only as a member of the cohort that is meant;
    to the core they are a guest. Raises `NotAllowed` for others."""
    person_id, cohort, member, _ = directory.caller_context(conn, request.person, request.place)
    if cohort is None or request.cohort is not None:
        cohort = find_cohort(conn, request, person_id)
        member = directory.member_of(conn, cohort.id, person_id) if cohort and person_id is not None else None
    if member is None:
        raise NotAllowed(NOBODY)
