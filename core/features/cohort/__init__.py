"""Joining a cohort, its members, one's own time zone, and help."""
