"""A deadline that moves is told to those who have to keep it: what a calendar shows in hours may come too late."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from core.chat.model import Button, Buttons, Reply
from core.chat.text import join, say
from core.clock import local_date
from core.cohorts import members
from core.cohorts.model import Member, Scope
from core.commands.decorators import post
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.delivery import outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.features.deadlines import follows, reminders, texts
from core.features.deadlines.follows import REMINDED
from core.papers import date_words, edition_changes, edition_updates, editions
from core.papers.edition_changes import SourceChange
from core.papers.edition_updates import Recorded, SaidEdition
from core.papers.editions import DateKind, KnownEdition
from core.store.port import Conn

MOVED, GONE = "deadlines.moved", "deadlines.gone"


def record(conn: Conn, scope: Scope, said: SaidEdition) -> tuple[Recorded, SourceChange | None]:
    """Keep what a source says of an edition, and write to those who follow it where a date of theirs moved. The reminders
    have to be planned anew afterwards. Returns what changed too, for who takes it back."""
    row = edition_updates.same_edition(conn, scope.cohort.id, said)
    before = editions.by_number(conn, scope.cohort.id, row["number"]) if row is not None else None
    done, change = edition_changes.record_of(conn, scope, said, row)
    after = editions.by_number(conn, scope.cohort.id, done.number) if done.changed and before else None
    if before is not None and after is not None:
        tell(conn, scope, before, after)
    return done, change


def tell(conn: Conn, scope: Scope, before: KnownEdition, after: KnownEdition | None) -> None:
    """Write to those who follow an edition where a date of theirs moved, or is not there any more."""
    changed = [*_moved(before, after, scope.now), *_gone(before, after, scope.now)]
    if not changed:
        return
    found = follows.followers(conn, scope.cohort, after or before, scope.today)
    wanted = [(member, each) for member, own in found.items() for each in changed if own.is_due(each.kind)]
    reached = reminders.readers(conn, scope.cohort, scope.now) if wanted else {}
    for member, each in wanted:
        if member not in reached:
            continue
        target = Target.person(reached[member])
        kind, word = (GONE, "gone") if each.at is None else (MOVED, "moved")
        instants = {"before": int(each.before.timestamp())}
        if each.at is not None:
            instants["at"] = int(each.at.timestamp())
        about = ":".join(map(str, (before.number, each.kind.value, *instants.values())))
        key = f"{word}:{scope.cohort.id}:{about}:{scope.now.timestamp()}:{target.key}"
        of = {
            "venue": before.number,
            "name": texts.name_of(before),
            "kind": each.kind.value,
            "member": member,
        }
        outbox.enqueue(conn, NewPost(scope.cohort.id, key, kind, {**of, **instants}, target), scope.now)


@dataclass(frozen=True, slots=True)
class _Changed:
    """A date that moved; `at` is None where it is gone."""

    kind: DateKind
    before: datetime
    at: datetime | None = None


def _moved(before: KnownEdition, after: KnownEdition | None, now: datetime) -> Iterator[_Changed]:
    there = _single(after) if after is not None else {}
    for kind, at in _single(before).items():
        if kind in there and there[kind] != at and max(at, there[kind]) > now:
            yield _Changed(kind, at, there[kind])


def _gone(before: KnownEdition, after: KnownEdition | None, now: datetime) -> Iterator[_Changed]:
    for kind, at in _single(before).items():
        if at > now and not (after is not None and after.all_of(kind)):
            yield _Changed(kind, at)


def _is_back(conn: Conn, sent: Post, _member: Member, now: datetime) -> bool:
    """Whether there is such a date again, or it would be over by now."""
    known = editions.by_number(conn, sent.cohort.id, sent.data["venue"])
    there = known is not None and bool(known.all_of(DateKind(sent.data["kind"])))
    return there or datetime.fromtimestamp(sent.data["before"], UTC) <= now


@post(GONE, label="word on a deadline that is gone", is_obsolete=_is_back, notice=reminders.NOTICE)
async def render_gone(core: Core, sent: Post) -> Reply:
    """Says that an organizer removed a date, and that nobody is reminded of it any more."""
    member = await core.read(sent.cohort.id, members.by_id, sent.cohort.id, sent.data["member"])
    zone = (member.zone if member else None) or sent.cohort.zone
    before = datetime.fromtimestamp(sent.data["before"], UTC)
    lines = [
        say(
            "📅 **{name}: {what}** has no date here any more: an organizer removed it.",
            name=sent.data["name"],
            what=DateKind(sent.data["kind"]).label,
        ),
        say("- before {when}", when=date_words.instant(before, zone)),
        say("I remind you of it no more. Please look at the venue’s own page."),
    ]
    return Reply(join(lines), (Buttons((Button("Mine", "deadline mine"),)),))


def _single(known: KnownEdition) -> Mapping[DateKind, datetime]:
    """The dates of an edition's only rounds."""
    found = {kind: known.all_of(kind) for kind in REMINDED}
    return {kind: dates[0].at for kind, dates in found.items() if len(dates) == 1 and dates[0].at is not None}


def _is_obsolete(conn: Conn, sent: Post, member: Member, _now: datetime) -> bool:
    """Whether it moved once more, or is not followed any more."""
    known = editions.by_number(conn, sent.cohort.id, sent.data["venue"])
    if known is None:
        return True
    today = local_date(sent.slot_at, sent.cohort.zone)
    at = _single(known).get(DateKind(sent.data["kind"]))
    own = follows.following(conn, sent.cohort, member, known, today)
    return own is None or at is None or int(at.timestamp()) != sent.data["at"]


@post(MOVED, label="word on a deadline that moved", is_obsolete=_is_obsolete, notice=reminders.NOTICE)
async def render(core: Core, sent: Post) -> Reply:
    """Says from when to when a deadline moved."""
    member = await core.read(sent.cohort.id, members.by_id, sent.cohort.id, sent.data["member"])
    known = await core.read(sent.cohort.id, editions.by_number, sent.cohort.id, sent.data["venue"])
    if known is None:
        return Reply(
            say("A venue that you follow is not in the list any more. {/deadline mine} has what is due.")
        )
    zone = (member.zone if member else None) or sent.cohort.zone
    before, after = (datetime.fromtimestamp(sent.data[each], UTC) for each in ("before", "at"))
    args = {"venue": texts.handle(known)}
    lines = [
        say("📅 **{name}: {what}** moved", name=texts.name_of(known), what=DateKind(sent.data["kind"]).label),
        say("- now {when}", when=date_words.instant(after, zone)),
        say("- before {when}", when=date_words.instant(before, zone)),
    ]
    buttons = (Button("Its dates", "deadline show", args), Button("Mine", "deadline mine"))
    return Reply(join(lines), (Buttons(buttons),))
