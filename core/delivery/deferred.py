"""Posts that wait for their reader: direct messages to somebody whose direct messages are closed, where the
platform cannot show them something alone in a channel. They come with the answer to the reader's next command.
Plain SQL over the outbox."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from core.chat.model import Block, Buttons, Person, PlaceKind, Reply, Request
from core.chat.text import join, say
from core.cohorts import directory
from core.commands.dispatch import Core, call_id
from core.commands.registry import Registry
from core.commands.spec import Post
from core.delivery import outbox, readers
from core.delivery.outbox import PostState, post_of
from core.errors import report
from core.store.port import Conn
from core.store.scoped import within

MAX_PER_REPLY = 3
"""How many come with one answer; more would bury it."""

EXPIRE_AFTER = timedelta(days=7)
"""How long a post waits for its reader."""

COULD_NOT_SEND = say(
    "\nI could not send you this as a direct message. To get it there, allow messages from me and run "
    "{/profile reminders}."
)
"""Stands above each post that comes with an answer."""

SHOWN = "Shown with the answer to a command, because direct messages are closed."
OLDER = "It was not read before the next one came."
OBSOLETE = "It was not needed any more."
LEFT = "It was not read within a week."


def waiting_cohorts(conn: Conn, person: Person, call: str) -> list[int]:
    """The cohorts of which posts wait for this account's owner, or came with the call `call`."""
    rows = conn.all(
        "SELECT DISTINCT o.cohort_id FROM outbox o WHERE o.fallback_channel IS NOT NULL"
        " AND o.platform = :platform AND o.workspace = :workspace AND o.channel = :user"
        " AND (o.state = 'held' OR o.message_id = :call) ORDER BY o.cohort_id",
        platform=person.platform,
        workspace=person.workspace,
        user=person.id,
        call=call,
    )
    return [row["cohort_id"] for row in rows]


def claim(
    conn: Conn, registry: Registry, person: Person, cohorts: Collection[int], call: str, now: datetime
) -> list[Post]:
    """The posts of some cohorts that wait for this account's owner, the oldest first; they are settled as sent with
    the call `call`, and that call gives them again. Of one schedule only the newest is given; what the post's kind
    calls obsolete is not."""
    person_id = directory.person_of(conn, person)
    rows = conn.all(
        "SELECT o.* FROM outbox o JOIN cohort c ON c.id = o.cohort_id WHERE o.fallback_channel IS NOT NULL"
        " AND o.platform = :platform AND o.workspace = :workspace AND o.channel = :user"
        " AND (o.state = 'held' OR o.message_id = :call) AND c.suspended_at IS NULL"
        " AND c.archived_at IS NULL ORDER BY o.slot_at DESC, o.id DESC",
        platform=person.platform,
        workspace=person.workspace,
        user=person.id,
        call=call,
    )
    given: list[Post] = []
    schedules: set[int] = set()
    for row in rows:
        if len(given) == MAX_PER_REPLY or person_id is None:
            break
        if row["cohort_id"] not in cohorts:
            continue
        post = post_of(conn, row)
        if row["message_id"] != call:
            older = row["schedule_id"] in schedules
            state, reason = (
                (PostState.MISSED, OLDER) if older else _verdict(conn, registry, post, person_id, now)
            )
            message = call if state is PostState.SENT else None
            outbox.settle(conn, row["id"], state, reason, now, message=message)
            if state is not PostState.SENT:
                continue
        if row["schedule_id"] is not None:
            schedules.add(row["schedule_id"])
        given.append(post)
    return given[::-1]


def _verdict(
    conn: Conn, registry: Registry, post: Post, person_id: int, now: datetime
) -> tuple[PostState, str]:
    kind = registry.posts.get(post.kind)
    member = directory.member_of(conn, post.cohort.id, person_id)
    if kind is None or member is None:
        return PostState.MISSED, OBSOLETE
    own = within(conn, post.cohort.id)
    if kind.is_obsolete is not None and kind.is_obsolete(own, post, member, now):
        return PostState.MISSED, OBSOLETE
    return PostState.SENT, SHOWN


def mark_failed(conn: Conn, row_id: int, reason: str, now: datetime) -> None:
    """A post that was taken could not be put into words."""
    outbox.settle(conn, row_id, PostState.FAILED, reason, now)


def mark_dms_open(conn: Conn, person: Person) -> None:
    """Somebody wrote to the bot in a direct message: theirs are open again."""
    conn.run(
        "UPDATE account SET closed_reason = NULL WHERE platform = :platform AND workspace = :workspace"
        " AND user_id = :user",
        platform=person.platform,
        workspace=person.workspace,
        user=person.id,
    )


def expire(conn: Conn, now: datetime) -> int:
    """List as missed what has waited for too long. Returns how many posts."""
    return conn.run(
        "UPDATE outbox SET state = 'missed', reason = :left, settled_at = :now"
        " WHERE fallback_channel IS NOT NULL AND state = 'held' AND settled_at < :before",
        left=LEFT,
        now=now,
        before=now - EXPIRE_AFTER,
    )


async def add_to_reply(core: Core, request: Request, reply: Reply) -> Reply:
    """The answer to somebody whose direct messages are closed, with the posts that wait for them below. Set as
    `Core.extend_reply` by whoever puts core and delivery together."""
    now = core.clock.now()
    if request.place.kind is PlaceKind.DIRECT:
        await core.store.write(mark_dms_open, request.person)
    person, call = request.person, call_id(request)
    waiting = await core.store.read(waiting_cohorts, person, call)
    there = await readers.cohorts_where_there(core, person, waiting)
    for post in await core.store.write(claim, core.registry, person, there, call, now) if there else ():
        try:
            added = await core.registry.posts[post.kind].render(core, post)
        except Exception:
            reference = report("post cannot be rendered", post=post.id)
            reason = f"It could not be put into words (reference {reference})."
            await core.store.write(mark_failed, post.id, reason, now)
            continue
        blocks = (*reply.blocks, *(_of_cohort(block, post.cohort.id) for block in added.blocks))
        reply = replace(reply, text=join([reply.text, COULD_NOT_SEND, added.text]), blocks=blocks)
    return reply


def _of_cohort(block: Block, cohort: int) -> Block:
    """A post's buttons mean its own cohort, whatever cohort the answer is about that they come with."""
    if not isinstance(block, Buttons):
        return block
    return Buttons(tuple(replace(each, cohort=each.cohort or cohort) for each in block.items))
