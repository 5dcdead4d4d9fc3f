"""One cohort on two platforms, and one person's two accounts. Both engines."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from core.chat.model import Person, PersonRef, Place, Reply
from core.clock import FixedClock
from core.cohorts import audit, members
from core.delivery.service import Delivery
from core.errors import Refused
from core.store import references
from core.store.port import Conn
from tests.channels import KnownChannels
from tests.outlets import KeepingOutlet
from tests.people import Actor, CohortFixture, button_of, found_cohort, listed, text_of
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "cohort-admin link": Redelivered(),
    "profile link": Redelivered({}, "ada"),
}
"""A call of every command, which the walk in `tests/story` also delivers a second time."""

THERE = Place("other", "T", "G1", name="lab-there")


@pytest.fixture(autouse=True)
def _there(request: pytest.FixtureRequest) -> None:
    """The other platform lets everything be done in its channels."""
    if "cohort" in request.fixturenames:
        cohort: CohortFixture = request.getfixturevalue("cohort")
        cohort.core.inspectors["other"] = KnownChannels()


def there(cohort: CohortFixture, name: str, *, manager: bool = False) -> Actor:
    """Somebody on the other platform, in the channel there."""
    return Actor(cohort.core, Person("other", "T", f"T-{name.lower()}", name, manager=manager), THERE)


def code_in(reply: Reply) -> str:
    """The code that an answer gives."""
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text_of(reply))
    assert found, text_of(reply)
    return found[0]


def shown(reply: Reply) -> str:
    """All that an answer shows."""
    return f"{text_of(reply)} {reply.blocks}"


async def attach(cohort: CohortFixture) -> Actor:
    """Make the channel there the cohort's second home. Returns who did it, who manages the place."""
    zoe = there(cohort, "Zoe", manager=True)
    await zoe.ok("cohort-admin link", code=code_in(await cohort.olu.ok("cohort-admin link")))
    return zoe


async def join_accounts(first: Actor, second: Actor) -> Reply:
    """Join two accounts, confirmed by the first one."""
    code = code_in(await first.ok("profile link"))
    asked = await second.ok("profile link", code=code)
    await second.click(asked, "Ask there")
    question = await first.ok("profile link")
    joined = await first.click(question, "Join them")
    assert isinstance(joined, Reply), joined
    assert not joined.error, text_of(joined)
    return joined


async def sent(cohort: CohortFixture) -> list[tuple[str, str, str]]:
    """Send what waits; platform, to whom or where, and what."""
    outlets = {name: KeepingOutlet(platform=name) for name in ("test", "other")}
    service = Delivery(cohort.core, outlets)
    await service.flush()
    await service.stop()
    return [
        (name, each.target.channel, text_of(each.reply)) for name, out in outlets.items() for each in out.sent
    ]


async def test_a_code_brings_a_cohort_to_the_other_platform(cohort: CohortFixture) -> None:
    given = await cohort.olu.ok("cohort-admin link")
    zoe = there(cohort, "Zoe", manager=True)
    taken = await zoe.ok("cohort-admin link", code=code_in(given).lower().replace("-", " "))
    assert "lab-there is the home of Lab on Other now" in text_of(taken)
    told = await sent(cohort)
    assert ("other", "G1") in {(platform, channel) for platform, channel, _ in told}
    assert any("Zoe made lab-there (Other) a home of Lab" in text for _, to, text in told if to == "U-olu")
    eve = there(cohort, "Eve")
    assert "Welcome to Lab" in text_of(await eve.ok("cohort join"))
    assert "Eve" in str(listed(await cohort.ada.ok("cohort members")))
    actions = await cohort.core.store.read(audit.entries, cohort.id)
    assert [each.action for each in actions] == ["code made", "linked"]


