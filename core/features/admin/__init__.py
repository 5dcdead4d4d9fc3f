"""What organizers configure: the cohort, its channels, its organizers and its schedules."""
