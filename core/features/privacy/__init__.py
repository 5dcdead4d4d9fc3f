"""What is kept of somebody: shown, given to them as files, and deleted."""

GROUPS = {"privacy": "What I keep of you: see it, take it along, have it deleted"}
