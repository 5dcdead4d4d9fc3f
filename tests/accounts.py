"""A platform that says of its accounts what a test has stated."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.chat.model import Place
from core.cohorts.presence import AccountFacts, AccountState


@dataclass
class StatedAccounts:
    """The `AccountLookup` port in memory: by user id, or user id and home channel as in "U-ada@C7", what is said
    of them, and of the others that they are inside."""

    states: dict[str, AccountState] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def look_up(self, user: str, homes: Sequence[Place]) -> AccountFacts:
        """What was stated."""
        self.asked.append(user)
        assert homes, "nothing was asked about a channel"
        name = user.removeprefix("U-").capitalize()
        stated = self.states.get(f"{user}@{homes[0].id}", self.states.get(user, AccountState.INSIDE))
        return AccountFacts(stated, name, user.casefold())
