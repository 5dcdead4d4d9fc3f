"""What is said about review duties."""

from collections.abc import Sequence
from datetime import date

from core.chat.model import Button, Buttons, ButtonStyle, Record
from core.chat.text import Text, enumerated, join, say
from core.clock import day_words
from core.features.duties.records import Balance, Duty
from core.papers.destinations import Bound

NONE = (
    "No reviews that you promised are noted here. A duty is one venue, how many papers, and until when; only you see it, and I "
    "remind you 7, 2 and 1 days ahead."
)


def reviews(duty: Duty) -> str:
    """ "3 reviews"."""
    return "1 review" if duty.papers == 1 else f"{duty.papers} reviews"


def when(duty: Duty, today: date) -> str:
    """When a duty is due by the calendar of its member, or when it was done."""
    if duty.done_on is not None:
        return f"done on {day_words(duty.done_on)}"
    left, day = duty.days_left(today), day_words(duty.due_on)
    if left < 0:
        return f"was due on {day}, {_days(-left)} ago"
    return f"due today, {day}" if left == 0 else f"due on {day}, in {_days(left)}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def line(duty: Duty, today: date) -> Text:
    """A duty in a line."""
    return say("{what}, {when}", what=what(duty), when=when(duty, today))


def what(duty: Duty) -> str:
    """ "3 reviews for ICML 2027"."""
    return f"{reviews(duty)} for {duty.venue}"


def listed(duty: Duty, today: date) -> Record:
    """A duty in a list."""
    opens = Button("Show", "duty show", {"duty": str(duty.number)})
    return Record(what(duty), (when(duty, today),), opens, "Done" if duty.done_on else "Ahead")


def head(duty: Duty, today: date, word: str = "") -> Text:
    """A duty as the first line of an answer."""
    return say(
        "{word}**{what}** (#{number}), {when}.",
        word=f"{word}: " if word else "",
        what=what(duty),
        number=duty.number,
        when=when(duty, today),
    )


def warning(duty: Duty, papers: Sequence[Bound], today: date) -> list[Text]:
    """What a late duty may mean for the member's own papers at that venue, nothing where there is none."""
    if not duty.is_late(today) or not papers:
        return []
    stand = say(
        "{papers} of yours {verb} at {venue} too. Some venues act on late reviews: NeurIPS 2025 kept the reviews of their own "
        "papers from late reviewers. A word to the area chair early helps most.",
        papers=_papers(papers),
        verb="is" if len(papers) == 1 else "are",
        venue=str(duty.venue),
    )
    return [stand]


def _papers(papers: Sequence[Bound]) -> str:
    numbers = enumerated([f"#{each.number}" for each in papers[:5]])
    return f"{'Paper' if len(papers) == 1 else 'Papers'} {numbers}"


def summary(duties: Sequence[Duty], today: date) -> Text:
    """How much is ahead."""
    ahead = [each for each in duties if each.done_on is None]
    if not ahead:
        return say("No review is waiting for you.")
    total, venues = sum(each.papers for each in ahead), len({each.venue for each in ahead})
    late = sum(each.papers for each in ahead if each.is_late(today))
    said = say(
        "**{total} {noun}** for {venues} {venue}, the {first} {when}.",
        total=total,
        noun="review" if total == 1 else "reviews",
        venues=venues,
        venue="venue" if venues == 1 else "venues",
        first="earliest" if ahead[0].is_late(today) else "next",
        when=when(ahead[0], today),
    )
    if not late:
        return said
    return join([said, say("{late} of them {verb} late.", late=late, verb="is" if late == 1 else "are")])


def balance(found: Balance) -> Text:
    """What somebody gave and what they got, without a verdict on it."""
    return say(
        "So far you wrote {written} and your papers got {received}, as far as you noted them here. A paper takes three or four.",
        written="1 review" if found.written == 1 else f"{found.written} reviews",
        received=found.received,
    )


def buttons(duty: Duty) -> Buttons:
    """What can be done about a duty."""
    args = {"duty": str(duty.number)}
    settle = (
        Button("Done", "duty done", args, ButtonStyle.PRIMARY)
        if duty.done_on is None
        else Button("Not done yet", "duty reopen", args)
    )
    others = (Button("Change", "duty edit", args), Button("Remove", "duty remove", args))
    return Buttons((settle, *others, Button("Review duties", "duty list")))
