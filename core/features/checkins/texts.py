"""What members read about check-ins."""

from collections.abc import Mapping, Sequence
from datetime import date

from core.chat.model import Button, Buttons, ButtonStyle, Fields, button_rows
from core.chat.text import Text, enumerated, join, say
from core.clock import day_words
from core.delivery.outcomes import PostStanding, Showing
from core.features.checkins import question_kinds, records
from core.features.checkins.blockers import Blocker, in_the_way
from core.features.checkins.excerpts import excerpt
from core.features.checkins.question_kinds import Answered, AnswerReaders
from core.features.checkins.records import BlockerKind, Checkin

FAILED = (Showing.NOWHERE, Showing.STALE, Showing.UNKNOWN)
"""What a channel shows where something did not arrive."""


def standing(head: str, found: Checkin, posted: Sequence[PostStanding]) -> Text:
    """Who sees a check-in now: what has happened, what is on its way, and what could not be done. `head` says what
    became of the record, such as "Kept"."""
    mentors = any(each.readers is AnswerReaders.MENTORS for each in found.asked)
    lines = _shared(head, posted) if found.answers.shared else _private(head, posted, mentors=mentors)
    return join(lines)


def _shared(head: str, posted: Sequence[PostStanding]) -> list[Text]:
    there, coming = _where(posted, Showing.SHOWN), _where(posted, Showing.COMING, Showing.CHANGING)
    lines = []
    if there:
        lines.append(say("{head}, and shared in **{where}**. Thank you.", head=head, where=there))
    if coming:
        text = "{head}. I am sharing it in the day’s thread in **{where}**, and tell you should that fail. Thank you."
        lines.append(say(text, head=head, where=coming))
    if not posted:
        text = "{head}. There is no channel where I could share it, so you alone see it."
        lines.append(say(text, head=head))
    for each in _failed(posted):
        text = {
            Showing.NOWHERE: "{head}, but I could not share it in **{where}**: {why} Nobody reads it there.",
            Showing.STALE: "{head}, but I could not change all of it in **{where}**, so it does not read so there: {why}",
            Showing.UNKNOWN: "{head}, but I cannot tell whether it arrived in **{where}**. Please look there. {why}",
        }[each.showing]
        lines.append(say(text, head=head, where=each.place, why=each.reason))
    return lines


def _private(head: str, posted: Sequence[PostStanding], *, mentors: bool) -> list[Text]:
    leaving, gone = _where(posted, Showing.COMING, Showing.CHANGING), _where(posted, Showing.SHOWN)
    failed = [each for each in _failed(posted) if each.showing is not Showing.NOWHERE]
    lines = []
    if leaving:
        text = (
            "{head}. I am taking it back in **{where}**. Until that is done it can be read there; I tell you should "
            "it fail."
        )
        lines.append(say(text, head=head, where=leaving))
    elif not failed:
        own = "{head}. You alone read it, but for your answers to mentors. Thank you."
        lines.append(say(own if mentors else "{head}, for your eyes only. Thank you.", head=head))
    if gone:
        lines.append(say("In **{where}** it says only that you took it back.", where=gone))
    for each in failed:
        text = {
            Showing.STALE: "{head}, but I could not take it back in **{where}**: {why} What you shared may still stand "
            "there; somebody who manages the channel can delete that message.",
            Showing.UNKNOWN: "{head}. I cannot tell whether what you shared stands in **{where}**. Please look there; "
            "somebody who manages the channel can delete it. {why}",
        }[each.showing]
        lines.append(say(text, head=head, where=each.place, why=each.reason))
    return lines


def _where(posted: Sequence[PostStanding], *showing: Showing) -> str:
    return ", ".join(each.place for each in posted if each.showing in showing)


def _failed(posted: Sequence[PostStanding]) -> list[PostStanding]:
    return [each for each in posted if each.showing in FAILED]


def word(found: Checkin) -> Text:
    """A word about what a check-in tells."""
    answers, lines = found.answers, []
    if answers.negative and answers.learned:
        lines.append(say("A negative result is a result: somebody will not lose a month over it."))
    if records.is_stuck(answers):
        lines.append(_in_the_way(found))
    return join(lines)


def _in_the_way(found: Checkin) -> Text:
    """Who reads of what is in the way, and what kind of thing it is."""
    answers = found.answers
    if not found.stuck:
        return say("What was in your way is solved.")
    kind = f": {BlockerKind(answers.blocker_kind).label.casefold()}" if answers.blocker_kind else ""
    readers = ""
    if answers.shared:
        readers = " Whoever can help has a button for it."
    elif found.for_mentors:
        readers = " The mentors read that, and nothing else of it."
    asked = "" if answers.blocker_kind else " What kind of thing is it?"
    return say("What is in your way is noted{kind}.{readers}{asked}", kind=kind, readers=readers, asked=asked)


