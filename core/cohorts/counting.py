"""Numbers that hide people: every number over records of which some are hidden from the cohort.

A record is visible when the whole cohort may read it with its owner's name (a paper for the cohort, a shared
check-in, a vote), else it is hidden (an anonymous paper, a private check-in, what somebody has read). Visible
records are counted as they are. Hidden ones are never added to them: they form cells of their own, which are
stored, are the same for every reader and are never narrowed by a filter.

What is shown of hidden records changes only when a figure is *renewed*:

- A cell holds `MIN_PEOPLE` owners or more, and as many members own nothing in it: neither those who do nor those
  who do not can be told from the list of members.
- Between two values of a cell, `MIN_PEOPLE` owners or more brought more to it, or less. However many records one
  owner adds, moves, deletes or makes visible, nothing is renewed for that; a preview shows what is stored.
- No record is in two cells that are shown beside each other, and no total is shown but the sum of cells that are.
- What happens in a period (check-ins) is released in batches of `MIN_PEOPLE` owners or more. A record is in one
  batch at most, and the figure of any period is a sum of whole batches. So is a mean (how it is going), which needs no
  others beside its owners, because it tells of nobody whether they are among them.

The guarantee. Take two histories of a cohort that differ only in the hidden records of one member. Everybody
else is shown the same in both, except for cells that were renewed, and batches that were released, at another
moment or with that member's records among those of at least four others. So nobody learns that member's part
who does not know the parts of four others. What is *not* promised: five members who tell each other everything learn
what is left of a cell of theirs and one more; and who looks at a figure all day learns when it was renewed, that is,
when the fifth owner changed something, but not who that was.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.cohorts import members
from core.store.port import Conn, Store
from core.store.scoped import run

MIN_PEOPLE = 5
"""How many people have to stand behind a number, behind its change, and beside it."""

Parts = Mapping[int, Any]
"""What each owner, by the member's id, brings to a cell: a number of records, or anything else that JSON keeps."""


def may_show(people: int) -> bool:
    """Whether a number that stands for so many different people can be shown."""
    return people >= MIN_PEOPLE


def changed_owners(now: Parts, before: Parts) -> set[int]:
    """The owners who bring something else than before."""
    return {owner for owner in {*now, *before} if now.get(owner) != before.get(owner)}


def may_renew(now: Parts, before: Parts) -> bool:
    """Whether so many owners have changed that nobody's change can be told from the two figures."""
    return may_show(len(changed_owners(now, before)))


def as_json(parts: Parts) -> str:
    """What owners bring, as it is stored beside a figure."""
    return json.dumps({str(owner): part for owner, part in parts.items()}, sort_keys=True)


def from_json(text: str) -> dict[int, Any]:
    """What `as_json` made."""
    return {int(owner): part for owner, part in json.loads(text).items()}


class Figure(Protocol):
    """A stored figure, as what renews it sees it. `at` is the instant up to which records count."""

    def is_due(self, conn: Conn, cohort_id: int, at: datetime) -> bool:
        """Whether `renew` has something to do."""
        ...

    def renew(self, conn: Conn, cohort_id: int, at: datetime) -> None:
        """Store the figure anew as far as it may be. One transaction."""
        ...


async def renew_due(store: Store, figures: Iterable[Figure], cohort_id: int, at: datetime) -> None:
    """Renew what may be renewed before figures are read. Writes nothing where nothing is due."""
    for figure in figures:
        if await store.read(run, cohort_id, figure.is_due, cohort_id, at):
            await store.write(run, cohort_id, figure.renew, cohort_id, at)


_STORE = (
    "INSERT INTO figure (cohort_id, name, cell, amount, basis, at) VALUES (:cohort, :name, :cell, :amount, :basis, :at)"
    " ON CONFLICT (cohort_id, name, cell) DO UPDATE SET amount = excluded.amount, basis = excluded.basis,"
    " at = excluded.at"
)
_STORED = "SELECT cell, amount, basis FROM figure WHERE cohort_id = :cohort AND name = :name ORDER BY cell"


