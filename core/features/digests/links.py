"""Where the lines of a digest lead: to the messages in which the cohort read of it, on the reader's own platform."""

from collections.abc import Sequence

from core.commands.dispatch import Core
from core.commands.news import NewsLine
from core.delivery import sent
from core.delivery.outlet import Target
from core.delivery.sent import SentMessage
from core.features.digests.composing import ToldSection
from core.features.digests.fitting import AddressOf, no_address
from core.store.port import Conn

_Key = tuple[str, str]


async def addresses(core: Core, cohort_id: int, told: Sequence[ToldSection], reader: Target) -> AddressOf:
    """The addresses of messages for a reader on the platform and in the workspace of `reader`."""
    address = core.addresses.get(reader.platform)
    if address is None:
        return no_address
    wanted = {(line.posted, line.about) for each in told for line in each.part.lines if line.posted}
    messages = await core.read(cohort_id, _messages, cohort_id, sorted(wanted), reader)
    found = {key: address(each.workspace, each.message, each.thread) for key, each in messages.items()}

    def address_of(line: NewsLine) -> str | None:
        return found.get((line.posted, line.about))

    return address_of


def _messages(conn: Conn, cohort_id: int, wanted: Sequence[_Key], reader: Target) -> dict[_Key, SentMessage]:
    found = {
        (kind, about): sent.message_about(conn, cohort_id, kind, about, reader.platform, reader.workspace)
        for kind, about in wanted
    }
    return {key: message for key, message in found.items() if message is not None}
