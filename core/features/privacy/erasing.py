"""Everything that is kept of somebody goes, in one transaction: done or not begun, whatever happens meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.chat.model import Person
from core.cohorts import directory, forgetting, members
from core.cohorts.model import Scope
from core.cohorts.privacy import DataSubject
from core.commands import handled_calls, kept_files, presses, stored_call
from core.commands.proofs import end_membership
from core.commands.registry import Registry
from core.delivery import forgetting as posts
from core.delivery import outbox
from core.delivery.forgetting import Traces
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import NotFound
from core.features.privacy.posts import MENTIONS
from core.features.privacy.records import NOTHING, Mention, find
from core.papers import forgetting as papers
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done. `posts` stood in channels or with others, and are taken back by the posts `carried_out`; `mentions` are
    how many places there are where others name them; `everywhere` says that nothing is kept in other cohorts."""

    posts: list[int]
    carried_out: list[int]
    mentions: int
    everywhere: bool


def erase(
    conn: Conn,
    registry: Registry,
    scope: Scope,
    account: Person,
    traces: Traces,
    words: frozenset[str],
    mentions: Sequence[Mention],
) -> Erased:
    """Delete what is kept of somebody in a cohort, and everything where they are in no other. Raises `NotFound` where
    there is nothing."""
    of = find(conn, scope, account)
    if of is None:
        raise NotFound(NOTHING)
    taken_back = [post for one in of.all for post in _erase(conn, registry, scope, one, traces, words)]
    handled_calls.erase_results(conn, of.cohort.id)
    _tell_organizers(conn, of, mentions)
    return Erased(
        [each for each, _ in taken_back], [each for _, each in taken_back], len(mentions), of.only_here
    )


def _erase(
    conn: Conn,
    registry: Registry,
    scope: Scope,
    of: DataSubject,
    traces: Traces,
    words: frozenset[str],
) -> list[tuple[int, int]]:
    """Delete one membership with all that it has. Returns the posts that stood somewhere, each with the one that takes it
    back."""
    if members.by_id(conn, of.cohort.id, of.member_id) is not None:
        end_membership(conn, registry.member_left_hooks, of.cohort, of.member_id, of.now)
    for hook in registry.member_forgotten_hooks:
        hook.run(conn, of)
    nobody = Scope(of.cohort, None, of.now, scope.today, scope.limits)
    for paper in papers.forget(conn, of):
        for changed in registry.paper_changed_hooks:
            changed.run(conn, nobody, paper)
    taken_back = posts.forget(conn, of, traces, words)
    for each in of.accounts:
        stored_call.forget(conn, each, of.cohort.id, all_cohorts=of.only_here)
        kept_files.forget(conn, each, of.cohort.id)
    for person_id in of.persons:
        presses.forget(conn, of.cohort.id, person_id)
    forgetting.forget(conn, of)
    return taken_back


def _tell_organizers(conn: Conn, of: DataSubject, mentions: Sequence[Mention]) -> None:
    """Tell the organizers where others still name somebody. The message does not."""
    if not mentions:
        return
    lines = [{"topic": each.topic, "by": each.by, "day": each.day.isoformat()} for each in mentions]
    for reached in directory.recipients(conn, of.cohort, of.now, organizers=True):
        target = Target.person(reached)
        key = f"{MENTIONS}:{of.member_id}:{of.now.isoformat()}:{target.key}"
        new = NewPost(of.cohort.id, key, MENTIONS, {"lines": lines}, target, discreet=True)
        outbox.enqueue(conn, new, of.now)
