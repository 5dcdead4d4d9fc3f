"""The ports of the core over many workspaces: each asks or posts in the workspace that is meant."""

from collections.abc import Collection, Sequence
from typing import Protocol

from bot.slack.failures import FAILURES, translate
from bot.slack.outlet import SlackOutlet
from bot.slack.workspace import SlackWorkspace
from core.chat.channels import ChannelPeople, ChannelReport, Unfit
from core.chat.model import ChannelRef, Place, Request
from core.cohorts.presence import AccountFacts, AccountState
from core.delivery.outlet import Outgoing
from core.errors import DeliveryError, StoreError, TryLater

NOT_INSTALLED = "I am not installed in this workspace, or have to be installed again."


class Workspaces(Protocol):
    """Who has the workspaces in which the app is installed."""

    def known(self, workspace: str) -> SlackWorkspace | None:
        """One that is connected."""
        ...

    async def find(self, workspace: str, enterprise: str = "") -> SlackWorkspace | None:
        """One, connected now if it was not; None where the app is not installed there."""
        ...


class OutletOfAll:
    """Posts leave through the client of the workspace that they go to; see `core.delivery.outlet.Outlet`."""

    platform = "slack"
    pace = SlackOutlet.pace
    direct_pace = SlackOutlet.direct_pace
    supports_ephemeral = SlackOutlet.supports_ephemeral

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def _outlet(self, message: Outgoing) -> SlackOutlet:
        try:
            found = await self._workspaces.find(message.target.workspace)
        except FAILURES as error:
            raise _not_sent(error) from error
        except StoreError as error:
            raise TryLater(str(error)) from error
        if found is None:
            raise TryLater(NOT_INSTALLED)
        return found.outlet

    async def send(self, message: Outgoing) -> str:
        """Post it."""
        return await (await self._outlet(message)).send(message)

    async def edit(self, message_id: str, message: Outgoing) -> None:
        """Show the reply in place of what stood there."""
        await (await self._outlet(message)).edit(message_id, message)

    async def find(self, message: Outgoing) -> str | None:
        """Look for the key among the bot's own posts there."""
        return await (await self._outlet(message)).find(message)


def _not_sent(error: Exception) -> DeliveryError:
    """Nothing was posted yet: whatever happened, it may be tried again."""
    found = translate(error)
    return found if isinstance(found, TryLater) else TryLater(str(found))


class InspectorOfAll:
    """See `core.chat.channels.ChannelInspector`: asks in the workspace of the caller."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def inspect(self, request: Request, channel: ChannelRef) -> ChannelReport:
        """How the bot and the caller stand in a channel."""
        found = self._workspaces.known(request.place.workspace)
        if found is None:
            return ChannelReport(channel.name, Unfit.UNKNOWN)
        return await found.inspector.inspect(request, channel)

    async def others(
        self, request: Request, channels: Sequence[Place], known: Collection[str], most: int
    ) -> ChannelPeople:
        """Who is in these channels, those of the caller's workspace."""
        found = self._workspaces.known(request.place.workspace)
        if found is None:
            return ChannelPeople(untold=NOT_INSTALLED)
        here = [each for each in channels if each.workspace == request.place.workspace]
        return await found.inspector.others(request, here, known, most)


class AccountsOfAll:
    """See `core.cohorts.presence.AccountLookup`: asks in every workspace where the cohort lives."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def look_up(self, user: str, homes: Sequence[Place]) -> AccountFacts:
        """What Slack says of somebody there: that they are there, where one workspace says so; that they are not, where all
        of them do."""
        said: list[AccountFacts] = []
        for workspace in dict.fromkeys(each.workspace for each in homes):
            try:
                found = await self._workspaces.find(workspace)
            except (*FAILURES, StoreError):
                found = None
            if found is None:
                said.append(AccountFacts(AccountState.UNKNOWN))
                continue
            facts = await found.accounts.look_up(user, homes)
            if facts.state.is_there:
                return facts
            said.append(facts)
        unsure = [each for each in said if each.state is AccountState.UNKNOWN]
        return (unsure or said or [AccountFacts(AccountState.UNKNOWN)])[0]
