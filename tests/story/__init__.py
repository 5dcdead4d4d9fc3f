"""One story of a cohort, told on every platform, and what a restart must not break."""
