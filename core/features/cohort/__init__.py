"""Joining a cohort, its members, one's own page and time zone, and help."""

from core.commands.spec import HelpTopic

GROUPS = {
    "cohort": "This cohort: join it, your page, who is in it, help",
    "profile": "What I know about you, such as your time zone",
}

TOPIC = HelpTopic(
    "you and your cohort",
    50,
    "your page, who is here, your time zone and reminders",
    ("cohort", "profile", "digest", "privacy"),
    ("cohort home", "cohort members", "profile timezone", "profile reminders", "digest show"),
    {
        "home page mine todo waiting": ("cohort home",),
        "member who people mentor organizer colleague": ("cohort members",),
        "timezone zone clock hours time": ("profile timezone",),
        "reminder notification dm message quiet mute": ("profile reminders",),
        "vacation holiday away travel sick back": ("profile away", "profile back"),
        "data privacy account kept stored": ("privacy show", "profile show"),
        "delete forget erase gdpr": ("privacy forget", "cohort leave"),
        "export download takeout": ("privacy export",),
        "leave quit exit unsubscribe": ("cohort leave",),
        "join enter": ("cohort join",),
        "two accounts both platforms same person": ("profile link",),
        "record keep take along goodbye": ("profile record",),
        "digest summary news week": ("digest show", "digest preview"),
    },
)
