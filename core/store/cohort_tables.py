"""The tables whose rows are a cohort's records: a statement on one of them names the cohort, see `core.store.scoped`."""

import re

from core.store.open import migrations

BESIDE = {
    "account_link_member": "of two accounts of one person, over all cohorts",
    "account_link_record": "of two accounts of one person, over all cohorts",
    "kept_file": "a file waits for whoever gave it, and is found by a token and them",
    "link_code": "a code is typed outside of the cohort that it opens, and is found by its hash",
    "place": "whose a channel is is asked over all cohorts",
    "purpose": "for what a channel serves is asked with whose it is",
}
"""Tables with a cohort's column on which a statement may leave the cohort out, and why."""

_CREATED = re.compile(r"^CREATE TABLE (\w+) \((.*?)^\)", re.MULTILINE | re.DOTALL)
_OWN = re.compile(r"^\s*cohort_id\b", re.MULTILINE)
_ADDED = re.compile(r"^ALTER TABLE (\w+) ADD COLUMN cohort_id\b", re.MULTILINE)


def _with_cohort() -> set[str]:
    """The tables that the migrations give a cohort's column."""
    text = "\n".join(sql for _, sql in migrations())
    created = {name for name, columns in _CREATED.findall(text) if _OWN.search(columns)}
    return created | set(_ADDED.findall(text))


COHORT_TABLES = frozenset(_with_cohort() - BESIDE.keys())
