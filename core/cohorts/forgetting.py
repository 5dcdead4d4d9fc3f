"""Somebody has themselves forgotten in a cohort: what this package keeps of them goes. Plain SQL."""

from datetime import datetime

from core.chat.model import Person
from core.cohorts import home_pages, joined_accounts, names
from core.cohorts.model import Cohort
from core.cohorts.privacy import DataSubject
from core.store.port import Conn


def find(conn: Conn, cohort: Cohort, person_id: int, now: datetime) -> DataSubject | None:
    """Somebody who is or was in a cohort; None for somebody else."""
    row = conn.one(
        "SELECT id, name FROM member WHERE cohort_id = :cohort AND person_id = :person",
        cohort=cohort.id,
        person=person_id,
    )
    if row is None:
        return None
    elsewhere = conn.value(
        "SELECT 1 FROM member WHERE person_id = :person AND cohort_id <> :cohort LIMIT 1",
        person=person_id,
        cohort=cohort.id,
    )
    accounts = conn.all(
        "SELECT platform, workspace, user_id FROM account WHERE person_id = :person"
        " ORDER BY platform, workspace, user_id",
        person=person_id,
    )
    people = tuple(Person(each["platform"], each["workspace"], each["user_id"], "") for each in accounts)
    merged = conn.all(
        "SELECT m.id, m.person_id, m.name FROM account_link_member l JOIN member m ON m.id = l.member_id"
        " WHERE l.into_id = :member AND +m.cohort_id = :cohort AND m.id <> :member ORDER BY m.id",
        member=row["id"],
        cohort=cohort.id,
    )
    alone = elsewhere is None
    joined = tuple(
        DataSubject(cohort, each["id"], each["person_id"], each["name"], (), now, alone) for each in merged
    )
    formers = tuple(joined_accounts.formers(conn, person_id))
    return DataSubject(cohort, row["id"], person_id, row["name"], people, now, alone, joined, formers)


def elsewhere(conn: Conn, of: DataSubject) -> list[str]:
    """The names of the other cohorts in which something is kept of them."""
    rows = conn.all(
        "SELECT c.name FROM member m JOIN cohort c ON c.id = m.cohort_id WHERE m.person_id = :person"
        " AND m.cohort_id <> :cohort ORDER BY c.id",
        person=of.person_id,
        cohort=of.cohort.id,
    )
    return [row["name"] for row in rows]


def number_name(of: DataSubject) -> str:
    """What stands in the audit in place of a name: a number that is nobody else's, and tells nobody's."""
    return f"former member {of.member_id}"


def _forget_in_audit(conn: Conn, of: DataSubject) -> None:
    for person_id in of.persons:
        conn.run(
            "UPDATE audit SET actor = NULL, actor_name = :number WHERE cohort_id = :cohort AND actor = :person",
            cohort=of.cohort.id,
            person=person_id,
            number=number_name(of),
        )
    conn.run(
        "UPDATE audit SET about = :number WHERE about_member = :member AND +cohort_id = :cohort",
        number=number_name(of),
        member=of.member_id,
    )
    renamed = names.replacing(conn, of.cohort.id, of.name, number_name(of))
    for row in conn.all(
        "SELECT id, about, before, after FROM audit WHERE cohort_id = :cohort", cohort=of.cohort.id
    ):
        before = {name: row[name] for name in ("about", "before", "after")}
        after = {name: renamed(text) for name, text in before.items()}
        if after != before:
            conn.run(
                "UPDATE audit SET about = :about, before = :before, after = :after WHERE id = :id AND cohort_id = :cohort",
                id=row["id"],
                **after,
            )


def forget(conn: Conn, of: DataSubject) -> None:
    """Delete a membership with all that hangs on it, and the person where it was the last one, also as whom their joined
    accounts were before. In the audit a number stands in place of their name."""
    _forget_in_audit(conn, of)
    home_pages.end_of_member(conn, of.member_id)
    for person_id in of.persons:
        conn.run(
            "DELETE FROM link_code WHERE person_id = :person AND (cohort_id = :cohort OR cohort_id IS NULL)",
            person=person_id,
            cohort=of.cohort.id,
        )
    for each in of.accounts:
        _forget_asking(conn, of, each)
    conn.run("DELETE FROM member WHERE id = :member AND cohort_id = :cohort", member=of.member_id)
    if of.only_here:
        for person_id in of.persons:
            conn.run("DELETE FROM person WHERE id = :person", person=person_id)


def _forget_asking(conn: Conn, of: DataSubject, account: Person) -> None:
    """That an account asked to be joined with another one, and its wrong tries where nothing is left."""
    values = {"platform": account.platform, "workspace": account.workspace, "user": account.id}
    conn.run(
        "UPDATE link_code SET asking_platform = NULL, asking_workspace = NULL, asking_user = NULL, asking_name = NULL,"
        " asking_at = NULL WHERE asking_platform = :platform AND asking_workspace = :workspace AND asking_user = :user",
        **values,
    )
    if of.only_here:
        conn.run(
            "DELETE FROM link_try WHERE platform = :platform AND workspace = :workspace AND user_id = :user",
            **values,
        )