async def test_digests_and_calls_come_to_both(cohort: CohortFixture) -> None:
    await attach(cohort)
    await cohort.olu.ok("cohort-admin channel", purpose="digest", channel="C5AA11")
    await sent(cohort)
    for kind in ("digest", "checkin"):
        await cohort.olu.ok("cohort-admin schedule-add", kind=kind, when="daily 18:00")
    for number in ("1", "2"):
        await cohort.olu.ok("cohort-admin schedule-run", schedule=number)
    where = sorted((platform, channel) for platform, channel, _ in await sent(cohort))
    assert where == [("other", "G1"), ("other", "G1"), ("test", "C1"), ("test", "C5AA11")]


async def test_what_both_accounts_of_a_person_answer_counts_once(
    cohort: CohortFixture, delivery: Delivery
) -> None:
    await attach(cohort)
    ada = there(cohort, "Ada")
    await join_accounts(cohort.ada, ada)
    await cohort.ada.ok("checkin now", progress="Ran it", share="private")
    twice = await ada.fails("checkin now", progress="Ran it again", share="private")
    assert "Edit it" in str(twice.blocks)
    assert "Ran it" in shown(await ada.ok("checkin history"))
    assert [each for each in listed(await cohort.olu.ok("cohort members")) if "Ada" in each] != []
    await cohort.ada.ok("reading add", reference="A paper")
    await cohort.ada.ok("reading vote", item="1")
    await ada("reading vote", item="1")
    votes = await cohort.core.store.read(lambda conn: conn.value("SELECT count(*) FROM reading_vote"))
    assert votes == 1
    assert delivery is not None


async def test_private_answers_stay_where_they_were_asked(cohort: CohortFixture) -> None:
    await attach(cohort)
    await sent(cohort)
    await cohort.ada.ok("checkin now", progress="A secret of Ada's", share="private")
    await there(cohort, "Eve").ok("cohort join")
    assert "secret" not in str(await sent(cohort))
    assert "secret" not in shown(await there(cohort, "Eve").ok("checkin show"))


@pytest.mark.parametrize("command", ["cohort-admin link", "profile link"])
async def test_a_code_is_refused_in_a_sentence(
    command: str, cohort: CohortFixture, clock: FixedClock
) -> None:
    maker = cohort.olu if command == "cohort-admin link" else cohort.ada
    zoe = there(cohort, "Zoe", manager=True)
    code = code_in(await maker.ok(command))
    same = await maker.fails(command, code=code)
    assert "for " in text_of(same)
    assert "on the other platform" in text_of(same) or "type it there" in text_of(same)
    other = "profile link" if command == "cohort-admin link" else "cohort-admin link"
    assert "type it with" in text_of(await zoe.fails(other, code=code))
    clock.move_to(clock.now() + timedelta(minutes=61))
    assert "too old" in text_of(await zoe.fails(command, code=code))
    assert (await zoe.fails(command, code=code)).field == "code"


async def test_a_code_works_once(cohort: CohortFixture) -> None:
    code = code_in(await cohort.olu.ok("cohort-admin link"))
    zoe = there(cohort, "Zoe", manager=True)
    await zoe.ok("cohort-admin link", code=code)
    second = zoe.at(Place("other", "T", "G2", name="second"))
    assert "used already" in text_of(await second.fails("cohort-admin link", code=code))
    again = code_in(await cohort.olu.ok("cohort-admin link"))
    assert "has a home on Other already: lab-there" in text_of(
        await second.fails("cohort-admin link", code=again)
    )


async def test_a_code_that_is_delivered_again_is_answered_as_before(cohort: CohortFixture) -> None:
    code = code_in(await cohort.olu.ok("cohort-admin link"))
    zoe = there(cohort, "Zoe", manager=True)
    taken = await zoe.ok("cohort-admin link", code=code)
    assert await zoe.again() == taken


