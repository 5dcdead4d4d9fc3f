"""cohort-bot: the command line, the composition root and the adapters."""
