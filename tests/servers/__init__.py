"""Local protocol servers that stand in for the chat platforms."""
