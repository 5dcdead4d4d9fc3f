"""The Discord adapter, through the real discord.py and against the local server."""
