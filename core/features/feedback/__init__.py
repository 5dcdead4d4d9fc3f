"""Feedback: asked of mentors and peers, taken by one of them, answered, and never forgotten."""

from core.commands.spec import HelpTopic

GROUPS = {"feedback": "Ask mentors and peers for feedback, help others, and say thank you"}

TOPIC = HelpTopic(
    "feedback",
    25,
    "ask mentors and peers, see what waits, and help",
    ("feedback",),
    ("feedback ask", "feedback list", "feedback answer", "feedback thank"),
    {
        "feedback ask mentor advice question opinion": ("feedback ask", "feedback list"),
        "stuck blocked blocker help problem": ("feedback ask",),
        "help others mentor expertise topics": ("profile topics", "feedback list", "feedback claim"),
        "answer reply review draft": ("feedback answer", "feedback show"),
        "thank thanks gratitude kudos appreciate": ("feedback thank", "feedback thanks"),
        "take back withdraw request": ("feedback close", "feedback answer-remove"),
        "correct mistake change request": ("feedback edit",),
    },
)
