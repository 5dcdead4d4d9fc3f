"""What organizers are told: the welcome in a new home channel, and notices about posts that did not arrive."""

from dataclasses import replace
from datetime import datetime

from core.chat.model import Button, Buttons, ButtonStyle, Reply
from core.chat.text import join, say
from core.cohorts.model import Member
from core.commands import consent
from core.commands.decorators import post
from core.commands.dispatch import Core
from core.commands.spec import Post, Readers
from core.delivery import confirmation
from core.delivery.notices import CLOSED_NOTICE, UNCERTAIN_NOTICE
from core.delivery.outbox import PostState
from core.delivery.outcomes import UNSENT_NOTICE
from core.store.port import Conn

WELCOME = "admin.welcome"
PEOPLE = "admin.people"
"""Tells somebody of a role that they were given or that was taken, and organizers of what a manager changed."""
FAREWELL = "admin.farewell"
ARCHIVED = "admin.archived"
RESTORED = "admin.restored"
PURPOSE = "admin.purpose"
FREED = "admin.freed"


@post(WELCOME, label="welcome", awaited=True)
async def render_welcome(_core: Core, post: Post) -> Reply:
    """The first message in a cohort's home channel."""
    text = say(
        (
            "Hello! This channel is now the home of **{name}**: papers and their reviews, check-ins, a "
            "reading list. Join with the button. I read nothing that is not addressed to me; {/cohort help} "
            "shows the rest."
        ),
        name=post.cohort.name,
    )
    join_button = Button("Join", "cohort join", style=ButtonStyle.PRIMARY)
    return Reply(text, (Buttons((join_button, Button("What can you do?", "cohort help"))),))


@post(PURPOSE, label="first message in a channel", awaited=True)
async def render_purpose(_core: Core, post: Post) -> Reply:
    """The first message in a channel that a cohort's organizer chose for a purpose."""
    text = say(
        "From now on this channel is for **{purpose}** of **{name}**.",
        purpose=post.data["purpose"],
        name=post.cohort.name,
    )
    return Reply(text)


@post(
    FREED,
    label="notice of a freed channel",
    readers=Readers.NOTICE,
    always="An organizer has to know that the cohort lost a channel.",
)
async def render_freed(_core: Core, post: Post) -> Reply:
    """Tells an organizer that somebody who manages the workspace has freed a channel of the cohort."""
    facts = {"by": post.data["by"], "channel": post.data["channel"], "cohort": post.cohort.name}
    text = "{by}, who manages this place, has freed **{channel}** from **{cohort}**."
    if not post.data["homeless"]:
        return Reply(say(text + " {/cohort-admin channel} chooses another one.", **facts))
    more = " It was the only home of {cohort}. Please choose another one with {/cohort-admin channel}, typed in a channel that you write in."
    return Reply(say(text + more, **facts))


@post(
    CLOSED_NOTICE,
    label="notice of a closed channel",
    readers=Readers.NOTICE,
    always="An organizer has to know that posts do not arrive; it is told once for each time.",
)
async def render_closed(_core: Core, post: Post) -> Reply:
    """Tells an organizer, once, that posts to a channel stopped."""
    text = say(
        (
            "I can no longer post in **{channel}** of **{cohort}**: {reason} I try again at each date. "
            "{/cohort-admin delivery} lists what is missing there; {/cohort-admin channel} gives me another "
            "channel."
        ),
        channel=post.data["channel"],
        cohort=post.cohort.name,
        reason=post.data["reason"],
    )
    return Reply(text, (Buttons((Button("What was not sent", "cohort-admin delivery"),)),))


def _is_sent(conn: Conn, post: Post, _member: Member, _now: datetime) -> bool:
    """Whether the post was sent after all."""
    found = confirmation.outcome(conn, post.data["post"])
    return found is None or not (found.refused or found.state is PostState.UNCERTAIN)


@post(
    UNSENT_NOTICE,
    label="word about a post that was not sent",
    is_obsolete=_is_sent,
    always="Who asked for a post is told where it could not be sent.",
)
async def render_unsent(core: Core, post: Post) -> Reply:
    """Tells a member, once, about a post that they asked for."""
    facts, kind = post.data, core.registry.posts.get(post.data["kind"])
    if kind is not None and kind.unsent is not None:
        return await kind.unsent(core, replace(post, kind=facts["kind"], data=facts["data"]))
    text = "The {label} that you asked for did not arrive in **{place}** of **{cohort}**: {reason}"
    label = kind.label if kind else "message"
    return Reply(
        say(text, place=facts["place"], cohort=post.cohort.name, label=label, reason=facts["reason"])
    )


