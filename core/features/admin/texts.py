"""What people read about a channel that cannot be taken, or not yet."""

from collections.abc import Mapping

from core.chat.channels import ChannelReport, Right, Unfit
from core.chat.text import Text, enumerated, join, say
from core.delivery.confirmation import PostOutcome

_UNFIT: Mapping[Unfit, str] = {
    Unfit.THREAD: (
        "This is a thread, and a cohort needs a channel. Please run this in the channel itself, or name one."
    ),
    Unfit.FORUM: "**{name}** is a forum. Please choose a text channel.",
    Unfit.VOICE: "**{name}** is a voice channel. Please choose a text channel.",
    Unfit.CATEGORY: "**{name}** is a category. Please choose a text channel in it.",
    Unfit.CONVERSATION: "That is a direct or group message. Please choose a channel.",
    Unfit.ARCHIVED: "**{name}** is archived. Please choose another channel.",
    Unfit.NOT_FOUND: "I cannot find that channel, or you cannot see it. Please choose one that you write in yourself.",
    Unfit.UNKNOWN: (
        "I was told nothing about that channel just now, so nothing was changed. Please try again in a "
        "moment."
    ),
    Unfit.OTHER: "**{name}** is no text channel. Please choose one.",
}
_RIGHTS: Mapping[Right, str] = {
    Right.SEE: "see it",
    Right.POST: "post in it",
    Right.THREAD: "open threads and write in them",
    Right.EMBED: "show fields, for which I embed links",
    Right.ATTACH: "attach pictures and files",
}
_UNNAMED = "that channel"


def problem(report: ChannelReport) -> Text | None:
    """Why a channel cannot be a cohort's, and what to do; None where nothing speaks against it."""
    name = report.name or _UNNAMED
    if report.unfit is not None:
        why = say(_UNFIT[report.unfit], name=report.name or _UNNAMED.capitalize())
        return join([why, say(report.remedy)]) if report.remedy and report.unfit is Unfit.NOT_FOUND else why
    if Right.SEE in report.caller_lacks:
        return say(_UNFIT[Unfit.NOT_FOUND])
    if Right.JOIN in report.caller_lacks:
        return say(
            "You are not in **{name}** yourself. Please join it, then run this again.",
            name=name,
        )
    if report.caller_lacks:
        return say(
            (
                "You cannot write there yourself: you lack {rights} in **{name}**. Please ask somebody who can to"
                " run this."
            ),
            name=name,
            rights=enumerated([*report.caller_lacks.values()]),
        )
    return _bot_lacks(report, name) if report.bot_lacks else None


def _bot_lacks(report: ChannelReport, name: str) -> Text:
    again = "{remedy} Then run this again."
    if Right.JOIN in report.bot_lacks:
        return say("I am not in **{name}** yet. " + again, name=name, remedy=say(report.remedy))
    lines = [
        say("- **{right}**, to {purpose}", right=right_name, purpose=_RIGHTS[right])
        for right, right_name in report.bot_lacks.items()
    ]
    head = say("I cannot use **{name}** yet. What I lack there:", name=name)
    return join([head, *lines, say(again, remedy=say(report.remedy))])


def refused_post(name: str, reason: str) -> Text:
    """A channel's first message was refused."""
    return say(
        (
            "My first message in **{name}** was refused: {reason} Please run this again once that is mended; "
            "nothing was changed."
        ),
        name=name or _UNNAMED,
        reason=reason,
    )


def not_arrived(outcome: PostOutcome | None) -> Text | None:
    """What is known of a channel's first message that is not certainly there; None where it is."""
    if outcome is None or outcome.sent:
        return None
    reason = f" ({outcome.reason.rstrip('.')})" if outcome.reason else ""
    if outcome.settled:
        return say(
            "I cannot tell whether my first message there has arrived{reason}: please look.", reason=reason
        )
    return say(
        "My first message there is still on its way{reason}; {/cohort-admin delivery} says what becomes of it.",
        reason=reason,
    )
