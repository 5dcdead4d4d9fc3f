"""Cohorts, their people, members and places, as every feature sees them."""
