"""What only Slack can say of a call before the core runs it: whose direct message it came from, and whether a
channel that it names is one that the caller may give."""

import re
from collections.abc import Mapping
from dataclasses import replace

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.channels import find_channel
from bot.slack.failures import FAILURES
from bot.slack.people import UnidentifiedPerson
from bot.slack.responses import ResponseSender
from core.chat.model import Argument, ChannelRef, FieldKind, PlaceKind, Request
from core.commands.dispatch import Core
from core.commands.spec import Command
from core.errors import BadInput, GuestNotAllowed, NotAllowed, at_field

UNIDENTIFIED = "Slack did not tell me who you are just now. Please try again in a moment."
NO_PLACE = "Slack did not tell me where you are just now. Please try again in a moment."
_ID = re.compile(r"[A-Z0-9]+", re.ASCII)


class RequestChecks:
    """Checks requests. Most pass without a question to Slack or to the store."""

    def __init__(self, core: Core, client: AsyncWebClient, answers: ResponseSender) -> None:
        self._core = core
        self._client = client
        self._answers = answers

    async def check(self, request: Request) -> Request:
        """The request with what was found out. Raises a `UserError` where it is refused."""
        request = await self._check_direct(request)
        command = self._core.registry.commands.get(request.command)
        if command is None:
            return request
        channels = _channels(command, request.args)
        look_up = channels and not command.missing(request.args)
        if look_up or isinstance(request.person, UnidentifiedPerson):
            # Before any look-up: who may not run the command learns nothing of channels.
            await self._authorise(request)
        return await self._with_channels(request, channels) if look_up else request

    async def _check_direct(self, request: Request) -> Request:
        """A direct message between two people is a group to the bot: what it says there both may read."""
        place = request.place
        if not place.id.startswith("D"):
            return request
        try:
            own = await self._answers.direct_channel(request.person.id)
        except FAILURES as error:
            raise BadInput(NO_PLACE) from error
        return request if own == place.id else replace(request, place=replace(place, kind=PlaceKind.GROUP))

    async def _authorise(self, request: Request) -> None:
        try:
            await self._core.authorise(request)
        except GuestNotAllowed as error:
            if isinstance(request.person, UnidentifiedPerson):
                raise NotAllowed(UNIDENTIFIED) from error
            raise

    async def _with_channels(self, request: Request, channels: Mapping[str, str]) -> Request:
        found: dict[str, Argument] = {}
        for name, channel in channels.items():
            with at_field(name):
                found[name] = await find_channel(self._client, channel, request.person.id)
        return replace(request, args={**request.args, **found})


def _channels(command: Command, args: Mapping[str, Argument]) -> dict[str, str]:
    """The ids of the channels among the arguments. In buttons and saved calls they are texts."""
    found: dict[str, str] = {}
    for param in command.params:
        value = args.get(param.name) if param.kind is FieldKind.CHANNEL else None
        if isinstance(value, ChannelRef):
            found[param.name] = value.id
        elif isinstance(value, str) and _ID.fullmatch(value):
            found[param.name] = value
    return found
