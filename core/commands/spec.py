"""What a feature may declare: commands and their parameters, records, posts, schedules, digest sections, settings.

These are the types; `core.commands.decorators` marks functions with them and `core.commands.registry` finds the
marked functions."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NewType

from core.chat.model import Button, Choice, FieldKind, Person, Reply, Source
from core.chat.text import Sayable
from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.people import NoticeKind
from core.store.port import Conn

if TYPE_CHECKING:
    from core.commands.forms import Asks
    from core.commands.registry import Registry

LongText = NewType("LongText", str)
"""A parameter of several lines."""


class Access(StrEnum):
    """Who may run a command."""

    ANYONE = "anyone"
    OWN = "own"
    """Anybody, about what is kept of themselves: in a cohort that they are or were in, also one that has ended, from
    anywhere. It gives and changes nothing else."""
    MEMBER = "member"
    MENTOR = "mentor"
    ORGANIZER = "organizer"
    MANAGER = "manager"
    """Organizers, and at any time whoever manages a workspace or server that the cohort lives in."""
    SETUP = "setup"
    """Whoever may set up a cohort: an organizer, or where none exists the platform's managers."""


class Once(StrEnum):
    """How often a button that calls a command changes something; see `core.commands.presses`."""

    EACH_PERSON = "each-person"
    """Once for each person who presses it."""
    ALL = "all"
    """Once: who presses it first settles it for all."""
    REPEATS = "repeats"
    """It states the wanted end, or asks again for what failed, so that pressing it later means what it says."""


class Cost(StrEnum):
    """What a call costs the others, such as that it draws a picture; see `core.commands.admission`."""

    CHEAP = "cheap"
    DRAWS = "draws"
    SIMULATES = "simulates"
    """It computes for a while, and draws a picture."""


Offers = Mapping[str, tuple[Choice, ...]]


@dataclass(frozen=True, slots=True)
class Arg:
    """What a signature cannot say about a parameter.

    `help` is one sentence of at most 100 characters. `label` (45) names it in a form. Lengths are in code
    points. `form_only` leaves it out of the command line's own list (it can still be typed there);
    `in_form=False` leaves it out of the form. `roles` lets a role of the platform stand for a person, where there are such. `choices` makes a text a
    choice among what the features brought, such as the kinds of schedules. `reads` is how a number is read that people
    type with more than digits, such as a score with its words; it raises `ValueError` with a sentence. `offers` names another
    parameter, and gives by its values the choices that a form offers for this one. `asks` makes it carry what a form asks
    that only the store knows, such as questions that an organizer wrote: the handler is given a mapping of what was
    answered, by the names of the parameters that `asks` gave. Nobody types such a parameter, so it is in no list of them.
    """

    help: str
    label: str | None = None
    max_length: int = 300
    minimum: float | None = None
    maximum: float | None = None
    form_only: bool = False
    in_form: bool = True
    roles: bool = False
    choices: "Callable[[Registry], Sequence[Choice]] | None" = None
    reads: Callable[[str], float] | None = None
    offers: "tuple[str, Callable[[Registry], Offers]] | None" = None
    asks: "Asks | None" = None


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a command."""

    name: str
    label: str
    help: str
    kind: FieldKind
    required: bool
    type: Any
    default: Any
    choices: tuple[Choice, ...] = ()
    max_length: int = 300
    minimum: float | None = None
    maximum: float | None = None
    form_only: bool = False
    in_form: bool = True
    choices_of: "Callable[[Registry], Sequence[Choice]] | None" = None
    reads: Callable[[str], float] | None = None
    offers_of: "tuple[str, Callable[[Registry], Offers]] | None" = None
    offered: Offers = field(default_factory=dict)
    """The choices of a form, by the value of the parameter that `offers_of` names."""
    please: Sayable | None = None
    """What is said where it is required and missing, if not what its label and its help say."""
    roles: bool = False
    """Whether a role of the platform may stand for a person."""

    @property
    def completes(self) -> bool:
        """Whether values are offered while typing."""
        return self.kind is FieldKind.RECORD


Handler = Callable[..., Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Opening:
    """How a form opens: the `values` that stand in it, as texts. `title` replaces the command's own, 24 characters at
    most. `notes` say something above a field, by its name, where the platform has room, and in the place of its help
    elsewhere. Fields among `left_out` are not asked for."""

    values: Mapping[str, str]
    title: str | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()


Prefill = Callable[[Conn, Scope, Mapping[str, str]], Mapping[str, str] | Opening]
"""What stands in a form when it opens, by what was given with the call, as texts. Raises a `UserError` where the form
cannot succeed."""


ANYTHING = "*"
"""That a command asks for anything that it can change, see `Command.asks`."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command: "group verb", who may run it, whether the answer is for the caller alone.

    `form` is the title of the form that asks for what is missing. A command with one may be called without
    its required parameters on every platform.
    """

    group: str
    verb: str
    help: str
    access: Access
    private: bool
    handler: Handler
    params: tuple[Param, ...]
    form: str | None = None
    needs_cohort: bool = True
    prefill: Prefill | None = None
    cost: Cost = Cost.CHEAP
    once: Once = Once.EACH_PERSON
    purpose: str = "home"
    """What the cohort's channels are for in which an answer that is not private may stand."""
    submit: str = "Send"
    """What the button says that sends the form."""
    asks: str = ""
    """A parameter that a person has to choose: a button that leaves it out opens the form with what it holds. Of two, as in
    "paper chance", the second is asked for where the first is given. `ANYTHING` is any that is not required: a change that
    does not say of what opens the form however it is called."""
    asked: "tuple[str, Asks] | None" = None
    """The parameter of the handler that carries what only the store knows to ask, and what gives it, see `Arg.asks`. The
    form of such a command opens unless something was answered."""
    in_archive: bool = False
    """Whether it can be run for a cohort that was archived; every other command says so of such a cohort."""

    @property
    def name(self) -> str:
        """The name in calls: "submission add"."""
        return f"{self.group} {self.verb}"

    @property
    def for_organizers(self) -> bool:
        """Whether it is of no use to other members."""
        return self.access in (Access.ORGANIZER, Access.MANAGER, Access.SETUP)

    def missing(self, args: Mapping[str, object]) -> bool:
        """Whether a required parameter is not among `args`, so that a form has to ask for it."""
        if self.asked is not None and all(self.param(name) is not None for name in args):
            return True
        return self._lacks(args)

    def _lacks(self, args: Mapping[str, object]) -> bool:
        lacks = [param for param in self.params if args.get(param.name) in (None, "")]
        if self.asks == ANYTHING and all(param.required or param in lacks for param in self.params):
            return True
        return any(param.required for param in lacks)

    def opens_form(self, args: Mapping[str, object], source: Source) -> bool:
        """Whether a call with these arguments has its form opened rather than being carried out."""
        if self.asked is not None and source is Source.FORM:
            return self._lacks(args)  # all of its fields may have been left empty
        *given, asked = self.asks.split() or [ANYTHING]
        has_to_choose = (
            source is Source.BUTTON and asked != ANYTHING and all(args.get(each) for each in given)
        )
        return bool(has_to_choose and not args.get(asked)) or self.missing(args)

    def param(self, name: str) -> Param | None:
        """The parameter of that name."""
        return next((param for param in self.params if param.name == name), None)


