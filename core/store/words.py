"""Records found by any words of their text, the beginnings of words too: one search for both engines.

A table of words is a table like any other: its rows are the cohort's, the word's and the record's, in this order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.chat import folding
from core.store.port import Conn, Row

FEW = 1_000
"""Records with a word that are looked at one by one. Of a word that more have, enough are found among the newest."""
RECENT = 1_500
"""The newest records of a cohort that are looked at for frequent words, before all are."""
FIRST = 500
"""The newest records with the rarest of some frequent words that are looked at, before all that have it are."""
_MEASURED = 6
"""Words of which it is asked how many records have them, the longest first."""
_AT_ONCE = 100
"""Records that are read with one statement."""
_ROWS = 64
"""Words that are written with one statement."""
_WHOLE = 200
"""Characters by which whole texts are told apart."""
_ALWAYS = "1 = 1"
EVERYBODY = _ALWAYS
"""The condition under which everybody in the cohort sees every record."""
_AFTER_ALL = "\U0010ffff"
"""What sorts after every character that can follow in a word."""


@dataclass(frozen=True, slots=True)
class WordIndex:
    """A table of words: `cohort_id`, `word` and `key`, the column with the id of the record."""

    table: str
    key: str

    def add(self, conn: Conn, cohort_id: int, record: int, text: str) -> None:
        """Keep the words of a new record, and its whole text to find one of the same words."""
        words = folding.words_of(text)
        if words:
            words.append(_whole(text))
        for at in range(0, len(words), _ROWS):
            part = words[at : at + _ROWS]
            rows = ", ".join(f"(:cohort, :w{n}, :record)" for n in range(len(part)))
            values = {f"w{n}": word for n, word in enumerate(part)}
            sql = f"INSERT INTO {self.table} (cohort_id, word, {self.key}) VALUES {rows}"
            conn.run(sql, cohort=cohort_id, record=record, **values)

    def replace(self, conn: Conn, cohort_id: int, record: int, text: str) -> None:
        """Keep the words of a record whose text changed; of an empty one none."""
        conn.run(
            f"DELETE FROM {self.table} WHERE {self.key} = :record AND +cohort_id = :cohort",
            record=record,
            cohort=cohort_id,
        )
        self.add(conn, cohort_id, record, text)

    def has(self, record: str, names: Iterable[str]) -> str:
        """The condition that the record of the column `record` has words that begin so; its parameters are the
        `bounds` of these names. Where there are none, it holds for every record."""
        # Not EXISTS: PostgreSQL would turn it into a join, and read all records that have the word.
        conditions = (
            f"(SELECT 1 FROM {self.table} x WHERE x.{self.key} = {record}"
            f" AND x.word >= :low{name} AND x.word < :high{name} LIMIT 1) = 1"
            for name in names
        )
        return " AND ".join(conditions) or _ALWAYS

    def fitting(self, record: str, typed: str) -> tuple[str, dict[str, object]]:
        """The condition that the record of the column `record` is found by what was typed, for a query over few
        records, and its parameters. Everything is found where no word was typed."""
        ways = [
            {f"{at}_{n}": word for n, word in enumerate(words)}
            for at, words in enumerate(folding.readings(typed))
        ]
        condition = " OR ".join(f"({self.has(record, way)})" for way in ways)
        return f"({condition or _ALWAYS})", {
            name: value for way in ways for name, value in bounds(way).items()
        }


def bounds(words: Mapping[str, str]) -> dict[str, object]:
    """The parameters of `WordIndex.has`, for words by their names."""
    low: dict[str, object] = {f"low{name}": word for name, word in words.items()}
    return low | {f"high{name}": word + _AFTER_ALL for name, word in words.items()}


def _whole(text: str) -> str:
    """What stands for a whole text among its words: no word begins with a blank."""
    return f" {folding.whole(text)}"[:_WHOLE]


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched and who sees it.

    `records` is a table and its alias, `id` and `cohort` are columns of it, `columns` what is read, and `seen` the
    condition under which the caller sees a record, with its parameters: it is part of every statement.
    """

    index: WordIndex
    records: str
    id: str
    cohort: str
    columns: str
    seen: str

    def find(self, conn: Conn, cohort_id: int, typed: str, limit: int, **values: object) -> Sequence[Row]:
        """The records that have a word beginning with each word that was typed, the newest first. None where no word
        was typed."""
        ways = folding.readings(typed)
        found = [
            self._read(conn, cohort_id, {str(n): word for n, word in enumerate(way)}, limit, values)
            for way in ways
        ]
        if len(found) < 2:
            return found[0] if found else ()
        column = self.id.rpartition(".")[2]
        once = {row[column]: row for rows in found for row in rows}
        return [once[each] for each in sorted(once, reverse=True)][:limit]

    def equal(self, conn: Conn, cohort_id: int, typed: str, limit: int, **values: object) -> Sequence[Row]:
        """The newest records whose text has the words that were typed, in their order, and no others."""
        if not folding.readings(typed):
            return ()
        index = self.index
        sql = (
            f"SELECT w.{index.key} AS record FROM {index.table} w WHERE w.cohort_id = :cohort AND w.word = :word"
            f" ORDER BY w.{index.key} DESC LIMIT {FEW}"
        )
        rows = conn.all(sql, cohort=cohort_id, word=_whole(typed))
        return self._of_ids(conn, cohort_id, [row["record"] for row in rows], limit, values)

    def newest(self, conn: Conn, cohort_id: int, limit: int, **values: object) -> Sequence[Row]:
        """The newest records."""
        return conn.all(f"{self._select()} {self._order(limit)}", cohort=cohort_id, **values)

    def _read(
        self, conn: Conn, cohort_id: int, words: Mapping[str, str], limit: int, values: dict[str, object]
    ) -> Sequence[Row]:
        values = {**values, **bounds(words)}
        rarest, records = self._rarest(conn, cohort_id, words)
        if records >= FEW:
            first = {rarest: words[rarest], **words}  # the condition that most records fail comes first
            found = self._among_newest(conn, cohort_id, first, limit, values)
            if len(found) == limit:
                return found
            found = self._among_first(conn, cohort_id, rarest, words, limit, values)
            if len(found) == limit:
                return found
        ids = self._with_words(conn, cohort_id, rarest, words)
        return self._of_ids(conn, cohort_id, ids, limit, values)

    def _rarest(self, conn: Conn, cohort_id: int, words: Mapping[str, str]) -> tuple[str, int]:
        """Which of the words the fewest records have, and how many, as far as it matters."""
        sql = f"SELECT count(*) FROM (SELECT 1 {self._beginning('')} LIMIT {25 * FEW}) counted"
        sizes: dict[str, int] = {}
        for name in sorted(words, key=lambda each: -len(words[each]))[:_MEASURED]:
            sizes[name] = conn.value(sql, cohort=cohort_id, **bounds({"": words[name]}))
            if sizes[name] == 0:
                break
        rarest = min(sizes, key=lambda each: sizes[each])
        return rarest, sizes[rarest]

    def _among_newest(
        self, conn: Conn, cohort_id: int, words: Mapping[str, str], limit: int, values: dict[str, object]
    ) -> Sequence[Row]:
        oldest = conn.value(
            f"SELECT {self.id} FROM {self.records} WHERE {self.cohort} = :cohort"
            f" ORDER BY {self.id} DESC LIMIT 1 OFFSET {RECENT}",
            cohort=cohort_id,
        )
        return conn.all(
            f"{self._select()} AND {self.id} >= :oldest AND {self.index.has(self.id, words)} {self._order(limit)}",
            cohort=cohort_id,
            oldest=oldest or 0,
            **values,
        )

    def _among_first(
        self,
        conn: Conn,
        cohort_id: int,
        rarest: str,
        words: Mapping[str, str],
        limit: int,
        values: dict[str, object],
    ) -> Sequence[Row]:
        """The records with the words among the newest that have the rarest of them: most often enough."""
        key = f"w.{self.index.key}"
        sql = f"SELECT {key} AS record {self._beginning(rarest)} ORDER BY {key} DESC LIMIT {FIRST}"
        rows = conn.all(sql, cohort=cohort_id, **bounds({rarest: words[rarest]}))
        # A record may have several words that begin so.
        ids = list(dict.fromkeys(row["record"] for row in rows))
        others = [name for name in words if name != rarest]
        return self._of_ids(conn, cohort_id, ids, limit, values, self.index.has(self.id, others))

    def _with_words(self, conn: Conn, cohort_id: int, rarest: str, words: Mapping[str, str]) -> list[int]:
        """The ids of all records with the words, seen or not, the newest first."""
        key = f"w.{self.index.key}"
        others = self.index.has(key, [name for name in words if name != rarest])
        sql = f"SELECT {key} AS record {self._beginning(rarest)} AND {others}"
        rows = conn.all(sql, cohort=cohort_id, **bounds(words))
        return sorted({row["record"] for row in rows}, reverse=True)

    def _beginning(self, name: str) -> str:
        """Words of a cohort that begin with the one of this name; its parameters are its `bounds`."""
        return f"FROM {self.index.table} w WHERE w.cohort_id = :cohort AND w.word >= :low{name} AND w.word < :high{name}"

    def _of_ids(
        self,
        conn: Conn,
        cohort_id: int,
        ids: Sequence[int],
        limit: int,
        values: dict[str, object],
        condition: str = _ALWAYS,
    ) -> Sequence[Row]:
        """Those of some records that the caller sees, in their order; `condition` narrows them."""
        found: list[Row] = []
        listed = ", ".join(f":r{n}" for n in range(_AT_ONCE))
        sql = f"{self._select()} AND {self.id} IN ({listed}) AND {condition} {self._order(limit)}"
        for at in range(0, len(ids), _AT_ONCE):
            part = [*ids[at : at + _AT_ONCE], *[-1] * _AT_ONCE][:_AT_ONCE]
            found += conn.all(
                sql, cohort=cohort_id, **values, **{f"r{n}": each for n, each in enumerate(part)}
            )
            if len(found) >= limit:
                return found[:limit]
        return found

    def _select(self) -> str:
        return f"SELECT {self.columns} FROM {self.records} WHERE {self.cohort} = :cohort AND {self.seen}"

    def _order(self, limit: int) -> str:
        return f"ORDER BY {self.id} DESC LIMIT {limit}"
