"""The review lottery: what the noise of peer review does to a paper, with its uncertainty in plain sight."""

GROUPS = {"lottery": "The review lottery: what the noise of peer review does, in odds and pictures."}