@dataclass(frozen=True, slots=True)
class CommandMark:
    """What `@command` says; the rest is read off the function when it is found."""

    name: str
    access: Access
    private: bool
    form: str | None
    needs_cohort: bool
    prefill: Prefill | None
    cost: Cost = Cost.CHEAP
    once: Once = Once.EACH_PERSON
    purpose: str = "home"
    submit: str = "Send"
    asks: str = ""
    in_archive: bool = False


@dataclass(frozen=True, slots=True)
class NothingThere:
    """What somebody reads who is asked for a record of a kind of which there is none, and the button that helps."""

    text: Sayable
    button: Button


@dataclass(frozen=True, slots=True)
class RecordKind:
    """How text becomes a record of type `type`, and what is offered while typing it.

    `resolve(conn, scope, typed)` raises `NotFound` for what is not there or not the caller's to see. `own(person)` is
    what the platform knows to fit the caller: it is offered first and stands in forms.
    """

    type: Any
    resolve: Callable[[Conn, Scope, str], Any]
    complete: Callable[[Conn, Scope, str], Sequence[Choice]]
    needs_cohort: bool = True
    own: Callable[[Person], str | None] = lambda _person: None
    none: NothingThere | None = None
    """Where nothing is offered, a form that has to ask for one does not open; this is said instead."""


@dataclass(frozen=True, slots=True)
class Post:
    """An outgoing message as it stands in the outbox. `data` is what its renderer needs, JSON values only.

    `late` says that its moment passed while the bot was away.
    """

    id: int
    cohort: Cohort
    kind: str
    data: Mapping[str, Any]
    slot_at: datetime
    late: bool = False


class Readers(StrEnum):
    """To whom a direct message may go. `MEMBERS`: members of whom the platform says that they are still there."""

    MEMBERS = "members"
    NOTICE = "notice"
    """It holds nothing that members wrote: members, also where the platform does not say."""
    FAREWELL = "farewell"
    """It tells somebody that their membership has ended."""


@dataclass(frozen=True, slots=True)
class PostKind:
    """A kind of outgoing message and its renderer, `async render(core, post) -> Reply`; `label` is what people
    call it, `purpose` what the channels are for in which it is posted.

    What goes to a person has a `notice`, or says why it `always` comes.
    `is_obsolete(conn, post, member, now)` says that a post which waited for its reader is obsolete. `awaited`
    says that whoever asked for it waits for it and is told when it is refused.
    """

    name: str
    render: Callable[[Any, Post], Awaitable[Reply]]
    label: str
    is_obsolete: Callable[[Conn, Post, Member, datetime], bool] | None = None
    awaited: bool = False
    editable: bool = False
    """Whether its message may be changed at any time later, so that its row is kept. Its data are ids alone then."""
    readers: Readers = Readers.MEMBERS
    purpose: str = "home"
    notice: NoticeKind | None = None
    """The kind of direct message that it is, which its reader may switch off. A post for channels has none."""
    always: str = ""
    """Why it comes as a direct message whatever its reader switched off, in a sentence."""
    unsent: Callable[[Any, Post], Awaitable[Reply]] | None = None
    """`async unsent(core, post) -> Reply`: what the member who asked for it is told where it, or a change of it,
    could not be sent."""
    closes: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    """`closes(data)`: the data with which the direct message of this kind that came before is shown, without its buttons,
    once this one has come to the same person."""