@post(
    UNCERTAIN_NOTICE,
    label="notice of a doubtful post",
    readers=Readers.NOTICE,
    always="Only an organizer can look whether the post is there.",
)
async def render_uncertain(_core: Core, post: Post) -> Reply:
    """Tells an organizer, once a day, that a post may or may not have arrived."""
    text = say(
        (
            "I cannot tell whether a post of **{cohort}** arrived. Please look at the channel; where it is "
            "missing, {/cohort-admin delivery} sends it again."
        ),
        cohort=post.cohort.name,
    )
    return Reply(text, (Buttons((Button("What was not sent", "cohort-admin delivery"),)),))


LET_IN = "let in"
"""News for somebody whom an organizer made a member."""

_NEWS = {
    "organizer": "{by} made you an organizer of **{cohort}**. {/cohort-admin show} says how it is set up.",
    "no organizer": "{by} took back your role as an organizer of **{cohort}**. You are still a member.",
    "mentor": "{by} made you a mentor of **{cohort}**.",
    "no mentor": "{by} took back your role as a mentor of **{cohort}**. You are still a member.",
    LET_IN: "{by} let you in to **{cohort}**. {/cohort help} says what there is.",
    "appointed": "{by}, who manages this workspace or server, made {who} an organizer of **{cohort}**.",
    "restored": "{by} took **{cohort}** back out of the archive. Its schedules run again.",
    "mentor by role": "Your role {by} makes you a mentor of **{cohort}**.",
    "organizer by role": "Your role {by} makes you an organizer of **{cohort}**. {/cohort-admin show} says how it is set up.",
    "no mentor by role": "You have the role {by} no more, so you are no mentor of **{cohort}** any more. You are still a member.",
    "no organizer by role": "You have the role {by} no more, so you are no organizer of **{cohort}** any more. You are still a "
    "member.",
    "no mentor by role told": "{who} has the role {by} no more, and is no mentor of **{cohort}** any more.",
    "no organizer by role told": "{who} has the role {by} no more, and is no organizer of **{cohort}** any more.",
    "linked": "{by} made {who} a home of **{cohort}** with a code. {/cohort-admin show} lists its channels.",
    "archived": "{by}, who manages this workspace or server, archived **{cohort}**. You can take it back for 30 days.",
}


@post(
    PEOPLE,
    label="news about a role",
    readers=Readers.NOTICE,
    always="Whoever has a role, or lost it, has to know.",
)
async def render_people(_core: Core, post: Post) -> Reply:
    """Tells somebody what concerns them, or an organizer what a manager did."""
    facts = {"by": post.data["by"], "who": post.data["who"], "cohort": post.cohort.name}
    text = _NEWS[post.data["news"]]
    said = say(text, **{name: fact for name, fact in facts.items() if f"{{{name}}}" in text})
    return Reply(join([said, consent.kept_and_read()]) if post.data["news"] == LET_IN else said)


@post(
    FAREWELL,
    label="farewell",
    readers=Readers.FAREWELL,
    always="Whoever was removed is told so, once.",
)
async def render_farewell(_core: Core, post: Post) -> Reply:
    """Tells somebody that they were removed."""
    text = say(
        (
            "{by} removed you from **{cohort}**. What you recorded is kept. If you would like to come back, "
            "please ask one of its organizers."
        ),
        by=post.data["by"],
        cohort=post.cohort.name,
    )
    return Reply(text)


@post(ARCHIVED, label="news of the archive")
async def render_archived(_core: Core, post: Post) -> Reply:
    """Tells a cohort's home channel that the cohort has ended, with what each member can still do."""
    facts = {"by": post.data["by"], "cohort": post.cohort.name}
    if "until" not in post.data:  # written by an earlier version
        return Reply(say("{by} archived **{cohort}**. Thank you, all of you.", **facts))
    text = say(
        "{by} archived **{cohort}**: I post nothing here any more. Thank you, all of you. Its organizers can take it back "
        "until {undo}; on {until} it is deleted. Until then the button gives each of you what is yours.",
        **facts,
        undo=post.data["undo"],
        until=post.data["until"],
    )
    return Reply(text, (Buttons((Button("My record", "profile record"),)),))


@post(RESTORED, label="news of the archive that was undone")
async def render_restored(_core: Core, post: Post) -> Reply:
    """Tells a cohort's home channel that the cohort goes on."""
    text = say("{by} took **{cohort}** back: it goes on here.", by=post.data["by"], cohort=post.cohort.name)
    return Reply(text)
