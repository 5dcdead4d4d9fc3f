"""The tables whose rows are a cohort's records: a statement on one of them names the cohort, see `core.store.scoped`."""

COHORT_TABLES = frozenset({"review_duty"})
