"""What organizers configure: the cohort, its channels, its organizers and its schedules."""

GROUPS = {"cohort-admin": "For organizers: set up the cohort, its channels, people and schedules"}
