"""What organizers configure: the cohort, its channels, its organizers and its schedules."""

from core.commands.spec import Access, HelpTopic

GROUPS = {"cohort-admin": "For organizers: set up the cohort, its channels, people and schedules"}

TOPIC = HelpTopic(
    "organizing",
    60,
    "channels, schedules, people, and what was not sent",
    ("cohort-admin",),
    (
        "cohort-admin show",
        "cohort-admin schedule-add",
        "cohort-admin channel",
        "cohort-admin members",
        "cohort-admin delivery",
    ),
    {
        "setup begin install new start": ("cohort-admin setup",),
        "schedule weekly daily post reminder": ("cohort-admin schedule-add", "cohort-admin schedule-list"),
        "pause stop break vacation": ("cohort-admin schedule-pause", "cohort-admin set"),
        "setting configure": ("cohort-admin set", "cohort-admin show"),
        "mentor organizer role appoint": ("cohort-admin mentor", "cohort-admin organizer"),
        "kick ban remove": ("cohort-admin remove",),
        "guest invite": ("cohort-admin members",),
        "missed lost undelivered not sent": ("cohort-admin delivery",),
        "close end archive": ("cohort-admin archive", "cohort-admin export"),
        "link both platforms discord slack bring": ("cohort-admin link",),
    },
    Access.ORGANIZER,
)
