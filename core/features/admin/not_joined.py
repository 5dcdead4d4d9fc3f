"""Who is in a cohort's channel and has not joined yet, as far as a platform tells. They are named to organizers alone,
and nobody is written to."""

from dataclasses import dataclass

from core.chat.channels import ChannelPeople
from core.chat.model import Place
from core.chat.text import Text, enumerated, say
from core.cohorts import presence
from core.commands.dispatch import Call
from core.store.port import Conn

MOST_NAMES = 10
"""People who are named; of the others it is said how many they are."""


@dataclass(frozen=True, slots=True)
class NotJoined:
    """People who have not joined, and the name of the channel that they are in."""

    people: ChannelPeople
    channel: str

    @property
    def names(self) -> str:
        """Those who are named, and how many more there may be; empty where there is nobody or nobody is told."""
        more = [f"up to {self.people.more:,} more"] if self.people.more else []
        return enumerated([*self.people.names, *more])

    @property
    def is_news(self) -> bool:
        """Whether somebody is missing, or the platform does not tell."""
        return bool(self.people.untold or self.names)

    @property
    def text(self) -> Text:
        """Who has not joined; where the platform does not tell, how people are invited."""
        if self.people.untold:
            return say(
                "{untold} Point people to **Join** below my first message in **{channel}**, or to {/cohort join}.",
                untold=self.people.untold,
                channel=self.channel,
            )
        if not self.names:
            return say("Everybody in **{channel}** has joined.", channel=self.channel)
        return say("In **{channel}**, but not joined yet: {names}.", channel=self.channel, names=self.names)


async def find(call: Call, cohort_id: int) -> NotJoined | None:
    """Who has not joined a cohort, on the platform of the caller; None where there is no channel to be asked about."""
    platform = call.request.person.platform
    inspector = call.core.inspectors.get(platform)
    homes, known = await call.read(_asked, cohort_id, platform)
    channels = [each for each in homes if each.id]
    if inspector is None or not channels:
        return None
    people = await inspector.others(call.request, channels, known, MOST_NAMES)
    names = [each.name or "the cohort's channel" for each in channels]
    return NotJoined(people, enumerated(names))


def _asked(conn: Conn, cohort_id: int, platform: str) -> tuple[tuple[Place, ...], frozenset[str]]:
    """The channels to ask about, and the accounts of everybody who is or was in the cohort: who has left is not called
    late."""
    return presence.homes(conn, cohort_id, platform), presence.account_ids(conn, cohort_id, platform)
