"""What a story needs of a platform: people who type, press and fill in, and what each of them sees.

A teller speaks for everybody on one platform, through that platform's real client. The assertions know only
these words, so that they are the same everywhere.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from core.store.port import Conn
from tests.story.bot import Bot

OLU, ADA, BEN, CHI, DAN = PEOPLE = ("Olu", "Ada", "Ben", "Chi", "Dan")
"""Everybody on a platform. Olu manages it; the others are ordinary members of it."""

BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""When a story begins: a Monday, ten in the morning in Berlin."""

CALL_AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""Half past ten in Berlin: when the story's check-ins are called for."""

WITHIN = 8.0
"""Seconds until something that has to appear must have appeared."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A message as its readers see it. `private` says that only one person does. `dialogs` counts the forms
    that led to it, `raw` is the teller's own."""

    text: str
    private: bool
    buttons: tuple[str, ...]
    raw: Any
    dialogs: int = 0


@dataclass(frozen=True, eq=False)
class Asked:
    """A form that has opened, with the labels of its fields, as far as it shows them at once."""

    labels: tuple[str, ...]
    raw: Any


@dataclass(frozen=True)
class Image:
    """A picture as it arrived, and the words that stand for it."""

    data: bytes
    alt: str


Completing = Callable[[str], Awaitable[list[str]]]
"""What is offered to somebody who types on, by labels."""


class PlatformDriver(Protocol):
    """Everybody on one platform. Whatever is awaited here has become visible, or `AssertionError` or
    `TimeoutError` is raised."""

    has_addresses: bool
    """Whether a message can be read at an address of its own."""
    keeps_old_buttons: bool
    """Whether a button that an edit took away can still be pressed, as by a client that has not heard of it."""

    bot: Bot
    fields_at_once: int | None
    """How many fields a form of this platform shows at once."""
    lists_members: bool
    """Whether this platform tells a bot who is in a channel."""

    async def say(self, who: str, command: str, /, **options: str) -> Seen | Asked:
        """Call a command, as it is typed here."""
        ...

    async def press(self, who: str, seen: Seen, button: str) -> Seen | Asked:
        """Press a button of a message."""
        ...

    async def choose(self, who: str, seen: Seen, record: str) -> Seen | Asked:
        """Open the record of a list whose name begins so."""
        ...

    async def completing(self, who: str, command: str, option: str) -> Completing:
        """Begin to type into an option, wherever this platform completes it."""
        ...

    async def fill(self, who: str, form: Asked, values: Mapping[str, str | bool]) -> Seen:
        """Fill in a form by its labels, over as many dialogs as it takes, and send it."""
        ...

    async def give(self, who: str, form: Asked, label: str, name: str, content: bytes) -> Seen:
        """Give a file to a field of a form, and send it."""
        ...

    async def refused_file(self, who: str, form: Asked, label: str, name: str, content: bytes) -> str:
        """Give a file that is expected to be refused; what is said about it."""
        ...

    async def file(self, who: str, seen: Seen, name: str) -> bytes:
        """The file of that name that came with a message, wherever this platform puts it."""
        ...

    async def refusal(self, who: str, form: Asked, values: Mapping[str, str | bool]) -> str:
        """Fill in a form that is expected to be refused; what is said about it."""
        ...

    async def settle(self, who: str, form: Asked, values: Mapping[str, str | bool], reading: str) -> Seen:
        """Fill in a form of which something can mean several things, and choose the reading that begins so, as this
        platform lets people; the answer then."""
        ...

    async def picture(self, who: str, seen: Seen) -> Image:
        """The picture that came with a message, wherever this platform puts it."""
        ...

    async def post(self, words: str) -> Seen:
        """The post in the cohort's channel that holds these words."""
        ...

    async def told(self, who: str, words: str) -> str:
        """The direct message to somebody that holds these words, as soon as it is there."""
        ...

    async def replies(self, post: Seen) -> str:
        """What stands in a post's thread, as soon as something does."""
        ...

    async def everything(self, who: str) -> str:
        """Every word that the platform has shown to somebody until now."""
        ...

    async def move_to(self, at: datetime) -> None:
        """Let the bot's clock show an instant at which something is scheduled."""
        ...

    async def restart(self) -> None:
        """Stop the bot and start it over the same records; people keep what is on their screens."""
        ...

    async def disturbances(self) -> set[str]:
        """Everybody who was notified and every link that was made, in anything shown until now."""
        ...


class RedeliveringDriver(PlatformDriver, Protocol):
    """A platform that may deliver a call more than once."""

    async def again(self, who: str, seen: Seen) -> str:
        """Deliver the call that led to an answer once more; what the bot answers to it."""
        ...


def message(result: Seen | Asked) -> Seen:
    """The message that was expected."""
    assert isinstance(result, Seen), f"a form opened: {result.labels}"
    return result


def form(result: Seen | Asked) -> Asked:
    """The form that was expected."""
    assert isinstance(result, Asked), f"a message came: {result.text}"
    return result


async def count(bot: Bot, table: str) -> int:
    """How many rows a table has."""

    def rows(conn: Conn) -> int:
        row = conn.one(f"SELECT count(*) AS n FROM {table}")
        assert row is not None
        return int(row["n"])

    return await bot.core.store.read(rows)


def command_line(command: str, options: Mapping[str, str]) -> str:
    """A command with its options as they are typed where there is only a line: each value in quotes."""
    return " ".join([command, *(f'{name}:"{value}"' for name, value in options.items())])