@dataclass(frozen=True, slots=True)
class StandingFigure:
    """Hidden records that stand now, in cells. `parts(conn, cohort_id)` gives for each cell how many records each
    owner has in it, 0 left out; only of members who are in the cohort."""

    name: str
    parts: Callable[[Conn, int], Mapping[str, Mapping[int, int]]]

    def is_due(self, conn: Conn, cohort_id: int, _at: datetime) -> bool:
        """See `Figure`."""
        return bool(self._due(conn, cohort_id))

    def renew(self, conn: Conn, cohort_id: int, at: datetime) -> None:
        """See `Figure`. A cell in which too few are left is withdrawn."""
        for cell, now in self._due(conn, cohort_id).items():
            shown = _hides(conn, cohort_id, now)
            conn.run(
                _STORE,
                cohort=cohort_id,
                name=self.name,
                cell=cell,
                amount=sum(now.values()) if shown else None,
                basis=as_json(now),
                at=at,
            )

    def shown(self, conn: Conn, cohort_id: int) -> dict[str, int]:
        """The cells that everybody may see, with the number of records in each as it was stored."""
        return {
            row["cell"]: row["amount"]
            for row in self._stored(conn, cohort_id)
            if row["amount"] is not None and _hides(conn, cohort_id, from_json(row["basis"]))
        }

    def _due(self, conn: Conn, cohort_id: int) -> dict[str, Mapping[int, int]]:
        """The cells to renew, with what owners bring to them now."""
        stored = {row["cell"]: row for row in self._stored(conn, cohort_id)}
        current = self.parts(conn, cohort_id)
        due: dict[str, Mapping[int, int]] = {}
        for cell in {*stored, *current}:
            now, row = current.get(cell, {}), stored.get(cell)
            was_shown = row is not None and row["amount"] is not None
            basis = from_json(row["basis"]) if row else {}
            if may_renew(now, basis) and (was_shown or _hides(conn, cohort_id, now)):
                due[cell] = now
        return due

    def _stored(self, conn: Conn, cohort_id: int) -> Sequence[Any]:
        return conn.all(_STORED, cohort=cohort_id, name=self.name)


@dataclass(frozen=True, slots=True)
class BatchedFigure:
    """Hidden records that happen one after the other. `waiting(conn, cohort_id, at)` gives those that are in no
    batch yet and were made up to an instant, as (key, owner), only of members who are in the cohort; `mark(conn,
    keys)` notes that they are in one."""

    name: str
    waiting: Callable[[Conn, int, datetime], Sequence[tuple[Any, int]]]
    mark: Callable[[Conn, Sequence[Any]], None]

    def is_due(self, conn: Conn, cohort_id: int, at: datetime) -> bool:
        """See `Figure`."""
        return _hides(conn, cohort_id, {owner for _, owner in self.waiting(conn, cohort_id, at)})

    def renew(self, conn: Conn, cohort_id: int, at: datetime) -> None:
        """See `Figure`. What waits is released as one batch."""
        released = self.waiting(conn, cohort_id, at)
        if not _hides(conn, cohort_id, {owner for _, owner in released}):
            return
        conn.run(
            "INSERT INTO figure_batch (cohort_id, name, at, amount) VALUES (:cohort, :name, :at, :amount)",
            cohort=cohort_id,
            name=self.name,
            at=at,
            amount=len(released),
        )
        self.mark(conn, [each for each, _ in released])

    def shown(self, conn: Conn, cohort_id: int, since: datetime, until: datetime) -> int:
        """How many records were released after `since` and up to `until`."""
        return int(
            conn.value(
                "SELECT coalesce(sum(amount), 0) FROM figure_batch WHERE cohort_id = :cohort AND name = :name"
                " AND at > :since AND at <= :until",
                cohort=cohort_id,
                name=self.name,
                since=since,
                until=until,
            )
        )


@dataclass(frozen=True, slots=True)
class StandingSums:
    """Sums over hidden records that mean something only beside each other, such as what was said and what came of it.
    `parts(conn, cohort_id)` gives what each owner brings to each of the `sums`, as whole numbers in their order; only of
    members who are in the cohort.

    All of them are renewed at once, when `MIN_PEOPLE` owners or more have changed, and withdrawn where fewer are left. They
    need no others beside them: what is shown of them are means, which stand in no total and say of nobody whether they are in
    it. Whoever shows a mean near an end of its scale says no more than that it is near it.
    """

    name: str
    sums: tuple[str, ...]
    parts: Callable[[Conn, int], Mapping[int, Sequence[int]]]

    def is_due(self, conn: Conn, cohort_id: int, _at: datetime) -> bool:
        """See `Figure`."""
        now = self.parts(conn, cohort_id)
        before = self._stored(conn, cohort_id)
        basis = from_json(before[0]["basis"]) if before else {}
        was_shown = bool(before) and before[0]["amount"] is not None
        return may_renew(_as_lists(now), basis) and (was_shown or may_show(len(now)))

    def renew(self, conn: Conn, cohort_id: int, at: datetime) -> None:
        """See `Figure`."""
        if not self.is_due(conn, cohort_id, at):
            return
        now = self.parts(conn, cohort_id)
        for place, cell in enumerate(self.sums):
            conn.run(
                _STORE,
                cohort=cohort_id,
                name=self.name,
                cell=cell,
                amount=sum(each[place] for each in now.values()) if may_show(len(now)) else None,
                basis=as_json(_as_lists(now)),
                at=at,
            )

    def shown(self, conn: Conn, cohort_id: int) -> dict[str, int]:
        """The sums as they were stored; nothing where too few stood behind them."""
        rows = self._stored(conn, cohort_id)
        return {row["cell"]: row["amount"] for row in rows if row["amount"] is not None}

    def _stored(self, conn: Conn, cohort_id: int) -> Sequence[Any]:
        return conn.all(_STORED, cohort=cohort_id, name=self.name)