def rows(found: Checkin, posted: Sequence[PostStanding]) -> tuple[Buttons, ...]:
    """What can be done about a check-in: change it, share it or take it back, say that it is a negative result, and
    of what kind what is in the way is, where that is not said."""
    answers, day = found.answers, {"day": found.day.isoformat()}
    items = [*_asked(found), *buttons(found, posted).items]
    if answers.learned:
        label = "It is no negative result" if answers.negative else "It is a negative result"
        items.append(Button(label, "checkin mark", {**day, "negative": "no" if answers.negative else "yes"}))
    kinds: list[Button] = []
    if answers.blocker and answers.blocker_kind is None and found.stuck:
        kinds = [Button(each.short, "checkin mark", {**day, "kind": each.value}) for each in BlockerKind]
    return (*button_rows(items), *button_rows(blocker_buttons(found)), *button_rows(kinds))


def left_button(found: Checkin) -> Button:
    """Opens what its author has not been asked yet."""
    label = "One more question" if found.left == 1 else f"{found.left} more questions"
    return Button(label, "checkin answer", {"day": found.day.isoformat()}, style=ButtonStyle.PRIMARY)


def left_words(found: Checkin) -> Text:
    """That organizers ask more than was answered."""
    if not found.left:
        return join([])
    return say(
        "Your organizers ask {what}.",
        what="one more question" if found.left == 1 else f"{found.left} more questions",
    )


def _asked(found: Checkin) -> list[Button]:
    """What organizers ask beside: what is left of it, else what was answered."""
    if found.left:
        return [left_button(found)]
    return (
        [Button("Change the answers", "checkin answer", {"day": found.day.isoformat()})]
        if found.asked
        else []
    )


def blocker_buttons(found: Checkin) -> list[Button]:
    """What its author can do about what is in the way."""
    day, answers = {"day": found.day.isoformat()}, found.answers
    if not records.is_stuck(answers):
        return []
    if not found.stuck:
        return [Button("It is not solved", "checkin solved", {**day, "again": "yes"})]
    kind = BlockerKind(answers.blocker_kind).label if answers.blocker_kind else "What is in my way"
    asked = {"topic": kind} | ({"details": answers.blocker} if answers.blocker else {})
    items = [Button("Ask a mentor", "feedback ask", asked)]
    if found.for_mentors:
        items.append(Button("Hide it from mentors", "checkin mentors", {**day, "show": "no"}))
    elif not answers.shared:
        items.append(Button("Show it to mentors", "checkin mentors", day))
    return [*items, Button("It is solved", "checkin solved", day)]


def still_in_the_way(found: Blocker) -> Text:
    """What is in the reader's own way, since when, and who can help."""
    helpers = f"; {who_can_help(found.helpers)}" if found.helpers else ""
    text = "In your way since {day}: {what}{helpers}"
    return say(text, day=day_words(found.checkin.day), what=excerpt(found.text), helpers=helpers)


def still_in_others_way(found: Blocker) -> Text:
    """What is in somebody else's way, since when, and who can help."""
    helpers = f"; {who_can_help(found.helpers)}" if found.helpers else ""
    text = "In the way of {name} since {day}: {what}{helpers}"
    name, day = found.checkin.name, day_words(found.checkin.day)
    return say(text, name=name, day=day, what=excerpt(found.text), helpers=helpers)


def told_to_mentors(found: Checkin) -> Text:
    """What somebody answered for mentors, the first of it in words."""
    given = [each for each in found.asked if each.readers is AnswerReaders.MENTORS]
    words, answer = given[0].question.words.rstrip("?:. "), excerpt(question_kinds.shown(given[0]), 80)
    text = "For mentors, from {name} on {day}: {words}: {answer}{more}"
    more = f", and {len(given) - 1} more" if len(given) > 1 else ""
    return say(text, name=found.name, day=day_words(found.day), words=words, answer=answer, more=more)


def who_can_help(names: Sequence[str]) -> str:
    """Who said that they can help."""
    return f"{enumerated(list(names))} can help"


def buttons(found: Checkin, posted: Sequence[PostStanding]) -> Buttons:
    """Change a check-in, share it or take it back; once more where that failed."""
    day = {"day": found.day.isoformat()}
    items = [Button("Edit", "checkin edit", day)]
    failed = any(each.showing in FAILED for each in posted)
    if found.answers.shared:
        items += [Button("Share it again", "checkin share", day)] if failed or not posted else []
        items.append(Button("Make it private", "checkin unshare", day))
    else:
        stuck = any(each.showing is Showing.STALE for each in posted)
        items += [Button("Try again", "checkin unshare", day)] if stuck else []
        items.append(Button("Share it", "checkin share", day))
    return Buttons(tuple(items))