Covers = Callable[[datetime, datetime | None, datetime | None], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ScheduleKind:
    """A kind of schedule: what it posts, and to the channels of which purpose.

    `compose(conn, cohort, day, at)` gives the post's data (JSON values), or None when there is nothing to
    post on that local date.
    """

    name: str
    label: str
    help: str
    post: str
    purpose: str
    compose: Callable[[Conn, Cohort, date, datetime], Mapping[str, Any] | None]
    personal: bool = False
    """Whether it makes sense as a direct message, in each member's own time."""
    then: Callable[[Conn, Cohort, date, datetime], None] | None = None
    """`then(conn, cohort, day, at)` runs in the same transaction once a slot's posts are written, for what comes behind
    them, such as a change of the posts before."""
    covers: Covers | None = None
    """For posts that tell of a period: `covers(at, last, before)` adds to the data, where `last` is the latest regular
    post of the same schedule and `before` the instant of the date that its rule has before this one."""


@dataclass(frozen=True, slots=True)
class HomePart:
    """What a feature says on a member's page, a line each: what `waits` for them, and what is their `own`. `buttons`
    go with either."""

    waits: tuple[Sayable, ...] = ()
    own: tuple[Sayable, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeSection:
    """A feature's part of a member's page: `write(conn, scope, member)` gives it, or None where there is nothing to
    say. Smaller orders come first."""

    name: str
    order: int
    write: "Callable[[Conn, Scope, Member], HomePart | None]"


@dataclass(frozen=True, slots=True)
class Lesson:
    """Something that somebody learned: the whole `text`, who wrote it and on which local date, what it is `about` (such as
    the title of a paper), and the call that opens it. Its texts are plain."""

    text: str
    by: str
    day: date
    about: str = ""
    opens: Button | None = None


@dataclass(frozen=True, slots=True)
class Lessons:
    """A feature's lessons, by what they are called ("takeaways"): `search(conn, scope, typed, limit)` gives those that
    the caller may read and that have the words, the newest first; the newest of all where no word was typed."""

    name: str
    order: int
    search: Callable[[Conn, Scope, str, int], Sequence[Lesson]]


@dataclass(frozen=True, slots=True)
class HelpTopic:
    """A part of what the bot does, as help tells of it: a line of at most 90 characters with a button.

    `groups` are the groups of commands that belong to it, `first` those commands that one begins with. `words` are
    everyday words for what somebody wants, several in one text, with the commands that help. `access` says for whom
    the line stands: organizers or everybody.
    """

    name: str
    order: int
    summary: str
    groups: tuple[str, ...]
    first: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    access: Access = Access.ANYONE


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """Something with a date for a calendar. `subject` says what it is, the same at every time: "deadline:12:paper:1".
    It begins at an instant, or lasts for whole days, `day` to `last_day`."""

    subject: str
    title: str
    at: datetime | None = None
    day: date | None = None
    last_day: date | None = None
    details: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class CalendarSource:
    """What a feature puts into calendars: `write(conn, cohort, member, now)` gives the entries of a member's own
    calendar, or, where that is None, of the cohort's, which everybody in it can read."""

    name: str
    write: Callable[[Conn, Cohort, Member | None, datetime], Sequence[CalendarEntry]]


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """A part of the record that a member takes along when a cohort ends: `write(conn, scope, member)` gives its lines, in
    Markdown, none where there is nothing. Smaller orders come first."""

    name: str
    order: int
    write: Callable[[Conn, Scope, Member], Sequence[str]]


@dataclass(frozen=True, slots=True)
class CohortTable:
    """A table of what the cohort may read, for its organizers' export: `read(conn, cohort)` gives the rows, a cell for each
    of the `columns`. Nothing that is not every member's to read may be in it."""

    name: str
    columns: tuple[str, ...]
    read: Callable[[Conn, Cohort], Sequence[Sequence[str | int | float | bool | None]]]


@dataclass(frozen=True, slots=True)
class ProfileFact:
    """What a feature says on a member's profile: `read(conn, scope, member)` gives it, None where there is nothing.
    `label` stands before it; `buttons` go below."""

    label: str
    read: Callable[[Conn, Scope, Member], "Sayable | None"]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that an organizer may set. `read` turns what was typed into what is stored, or raises
    `BadInput`. `says` tells in a sentence what a stored value means; `choices` are the usual ones, for forms and
    buttons. `label` is what it is called where it is listed. `among(registry, value)` checks what was read against what
    the features brought, and gives what is stored."""

    key: str
    label: str
    help: str
    default: str
    read: Callable[[str], str]
    says: Callable[[str], str]
    choices: tuple[str, ...] = ()
    among: "Callable[[Registry, str], str] | None" = None
