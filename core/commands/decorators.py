"""The decorators with which a feature marks its functions; `core.commands.registry` collects what was marked."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from core.charts.canvas import Chart
from core.chat.model import Button, Choice, Person, Reply
from core.cohorts.counting import Figure
from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.people import NoticeKind
from core.commands.hooks import (
    DatesChangedHook,
    Job,
    MemberForgottenHook,
    MemberLeftHook,
    MentorEndedHook,
    PaperChangedHook,
    PaperDecidedHook,
    Prune,
    RoleChangedHook,
    TimerKind,
)
from core.commands.news import HelpFinder, NewsPicture, Section, StillTold
from core.commands.spec import (
    Access,
    CalendarSource,
    CohortTable,
    CommandMark,
    Cost,
    Covers,
    HomeSection,
    Lessons,
    MemberRecord,
    NothingThere,
    Once,
    Post,
    PostKind,
    Prefill,
    ProfileFact,
    Readers,
    RecordKind,
    ScheduleKind,
)
from core.store.port import Conn

F = TypeVar("F", bound=Callable[..., Any])

_MARK = "__cohort_bot__"


def command(
    name: str,
    *,
    access: Access = Access.MEMBER,
    private: bool = True,
    form: str | None = None,
    needs_cohort: bool = True,
    prefill: Prefill | None = None,
    cost: Cost = Cost.CHEAP,
    once: Once = Once.EACH_PERSON,
    purpose: str = "home",
    submit: str = "Send",
    asks: str = "",
    in_archive: bool = False,
) -> Callable[[F], F]:
    """Mark an async function `handler(call, ...)` as the command `name`, "group verb".

    The docstring's first line is its help. `form` is the title of its form and `submit` what the button says that
    sends it; both say what it does, in 24 characters at most. `prefill` gives the values that stand in its form when it opens. `cost`
    says that it draws or simulates, `once` how often a button that calls it changes something. An answer
    that is not `private` is so only in the cohort's channels for `purpose`; elsewhere the handler announces it there,
    see `core.delivery.announcements`. `asks` names a parameter without which a button opens the form, see `Command.asks`; with
    `ANYTHING` the form opens wherever nothing beside what is required was given. `in_archive` says that it can be run for a
    cohort that was archived.
    """
    return _mark(
        CommandMark(
            name,
            access,
            private,
            form,
            needs_cohort,
            prefill,
            cost,
            once,
            purpose,
            submit,
            asks,
            in_archive,
        )
    )


def record(
    type_: Any,
    *,
    complete: Callable[[Conn, Scope, str], Sequence[Choice]],
    needs_cohort: bool = True,
    own: Callable[[Person], str | None] = lambda _person: None,
    none: NothingThere | None = None,
) -> Callable[[F], F]:
    """Mark `resolve(conn, scope, typed)` as the way from typed text to a `type_` parameter. See `RecordKind`."""
    return lambda resolve: _mark(RecordKind(type_, resolve, complete, needs_cohort, own, none))(resolve)


def post(
    name: str,
    *,
    label: str,
    is_obsolete: Callable[[Conn, Post, Member, datetime], bool] | None = None,
    awaited: bool = False,
    editable: bool = False,
    readers: Readers = Readers.MEMBERS,
    purpose: str = "home",
    notice: NoticeKind | None = None,
    always: str = "",
    unsent: Callable[[Any, Post], Awaitable[Reply]] | None = None,
    closes: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
) -> Callable[[F], F]:
    """Mark `async render(core, post) -> Reply` as the renderer of posts of kind `name`. The same stored
    data gives the same message. See `PostKind` for the rest."""
    return lambda render: _mark(
        PostKind(
            name,
            render,
            label,
            is_obsolete,
            awaited,
            editable,
            readers,
            purpose,
            notice,
            always,
            unsent,
            closes,
        )
    )(render)


def schedule(
    name: str,
    *,
    label: str,
    help: str,  # noqa: A002 - the field's word
    post: str,
    purpose: str,
    personal: bool = False,
    then: Callable[[Conn, Cohort, date, datetime], None] | None = None,
    covers: Covers | None = None,
) -> Callable[[F], F]:
    """Mark `compose(conn, cohort, day, at)` as the schedule kind `name`; `label` is what people call it. For `then`
    and `covers` see `ScheduleKind`."""
    return lambda compose: _mark(
        ScheduleKind(name, label, help, post, purpose, compose, personal, then, covers)
    )(compose)


def section(
    name: str,
    *,
    order: int,
    heading: str,
    figures: Sequence[Figure] = (),
    still: StillTold | None = None,
    quiet: bool = False,
) -> Callable[[F], F]:
    """Mark `write(conn, cohort, since, until)` as a section of the digest under a heading; smaller orders come first.
    `figures` are those of its numbers that hide people. See `core.commands.news.Section` for the rest."""
    return lambda write: _mark(Section(name, order, heading, write, tuple(figures), still, quiet))(write)


def news_picture(name: str, *, order: int, draw: Callable[[Mapping[str, Any]], Chart]) -> Callable[[F], F]:
    """Mark `write(conn, cohort, since, until)` as a picture for the digest; the first that has a story is shown. See
    `core.commands.news.NewsPicture`."""
    return lambda write: _mark(NewsPicture(name, order, write, draw))(write)


def help_finder(name: str) -> Callable[[F], F]:
    """Mark `find(conn, cohort, needed, at)` as what knows who could help, see `core.commands.news.HelpFinder`."""
    return lambda find: _mark(HelpFinder(name, find))(find)


def home_section(name: str, *, order: int) -> Callable[[F], F]:
    """Mark `write(conn, scope, member)` as a feature's part of a member's page; smaller orders come first."""
    return lambda write: _mark(HomeSection(name, order, write))(write)


def lessons(name: str, *, order: int) -> Callable[[F], F]:
    """Mark `search(conn, scope, typed, limit)` as the search of a feature's lessons, which are called `name`. Whoever shows
    what was learned asks all of them, and knows no feature; see `Lessons`. Smaller orders come first."""
    return lambda search: _mark(Lessons(name, order, search))(search)


def timer(name: str, *, label: str) -> Callable[[F], F]:
    """Mark `run(conn, cohort, since, now)` as what is done when a timer of this name goes off, see `core.delivery.timers`.
    `label` is what people call that."""
    return lambda run: _mark(TimerKind(name, label, run))(run)


def calendar_source(name: str) -> Callable[[F], F]:
    """Mark `write(conn, cohort, member, now)` as what a feature puts into calendars, see `CalendarSource`."""
    return lambda write: _mark(CalendarSource(name, write))(write)


def paper_changed(run: F) -> F:
    """Mark `run(conn, scope, paper_id)` as something to do when a paper is called otherwise, is seen by others, is deleted
    or is had back, in the same transaction: what a feature has posted that names it is brought up."""
    return _mark(PaperChangedHook(run))(run)


def dates_changed(run: F) -> F:
    """Mark `run(conn, cohort, now)` as something to do when dates of venues in a cohort's list have changed, in the same
    transaction: what was planned by them is planned anew."""
    return _mark(DatesChangedHook(run))(run)


def member_left(run: F) -> F:
    """Mark `run(conn, cohort, member_id, now)` as something to do when a membership ends.

    Whoever ends one runs all of them in the same transaction, once the member is out: what waits for somebody
    who will not come back is given up or passed on. `now` is the instant. What it
    raises keeps the member in.
    """
    return _mark(MemberLeftHook(run))(run)


def member_forgotten(run: F) -> F:
    """Mark `run(conn, of)` as something to do when somebody has themselves forgotten, in the same transaction: their
    membership has ended, and `member_left` hooks were run; its row still stands, with all that hangs on it, and goes
    afterwards. A feature does here what a foreign key cannot: it takes their words out of rows that stay, and out of
    channels. See `core.cohorts.privacy.DataSubject`."""
    return _mark(MemberForgottenHook(run))(run)


def job(name: str) -> Callable[[F], F]:
    """Mark `async run(core)` as something to do in the background, about every second. See `Job`."""
    return lambda run: _mark(Job(name, run))(run)


def prune(run: F) -> F:
    """Mark `run(conn, now, most)` as what deletes rows whose time is over, every hour and a little at a time: it returns how
    many it deleted, at most so many."""
    return _mark(Prune(run))(run)


def mentor_ended(run: F) -> F:
    """Mark `run(conn, cohort, member_id, now)` as something to do when somebody's role as a mentor is taken back, in
    the same transaction. Where a membership ends, only what `member_left` marks is run."""
    return _mark(MentorEndedHook(run))(run)


def role_changed(run: F) -> F:
    """Mark `run(conn, cohort, member, change, now)` as something to do when a member gets or loses a role through one of the
    platform, in the same transaction."""
    return _mark(RoleChangedHook(run))(run)


def paper_decided(run: F) -> F:
    """Mark `run(conn, scope, paper_id, stage)` as something to do when a paper comes to a stage that ends a round, in
    the same transaction."""
    return _mark(PaperDecidedHook(run))(run)


def profile_fact(label: str, *buttons: Button) -> Callable[[F], F]:
    """Mark `read(conn, scope, member)` as something that a feature says on a member's profile. See `ProfileFact`."""
    return lambda read: _mark(ProfileFact(label, read, buttons))(read)


def member_record(name: str, *, order: int) -> Callable[[F], F]:
    """Mark `write(conn, scope, member)` as a part of the record that a member takes along, see `MemberRecord`."""
    return lambda write: _mark(MemberRecord(name, order, write))(write)


def cohort_table(name: str, *columns: str) -> Callable[[F], F]:
    """Mark `read(conn, cohort)` as a table of the organizers' export, see `CohortTable`."""
    return lambda read: _mark(CohortTable(name, columns, read))(read)


def _mark(spec: Any) -> Callable[[F], F]:
    def mark(function: F) -> F:
        setattr(function, _MARK, (*getattr(function, _MARK, ()), spec))
        return function

    return mark
