"""A feature with one of everything, so that the adapter is tested without any of the bot's own features."""
