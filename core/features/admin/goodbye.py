"""What follows a cohort's last day and its archive: goodbye in its home channels and a report for its organizers; warnings
before it is deleted; the deletion. Looked at every hour, where what is kept for a while only goes."""

from datetime import datetime, timedelta

from core.chat.model import Button, Buttons, Reply
from core.chat.text import join, say
from core.clock import day_words, local, local_date
from core.cohorts import directory, endings, places
from core.cohorts.counting import renew_due
from core.cohorts.endings import EndStep
from core.cohorts.model import Cohort
from core.commands import handled_calls
from core.commands.decorators import post, prune
from core.commands.dispatch import Core
from core.commands.spec import Post, Readers, Setting
from core.delivery import outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import BadInput
from core.store.port import Conn

GOODBYE, REPORT, WARNING = "admin.goodbye", "admin.report", "admin.deletion-warning"
MORNING = 9
"""The local hour from which a cohort says goodbye on the day after its last one."""
TOO_LATE = timedelta(days=30)
"""How long after its last day a cohort still says goodbye."""
_AT_ONCE = 20
NUMBERS = "In numbers"
"""The heading of those sections of the digest that count."""


def _read_days(typed: str) -> str:
    words = typed.strip().removesuffix("days").strip()
    if not (words.isascii() and words.isdecimal() and 30 <= int(words) <= 3_650):
        raise BadInput("Please give a number of days from 30 to 3650.", field="value")
    return str(int(words))


KEEP_ARCHIVED = Setting(
    endings.KEEP,
    "Kept after the end",
    "Days for which all is kept after the cohort was archived",
    endings.KEEP_DAYS,
    _read_days,
    lambda days: (
        f"Once it is archived, the cohort is deleted after {days} days, with warnings 30 and 7 days ahead"
    ),
    ("30", "90", "365", "3650"),
)


@prune
def end_cohorts(conn: Conn, now: datetime, _most: int) -> int:
    """Say goodbye, warn and delete where that is due."""
    for cohort in endings.over(conn, now.date() + timedelta(days=1), _AT_ONCE):
        here = local(now, cohort.zone)
        assert cohort.ends_on is not None  # noqa: S101 - that is what was asked for
        if here.date() > cohort.ends_on and (
            here.hour >= MORNING or here.date() > cohort.ends_on + timedelta(days=1)
        ):
            endings.say_goodbye(conn, cohort.id, now)
            if here.date() <= cohort.ends_on + TOO_LATE:
                _say_goodbye(conn, cohort, now)
    for cohort_id in endings.due(conn, now, _AT_ONCE):
        match endings.step(conn, cohort_id, now):
            case EndStep.WARN:
                _warn(conn, cohort_id, now)
            case EndStep.DELETE:
                handled_calls.erase_results(conn, cohort_id)
                endings.delete(conn, cohort_id)
            case None:
                pass
    return 0


def _say_goodbye(conn: Conn, cohort: Cohort, now: datetime) -> None:
    to_homes(conn, cohort, GOODBYE, {}, now)
    _to_organizers(conn, cohort, REPORT, {"until": now.isoformat()}, now)


def to_homes(conn: Conn, cohort: Cohort, kind: str, data: dict[str, str], now: datetime) -> None:
    """Post something in each home channel that is still the cohort's."""
    for home in places.places_for(conn, cohort.id, "home"):
        target = Target.place(home)
        key = f"{kind}:{cohort.id}:{now.isoformat()}:{target.key}"
        outbox.enqueue(conn, NewPost(cohort.id, key, kind, data, target), now)


def _to_organizers(conn: Conn, cohort: Cohort, kind: str, data: dict[str, str], now: datetime) -> None:
    for each in directory.recipients(conn, cohort, now, organizers=True):
        to = Target.person(each)
        key = f"{kind}:{cohort.id}:{now.isoformat()}:{to.key}"
        outbox.enqueue(conn, NewPost(cohort.id, key, kind, data, to), now)


def _warn(conn: Conn, cohort_id: int, now: datetime) -> None:
    """Tell the home channels that are still the cohort's, and its organizers, when it is deleted."""
    found = endings.by_id(conn, cohort_id)
    if found is None:
        return
    data = {"until": day_words(local_date(found.deletes_at, found.cohort.zone))}
    to_homes(conn, found.cohort, WARNING, data, now)
    _to_organizers(conn, found.cohort, WARNING, data, now)


@post(GOODBYE, label="goodbye")
async def render_goodbye(_core: Core, post: Post) -> Reply:
    """Says goodbye in a home channel, and offers each member what is theirs."""
    text = say(
        "**{name}** has come to its last day. Thank you for what you shared, asked and answered. The button gives each of "
        "you what is yours: papers and their way, talks, takeaways, thanks, check-ins.",
        name=post.cohort.name,
    )
    return Reply(text, (Buttons((Button("My record", "profile record"),)),))


@post(
    REPORT,
    label="report at the end",
    readers=Readers.NOTICE,
    always="Only an organizer can end the cohort, and it says goodbye once.",
)
async def render_report(core: Core, post: Post) -> Reply:
    """Tells an organizer what the cohort did in numbers, none of which tells of anybody."""
    until = datetime.fromisoformat(post.data["until"])
    counting = [each for each in core.registry.sections if each.heading == NUMBERS]
    lines = []
    for each in counting:
        await renew_due(core.store, each.figures, post.cohort.id, until)
        part = await core.read(
            post.cohort.id, each.write, post.cohort, datetime.fromtimestamp(0, until.tzinfo), until
        )
        lines += [
            say("- **{name}**: {text}", name=one.name, text=one.text) for one in (part.lines if part else ())
        ]
    head = say(
        "**{name}** has come to its last day. In its home channel each member is offered what is theirs. You can archive it "
        "now: you are asked first, and get all that the cohort may read as a file.",
        name=post.cohort.name,
    )
    buttons = (Button("Archive it", "cohort-admin archive"), Button("Export", "cohort-admin export"))
    return Reply(join([head, *lines]), (Buttons(buttons),))


@post(
    WARNING,
    label="warning before the deletion",
    readers=Readers.NOTICE,
    always="What is deleted cannot be had back, so that its organizers are warned.",
)
async def render_warning(_core: Core, post: Post) -> Reply:
    """Warns before a cohort is deleted."""
    text = say(
        "**{name}**, which is archived, will be deleted on **{until}**, with all that was recorded in it. Until then "
        "{/profile record} gives each member what is theirs, and {/cohort-admin export} its organizers what all may read.",
        name=post.cohort.name,
        until=post.data["until"],
    )
    return Reply(text, (Buttons((Button("My record", "profile record"),)),))
