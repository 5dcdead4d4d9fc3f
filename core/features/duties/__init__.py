"""Review duties: what a member promised to review, until when, and what they wrote against what they received."""

GROUPS = {"duty": "Reviews that you promised: until when, and what is done."}
