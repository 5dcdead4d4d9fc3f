"""Features that exist for tests alone: every block, every kind of field."""
