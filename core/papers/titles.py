"""Papers found by the words of their titles. Who may see a paper is said by `core.papers.queries`."""

from collections.abc import Sequence

from core.cohorts.model import Scope
from core.papers import queries
from core.papers.deletion import NOT_DELETED
from core.papers.words import WORDS
from core.store.port import Conn, Row
from core.store.words import Search

_SEARCH = Search(WORDS, "submission s", "s.id", "s.cohort_id", queries.COLUMNS, queries.VISIBLE)

_OWN = 500
"""The caller's newest papers, which come first."""


def visible_by_words(conn: Conn, scope: Scope, typed: str, limit: int) -> Sequence[Row]:
    """The papers whose title has words that begin with those that were typed, the caller's own first, then the newest;
    columns as in `queries.visible_by_number`."""
    own = _own(conn, scope, typed, limit)
    if len(own) == limit:
        return own
    found = _SEARCH.find(conn, scope.cohort.id, typed, limit, viewer=queries.viewer_id(scope))
    return _own_first(own, found, limit)


def visible_by_title(conn: Conn, scope: Scope, typed: str, limit: int) -> Sequence[Row]:
    """The newest papers of that title."""
    return _SEARCH.equal(conn, scope.cohort.id, typed, limit, viewer=queries.viewer_id(scope))


def newest_visible(conn: Conn, scope: Scope, limit: int) -> Sequence[Row]:
    """The caller's newest papers, then the cohort's."""
    own = _own(conn, scope, "", limit)
    if len(own) == limit:
        return own
    return _own_first(
        own, _SEARCH.newest(conn, scope.cohort.id, limit, viewer=queries.viewer_id(scope)), limit
    )


def _own(conn: Conn, scope: Scope, typed: str, limit: int) -> Sequence[Row]:
    """The caller's newest papers with the words that were typed."""
    fitting, values = WORDS.fitting("s.id", typed)
    return conn.all(
        f"SELECT {queries.COLUMNS} FROM submission s WHERE s.id IN (SELECT n.id FROM (SELECT o.id FROM submission o"
        f" WHERE o.owner_id = :viewer AND +o.cohort_id = :cohort ORDER BY o.id DESC LIMIT {_OWN}) n UNION"
        " SELECT c.submission_id FROM submission_author c WHERE c.member_id = :viewer AND +c.cohort_id = :cohort)"
        f" AND {NOT_DELETED} AND {fitting}"
        f" ORDER BY s.id DESC LIMIT {limit}",
        cohort=scope.cohort.id,
        viewer=queries.viewer_id(scope),
        **values,
    )


def _own_first(own: Sequence[Row], found: Sequence[Row], limit: int) -> list[Row]:
    once = {row["id"]: row for row in (*own, *found)}
    return list(once.values())[:limit]
