"""Commands: what features declare, how they are found, and the one way in for every call."""