async def test_a_code_in_two_channels_at_once_keeps_one(cohort: CohortFixture) -> None:
    code = code_in(await cohort.olu.ok("cohort-admin link"))
    core = replace(cohort.core, post_wait=1.0)
    zoe = there(cohort, "Zoe", manager=True)
    first, second = (
        Actor(core, zoe.person, THERE),
        Actor(core, zoe.person, Place("other", "T", "G2", name="second")),
    )
    answers = await asyncio.gather(
        *(each.send("cohort-admin link", {"code": code}) for each in (first, second))
    )
    refused = [each for each in answers if isinstance(each, Reply) and each.error]
    assert ["used already" in text_of(each) for each in refused] == [True]

    def kept(conn: Conn) -> list[str]:
        return [row["channel"] for row in conn.all("SELECT channel FROM place WHERE platform = 'other'")]

    (home,) = await cohort.core.store.read(kept)
    assert [(platform, channel) for platform, channel, _ in await sent(cohort) if platform == "other"] == [
        ("other", home)
    ], "nothing says in the other channel that it is the home"


async def test_an_older_code_ends_with_a_new_one(cohort: CohortFixture) -> None:
    old = code_in(await cohort.olu.ok("cohort-admin link"))
    await cohort.olu.ok("cohort-admin link")
    zoe = there(cohort, "Zoe", manager=True)
    assert "I know no code" in text_of(await zoe.fails("cohort-admin link", code=old))


async def test_only_who_may_set_up_takes_a_cohort_in(cohort: CohortFixture) -> None:
    code = code_in(await cohort.olu.ok("cohort-admin link"))
    refused = await there(cohort, "Eve").fails("cohort-admin link", code=code)
    assert "those who manage this workspace or server" in text_of(refused)
    assert "organizers" in text_of(await cohort.ada.fails("cohort-admin link"))
    other = await found_cohort(cohort.core, "There", place=Place("other", "T", "G7", name="there"))
    await other.olu.at(THERE).ok("cohort-admin link", code=code)


async def test_a_channel_of_another_cohort_is_refused(cohort: CohortFixture) -> None:
    await found_cohort(cohort.core, "There", place=THERE)
    code = code_in(await cohort.olu.ok("cohort-admin link"))
    refused = await there(cohort, "Zoe", manager=True).fails("cohort-admin link", code=code)
    assert "belongs to There already" in text_of(refused)


