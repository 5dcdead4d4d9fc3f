"""A digest of one's own, by direct message on Monday mornings by its reader's clock: what waits for them, and what is
theirs, as every feature puts it on their page."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from core.chat.model import Button, Reply, button_rows
from core.clock import local_date, to_instant
from core.cohorts import directory, members
from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.people import NoticeKind
from core.commands.decorators import post, timer
from core.commands.dispatch import Core
from core.commands.spec import HomePart, HomeSection, Post
from core.delivery import outbox, timers
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.features.digests import texts
from core.store.port import Conn

KIND = "digests.personal"
NOTICE = NoticeKind("personal-digest", "your own digest on Mondays", asked_for=True)
WALL = time(8, 0)
"""The hour of the reader's Monday."""
TOO_LATE = timedelta(hours=24)
"""After that a week has begun without it."""
MOST_BUTTONS = 9


def plan(conn: Conn, cohort: Cohort, now: datetime) -> None:
    """Set the timer of a cohort to the next Monday morning of any of its members."""
    following = [_monday(now, zone)[1] for zone in members.zones(conn, cohort) or [cohort.zone]]
    timers.set_timer(conn, cohort.id, KIND, min(following), now)


def _monday(at: datetime, zone: str) -> tuple[datetime, datetime]:
    """The instants of the last Monday morning of a zone up to an instant, and of the next one."""
    day = local_date(at, zone)
    monday = day - timedelta(days=day.weekday())
    weeks = [to_instant(monday + timedelta(weeks=n), WALL, zone) for n in (-1, 0, 1)]
    last = max(each for each in weeks if each <= at)
    return last, min(each for each in weeks if each > at)


@timer(KIND, label="digest of one's own")
def send(conn: Conn, cohort: Cohort, since: datetime, now: datetime) -> None:
    """Write the digests of those whose Monday morning has come after `since`, and set the timer to the next one."""
    for reached in directory.recipients(conn, cohort, now, notice=NOTICE):
        zone = reached.zone or cohort.zone
        at, _ = _monday(now, zone)
        if not since < at or now - at > TOO_LATE:
            continue
        member = members.member_of(conn, cohort.id, reached.person_id)
        if member is None:
            continue
        target, monday = Target.person(reached), local_date(at, zone)
        key = f"{KIND}:{member.id}:{monday.isoformat()}"
        post_ = NewPost(cohort.id, key, KIND, {"member": member.id}, target, slot_at=at, day=monday)
        outbox.enqueue(conn, post_, now)
    plan(conn, cohort, now)


def _is_obsolete(conn: Conn, sent: Post, member: Member, now: datetime) -> bool:
    """Whether it waited for its reader until the week was over."""
    return now - sent.slot_at > timedelta(days=6)


@post(KIND, label="digest of one's own", is_obsolete=_is_obsolete, notice=NOTICE)
async def render(core: Core, sent: Post) -> Reply:
    """What waits for a member and what is theirs, as it is now."""
    member = await core.read(sent.cohort.id, members.by_id, sent.cohort.id, sent.data["member"])
    if member is None:
        return Reply("You are not in this cohort any more.")
    return await personal(core, sent.cohort, member, core.clock.now(), wanted=True)


async def personal(core: Core, cohort: Cohort, member: Member, now: datetime, *, wanted: bool) -> Reply:
    """The digest of one's own, for its reader alone. `wanted` says that they asked to be sent it."""
    today = local_date(now, member.zone or cohort.zone)
    scope = Scope(cohort, member, now, today)
    parts = await core.read(cohort.id, _parts, core.registry.home, scope, member)
    buttons = [
        button for part in parts for button in part.buttons if button.command in core.registry.commands
    ]
    mine = Button("My page", "cohort home")
    return Reply(
        texts.personal(cohort, today, parts, wanted=wanted), button_rows([*buttons[:MOST_BUTTONS], mine])
    )


def _parts(conn: Conn, sections: Sequence[HomeSection], scope: Scope, member: Member) -> list[HomePart]:
    found = (section.write(conn, scope, member) for section in sections)
    return [part for part in found if part is not None]


def next_one(conn: Conn, cohort: Cohort, member: Member, now: datetime) -> date:
    """The date of a member's next Monday morning."""
    plan(conn, cohort, now)
    zone = member.zone or cohort.zone
    return local_date(_monday(now, zone)[1], zone)
