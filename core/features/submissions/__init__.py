"""Papers on their way: what is written, where it was sent, what came back."""

from core.commands.spec import HelpTopic

GROUPS = {"submission": "Papers on their way: where each one stands and what happened to it."}

TOPIC = HelpTopic(
    "papers",
    10,
    "where each one stands, its reviews, and its next venue",
    ("submission", "review"),
    ("submission add", "submission list", "submission update", "review add", "submission resubmit"),
    {
        "paper manuscript article preprint arxiv": ("submission add", "submission list"),
        "rejected rejection reject desk desk-rejected desk-reject": (
            "submission update",
            "submission resubmit",
            "lottery plan",
        ),
        "accepted acceptance published decision notification": ("submission update",),
        "resubmit again revise revising revision major minor rebuttal withdrawn": (
            "submission resubmit",
            "submission update",
        ),
        "reviewer score confidence": ("review add", "review list"),
        "deadline due conference journal venue": ("submission add", "submission list"),
        "author coauthor anonymous private hidden": ("submission add", "submission edit"),
        "history story changed": ("submission timeline",),
        "correct wrong typo rename edit change": ("submission edit", "submission update"),
    },
)
