"""The reading list: what to read next, chosen together."""

from core.commands.spec import HelpTopic

GROUPS = {"reading": "The reading list: suggest, vote, read together, and say what you took from it."}

TOPIC = HelpTopic(
    "reading",
    30,
    "suggest, vote, present in turn, and keep what you took from it",
    ("reading",),
    ("reading list", "reading add", "reading next", "reading present", "reading takeaway"),
    {
        "literature read club journal book": ("reading list", "reading add"),
        "vote voting wanted": ("reading vote", "reading list"),
        "presenter presentation talk turn rota": ("reading next", "reading present", "reading swap"),
        "cannot present pass on decline": ("reading swap", "reading step-down"),
        "takeaway summary notes": ("reading takeaway", "reading takeaways", "reading done"),
        "wrong title correct typo tag pin remove": ("reading edit", "reading remove"),
        "import export bibtex ris bibliography zotero": ("reading import", "reading export"),
        "take back vote": ("reading unvote",),
        "progress over time who read": ("reading progress",),
        "starter list track begin": ("cohort-admin track-load",),
        "not this week skip busy": ("reading skip",),
    },
)
