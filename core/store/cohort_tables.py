"""The tables whose rows are a cohort's records: a statement on one of them names the cohort, see `core.store.scoped`."""

COHORT_TABLES = frozenset(
    {
        "calendar_address",
        "calendar_event",
        "decision_told",
        "review_agreement",
        "review_duty",
        "venue_follow",
    }
)
