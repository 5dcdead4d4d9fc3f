"""What everybody reads who becomes a member, by themselves or let in by an organizer: what is kept, who sees it, and how
to leave."""

from core.chat.text import Text, join, say


def kept_and_read() -> Text:
    """In three lines."""
    return join(
        [
            say("I keep your name, your account and what you record here; {/privacy show} lists it."),
            say("What is private is for you alone; what you share is read by everybody here."),
            say("{/cohort leave} ends it at any time, {/privacy forget} deletes it."),
        ]
    )
