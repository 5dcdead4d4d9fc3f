"""One work, one item: who has an identifier, and which titles are nearly the same. Plain SQL and plain rules."""

import difflib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from core.chat import folding
from core.commands import handled_calls
from core.features.reading import records
from core.features.reading.records import COLUMNS, LISTED, WORDS, ReadingItem, item_of
from core.store.port import Conn
from core.store.words import Search
from core.works.identifiers import Identifier

_LOOKED_AT = 40
"""Items with a word of a title that are compared with it."""
_WORDS_TRIED = 5
"""Words of a title by which items to compare are found, the longest first."""
_NEAR = 0.9
"""How much of two titles has to be the same for a question, from 0 to 1."""
_CITED = re.compile(r"\([^\W\d][^()\d]*\s(?:19|20)\d\d[a-z]?\)\s*$")
"""Who wrote it and when, as people type it behind a title: "(Hamming, 1986)"."""
_ROMAN = frozenset(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"))
_SEARCH = Search(WORDS, "reading_item i", "i.id", "i.cohort_id", COLUMNS, LISTED)


def keep(conn: Conn, cohort_id: int, item_id: int, found: Iterable[Identifier]) -> None:
    """Note that an item's work has these identifiers. One that another item on the list has stays with it."""
    for each in found:
        holder = records.with_key(conn, cohort_id, [each.key])
        if holder is None:
            conn.run(
                "INSERT INTO reading_identifier (cohort_id, key, item_id) VALUES (:cohort, :key, :item)"
                " ON CONFLICT (cohort_id, key) DO UPDATE SET item_id = excluded.item_id",
                cohort=cohort_id,
                key=each.key,
                item=item_id,
            )


def note_twin(conn: Conn, item_id: int, twin_id: int) -> None:
    """Note that another item seems to be the same work; people say whether it is."""
    conn.run(
        "UPDATE reading_item SET twin_id = :twin WHERE id = :item AND cohort_id = :cohort",
        twin=twin_id,
        item=item_id,
    )


def forget(conn: Conn, cohort_id: int, item_id: int) -> None:
    """Forget the identifiers of an item, whose link is corrected."""
    handled_calls.erase_results(conn, cohort_id)
    conn.run(
        "DELETE FROM reading_identifier WHERE item_id = :item AND +cohort_id = :cohort",
        cohort=cohort_id,
        item=item_id,
    )


def like(conn: Conn, cohort_id: int, name: str, but: int = -1) -> ReadingItem | None:
    """The item on the list, other than the one of the id `but`, whose title is nearly this one."""
    words = sorted(set(folding.words_of(name)), key=lambda each: (-len(each), each))[:_WORDS_TRIED]
    seen: dict[int, ReadingItem] = {}
    for word in words:
        for row in _SEARCH.find(conn, cohort_id, word, _LOOKED_AT):
            seen.setdefault(row["id"], item_of(row))
    seen.pop(but, None)
    near = [(alike(name, each.name), each.id) for each in seen.values()]
    best = max(near, default=(0.0, -1))
    return seen[best[1]] if best[0] >= _NEAR else None


def alike(one: str, other: str) -> float:
    """How much of two titles is the same, from 0 to 1, or at most where that is less than `_NEAR`: by their words without
    case, accents and marks. Titles that differ in a number, as parts of one series do, are two; the year of a citation
    behind one of them is none."""
    if (_CITED.search(one) is None) is not (_CITED.search(other) is None):
        one, other = _CITED.sub("", one), _CITED.sub("", other)
    (first, numbers), (second, others) = _plain(one), _plain(other)
    if not first or not second or numbers != others:
        return 0.0
    # A subtitle that one of them leaves out makes no other work.
    if min(len(first), len(second)) >= 3 and (_begins(first, second) or _begins(second, first)):
        return 0.95
    found = difflib.SequenceMatcher(None, " ".join(first)[:300], " ".join(second)[:300], autojunk=False)
    # Most titles are told apart by their lengths or letters, in a tenth of the time.
    most = min(found.real_quick_ratio(), found.quick_ratio())
    return found.ratio() if most >= _NEAR else most


@lru_cache(maxsize=10_000)
def _plain(title: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A title's folded words, and those of them that are numbers. Kept, because a title of a file is compared with many of
    the list, and each of these with many of the file."""
    words = tuple(folding.whole(title).split())
    return words, tuple(each for each in words if each in _ROMAN or any(char.isdigit() for char in each))


def _begins(shorter: Sequence[str], longer: Sequence[str]) -> bool:
    return len(shorter) <= len(longer) <= 3 * len(shorter) and longer[: len(shorter)] == shorter
