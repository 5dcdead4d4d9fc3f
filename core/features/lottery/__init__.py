"""The review lottery: what the noise of peer review does to a paper, with its uncertainty in plain sight."""

from core.commands.spec import HelpTopic

GROUPS = {"lottery": "The review lottery: what the noise of peer review does, in odds and pictures."}

TOPIC = HelpTopic(
    "lottery",
    40,
    "what the noise of reviewing does to a paper, in odds and pictures",
    ("lottery",),
    ("lottery paper", "lottery scores", "lottery plan", "lottery experiment", "lottery explain"),
    {
        "chance odds probability luck random noise": ("lottery scores", "lottery plan"),
        "rejected rejection unfair": ("lottery experiment", "lottery plan"),
        "neurips iclr icml": ("lottery venue", "lottery experiment"),
        "simulate conference": ("lottery simulate",),
        "formula source statistics": ("lottery explain",),
    },
)
