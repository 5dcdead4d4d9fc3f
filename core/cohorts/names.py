"""What members are called. A name belongs to the membership: what somebody is called in one server or workspace is
shown in its cohorts alone, and no two members of a cohort are shown under one name."""

import re
from collections.abc import Callable

from core.chat.model import Person
from core.chat.text import clean, shorten
from core.cohorts.places import SERVES
from core.store.port import Conn
from core.store.scoped import across

LONGEST = 80
"""Characters of a name, without what tells two of one name apart."""

_SUFFIX = re.compile(r"(?P<called>.+) \((@(?P<handle>[^()]+)|\d+)\)", re.DOTALL)


def name_of(person: Person) -> str:
    """The name of an account as it is stored: cleaned, short, and never empty."""
    return shorten(clean(person.name, multiline=False), LONGEST) or person.id


def matches(shown: str, typed: str) -> bool:
    """Whether a member shown under a name may be meant by what was typed: the whole name, the name without what
    tells two of one name apart, or the handle."""
    return typed.casefold() in spellings(shown)


def replacing(conn: Conn, cohort_id: int, name: str, by: str) -> Callable[[str], str]:
    """Puts something else in place of a member's name in a text; another member's longer name that holds it, such as
    "Ada Lovelace" that of Ada, stays as it is."""
    whole = _whole(conn, cohort_id, name)
    return lambda text: whole.sub(lambda found: by if found[0] == name else found[0], text)


def naming(conn: Conn, cohort_id: int, name: str) -> Callable[[str], bool]:
    """Whether a text names a member, in any case of letters; another member's longer name that holds theirs does not."""
    whole, folded = _whole(conn, cohort_id, name, re.IGNORECASE), name.casefold()
    return lambda text: any(found[0].casefold() == folded for found in whole.finditer(text))


def _whole(conn: Conn, cohort_id: int, name: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """A member's name as words of their own, and the longer names of others in which it stands."""
    rows = conn.all("SELECT DISTINCT name FROM member WHERE cohort_id = :cohort", cohort=cohort_id)
    folded = name.casefold()
    longer = [row["name"] for row in rows if folded in row["name"].casefold() and row["name"] != name]
    either = "|".join(re.escape(each) for each in (*sorted(longer, key=len, reverse=True), name))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", flags)


def spellings(shown: str) -> set[str]:
    """By what a member may be meant who is shown under a name, in one case; see `matches`."""
    shown = shown.casefold()
    suffix = _SUFFIX.fullmatch(shown)
    return {shown} if suffix is None else {shown, suffix["called"], suffix["handle"]}


_NAMED_BY_OTHER = (
    "EXISTS (SELECT 1 FROM account_link l JOIN account f ON f.person_id = l.person_id AND f.platform <> l.platform"
    " JOIN place fp ON fp.cohort_id = m.cohort_id AND fp.platform = f.platform AND f.workspace IN ('', fp.workspace)"
    " WHERE l.platform = :platform AND l.workspace = :account_workspace AND l.user_id = :user)"
)
"""A condition on a membership `m`: the account was joined to another one of the same person, which is in the cohort too.
That one says what the member is called, or the name would change with each call."""


def follow(conn: Conn, person_id: int, person: Person) -> None:
    """Keep what an account is called now, in the cohorts that live where it is called so. A new membership
    begins with the name that was kept last."""
    conn = across(conn)
    name = name_of(person)
    conn.run("UPDATE person SET name = :name WHERE id = :id AND name <> :name", id=person_id, name=name)
    if person.handle:
        conn.run(
            "UPDATE account SET handle = :handle WHERE platform = :platform AND workspace = :workspace"
            " AND user_id = :user AND handle <> :handle",
            handle=shorten(clean(person.handle, multiline=False), LONGEST),
            platform=person.platform,
            workspace=person.workspace,
            user=person.id,
        )
    if name == person.id:
        return  # nobody said a name
    rows = conn.all(
        "SELECT m.id, m.cohort_id FROM member m WHERE m.person_id = :person AND m.called <> :name AND EXISTS"
        " (SELECT 1 FROM place pl WHERE pl.cohort_id = m.cohort_id AND pl.platform = :platform"
        f" AND pl.workspace = :workspace AND {SERVES}) AND NOT {_NAMED_BY_OTHER}",
        person=person_id,
        account_workspace=person.workspace,
        user=person.id,
        name=name,
        platform=person.platform,
        workspace=person.workspace if person.named_in is None else person.named_in,
    )
    for row in rows:
        rename(conn, row["cohort_id"], row["id"], name)


def rename(conn: Conn, cohort_id: int, member_id: int, called: str) -> None:
    """Give a member another name. Those of the old and of the new one are told apart where there are several."""
    row = conn.one(
        "SELECT called FROM member WHERE id = :id AND cohort_id = :cohort", id=member_id, cohort=cohort_id
    )
    assert row is not None  # noqa: S101 - whoever asks has just found it
    conn.run(
        "UPDATE member SET called = :called WHERE id = :id AND cohort_id = :cohort",
        called=called,
        id=member_id,
        cohort=cohort_id,
    )
    for each in dict.fromkeys((row["called"], called)):
        if each:
            _tell_apart(conn, cohort_id, each)


def _tell_apart(conn: Conn, cohort_id: int, called: str) -> None:
    """Show each member who is called so under a name of their own, also those who have left: their records stay."""
    everybody = conn.all(
        "SELECT m.id, m.called, m.name, (SELECT max(a.handle) FROM account a WHERE a.person_id = m.person_id)"
        " AS handle FROM member m WHERE m.cohort_id = :cohort ORDER BY m.id",
        cohort=cohort_id,
    )
    folded = called.casefold()
    same = [row for row in everybody if row["called"].casefold() == folded]
    taken = {row["name"].casefold() for row in everybody if row["called"].casefold() != folded}
    for number, row in enumerate(same, 1):
        shown = row["called"]
        if len(same) > 1 and row["handle"]:
            shown = f"{shown} (@{row['handle']})"
        elif number > 1:
            shown = f"{shown} ({number})"
        while shown.casefold() in taken:
            number += 1
            shown = f"{row['called']} ({number})"
        taken.add(shown.casefold())
        if shown != row["name"]:
            conn.run(
                "UPDATE member SET name = :name WHERE id = :id AND cohort_id = :cohort",
                name=shown,
                id=row["id"],
                cohort=cohort_id,
            )
