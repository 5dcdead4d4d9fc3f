"""The neutral core of cohort-bot. It knows no chat platform and imports none of their libraries."""
