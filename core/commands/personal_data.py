"""What the tables of this package, and of the store, hold of people."""

from core.cohorts.privacy import DataTopic, TableData, of_account, of_person

PASSING = DataTopic(
    "Forms and presses",
    910,
    "forms that you have begun, files that wait for your yes, which buttons you pressed",
    "nobody",
    kept="forms and files for a day; that a button was pressed as long as the cohort",
)

PERSONAL_DATA = (
    TableData(
        "draft", PASSING, own=of_account(), left_out=("token", "chain"), words=("content",), counted="at"
    ),
    TableData(
        "kept_file",
        PASSING,
        own=f"t.cohort_id = :cohort AND {of_account()}",
        left_out=("token",),
        words=("name",),
        counted="at",
    ),
    TableData(
        "press",
        PASSING,
        own=of_person("t.person_id"),
        left_out=("key", "call_id"),
        counted="at",
    ),
    TableData(
        "handled",
        nobodys="What calls gave back, for three days, by numbers of the platform; it goes whenever something is removed.",
    ),
    TableData("note", nobodys="Facts of the program, such as when it was last healthy."),
    TableData("migration", nobodys="Which changes of the tables were made."),
)
