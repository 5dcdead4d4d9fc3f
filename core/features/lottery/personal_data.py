"""What the table of this package holds of people."""

from core.cohorts.privacy import TableData

PERSONAL_DATA = (
    TableData(
        "review_agreement",
        nobodys="How far a cohort's reviewers agree, from five people on, with numbers in place of names.",
    ),
)
