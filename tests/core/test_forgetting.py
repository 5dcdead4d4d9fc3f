"""`privacy forget`, as a cohort lives with it: what goes, what stays with others, and what comes too late."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.chat.model import Button, Fields, PersonRef, Place, Records, Reply
from core.cohorts import audit, joined_accounts
from core.commands.dispatch import Core
from core.delivery.service import Delivery
from core.store import notes
from core.store.port import Conn
from tests.core.test_personal_data import dump, files_of, unzipped
from tests.filled import schema
from tests.outlets import KeepingOutlet
from tests.people import Actor, CohortFixture, answered, button_of, found_cohort, listed, refused, text_of

MARK = "Quagga"
"""A word that nobody but Ada writes."""


async def lived(cohort: CohortFixture) -> None:
    """Ada has done a little of everything; Ben shares a paper with her, and names her."""
    ada, ben = cohort.ada, cohort.ben
    await ada.ok("submission add", title=f"{MARK} alone", link="https://example.org/quagga")
    await ada.ok("submission add", title="What we share", coauthors="Ben", visibility="cohort")
    await ada.ok("submission update", paper="2", stage="submitted", note=f"{MARK} is nervous")
    await ben.ok("submission add", title="Of Ben", coauthors="Ada")
    await ada.ok("review add", paper="2", score="6", summary=f"{MARK} was praised")
    await ada.ok("checkin now", progress=f"{MARK} moved", learned="Much", blocker=f"{MARK} is stuck")
    await ada.ok("checkin share")
    await ben.ok("checkin now", progress="Ada helped me with the proof")
    await ben.ok("checkin share")
    await ada.ok("reading add", reference=f"{MARK} for one", why=f"{MARK} thinks so")
    await ada.ok("reading add", reference="You and Your Research", why=f"{MARK} loves it")
    await ben.ok("reading vote", item="2")
    await ada.ok("reading done", item="2", takeaway=f"{MARK} took this away")
    await ada.ok("feedback ask", topic=f"{MARK} asks", details="Please", visibility="cohort")
    await ada.ok("duty add", venue=f"{MARK}Conf", papers="3", due="2027-01-05")
    await ada.ok("profile away", until="2026-11-24", reason=f"{MARK} hunt")
    await ben.ok("feedback thank", person=_ref(cohort.mina), words="Ada and Mina, thank you")


def _ref(actor: Actor) -> PersonRef:
    return PersonRef(actor.person.id, actor.person.name)


def facts_of(reply: Reply) -> str:
    """What stands beside the question, as people read it."""
    fields = (item for block in reply.blocks if isinstance(block, Fields) for item in block.items)
    return "\n".join(f"{label}: {text_of(fact)}" for label, fact in fields)


def opened_by(reply: Reply) -> list[Button | None]:
    """What the records of a list open."""
    return [row.opens for block in reply.blocks if isinstance(block, Records) for row in block.rows]


async def forget(actor: Actor) -> Reply:
    """Ask, and press."""
    return answered(await actor.click(await actor.ok("privacy forget"), "Delete everything"))


@pytest.mark.case(39)
@pytest.mark.case(66)
async def test_it_is_gone_from_tables_and_channels(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, sqlite_template: Path, store_url: str
) -> None:
    await lived(cohort)
    await delivery.flush()
    posted = [each for each in outlet.sent if MARK in text_of(each.reply) or MARK in str(each.reply.blocks)]
    assert posted, "it stood in the channel"
    told = await forget(cohort.ada)
    assert "Everything that I kept of you in Lab is deleted." in text_of(told)
    await delivery.flush()
    latest = dict(outlet.edits)
    for number, each in enumerate(outlet.sent, 1):
        if each in posted and not each.target.direct:
            shown = latest[f"m{number}"].reply
            assert "taken back" in text_of(shown), text_of(shown)
    left = await cohort.core.store.read(dump, schema(sqlite_template))
    for word in (MARK, "Ada", "U-ada"):
        # Digits and letters around it are those of a hash.
        there = re.compile(rf"(?<![0-9a-f]){word}(?![0-9a-f])", re.IGNORECASE)
        words = {
            table: [row for row in rows if there.search(row)]
            for table, rows in left.items()
            # What others wrote stays theirs; the page goes once the platform shows it without the cohort.
            if table not in ("home_page", "checkin", "feedback_thanks")
        }
        assert not {table: rows for table, rows in words.items() if rows}, word
    if store_url.startswith("sqlite"):
        path = Path(store_url.removeprefix("sqlite:///"))
        for file in (path, path.with_name(f"{path.name}-wal")):
            if file.exists():
                assert MARK.encode() not in file.read_bytes(), f"{file.name} holds it yet"


async def test_what_is_shared_stays_with_the_others(cohort: CohortFixture) -> None:
    await lived(cohort)
    asked = await cohort.ada.ok("privacy forget")
    assert "Papers that you share with somebody" in str(asked.blocks)
    await cohort.ada.click(asked, "Delete everything")
    for paper in ("2", "3"):
        shown = await cohort.ben.ok("submission show", paper=paper)
        assert "a former member" in f"{text_of(shown)} {shown.blocks}"
        assert MARK not in str(shown.blocks)
    assert "You and Your Research" in str((await cohort.ben.ok("reading list")).blocks)
    await cohort.ben.fails("submission show", paper="1")
    assert "Ada helped me" in str((await cohort.ben.ok("checkin history")).blocks), "it is Ben's own word"


async def test_where_others_name_somebody_is_listed(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await lived(cohort)
    await cohort.ben.ok("checkin mark", day="2026-11-23", negative="no")
    asked = await cohort.ada.ok("privacy forget")
    named = str(asked.blocks)
    assert "Check-ins, Ben, Mon 23 Nov 2026" in named
    assert "Thanks, Ben, Mon 23 Nov 2026" in named
    await delivery.flush()
    before = len(outlet.sent)
    await cohort.ada.click(asked, "Delete everything")
    await delivery.flush()
    word = [
        each
        for each in outlet.sent[before:]
        if each.target.channel == "U-olu" and "Somebody who was in Lab" in text_of(each.reply)
    ]
    assert len(word) == 1
    assert "Ada" not in f"{text_of(word[0].reply)} {word[0].reply.blocks}"
    assert "Ben" in str(word[0].reply.blocks)


async def test_whoever_is_named_is_told_apart(cohort: CohortFixture) -> None:
    emile, longer = cohort.somebody("Émile"), cohort.somebody("Ada Lovelace")
    for each in (emile, longer):
        await each.ok("cohort join")
    await cohort.ben.ok("checkin now", progress="ÉMILE and Ada Lovelace helped", share="shared")
    assert "Check-ins, Ben" in facts_of(await emile.ok("privacy forget"))
    assert "Check-ins, Ben" in facts_of(await longer.ok("privacy forget"))
    assert "In others' words" not in facts_of(await cohort.ada.ok("privacy forget"))
    await cohort.mina.ok("checkin now", progress="ada, thank you", share="shared")
    assert "Check-ins, Mina" in facts_of(await cohort.ada.ok("privacy forget"))


async def test_private_words_of_others_are_not_told_of(cohort: CohortFixture) -> None:
    await cohort.ben.ok("checkin now", progress="Ada is difficult")
    asked = await cohort.ada.ok("privacy forget")
    assert "In others' words" not in str(asked.blocks)


async def test_another_cohort_keeps_what_it_has(core: Core) -> None:
    here = await found_cohort(core)
    there = await found_cohort(core, "Other", place=Place("test", "W", "C9", name="other"))
    for each in (here, there):
        await each.ada.ok("submission add", title=f"Paper of {each.id}")
        await each.ada.ok("checkin now", progress=f"Moved in {each.id}")
    await here.ada.ok("profile timezone", zone="Africa/Lagos")
    asked = await here.ada.ok("privacy forget")
    assert "You are also in Other" in facts_of(asked)
    told = answered(await here.ada.click(asked, "Delete everything"))
    assert "your other cohorts is as it was" in text_of(told)
    await here.ada.fails("submission list")
    assert f"Paper of {there.id}" in str((await there.ada.ok("submission list")).blocks)
    assert f"Moved in {there.id}" in str((await there.ada.ok("checkin history")).blocks)
    assert "Africa/Lagos" in str((await there.ada.ok("profile show")).blocks)
    await forget(there.ada)

    def people(conn: Conn) -> Sequence[object]:
        return list(conn.all("SELECT 1 AS yes FROM account WHERE user_id = 'U-ada'"))

    assert not await core.store.read(people), "nothing is left of who is in no cohort"


async def test_who_has_left_takes_it_along_and_is_forgotten(cohort: CohortFixture) -> None:
    await lived(cohort)
    left = await cohort.ada.ok("cohort leave")
    direct = cohort.ada.in_direct()
    given = answered(await direct.click(button_of(left, "Take it along")))
    held = unzipped(files_of(given))
    assert f"{MARK} moved" in held["json/checkin.json"]
    assert not [name for name in held if "of-others" in name], "who is out reads nothing of others"
    asked = answered(await direct.click(button_of(left, "Have it deleted")))
    assert "is deleted" in text_of(answered(await direct.click(asked, "Delete everything")))
    shown = await cohort.ben.ok("submission show", paper="2")
    assert "a former member" in f"{text_of(shown)} {shown.blocks}"
    assert "I keep nothing of you" in text_of(await direct.fails("privacy show"))


async def test_only_organizer_names_a_successor_first(cohort: CohortFixture) -> None:
    for command in ("privacy forget", "cohort leave"):
        refusal = await cohort.olu.fails(command)
        assert "please make somebody else one first, with /cohort-admin organizer" in text_of(refusal)
    await cohort.olu.ok("cohort-admin organizer", person=_ref(cohort.ben), add=True)
    goes, stays = facts_of(await cohort.olu.ok("privacy forget")).split("Stays: ")
    assert "what organizers do" not in goes
    assert "under a number in place of your name" in stays
    await forget(cohort.olu)
    assert "Olu" not in str((await cohort.ben.ok("cohort members")).blocks)
    audit = await cohort.ben.ok("cohort-admin audit")
    assert "Olu" not in f"{text_of(audit)} {audit.blocks}"
    assert "former member" in f"{text_of(audit)} {audit.blocks}"


async def test_calls_that_come_again_do_nothing(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, sqlite_template: Path
) -> None:
    await cohort.ada.ok("checkin now", progress=f"{MARK} moved")
    calls = [cohort.ada.last]
    await cohort.ada.ok("reading add", reference=f"{MARK} to read")
    calls.append(cohort.ada.last)
    asked = await cohort.ada.ok("privacy forget")
    first = answered(await cohort.ada.click(asked, "Delete everything"))
    again = await cohort.ada.again()
    assert text_of(again) == text_of(first), "the same call gives the same answer"
    for request in calls:
        assert request is not None
        result = await cohort.core.run(request)
        assert refused(result).error
    await delivery.flush()
    left = await cohort.core.store.read(dump, schema(sqlite_template))
    assert MARK not in str(left)
    assert "U-ada" not in str({table: rows for table, rows in left.items() if table != "home_page"})


@pytest.mark.case(39)
async def test_message_on_its_way_settles_nothing(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.olu.ok("cohort-admin mentor", person=_ref(cohort.ada), add=True)

    async def forgotten() -> None:
        await forget(cohort.ada)

    outlet.before.append(forgotten)
    await cohort.ben.ok("submission add", title="Of Ben", coauthors="Ada", visibility="private")
    await delivery.flush()

    def rows(conn: Conn) -> list[str]:
        return [str(row["channel"]) for row in conn.all("SELECT channel FROM outbox WHERE direct = 1")]

    assert "U-ada" not in await cohort.core.store.read(rows)


async def test_a_channel_that_is_closed_is_named(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("checkin now", progress=f"{MARK} moved")
    await cohort.ada.ok("checkin share")
    await delivery.flush()
    told = await forget(cohort.ada)
    assert "I could not take everything back yet in lab" in text_of(told), "nothing has been sent yet"
    await delivery.flush()
    assert any("taken back" in text_of(message.reply) for _, message in outlet.edits)


async def test_joined_accounts_are_forgotten_together(cohort: CohortFixture, sqlite_template: Path) -> None:
    zoe = cohort.somebody("Zoe")
    await zoe.ok("cohort join")
    await cohort.olu.ok("cohort-admin organizer", person=_ref(zoe), add=True)
    await zoe.ok("cohort-admin mentor", person=_ref(cohort.ben), add=True)
    for actor in (cohort.ada, zoe):
        await actor.ok("checkin now", progress=f"{MARK} moved, says {actor.person.name}")

    def join(conn: Conn) -> None:
        person = conn.value("SELECT person_id FROM account WHERE user_id = 'U-ada'")
        joined_accounts.join(conn, person, zoe.person, cohort.core.clock.now())

    await cohort.core.store.write(join)
    held = unzipped(files_of(await cohort.ada.in_direct().ok("privacy export")))
    assert held["json/checkin.json"].count(MARK) == 2, "the one that waits beside the other is hers too"
    await cohort.ben.ok("checkin now", progress="Zoe and Ada, or Ada and Zoe?", share="shared")
    await cohort.ada.ok("feedback thank", person=_ref(cohort.ben), words="Zoe is me")
    named = facts_of(await cohort.ada.ok("privacy forget")).partition("In others' words")[2]
    assert named.count("Check-ins, Ben") == 1
    assert "Thanks" not in named, "those are her own words"
    await forget(zoe)
    left = await cohort.core.store.read(dump, schema(sqlite_template))
    del left["home_page"]
    left["checkin"] = [row for row in left["checkin"] if "Zoe and Ada, or" not in row]  # it is Ben's own word
    for word in (MARK, "Ada", "Zoe", "U-ada", "U-zoe"):
        assert word not in str(left), word


async def test_who_an_account_was_before_goes_too(core: Core) -> None:
    here = await found_cohort(core)
    there = await found_cohort(core, "Other", place=Place("test", "W", "C9", name="other"))
    solo = replace(there.ada, person=replace(there.ada.person, id="U-solo", name="Solo"))
    await solo.ok("cohort join")
    await solo.ok("profile link")
    await there.olu.ok("cohort-admin organizer", person=_ref(solo), add=True)
    answered(await solo.click(Button("Mentor", "cohort-admin mentor", {"person": "U-ben", "add": "yes"})))

    def join(conn: Conn) -> None:
        person = conn.value("SELECT person_id FROM account WHERE user_id = 'U-ada'")
        conn.run(
            "DELETE FROM member WHERE person_id = :person AND cohort_id = :id", person=person, id=there.id
        )
        joined_accounts.join(conn, person, solo.person, core.clock.now())

    await core.store.write(join)
    held = unzipped(files_of(answered(await there.ada.in_direct().send("privacy export", {}, there.id))))
    assert "mentor added" in held["json/audit.json"], "what the joined account did is theirs"
    assert len(json.loads(held["json/press.json"])) == 1
    await forget(there.ada)
    names = await core.store.read(lambda conn: [row["name"] for row in conn.all("SELECT name FROM person")])
    assert "Solo" in names, "they are in the other cohort yet"
    assert not await core.store.read(lambda conn: conn.value("SELECT 1 FROM link_code"))
    assert "Solo" not in str(await core.store.read(audit.entries, there.id))
    assert not await core.store.read(
        lambda conn: conn.value(
            "SELECT 1 FROM press p JOIN person n ON n.id = p.person_id WHERE n.name = 'Solo'"
        )
    )
    await forget(here.ada)
    names = await core.store.read(lambda conn: [row["name"] for row in conn.all("SELECT name FROM person")])
    assert not {"Ada", "Solo"} & set(names)


async def test_a_longer_name_that_holds_it_stays(cohort: CohortFixture) -> None:
    long = cohort.somebody("Ada Lovelace")
    await long.ok("cohort join")
    for each in (cohort.ada, long):
        await cohort.olu.ok("cohort-admin mentor", person=_ref(each), add=True)
    await forget(cohort.ada)
    found = await cohort.core.store.read(audit.entries, cohort.id)
    first, second = [each.about for each in found if each.action == "mentor added"]
    assert first.startswith("former member")
    assert second == "Ada Lovelace"


async def test_codes_that_read_like_a_word_of_theirs_stay(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("checkin now", progress="mentor", blocker="2026-11-23")
    await cohort.ben.ok("checkin now", progress="Mina helped", share="shared")
    await forget(cohort.mina)
    await cohort.olu.ok("cohort-admin mentor", person=_ref(cohort.ben), add=True)
    await forget(cohort.ada)
    await delivery.flush()
    told = [text_of(each.reply) for each in outlet.sent if each.target.channel == "U-ben"]
    assert told == ["Olu made you a mentor of Lab."]
    (word,) = [each.reply for each in outlet.sent if "Somebody who was in" in text_of(each.reply)]
    assert "Ben, Mon 23 Nov 2026" in " ".join(listed(word)).replace(" · ", ", ")


async def test_calls_that_read_like_their_name_stay(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    named = cohort.somebody("members")
    await named.ok("cohort join")
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="daily 18:00")
    await cohort.olu.ok("cohort-admin schedule-run", schedule="1")
    await delivery.flush()
    shown = await cohort.ben.ok("digest show")
    opens = opened_by(shown)
    assert "cohort members" in {each.command for each in opens if each is not None}
    await forget(named)
    again = await cohort.ben.ok("digest show")
    assert opened_by(again) == opens


async def test_audit_keeps_no_earlier_name(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin organizer", person=_ref(cohort.ada), add=True)
    await cohort.ada.ok("cohort-admin mentor", person=_ref(cohort.ben), add=True)
    role = PersonRef("&R1", "Mentors")
    await cohort.ada.ok("cohort-admin mentor", person=role, add=True)
    adele = Actor(cohort.core, replace(cohort.ada.person, name="Adele"))
    await adele.ok("profile back")
    rows = listed(await cohort.olu.ok("cohort-admin members"))
    assert any(row.startswith("Adele") and "organizer, by Olu" in row for row in rows), rows
    held = unzipped(files_of(await adele.in_direct().ok("privacy export")))
    assert "organizer added" in str([text for name, text in held.items() if "audit-of-others" in name])
    await forget(adele)
    found = await cohort.core.store.read(audit.entries, cohort.id)
    assert not [each for each in found if "Ad" in f"{each.actor} {each.about}"]
    assert [each.about[:13] for each in found if each.action == "organizer added"] == ["former member"]


async def test_backups_are_named_with_their_age(cohort: CohortFixture) -> None:
    asked = await cohort.ada.ok("privacy forget")
    assert "Backups that were made before, by whoever runs me, hold it" in facts_of(asked)

    def made(conn: Conn) -> None:
        for day in (3, 20):
            now = datetime(2026, 11, day, tzinfo=UTC)
            notes.put(conn, notes.BACKUPS, notes.with_backup(notes.get(conn, notes.BACKUPS), now))

    await cohort.core.store.write(made)
    asked = await cohort.ada.ok("privacy forget")
    assert "2 backups that whoever runs me made, of 3 Nov 2026 to 20 Nov 2026, hold it" in facts_of(asked)
    told = text_of(answered(await cohort.ada.click(asked, "Delete everything")))
    assert "2 backups" in told


async def test_starter_list_stays_when_who_loaded_it_goes(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin organizer", person=_ref(cohort.ben), add=True)
    await cohort.ben.ok("cohort-admin track-load", track="careers", confirm="yes")
    await cohort.ben.ok("reading add", reference="A whim of Ben's")

    def items(conn: Conn) -> int:
        return int(conn.value("SELECT count(*) FROM reading_item") or 0)

    before = await cohort.core.store.read(items)
    assert before > 2
    await forget(cohort.ben)
    assert await cohort.core.store.read(items) == before - 1, "what was his alone went"
    assert "whim" not in str((await cohort.ada.ok("reading list")).blocks)
