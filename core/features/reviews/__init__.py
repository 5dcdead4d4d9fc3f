"""Reviews that a paper received: scores and how constructive they were, for its owner's eyes alone."""

GROUPS = {"review": "The reviews that your papers received, for your eyes alone."}
