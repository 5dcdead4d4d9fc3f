"""Check-ins: what somebody did, learned and is stuck on, once a day, shared or kept private."""

from core.commands.spec import HelpTopic

GROUPS = {"checkin": "A few lines about your day: progress, what you learned, what is in the way"}

TOPIC = HelpTopic(
    "check-ins",
    20,
    "what moved, what you learned, what is in the way",
    ("checkin",),
    ("checkin now", "checkin status", "checkin history", "checkin negatives", "checkin skip"),
    {
        "checkin standup daily progress status update": ("checkin now", "checkin status"),
        "stuck blocked blocker help problem": ("checkin now", "cohort members"),
        "negative result failed experiment": ("checkin negatives", "checkin now"),
        "journal diary history read again export": ("checkin history", "checkin show"),
        "remove delete check-in": ("checkin remove",),
        "share visible private take back": ("checkin share", "checkin unshare"),
        "mistake correct wrong change": ("checkin edit", "checkin answer"),
        "question questions ask survey custom form": ("checkin answer", "cohort-admin question-add"),
        "holiday sick skip": ("checkin skip", "profile away"),
    },
)
