"""The tables whose rows are a cohort's records: a statement on one of them names the cohort, see `core.store.scoped`."""

COHORT_TABLES = frozenset(
    {
        "blocker_offer",
        "calendar_address",
        "calendar_event",
        "checkin",
        "checkin_answer",
        "checkin_question",
        "checkin_word",
        "decision_told",
        "feedback_helper",
        "feedback_request",
        "feedback_thanks",
        "feedback_topic",
        "feedback_word",
        "forecast",
        "paper_import",
        "review",
        "review_agreement",
        "review_duty",
        "submission",
        "submission_alias",
        "submission_author",
        "submission_event",
        "submission_round",
        "submission_word",
        "venue_change",
        "venue_date",
        "venue_edition",
        "venue_follow",
    }
)
