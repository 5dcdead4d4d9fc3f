"""Papers on their way: what is written, where it was sent, what came back."""

GROUPS = {"submission": "Papers on their way: where each one stands and what happened to it."}