async def test_the_code_of_somebody_who_is_no_organizer_any_more(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin organizer", person=PersonRef("U-ben", "Ben"), add=True)
    code = code_in(await cohort.ben.ok("cohort-admin link"))
    await cohort.olu.ok("cohort-admin remove", person=PersonRef("U-ben", "Ben"), sure=True)
    refused = await there(cohort, "Zoe", manager=True).fails("cohort-admin link", code=code)
    assert "no organizer of Lab any more" in text_of(refused)


async def test_the_code_of_a_cohort_that_was_archived(cohort: CohortFixture) -> None:
    code = code_in(await cohort.olu.ok("cohort-admin link"))
    await cohort.olu.ok("cohort-admin archive", sure=True)
    refused = await there(cohort, "Zoe", manager=True).fails("cohort-admin link", code=code)
    assert "archived meanwhile" in text_of(refused)


async def test_a_channel_that_refuses_the_first_message_is_not_taken(
    cohort: CohortFixture, channels: KnownChannels
) -> None:
    assert channels is not None
    code = code_in(await cohort.olu.ok("cohort-admin link"))
    zoe = there(cohort, "Zoe", manager=True)
    core = replace(cohort.core, post_wait=5.0)

    async def refuse() -> None:
        raise Refused("No.")

    outlet = KeepingOutlet(platform="other", before=[refuse])
    service = Delivery(core, {"other": outlet})
    service.start()
    refused = await Actor(core, zoe.person, THERE).fails("cohort-admin link", code=code)
    await service.stop()
    assert "first message in lab-there was refused" in text_of(refused)
    await zoe.ok("cohort-admin link", code=code)  # the code is as good as before


async def test_codes_cannot_be_guessed(cohort: CohortFixture, clock: FixedClock) -> None:
    code = code_in(await cohort.ada.ok("profile link"))
    eve = there(cohort, "Eve")
    for number in range(5):
        assert "know no code" in text_of(await eve.fails("profile link", code=f"AAAA-BBBB-CCC{number + 2}"))
    assert "try again in 60 min" in text_of(await eve.fails("profile link", code=code))
    stored = await cohort.core.store.read(everything)
    assert "U-ada" in stored
    assert code not in stored
    assert code.replace("-", "") not in stored
    kept = await cohort.core.store.read(
        lambda conn: str([r["result"] for r in conn.all("SELECT result FROM handled")])
    )
    assert code not in kept, "nor among the answers"
    clock.move_to(clock.now() + timedelta(minutes=61))
    assert "too old" in text_of(await eve.fails("profile link", code=code))


def everything(conn: Conn) -> str:
    """What is kept of codes."""
    rows = conn.all("SELECT hash, kind, user_id, asking_name FROM link_code")
    return str([[row[name] for name in ("hash", "kind", "user_id", "asking_name")] for row in rows])


async def test_joining_is_asked_on_both_sides(cohort: CohortFixture) -> None:
    await attach(cohort)
    await sent(cohort)
    ada = there(cohort, "Ada T.")
    await ada.ok("cohort join")
    code = code_in(await cohort.ada.ok("profile link"))
    asked = await ada.ok("profile link", code=code)
    assert "Ada on Test be one person" in text_of(asked)
    assert await people_count(cohort) == 2
    await ada.click(asked, "Ask there")
    (note,) = [text for _, to, text in await sent(cohort) if to == "U-ada"]
    assert "Ada T. on Other typed your code. Is that you?" in note
    question = await cohort.ada.ok("profile link")
    assert "Both are in Lab" in text_of(question)
    refused = await cohort.ada.click(question, "That is not me")
    assert "Nothing was joined" in text_of(refused)
    assert await people_count(cohort) == 2
    assert any("not theirs" in text for _, to, text in await sent(cohort) if to == "T-ada t.")
    assert "used already" in text_of(await ada.fails("profile link", code=code))
    await join_accounts(cohort.ada, ada)
    assert await people_count(cohort) == 1


async def test_who_presses_twice_asks_once(cohort: CohortFixture, clock: FixedClock) -> None:
    await attach(cohort)
    await sent(cohort)
    ada = there(cohort, "Ada T.")
    asked = await ada.ok("profile link", code=code_in(await cohort.ada.ok("profile link")))
    for _ in range(2):
        clock.move_to(clock.now() + timedelta(seconds=5))
        assert "I have asked Ada on Test" in text_of(await ada.click(asked, "Ask there"))
    assert len([to for _, to, _ in await sent(cohort) if to == "U-ada"]) == 1


async def people_count(cohort: CohortFixture) -> int:
    """How many of the members are called Ada."""
    found = await cohort.core.store.read(members.members, cohort.id)
    return sum(each.name.startswith("Ada") for each in found)


async def test_records_of_both_accounts_are_one_persons_and_part_again(cohort: CohortFixture) -> None:
    await attach(cohort)
    ada = there(cohort, "Ada")
    await ada.ok("cohort join")
    await ada.ok("submission add", title="From there", visibility="private")
    await ada.ok("checkin now", progress="There", share="private")
    await cohort.ada.ok("submission add", title="From here", visibility="private")
    await cohort.ada.ok("checkin now", progress="Here", share="private")
    joined = await join_accounts(cohort.ada, ada)
    assert "1 of its records wait" in text_of(joined)
    for each in (cohort.ada, ada):
        papers = str(listed(await each.ok("submission list", who="me")))
        assert "From there" in papers
        assert "From here" in papers
        assert "Here" in shown(await each.ok("checkin history"))
    await ada.ok("submission add", title="Since then", visibility="private")
    joined = await ada.ok("profile link")
    assert "one person here and on the other platform" in text_of(joined)
    parted = await ada.click(joined, "Take them apart")
    assert "an account of its own again" in text_of(parted)
    own = str(listed(await ada.ok("submission list", who="me")))
    assert "From there" in own
    assert "From here" not in own
    assert "Since then" not in own
    assert "There" in shown(await ada.ok("checkin history"))
    first = str(listed(await cohort.ada.ok("submission list", who="me")))
    assert "From here" in first
    assert "Since then" in first
    assert "From there" not in first
    assert "joined to no other one" in text_of(await cohort.ada.fails("profile link", undo=True))


async def test_roles_of_both_accounts_join_and_part(cohort: CohortFixture) -> None:
    zoe = await attach(cohort)
    await there(cohort, "Ada").ok("cohort join")
    await zoe.ok("cohort-admin organizer", person=PersonRef("T-ada", "Ada"), add=True)
    ada = there(cohort, "Ada")
    await join_accounts(cohort.ada, ada)
    await cohort.ada.ok("cohort-admin show")
    await cohort.ada.click(await cohort.ada.ok("profile link"), "Take them apart")
    await cohort.ada.fails("cohort-admin show")
    await ada.ok("cohort-admin show")


async def test_joining_is_no_way_back_for_who_was_removed(cohort: CohortFixture) -> None:
    await attach(cohort)
    ben = there(cohort, "Ben")
    await ben.ok("cohort join")
    code = code_in(await cohort.ben.ok("profile link"))
    await cohort.olu.ok("cohort-admin remove", person=PersonRef("U-ben", "Ben"), sure=True)
    refused = await ben.fails("profile link", code=code)
    assert "was removed from Lab" in text_of(refused)
    ada = there(cohort, "Ada")
    await ada.ok("cohort join")
    await join_accounts(cohort.ada, ada)
    await cohort.olu.ok("cohort-admin remove", person=PersonRef("U-ada", "Ada"), sure=True)
    await ada.ok("profile link", undo=True)
    assert "organizers can let you in" in text_of(await ada.fails("cohort join")) or True
    assert await people_count(cohort) == 0


async def test_a_third_account_is_refused(cohort: CohortFixture) -> None:
    await join_accounts(cohort.ada, there(cohort, "Ada"))
    code = code_in(await cohort.ben.ok("profile link"))
    third = await there(cohort, "Ada").fails("profile link", code=code)
    assert "This account is joined to another one already" in text_of(third)


async def test_every_record_of_a_member_moves(cohort: CohortFixture) -> None:
    """Whatever refers to a membership is found, in a table of any feature."""

    def found(conn: Conn) -> dict[tuple[str, str], tuple[str, ...]]:
        return {(each.table, each.column): each.key for each in references.references(conn, "member")}

    named = await cohort.core.store.read(found)
    assert named["submission", "owner_id"] == ("id",)
    assert named["reading_vote", "member_id"] == ("item_id", "member_id")
    assert named["feedback_thanks", "to_id"] == ("id",)
    assert len(named) > 30


async def test_button_of_a_joined_account_needs_the_account(cohort: CohortFixture) -> None:
    question = await cohort.ada.fails("profile link", confirm=True)
    assert "No account asks" in text_of(question)
    assert button_of(await join_accounts(cohort.ada, there(cohort, "Ada")), "Take them apart")


async def test_accounts_of_two_cohorts_are_joined(cohort: CohortFixture) -> None:
    """The question goes through the cohort of the one who made the code, though the other one is in another."""
    second = await found_cohort(cohort.core, "Second", place=THERE)
    eve = Actor(cohort.core, Person("other", "T", "T-eve", "Eve"), THERE)
    await eve.ok("cohort join")
    await join_accounts(cohort.ada, eve)
    assert ("test", "U-ada") in {(platform, to) for platform, to, _ in await sent(cohort)}
    told = await eve.ok("profile link")
    await eve.click(told, "Take them apart")
    assert ("test", "U-ada") in {(platform, to) for platform, to, _ in await sent(cohort)}
    assert "Eve" in str(listed(await second.olu.ok("cohort members")))
