"""What members read about check-ins."""

from collections.abc import Sequence

from core.chat.model import Fields
from core.chat.text import Text, join, say
from core.clock import day_words
from core.features.checkins.records import BlockerKind, Checkin, CheckinAnswers


def thanks(answers: CheckinAnswers) -> Text:
    """The answer to a check-in: who sees it, and a word about what it tells."""
    lines = [
        say(
            "Kept, and shared in today's thread. Thank you."
            if answers.shared
            else "Kept, for your eyes only. Thank you."
        )
    ]
    if answers.negative and answers.learned:
        lines.append(say("A negative result is a result: somebody will not lose a month over it."))
    if answers.blocker or answers.blocker_kind:
        lines.append(
            say("What is in your way is noted. Most blockers get smaller when a second person looks at them.")
        )
    return join(lines)


def recent(found: Sequence[Checkin]) -> list[Text]:
    """A member's own check-ins, a line each."""
    if not found:
        return [say("No check-in yet. Whenever you like: `checkin now`.")]
    lines = [say("Your last check-ins:")]
    for each in found:
        what = "sat out" if each.skipped else "shared" if each.answers.shared else "kept private"
        lines.append(say("- {day}: {what}", day=day_words(each.day), what=what))
    return lines


def digest_head(shared: int, people: int, private: int) -> Text:
    """What the digest says of a period's check-ins."""
    by = "1 person" if people == 1 else f"{people} people"
    if not private:
        return say("**Check-ins**: {shared} shared by {by}.", shared=shared, by=by)
    if not shared:
        return say("**Check-ins**: {private} kept private.", private=private)
    return say(
        "**Check-ins**: {shared} shared by {by}, and {private} kept private.",
        shared=shared,
        by=by,
        private=private,
    )


def fields(found: Checkin) -> Fields:
    """What others see of a check-in."""
    answers = found.answers
    learned = "Learned (a negative result)" if answers.negative else "Learned"
    kind = BlockerKind(answers.blocker_kind).label if answers.blocker_kind else ""
    blocker = ": ".join(filter(None, (kind, answers.blocker)))
    pairs = (
        ("Progress", answers.progress),
        (learned, answers.learned),
        ("Next", answers.next),
        ("In the way", blocker),
    )
    return Fields(tuple((label, value) for label, value in pairs if value))
