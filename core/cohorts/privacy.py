"""What is kept of people, as each package declares it for its tables: for whom, in plain words, and which rows.

Whoever owns a table says in its `personal_data` module what it holds of somebody: `core.features.privacy` shows it, puts
it into a file for them, and a test finds a table of which nobody said it. Conditions stand in the owner's package, as
all statements on a table do. They name the table `t` and take `:person`, `:member` and `:cohort`.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from core.chat.model import Button, Person
from core.cohorts.model import Cohort
from core.store.cohort_tables import COHORT_TABLES


@dataclass(frozen=True, slots=True)
class DataTopic:
    """What people are told of together. `holds` and `readers` are parts of a sentence: what is kept ("your answers and
    how it went") and who reads it ("you; the cohort, what you shared"). `opens` is the button that shows it; `kept` says for how long, where
    that is not until its owner deletes it, with the key of a setting in braces where organizers set the days; `stays` says in
    a sentence what of it stays when somebody has themselves forgotten, and why. Smaller orders come first."""

    name: str
    order: int
    holds: str
    readers: str
    opens: Button | None = None
    kept: str = ""
    stays: str = ""
    goes: bool = True
    """Whether anything of it goes with them but their name."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Rows that are not somebody's own and name them by an id, with the columns of these that may be given to them. Where
    there are texts of others among these, that person may read them anyway."""

    where: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadByAll:
    """Which rows everybody in a cohort may read, who wrote them (an SQL expression for a name) and when (a
    column, or an expression for an instant): where
    these name somebody who is to be forgotten, that is listed, since nobody changes what others wrote."""

    where: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class TableData:
    """What a table holds of a person in a cohort.

    `own` is the condition for the rows that are theirs, which they are given whole but for the columns `left_out`; `named`
    are further rows in which they are named. `words` are the columns with what they wrote, which is looked for in posts
    when it goes. `counted` is the column with the date or instant of a row, for tables whose rows are counted when
    somebody asks what is kept. A table that holds nothing of a person says in a sentence what it has: `nobodys`.
    """

    table: str
    topic: DataTopic | None = None
    own: str = ""
    named: tuple[Naming, ...] = ()
    words: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    counted: str = ""
    nobodys: str = ""
    read_by_all: ReadByAll | None = None
    """Of the `words`, what the cohort reads."""

    def __post_init__(self) -> None:
        if bool(self.nobodys) is bool(self.topic):
            raise ValueError(f"{self.table}: either it holds something of a person, or it says what else.")
        if self.topic is not None and not (self.own or self.named):
            raise ValueError(f"{self.table}: it has to say which rows are a person's.")


@dataclass(frozen=True, slots=True)
class DataSubject:
    """Somebody of whom something is kept in a cohort, as they ask to see it or to have it deleted. `only_here` says that
    they are and were in no other cohort, so that nothing at all is left when it is deleted."""

    cohort: Cohort
    member_id: int
    person_id: int
    name: str
    accounts: tuple[Person, ...]
    now: datetime
    only_here: bool
    joined: "tuple[DataSubject, ...]" = ()
    """Those that became part of this one when two accounts were joined: what waits with them is theirs too."""
    formers: tuple[int, ...] = ()
    """Who their joined accounts were before, by ids of persons."""

    @property
    def all(self) -> "tuple[DataSubject, ...]":
        """All that somebody is in the cohort."""
        return (*self.joined, self)

    @property
    def persons(self) -> tuple[int, ...]:
        """The ids of all persons that somebody is or was."""
        return (*self.formers, self.person_id)

    @property
    def values(self) -> dict[str, object]:
        """What the conditions of `TableData` take."""
        return {"person": self.person_id, "member": self.member_id, "cohort": self.cohort.id}


FORMER = "a former member"
"""What somebody is called in what others keep, once they are forgotten."""


def of_account(platform: str = "t.platform", workspace: str = "t.workspace", user: str = "t.user_id") -> str:
    """The condition that a row belongs to one of the person's accounts, by its columns."""
    return (
        f"({platform}, {workspace}, {user}) IN"
        " (SELECT pa.platform, pa.workspace, pa.user_id FROM account pa WHERE pa.person_id = :person)"
    )


def of_person(column: str) -> str:
    """The condition that a row of the cohort belongs to the person, by a column with a person's id: also as whom a joined
    account was before that brought their membership along."""
    return (
        f"(({column} = :person OR {column} IN (SELECT pl.former_id FROM account_link pl JOIN account_link_member pm"
        " ON pm.link_id = pl.id AND pm.cohort_id = :cohort AND pm.into_id IS NULL WHERE pl.person_id = :person))"
        " AND t.cohort_id = :cohort)"
    )


def below(parent: TableData, column: str) -> str:
    """The condition that a row hangs on one of the person's own rows of another table of the same package, whose id
    stands in `column`."""
    own = re.sub(r"\bt\.", "p.", parent.own)
    there = f"+p.cohort_id = :cohort AND {own}" if parent.table in COHORT_TABLES else own
    return f"t.{column} IN (SELECT p.id FROM {parent.table} p WHERE {there})"
