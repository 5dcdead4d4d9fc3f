"""Channels: looked at before a cohort takes one, first posted in, and freed again. Over both engines."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from core.chat.channels import ChannelReport, Right, Unfit
from core.chat.model import ChannelRef, Fields, Place, PlaceKind, Reply
from core.cohorts import directory
from core.commands.dispatch import Core
from core.delivery.confirmation import PostOutcome
from core.delivery.outbox import PostState
from core.delivery.service import Delivery
from core.errors import Refused, TargetGone, TryLater
from core.features.admin import texts
from core.store.port import Conn
from tests.channels import KnownChannels
from tests.core.test_cohort_feature import newcomer
from tests.outlets import KeepingOutlet, raising
from tests.people import (
    HOME,
    Actor,
    CohortFixture,
    answered,
    button_of,
    buttons_of,
    found_cohort,
    listed,
    text_of,
)

SETUP: Mapping[str, Any] = {"name": "Reading Lab", "timezone": "Africa/Lagos"}
NEWS = ChannelRef("C0NEWS7", "news")


@pytest.fixture
async def sending(core: Core, outlet: KeepingOutlet) -> AsyncIterator[Core]:
    """The core beside a sender at work, whose answers wait for what is posted."""
    waiting = replace(core, post_wait=5.0)
    delivery = Delivery(waiting, {"test": outlet}, ["test"])
    delivery.sender.start()
    yield waiting
    await delivery.stop()


def _tables(conn: Conn) -> dict[str, int]:
    tables = ("cohort", "place", "purpose", "member", "outbox")
    return {each: int(conn.value(f"SELECT count(*) FROM {each}")) for each in tables}


def shown_channels(reply: Reply) -> str:
    """The lines of `cohort-admin show` about channels."""
    return str(dict(next(block.items for block in reply.blocks if isinstance(block, Fields)))["Channels"])


# -- what a look finds ----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["setup", "channel"])
@pytest.mark.parametrize(
    ("report", "words"),
    [
        (ChannelReport("news", Unfit.FORUM), "news is a forum"),
        (ChannelReport("news", Unfit.THREAD), "This is a thread"),
        (ChannelReport("news", Unfit.VOICE), "news is a voice channel"),
        (ChannelReport("news", Unfit.CATEGORY), "news is a category"),
        (ChannelReport("", Unfit.CONVERSATION), "direct or group message"),
        (ChannelReport("news", Unfit.ARCHIVED), "news is archived"),
        (ChannelReport("news", Unfit.OTHER), "news is no text channel"),
        (ChannelReport("", Unfit.NOT_FOUND, remedy="Invite me."), "you cannot see it. Please choose"),
        (ChannelReport("", Unfit.UNKNOWN), "told nothing about that channel just now"),
        (ChannelReport("news", None, {Right.JOIN: ""}, {}, "Invite me."), "I am not in news yet. Invite me."),
        (
            ChannelReport("news", None, {Right.SEE: "View", Right.ATTACH: "Attach"}, {}, "Give them."),
            "• View, to see it\n• Attach, to attach pictures and files\nGive them. Then run this again",
        ),
        (ChannelReport("news", None, {}, {Right.JOIN: ""}), "You are not in news yourself"),
        (ChannelReport("news", None, {}, {Right.POST: "Send Messages"}), "you lack Send Messages in news"),
        (ChannelReport("news", None, {Right.SEE: "View"}, {Right.SEE: "View"}), "or you cannot see it"),
    ],
    ids=str,
)
@pytest.mark.case(40)
async def test_channel_that_cannot_be_taken_is_refused(
    sqlite_cohort: CohortFixture, channels: KnownChannels, command: str, report: ChannelReport, words: str
) -> None:
    channels.reports["C0NEWS7"] = report
    more = {**SETUP} if command == "setup" else {"purpose": "digest"}
    olu = replace(sqlite_cohort.olu, person=replace(sqlite_cohort.olu.person, manager=True))
    before = await olu.core.store.read(_tables)
    refused = await olu.fails(f"cohort-admin {command}", **more, channel=NEWS)
    assert words in text_of(refused)
    assert refused.field == "channel"
    assert await olu.core.store.read(_tables) == before, "nothing is kept by halves"
    del channels.reports["C0NEWS7"]
    await olu.ok(f"cohort-admin {command}", **more, channel=NEWS)


async def test_platform_that_cannot_be_asked_gives_no_right(core: Core) -> None:
    core.inspectors.clear()
    assert "told nothing" in text_of(await newcomer(core).fails("cohort-admin setup", **SETUP))


async def test_thread_is_no_home(core: Core, channels: KnownChannels) -> None:
    thread = Place("test", "W", "T1", PlaceKind.THREAD, parent="C1", name="lab")
    refused = await newcomer(core).at(thread).fails("cohort-admin setup", **SETUP)
    assert "thread" in text_of(refused)
    assert not channels.asked


# -- the first message ----------------------------------------------------------------------------------


async def test_setup_says_it_is_done_when_its_hello_is_there(sending: Core, outlet: KeepingOutlet) -> None:
    done = text_of(await newcomer(sending).ok("cohort-admin setup", **SETUP))
    assert "is set up" in done
    assert "I have said hello" in done
    (hello,) = outlet.sent
    assert "now the home of Reading Lab" in text_of(hello.reply)


@pytest.mark.parametrize("error", [TargetGone("You shall not post."), Refused("Too odd.")])
@pytest.mark.case(40)
async def test_refused_hello_leaves_nothing(sending: Core, outlet: KeepingOutlet, error: Exception) -> None:
    zoe = newcomer(sending)
    before = await sending.store.read(_tables)
    outlet.before.append(raising(error))
    refused = text_of(await zoe.fails("cohort-admin setup", **SETUP))
    assert str(error) in refused
    assert "nothing was changed" in refused
    assert text_of(await zoe.again()) == refused, "delivered again, it says the same"
    assert await sending.store.read(_tables) == before
    assert not outlet.sent, "nobody is told besides"
    await zoe.ok("cohort-admin setup", **SETUP)


async def test_hello_that_is_late_is_said_to_be_late(sending: Core, outlet: KeepingOutlet) -> None:
    outlet.before.append(raising(TryLater("The platform asks to wait.", 600)))
    zoe = newcomer(replace(sending, post_wait=0.2))
    done = text_of(await zoe.ok("cohort-admin setup", **SETUP))
    assert "still on its way (The platform asks to wait)" in done


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (PostState.SENT, None),
        (PostState.PENDING, "still on its way (Wait)"),
        (PostState.UNCERTAIN, "I cannot tell whether my first message there has arrived (Wait)"),
    ],
)
def test_first_message_is_said_to_be_there_only_when_it_is(state: PostState, words: str | None) -> None:
    said = texts.not_arrived(PostOutcome(state, "Wait."))
    assert said is None if words is None else said is not None and words in text_of(said)


async def test_channel_is_taken_when_its_first_message_is_there(
    cohort: CohortFixture, sending: Core, outlet: KeepingOutlet
) -> None:
    olu = Actor(sending, cohort.olu.person)
    outlet.before.append(raising(TargetGone("You shall not post.")))
    before = shown_channels(await olu.ok("cohort-admin show"))
    refused = await olu.fails("cohort-admin channel", purpose="digest", channel=NEWS)
    assert "first message in news was refused: You shall not post." in text_of(refused)
    assert shown_channels(await olu.ok("cohort-admin show")) == before
    await olu.ok("cohort-admin channel", purpose="digest", channel=NEWS)
    assert "digest: news" in shown_channels(await olu.ok("cohort-admin show"))
    (told,) = outlet.sent
    assert text_of(told.reply) == "From now on this channel is for digest of Lab."
    await olu.ok("cohort-admin channel", purpose="checkins", channel=NEWS)
    assert outlet.sent == [told], "a channel that is the cohort's already hears it once"


# -- other cohorts' channels ----------------------------------------------------------------------------


@pytest.fixture
async def other(cohort: CohortFixture) -> CohortFixture:
    """A second cohort in the same workspace, whose organizer took the channel for news too."""
    found = await found_cohort(cohort.core, "Other", place=replace(HOME, id="C8", name="other"))
    yan = replace(found.olu, person=replace(found.olu.person, id="U-yan", name="Yan"))
    await cohort.core.store.write(_make_organizer, found.id, yan)
    await yan.ok("cohort-admin channel", purpose="digest", channel=NEWS)
    return replace(found, olu=yan)


def _make_organizer(conn: Conn, cohort_id: int, who: Actor) -> None:
    person = directory.ensure_person(conn, who.person, who.core.clock.now())
    directory.add_member(conn, cohort_id, person, who.core.clock.now(), organizer=True)
    conn.run(
        "UPDATE member SET organizer = 0 WHERE cohort_id = :c AND person_id <> :p", c=cohort_id, p=person
    )


@pytest.mark.usefixtures("other")
async def test_taken_channel_stays_with_its_cohort(cohort: CohortFixture) -> None:
    refused = await cohort.olu.fails("cohort-admin channel", purpose="checkins", channel=NEWS)
    assert "news belongs to Other already" in text_of(refused)
    assert "can free it" in text_of(refused)
    assert not buttons_of(refused)
    assert "organizers" in text_of(
        await cohort.olu.fails("cohort-admin channel", purpose="none", channel=NEWS)
    )
    assert "organizers" in text_of(
        await cohort.ada.fails("cohort-admin channel", purpose="none", channel=NEWS)
    )


@pytest.mark.usefixtures("other")
async def test_manager_elsewhere_is_told_where_to_free_it(cohort: CohortFixture) -> None:
    mia = cohort.somebody("Mia", manager=True).at(replace(HOME, id="C33", name="lounge"))
    refused = await mia.fails("cohort-admin setup", **SETUP, channel=NEWS)
    assert "you, who manage this place, can free it: run /cohort-admin channel there" in text_of(refused)
    assert not buttons_of(refused)


async def test_cohorts_own_channel_is_no_place_for_another(cohort: CohortFixture) -> None:
    olu = replace(cohort.olu, person=replace(cohort.olu.person, manager=True))
    refused = await olu.fails("cohort-admin setup", **SETUP)
    assert "belongs to Lab already, of which you are an organizer" in text_of(refused)
    assert not buttons_of(refused), "one's own home is not freed by a slip"


async def test_manager_frees_channel_and_its_organizers_hear_of_it(
    cohort: CohortFixture, other: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await delivery.flush()
    outlet.sent.clear()
    mia = cohort.somebody("Mia", manager=True).at(replace(HOME, id="C0NEWS7", name="news"))
    refused = await mia.fails("cohort-admin setup", **SETUP)
    assert "news belongs to Other already" in text_of(refused)
    freed = text_of(answered(await mia.click(button_of(refused, "Free it from Other"))))
    assert "news is free of Other." in freed
    assert "news" not in shown_channels(await other.olu.ok("cohort-admin show"))
    await mia.ok("cohort-admin setup", **SETUP)
    await delivery.flush()
    told = [each for each in outlet.sent if each.target.direct]
    assert [each.target.channel for each in told] == ["U-yan"]
    assert "Mia, who manages this place, has freed news" in text_of(told[0].reply)
    assert "only home" not in text_of(told[0].reply)
    assert "free already" in text_of(
        await cohort.olu.fails("cohort-admin channel", purpose="none", channel=ChannelRef("C99", "void"))
    )


async def test_manager_frees_the_channel_of_another_cohort_out_of_their_own(
    cohort: CohortFixture, other: CohortFixture
) -> None:
    olu = replace(cohort.olu, person=replace(cohort.olu.person, manager=True))
    freed = await olu.ok("cohort-admin channel", purpose="none", channel=NEWS)
    assert "news is free of Other." in text_of(freed)
    assert "news" not in shown_channels(await other.olu.ok("cohort-admin show"))
    assert "Channel freed" in str(listed(await other.olu.ok("cohort-admin audit")))
    assert "freed" not in str(listed(await cohort.olu.ok("cohort-admin audit")))


async def test_freed_home_can_be_chosen_anew(cohort: CohortFixture, other: CohortFixture) -> None:
    home = ChannelRef("C8", "other")
    assert "only home" in text_of(await other.olu.fails("cohort-admin channel", purpose="none", channel=home))
    await other.olu.ok("cohort-admin channel", purpose="none", channel=NEWS)
    mia = cohort.somebody("Mia", manager=True).at(other.olu.place)
    freed = await mia.ok("cohort-admin channel", purpose="none", channel=home)
    assert "Other has no home now" in text_of(freed)
    assert "You are not in a cohort yet" in text_of(await mia.fails("cohort members"))
    elsewhere = other.olu.at(replace(HOME, id="C20", name="new"))
    await elsewhere.ok("cohort-admin channel", purpose="home", channel=ChannelRef("C20", "new"))
    assert shown_channels(await elsewhere.ok("cohort-admin show")) == "home: new"


async def test_manager_may_only_free(cohort: CohortFixture) -> None:
    mia = cohort.somebody("Mia", manager=True)
    refused = text_of(await mia.fails("cohort-admin channel", purpose="digest", channel=NEWS))
    assert "for its organizers" in refused


async def test_what_waited_for_freed_channel_is_listed(cohort: CohortFixture, other: CohortFixture) -> None:
    """The first message there was not sent yet."""
    await other.olu.ok("cohort-admin channel", purpose="none", channel=NEWS)
    found = await cohort.core.store.read(
        lambda conn: conn.all("SELECT state, reason FROM outbox WHERE channel = 'C0NEWS7'")
    )
    assert [(row["state"], row["reason"]) for row in found] == [
        ("missed", "The channel does not belong to the cohort any more.")
    ]
