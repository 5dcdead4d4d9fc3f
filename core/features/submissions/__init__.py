"""Papers on their way: what is written, where it was sent, what came back."""

from core.commands.spec import HelpTopic

GROUPS = {"submission": "Papers on their way: where each one stands and what happened to it."}

TOPIC = HelpTopic(
    "papers",
    10,
    "where each one stands, its reviews, its next venue, and what is due when",
    ("submission", "review", "deadline", "duty"),
    ("submission add", "submission list", "submission update", "review add", "deadline mine"),
    {
        "paper manuscript article preprint arxiv": ("submission add", "submission list"),
        "rejected rejection reject desk desk-rejected desk-reject": (
            "submission update",
            "submission resubmit",
            "lottery plan",
        ),
        "accepted acceptance published decision notification": ("submission update", "submission share"),
        "waiting wait who same venue together": ("submission waiting",),
        "share tell announce congratulate": ("submission share",),
        "resubmit again revise revising revision major minor rebuttal withdrawn": (
            "submission resubmit",
            "submission update",
        ),
        "reviewer score confidence": ("review add", "review list"),
        "reviewing promised duty owe late reviewer": ("duty list", "duty add"),
        "deadline due conference journal venue cfp": ("deadline mine", "deadline list", "submission add"),
        "import export csv spreadsheet excel json cv": ("submission import", "submission export"),
        "calendar ics ical subscribe feed": ("deadline calendar",),
        "camera-ready abstract follow": ("deadline mine", "deadline follow"),
        "author coauthor anonymous private hidden": ("submission add", "submission edit"),
        "history story changed": ("submission timeline",),
        "forecast predict prediction chance likely calibration brier": ("submission forecast",),
        "correct wrong typo rename edit change": ("submission edit", "submission update"),
    },
)