def recent(found: Sequence[Checkin], shown: Mapping[int, Sequence[PostStanding]]) -> list[Text]:
    """A member's own check-ins, a line each. `shown` has how each stands in the channels, by its id."""
    if not found:
        return [say("No check-in yet. Whenever you like: {/checkin now}.")]
    lines = [say("Your last check-ins:")]
    for each in found:
        what = "sat out" if each.skipped else seen_by(each.answers.shared, shown.get(each.id, ()))
        what += ", late" if each.late and not each.skipped else ""
        lines.append(say("- {day}: {what}", day=day_words(each.day), what=what))
    return lines


def seen_by(shared: bool, posted: Sequence[PostStanding]) -> str:
    """Who reads a check-in, in a word for a list."""
    if stuck := _where(posted, Showing.STALE, Showing.UNKNOWN):
        return (
            f"shared, but not as it is now in {stuck}"
            if shared
            else f"private, but may still stand in {stuck}"
        )
    if leaving := _where(posted, Showing.CHANGING):
        return "shared" if shared else f"being taken back in {leaving}"
    if not shared:
        return "kept private"
    return (
        "shared"
        if _where(posted, Showing.SHOWN)
        else "to be shared"
        if _where(posted, Showing.COMING)
        else "not shared yet"
    )


def digest_counts(shared: int, people: int, private: int) -> str:
    """How many check-ins a period had, in words."""
    by = "1 person" if people == 1 else f"{people} people"
    counts = [f"{shared} shared by {by}"] * bool(shared) + [f"{private} kept private"] * bool(private)
    return ", and ".join(counts)


def fields(found: Checkin, *, own: bool = False) -> Fields:
    """What others see of a check-in; its author also how it went."""
    answers = found.answers
    learned = "Learned (a negative result)" if answers.negative else "Learned"
    blocker = in_the_way(found)
    solved = bool(blocker) and not found.stuck
    mood = f"{answers.mood} of 5, for your eyes only" if own and answers.mood else ""
    pairs = (
        ("Moved", answers.progress),
        (learned, answers.learned),
        ("Was in the way, and is solved" if solved else "In the way", blocker),
        ("Next", answers.next),
        ("How it is going", mood),
        *((each.question.words, _answer(each, own=own)) for each in found.asked),
    )
    return Fields(tuple((label, value) for label, value in pairs if value))


_OWN_READERS = {
    AnswerReaders.SHARED: "",
    AnswerReaders.MENTORS: "\n(mentors read this)",
    AnswerReaders.PRIVATE: "\n(for your eyes only)",
}


def _answer(given: Answered, *, own: bool) -> str:
    """An answer; its author is told who reads it where that is not whoever reads the check-in."""
    return question_kinds.shown(given) + (_OWN_READERS[given.readers] if own else "")


def removed(day: date, posted: Sequence[PostStanding]) -> Text:
    """What became of a check-in that was removed, and of where it was shared."""
    lines = [say("Your check-in of {day} is removed.", day=day_words(day))]
    if leaving := _where(posted, Showing.COMING, Showing.CHANGING):
        lines.append(
            say(
                "I am taking it back in **{where}**. Until that is done it can be read there; I tell you should it fail.",
                where=leaving,
            )
        )
    if gone := _where(posted, Showing.SHOWN):
        lines.append(say("In **{where}** it says only that you took it back.", where=gone))
    return join([*lines, *_not_taken_back(posted)])


def removed_buttons(day: date, posted: Sequence[PostStanding]) -> Buttons:
    """Take a removed check-in back once more where that failed, and check in again."""
    args = {"day": day.isoformat()}
    stuck = any(each.showing is Showing.STALE for each in posted)
    items = [Button("Try again", "checkin remove", args)] if stuck else []
    return Buttons((*items, Button("Check in again", "checkin now", args)))


def still_shown(posted: Sequence[PostStanding]) -> Text:
    """What its author is told of a removed check-in that could not be taken out of a channel."""
    return join([say("A check-in of yours is removed from what I keep."), *_not_taken_back(posted)])


def _not_taken_back(posted: Sequence[PostStanding]) -> list[Text]:
    texts = {
        Showing.STALE: "I could not take it back in **{where}**: {why} What you shared may still stand there; somebody who "
        "manages the channel can delete that message.",
        Showing.UNKNOWN: "I cannot tell whether it stands in **{where}**. Please look there; somebody who manages the channel "
        "can delete it. {why}",
    }
    return [
        say(texts[each.showing], where=each.place, why=each.reason)
        for each in posted
        if each.showing in texts
    ]
