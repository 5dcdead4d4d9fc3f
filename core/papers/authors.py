"""Co-authors of papers: members of the cohort, who see and change the paper, and names of everybody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.chat.text import enumerated, say, shorten, split_enumerated
from core.cohorts import directory, names
from core.cohorts.members import name_sql
from core.cohorts.model import Member, Scope
from core.commands import handled_calls
from core.errors import BadInput
from core.papers.deletion import NOT_DELETED
from core.store.port import Conn

MOST = 50
"""How many co-authors a paper can have."""

LONGEST = 1000
"""Characters of their names together."""


@dataclass(frozen=True, slots=True)
class Author:
    """A co-author. `member_id` is None for somebody who is no member, however they are called."""

    name: str
    member_id: int | None = None


def of_paper(conn: Conn, paper_id: int) -> list[Author]:
    """The co-authors of a paper in the order in which they were named."""
    rows = conn.all(
        f"SELECT c.member_id, coalesce({name_sql('c.member_id')}, c.name) AS name FROM submission_author c"
        " WHERE +c.cohort_id = :cohort AND c.submission_id = :paper ORDER BY c.id",
        paper=paper_id,
    )
    return [Author(row["name"], row["member_id"]) for row in rows]


def members_of_paper(conn: Conn, paper_id: int) -> tuple[int, ...]:
    """The members among the co-authors of a paper."""
    rows = conn.all(
        "SELECT c.member_id FROM submission_author c WHERE +c.cohort_id = :cohort AND c.submission_id = :paper AND c.member_id IS NOT NULL"
        " ORDER BY c.id",
        paper=paper_id,
    )
    return tuple(row["member_id"] for row in rows)


def words(authors: Sequence[Author]) -> str:
    """Co-authors as they stand in a form and in history, and are read again by `read`: "Ben, Chen Li"."""
    called = [each.name for each in authors]
    if any(split_enumerated(name) != [name] for name in called):
        return "".join(f"{name}; " for name in called).strip()
    return ", ".join(called)


def listed(authors: Sequence[Author]) -> str:
    """Co-authors as people read them: "Ben and Chen Li"."""
    return enumerated([each.name for each in authors])


def read(
    conn: Conn, scope: Scope, typed: str, owner: int | None, before: Sequence[Author] = ()
) -> list[Author]:
    """Co-authors as they were typed: mentions and names, with commas or "and" between them.

    Whoever stands among those `before` stays who they are; of the others, whoever is called like one member is that
    member. The owner is none. Raises `BadInput` for a name that several members have, and for too many.
    """
    known = {each.name.casefold(): each for each in before}
    members, found = people(conn, scope), list[Author]()
    for part in split_enumerated(typed):
        author = known.get(part.casefold()) or named(members, part)
        is_owner = author.member_id is not None and author.member_id == owner
        if author.name and not is_owner and author not in found:
            found.append(author)
    if len(found) > MOST:
        raise BadInput(f"A paper can have {MOST} co-authors here; these are {len(found)}.", field="coauthors")
    return found


People = Mapping[str, Sequence[Member]]
"""The members of a cohort by what they may be called, in one case."""


def people(conn: Conn, scope: Scope) -> People:
    """The members of the caller's cohort by what they may be called."""
    found: dict[str, list[Member]] = {}
    for member in directory.members(conn, scope.cohort.id):
        for name in names.spellings(member.name):
            found.setdefault(name, []).append(member)
    return found


def named(known: People, part: str) -> Author:
    """Who is meant by a name: the member who is called so, else somebody who is none. Raises `BadInput` for a name that
    several members have."""
    name = shorten(part.lstrip("@ "), 100)
    fitting = known.get(name.casefold(), ())
    if len(fitting) > 1:
        raise BadInput(
            say(
                "More than one person here is called {name}: {names}. Please write it like that.",
                name=name,
                names=enumerated([each.name for each in fitting[:5]]),
            ),
            field="coauthors",
        )
    return Author(fitting[0].name, fitting[0].id) if fitting else Author(name)


def replace(conn: Conn, scope: Scope, paper_id: int, authors: Sequence[Author]) -> None:
    """Let these be the co-authors of a paper. Where it had others, what calls gave back is forgotten: it may hold a name
    that went."""
    had_some = conn.run(
        "DELETE FROM submission_author WHERE submission_id = :paper AND +cohort_id = :cohort", paper=paper_id
    )
    for each in authors:
        conn.run(
            "INSERT INTO submission_author (cohort_id, submission_id, member_id, name)"
            " VALUES (:cohort, :paper, :member, :name)",
            cohort=scope.cohort.id,
            paper=paper_id,
            member=each.member_id,
            name=each.name,
        )
    if had_some:
        handled_calls.erase_results(conn, scope.cohort.id)


def become_name(conn: Conn, member_id: int) -> None:
    """Somebody who left stays a name among the co-authors of papers, and nothing else."""
    conn.run(
        f"UPDATE submission_author SET name = coalesce({name_sql(':member')}, name), member_id = NULL"
        " WHERE member_id = :member AND +cohort_id = :cohort",
        member=member_id,
    )


def take_off(conn: Conn, scope: Scope, paper_id: int, member_id: int) -> bool:
    """Take a member out of the co-authors of a paper. False where they are none."""
    left = [each for each in of_paper(conn, paper_id) if each.member_id != member_id]
    if member_id not in members_of_paper(conn, paper_id):
        return False
    replace(conn, scope, paper_id, left)
    return True


def owned_with_coauthors(conn: Conn, member_id: int) -> list[tuple[int, int]]:
    """The papers of a member that have a co-author in the cohort, each with the first of these."""
    rows = conn.all(
        "SELECT s.id, (SELECT c.member_id FROM submission_author c WHERE c.submission_id = s.id"
        " AND c.member_id IS NOT NULL ORDER BY c.id LIMIT 1) AS heir FROM submission s"
        f" WHERE +s.cohort_id = :cohort AND s.owner_id = :member AND {NOT_DELETED} ORDER BY s.id",
        member=member_id,
    )
    return [(row["id"], row["heir"]) for row in rows if row["heir"] is not None]


def pass_on(conn: Conn, scope: Scope, paper_id: int, leaver: str, heir: int) -> None:
    """Let a co-author have a paper whose owner leaves, who stays a name in front of the others. Private notes on it stay
    for those who wrote them alone."""
    others = [each for each in of_paper(conn, paper_id) if each.member_id != heir]
    conn.run(
        "UPDATE submission SET owner_id = :heir WHERE id = :paper AND cohort_id = :cohort",
        heir=heir,
        paper=paper_id,
    )
    replace(conn, scope, paper_id, [Author(leaver), *others])
    conn.run(
        "UPDATE submission_event SET note_visibility = 'author' WHERE +cohort_id = :cohort AND submission_id = :paper AND field = 'stage'"
        " AND note_visibility = 'private'",
        paper=paper_id,
    )