def _as_lists(parts: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """Parts as JSON gives them back."""
    return {owner: list(each) for owner, each in parts.items()}


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of `records` values."""

    value: float
    records: int


@dataclass(frozen=True, slots=True)
class BatchedMean:
    """The mean of hidden values that come one after the other. `waiting(conn, cohort_id, at)` gives those that are in no
    batch yet and were given up to an instant, as (key, owner, value), only of members who are in the cohort; `mark(conn,
    keys)` notes that they are in one.

    A batch holds the values of `MIN_PEOPLE` owners or more. It needs no others beside it: a mean stands in no total, and
    says of nobody whether they are in it. One near an end of the scale would say what each of them gave, so that it is shown
    as `least` or `most`. A batch an hour is released at most, so that there are few to add up.
    """

    name: str
    least: float
    most: float
    waiting: Callable[[Conn, int, datetime], Sequence[tuple[Any, int, int]]]
    mark: Callable[[Conn, Sequence[Any]], None]

    @property
    def _records(self) -> str:
        """The name under which the number of values is stored beside their sum."""
        return f"{self.name}:n"

    def is_due(self, conn: Conn, cohort_id: int, at: datetime) -> bool:
        """See `Figure`."""
        since = at - timedelta(hours=1)
        if self._amounts(conn, cohort_id, self._records, since, at):
            return False
        return may_show(len({owner for _, owner, _ in self.waiting(conn, cohort_id, at)}))

    def renew(self, conn: Conn, cohort_id: int, at: datetime) -> None:
        """See `Figure`. What waits is released as one batch."""
        if not self.is_due(conn, cohort_id, at):
            return
        released = self.waiting(conn, cohort_id, at)
        amounts = {self.name: sum(value for _, _, value in released), self._records: len(released)}
        for name, amount in amounts.items():
            conn.run(
                "INSERT INTO figure_batch (cohort_id, name, at, amount) VALUES (:cohort, :name, :at, :amount)",
                cohort=cohort_id,
                name=name,
                at=at,
                amount=amount,
            )
        self.mark(conn, [key for key, _, _ in released])

    def shown(
        self, conn: Conn, cohort_id: int, since: datetime, until: datetime
    ) -> Sequence[tuple[datetime, Mean]]:
        """The batches that were released after `since` and up to `until`, the oldest first, each within the bounds: from two
        together and one of them the other could be worked out."""
        sums = self._amounts(conn, cohort_id, self.name, since, until)
        counts = dict(self._amounts(conn, cohort_id, self._records, since, until))
        return [(at, self._mean(amount, counts[at])) for at, amount in sums if counts.get(at)]

    def together(self, batches: Iterable[Mean]) -> Mean | None:
        """Several batches as one; None for none."""
        known = list(batches)
        records = sum(each.records for each in known)
        return self._mean(sum(each.value * each.records for each in known), records) if records else None

    def _mean(self, amount: float, records: int) -> Mean:
        return Mean(min(max(amount / records, self.least), self.most), records)

    def _amounts(
        self, conn: Conn, cohort_id: int, name: str, since: datetime, until: datetime
    ) -> list[tuple[datetime, int]]:
        rows = conn.all(
            "SELECT at, amount FROM figure_batch WHERE cohort_id = :cohort AND name = :name"
            " AND at > :since AND at <= :until ORDER BY at",
            cohort=cohort_id,
            name=name,
            since=since,
            until=until,
        )
        return [(row["at"], row["amount"]) for row in rows]


def _hides(conn: Conn, cohort_id: int, owners: Iterable[int]) -> bool:
    """Whether enough owners stand in a cell, and enough members of the cohort do not."""
    inside = set(owners)
    if not may_show(len(inside)):
        return False
    # Where many do not, counting them is enough; some of the owners may have left since.
    if may_show(members.count(conn, cohort_id) - len(inside)):
        return True
    return may_show(len({each.id for each in members.members(conn, cohort_id)} - inside))
