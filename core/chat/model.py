"""The neutral words of a chat: who speaks, where, what they ask for and what they get.

The set of blocks is closed. Adding one costs work in every adapter; think twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from core.chat.channels import ChannelReport
from core.chat.text import CommandRef, Inline, Sayable, Text


class LabelledEnum(StrEnum):
    """Choices with the words that people read: `COHORT = "cohort", "The cohort's time zone"`.

    The value is what is stored and typed. Without words of its own, a member's label is its value with spaces
    for hyphens. Further `words` are what people also type for it.
    """

    _value_: str
    label: str
    typed_words: tuple[str, ...]

    def __new__(cls, value: str, label: str | None = None, *words: str) -> Self:
        """A member. Called by `Enum` with what stands behind the member's name."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or value.replace("-", " ")
        member.typed_words = words
        return member


@dataclass(frozen=True, slots=True)
class Person:
    """A caller as the platform tells it.

    `id` is unique within `workspace`; where a platform's user ids are the same everywhere, `workspace` is
    empty. `manager` says that the platform lets this person manage the workspace they speak in; `guest`
    that it treats them as an outsider there. `handle` is a name that no other account has, where the platform
    has such names. `named_in` is the workspace in which they are called `name`, empty where it is none, and None
    for `workspace`. `roles` are the ids of the platform's roles that they hold where they speak, None where it does not
    say.
    """

    platform: str
    workspace: str
    id: str
    name: str
    manager: bool = False
    guest: bool = False
    zone: str | None = None
    handle: str = ""
    named_in: str | None = None
    roles: frozenset[str] | None = None


class PlaceKind(StrEnum):
    """What kind of place a message stands in."""

    CHANNEL = "channel"
    THREAD = "thread"
    DIRECT = "direct"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, thread or direct message. `parent` is the channel that a thread belongs to.

    `workspace` is the Discord server or Slack workspace; empty where a direct message belongs to none.
    """

    platform: str
    workspace: str
    id: str
    kind: PlaceKind = PlaceKind.CHANNEL
    parent: str | None = None
    name: str = ""

    @property
    def channel(self) -> str:
        """The channel that decides which cohort is meant: a thread's parent, else the place itself."""
        return self.parent or self.id


UPLOAD_BYTES = 4 * 2**20
"""Bytes of a file that a member may give; a library of some thousand papers is smaller."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a member gave, of at most `UPLOAD_BYTES`: the adapter refuses what is larger."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """A channel named in a parameter."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person named in a parameter. `typed` says that their id was typed rather than picked or mentioned: it
    has to be somebody's then. Where a parameter takes roles too, "&12" is the role of the platform with the id 12."""

    id: str
    name: str = ""
    typed: bool = False

    @property
    def role_id(self) -> str | None:
        """The id of the platform's role that is named, None for a person."""
        return self.id[1:] if self.id.startswith("&") else None


