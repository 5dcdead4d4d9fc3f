"""The digest: what every feature has to say about a period, with a picture."""

GROUPS = {"digest": "What happened in the cohort lately, in a few lines and a picture"}