@dataclass(frozen=True, slots=True)
class Fields:
    """Label and value pairs, shown beside or below each other."""

    items: tuple[tuple[str, Sayable], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers whose columns matter, as those of figures that are compared. Every row has as many cells as there are
    columns; cells are plain text. It is shown as a table where the reader's screen is wide enough for it, else each row as
    a line. What is a list of records is `Records`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with the words for people who do not see it.

    `png` can be read at any width and on any ground. Where a platform knows for which it is, `drawing` is what
    `core.charts.drawing` draws it from, and `sizes` its width and height in units as a wide picture and as a narrow one.
    """

    png: bytes
    alt: str
    name: str = "chart.png"
    drawing: bytes = b""
    sizes: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file to download."""

    name: str
    content: bytes
    media_type: str = "text/plain; charset=utf-8"


class ButtonStyle(StrEnum):
    """How much a button asks to be pressed."""

    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A stored command call, authorised again when clicked. `args` are ids and short words, as text."""

    label: str
    command: str
    args: Mapping[str, str] = field(default_factory=dict)
    style: ButtonStyle = ButtonStyle.NORMAL
    cohort: int | None = None
    """The cohort that is meant, where it is not the reply's."""
    draft: str | None = None
    """The saved form that it goes on with, see `Request`."""


@dataclass(frozen=True, slots=True)
class Buttons:
    """A row of at most five buttons."""

    items: tuple[Button, ...]


def button_rows(buttons: Sequence[Button]) -> tuple[Buttons, ...]:
    """Buttons in as many rows as they need."""
    return tuple(Buttons(tuple(buttons[at : at + 5])) for at in range(0, len(buttons), 5))


OPEN = "Open…"
"""What stands on the menu of a list."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a list: what it is called, in full, and what else is said of it, each part in words that make sense
    without a heading. `opens` shows it; its label says so, as "Open" does. `heading` stands above the first of the
    consecutive records that have the same one."""

    name: Sayable
    details: tuple[Sayable, ...] = ()
    opens: Button | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """A list of records, a line each. Those that open can be chosen: from one menu below, or each by itself. What does
    not fit on one page goes on the next, see `core.commands.paging`. `menu` says on the menu what choosing does."""

    rows: tuple[Record, ...]
    menu: str = OPEN


Block = Fields | Table | Records | Picture | File | Buttons


@dataclass(frozen=True, slots=True)
class Reply:
    """What a member reads. `text` makes sense without the blocks.

    `private` is set by `core.commands.dispatch`: from the command, or because the reply is an error. `cohort` is the
    cohort that the reply's buttons belong to; `core.commands.dispatch` sets it too.
    """

    text: Sayable
    blocks: tuple[Block, ...] = ()
    private: bool = True
    cohort: int | None = None
    error: bool = False
    field: str | None = None
    """For an error: the parameter that was wrong, so that a form can show it there."""
    is_question: bool = False
    """For an error: whether it asks which of several things is meant, where nothing was wrong."""

    def with_commands(self, write: Callable[[CommandRef], Inline]) -> "Reply":
        """The reply with the commands in its texts as `write` gives them."""
        blocks = tuple(_with_commands(block, write) for block in self.blocks)
        return replace(self, text=_written(self.text, write), blocks=blocks)


_WriteCommand = Callable[[CommandRef], Inline]


def _with_commands(block: Block, write: _WriteCommand) -> Block:
    match block:
        case Fields(items=items):
            return Fields(tuple((label, _written(value, write)) for label, value in items))
        case Records(rows=rows):
            return replace(block, rows=tuple(_written_record(each, write) for each in rows))
    return block


def _written_record(record: Record, write: _WriteCommand) -> Record:
    details = tuple(_written(each, write) for each in record.details)
    return replace(record, name=_written(record.name, write), details=details)


def _written(value: Sayable, write: _WriteCommand) -> Sayable:
    return value.with_commands(write) if isinstance(value, Text) else value


class FieldKind(StrEnum):
    """What a parameter or form field takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    CHOICE = "choice"
    PERSON = "person"
    CHANNEL = "channel"
    FILE = "file"
    RECORD = "record"
    """A record of the cohort, or a word from a long list such as time zones: text with completion."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values: what is stored, what is shown, and the words that people also type for it."""

    value: str
    label: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form. `value` is what stands in it when it opens. `note` is said above it where there is room, and
    in the place of `help` where there is none."""

    name: str
    label: str
    kind: FieldKind
    required: bool
    help: str = ""
    choices: tuple[Choice, ...] = ()
    max_length: int | None = None
    value: str | None = None
    note: str = ""
    roles: bool = False
    """Whether a role of the platform may be chosen in the place of a person."""


@dataclass(frozen=True, slots=True)
class Form:
    """A question with fields. Submitting it calls `command` with `args` and the fields' values."""

    title: str
    command: str
    fields: tuple[FormField, ...]
    args: Mapping[str, str] = field(default_factory=dict)
    cohort: int | None = None
    draft: str | None = None
    """The saved form that it goes on with, see `Request`."""
    submit: str = "Send"
    """What the button says that sends it, where the platform lets it say something; at most 24 characters."""


Argument = str | int | float | bool | PersonRef | ChannelRef | Upload
"""A raw argument from an adapter; `core.commands.dispatch` turns it into what the handler's signature says."""


class Source(StrEnum):
    """How a call came in."""

    COMMAND = "command"
    BUTTON = "button"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Request:
    """One call as an adapter received it.

    `id` is the platform's own id of the call; a second request with the same id is the same call again.
    `command` is "group verb". `cohort` is set by buttons and forms, which remember where they belong. `message` is
    the platform's id of the message, unique in its channel, whose button was pressed; empty where none was. `here` is
    what the platform told of the place with the call, if it did. `in_place` says that the platform told of the caller
    in `place` now; not so where a form remembers where it was opened. `draft` names what was saved while a form was
    filled in; it goes with the first change that the call makes.
    """

    id: str
    command: str
    person: Person
    place: Place
    args: Mapping[str, Argument] = field(default_factory=dict)
    cohort: int | None = None
    source: Source = Source.COMMAND
    message: str = ""
    here: ChannelReport | None = None
    in_place: bool = True
    draft: str | None = None
