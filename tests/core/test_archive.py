"""The end of a cohort: archived, taken back, its goodbye, warnings, and deleted with all that it had. Both engines."""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files

from core.chat.model import File, Place, Reply, Upload
from core.clock import FixedClock
from core.cohorts import audit, directory, endings, joined_accounts
from core.delivery.housekeeping import Housekeeping
from core.delivery.service import Delivery
from core.store.port import Conn
from tests.conftest import NOW
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, button_of, buttons_of, found_cohort, listed, text_of
from tests.redelivery import Redelivered, declared, seed_cohort, somebody

REDELIVERED: Mapping[str, Redelivered] = {
    "cohort-admin archive": Redelivered({"sure": True}),
    "cohort-admin export": Redelivered(),
    "profile record": Redelivered({}, "ada"),
}
"""A call of every command, which the walk in `tests/story` also delivers a second time."""

OTHER = Place("test", "W", "C-other", name="other")


def file_of(reply: Reply) -> File:
    """The file of an answer."""
    (found,) = [block for block in reply.blocks if isinstance(block, File)]
    return found


def tables_of(reply: Reply) -> dict[str, str]:
    """The tables of an export."""
    with zipfile.ZipFile(io.BytesIO(file_of(reply).content)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


async def sent(cohort: CohortFixture) -> list[tuple[str, Reply]]:
    """Send what waits: to whom or where, and what."""
    outlet = KeepingOutlet()
    service = Delivery(cohort.core, {"test": outlet})
    await service.flush()
    await service.stop()
    return [(each.target.channel, each.reply) for each in outlet.sent]


async def archived(cohort: CohortFixture) -> Reply:
    """Archive it, as it is asked."""
    asked = await cohort.olu.ok("cohort-admin archive")
    done = await cohort.olu.click(asked, "Archive it")
    assert isinstance(done, Reply)
    assert not done.error, text_of(done)
    return done


async def test_the_question_comes_with_what_all_may_read(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="For all of us")
    await cohort.ada.ok("submission add", title="=A formula")
    await cohort.ada.ok("submission add", title="For me alone", visibility="private")
    await cohort.ada.ok("submission add", title="Without a name", visibility="anonymous")
    await cohort.ada.ok("checkin now", progress="My own secret", share="private")
    await cohort.ben.ok("checkin now", progress="Told to all", share="shared")
    await cohort.ada.ok("reading add", reference="You and Your Research")
    asked = await cohort.olu.ok("cohort-admin archive")
    assert "Shall I archive Lab?" in text_of(asked)
    tables = tables_of(asked)
    everything = "\n".join(tables.values())
    assert {"papers.csv", "members.csv", "reading.csv", "check-ins.csv", "schedules.csv"} <= set(tables)
    for shown in ("For all of us", "Told to all", "You and Your Research", "'=A formula", "organizer"):
        assert shown in everything, shown
    for hidden in ("For me alone", "Without a name", "My own secret"):
        assert hidden not in everything, hidden
    await cohort.olu.ok("cohort-admin show")  # nothing has happened yet
    assert "papers.json" in tables_of(await cohort.olu.ok("cohort-admin export", format="json"))
    assert "organizers" in text_of(await cohort.ada.fails("cohort-admin export"))


async def test_a_manager_is_asked_without_the_file(cohort: CohortFixture) -> None:
    await cohort.ben.ok("checkin now", progress="Told to all", share="shared")
    eve = cohort.somebody("Eve", manager=True)
    assert "organizers" in text_of(await eve.fails("cohort-admin export"))
    asked = await eve.ok("cohort-admin archive")
    assert "Shall I archive Lab?" in text_of(asked)
    assert "/cohort-admin export gives its organizers what all of it may read" in text_of(asked)
    assert not any(isinstance(each, File) for each in asked.blocks), "who is no member reads nothing of it"
    assert "is archived" in text_of(await eve.click(asked, "Archive it"))


async def test_every_command_says_that_it_is_archived(cohort: CohortFixture) -> None:
    page = await cohort.ada.ok("submission add", title="A paper")
    await archived(cohort)
    for who in (cohort.ada, cohort.ada.in_direct()):
        refused = await who.fails("submission list")
        assert "Lab was archived on Mon 23 Nov 2026" in text_of(refused)
        assert "take it back until Wed 23 Dec 2026; on Sun 21 Feb 2027 it is deleted" in text_of(refused)
    pressed = await cohort.ada.click(buttons_of(page)[0])
    assert isinstance(pressed, Reply)
    assert "was archived" in text_of(pressed)
    record = await cohort.ada.click(await cohort.ada.fails("checkin now"), "My record")
    assert isinstance(record, Reply)
    assert "A paper" in file_of(record).content.decode()
    stranger = await cohort.somebody("Eve").fails("submission list")
    assert "archived" not in text_of(stranger)


async def test_its_home_is_told_and_nobody_by_direct_message(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="daily 18:00")
    await cohort.olu.ok("cohort-admin schedule-run", schedule="1")
    await archived(cohort)
    told = await sent(cohort)
    assert [to for to, _ in told] == ["C1"]
    assert "Olu archived Lab" in text_of(told[0][1])
    assert button_of(told[0][1], "My record")
    states = await cohort.core.store.read(
        lambda conn: [
            (row["kind"], row["state"]) for row in conn.all("SELECT kind, state FROM outbox ORDER BY id")
        ]
    )
    assert states == [("digest.post", "missed"), ("admin.archived", "sent")], "what was promised is settled"


async def test_it_is_taken_back_whole(cohort: CohortFixture, clock: FixedClock) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 18:00")
    await cohort.ada.ok("submission add", title="A paper")
    done = await archived(cohort)
    await sent(cohort)
    clock.move_to(NOW + timedelta(days=29))
    assert await sent(cohort) == [], "its schedules rest"
    refused = await cohort.ada.fails("cohort-admin archive", undo=True)
    assert "organizers" in text_of(refused)
    back = await cohort.olu.click(done, "Take it back")
    assert "goes on" in text_of(back)
    told = await sent(cohort)
    assert [text_of(reply) for to, reply in told if to == "C1"] == ["Olu took Lab back: it goes on here."]
    assert "A paper" in str(listed(await cohort.ada.ok("submission list")))
    clock.move_to(NOW + timedelta(days=29, hours=10))
    assert len(await sent(cohort)) == 1, "one call, and none of those of a month"
    actions = [each.action for each in await cohort.core.store.read(audit.entries, cohort.id)]
    assert actions[-2:] == ["archived", "taken back"]
    assert "not archived" in text_of(await cohort.olu.fails("cohort-admin archive", undo=True))


async def test_its_way_back_ends_after_a_month(cohort: CohortFixture, clock: FixedClock) -> None:
    await archived(cohort)
    clock.move_to(NOW + timedelta(days=31))
    refused = await cohort.olu.fails("cohort-admin archive", undo=True)
    assert "could be taken back until Wed 23 Dec 2026" in text_of(refused)
    assert refused.field == "undo"
    assert "papers.csv" in tables_of(await cohort.olu.ok("cohort-admin export"))


async def test_its_channel_is_free_and_stays_with_who_took_it(cohort: CohortFixture) -> None:
    await archived(cohort)
    zoe = cohort.somebody("Zoe", manager=True)
    await zoe.ok("cohort-admin setup", name="Next", timezone="Europe/Berlin")
    assert "Next" in text_of(await cohort.ben.ok("cohort join"))
    refused = await cohort.olu.fails("submission list")
    assert "not joined" in text_of(refused)
    await cohort.olu.ok("cohort join")
    offered = await zoe.fails("cohort-admin archive", undo=True)
    assert not buttons_of(offered), "Zoe organizes no archived cohort"
    await zoe.ok("cohort-admin organizer", person="U-olu", add=True)
    offered = await cohort.olu.fails("cohort-admin archive", undo=True)
    back = await cohort.olu.click(offered, "Lab")
    assert "another cohort’s by now" in text_of(back)
    assert "Next" in text_of(await zoe.ok("cohort-admin show"))


async def test_a_manager_takes_it_back_in_its_channel(cohort: CohortFixture) -> None:
    await archived(cohort)
    zoe = cohort.somebody("Zoe", manager=True)
    assert "goes on" in text_of(await zoe.ok("cohort-admin archive", undo=True))
    told = dict(await sent(cohort))
    assert "Zoe took Lab back" in text_of(told["U-olu"])


async def test_whoever_can_join_another_one_is_offered_it(cohort: CohortFixture) -> None:
    await archived(cohort)
    elsewhere = cohort.ada.at(Place("test", "W", "C-else"))
    assert "was archived" in text_of(await elsewhere.fails("submission list"))
    there = cohort.ada.at(Place("test", "W2", "C1"))
    assert "archived" not in text_of(await there.fails("submission list")), "it never lived there"
    zoe = cohort.somebody("Zoe", manager=True).at(OTHER)
    await zoe.ok("cohort-admin setup", name="Next", timezone="Europe/Berlin")
    offered = await elsewhere.fails("submission list")
    assert "Next is the one here" in text_of(offered)


async def test_two_archived_cohorts_are_asked_about(cohort: CohortFixture) -> None:
    other = await found_cohort(cohort.core, "Second", place=OTHER)
    await archived(cohort)
    await archived(other)
    elsewhere = cohort.olu.at(Place("test", "W", "C-else"))
    asked = await elsewhere.fails("cohort-admin archive", undo=True)
    assert {each.label for each in buttons_of(asked)} == {"Lab", "Second"}
    assert "Second goes on" in text_of(await elsewhere.click(asked, "Second"))
    await other.ada.ok("submission list")
    assert "was archived" in text_of(await cohort.ada.fails("submission list"))


async def test_a_cohort_says_goodbye_on_the_morning_after(cohort: CohortFixture, clock: FixedClock) -> None:
    await cohort.olu.ok("cohort-admin set", key="end", value="2026-11-24")
    for who in (cohort.olu, cohort.mina, cohort.ada, cohort.ben, *map(cohort.somebody, ("Eve", "Kai"))):
        await who.ok("cohort join")
        await who.ok("checkin now", progress="Something", share="shared")
    await sent(cohort)
    housekeeping = Housekeeping(cohort.core)
    for at, said in ((24, 0), (25, 0), (25, 2), (26, 0)):
        hour = 9 if (at, said) != (25, 0) else 7
        clock.move_to(datetime(2026, 11, at, hour, tzinfo=NOW.tzinfo))
        await housekeeping.run()
        told = [(to, reply) for to, reply in await sent(cohort) if "last day" in text_of(reply)]
        assert len(told) == said, (at, told)
        if said:
            here, there = dict(told)["C1"], dict(told)["U-olu"]
            assert "My record" in {each.label for each in buttons_of(here)}
            assert "Check-ins: 6 shared by 6" in text_of(there) or "6" in text_of(there)
            assert "Shall I archive" in text_of(await cohort.olu.click(there, "Archive it"))


async def test_a_record_holds_what_is_ones_own(cohort: CohortFixture, clock: FixedClock) -> None:
    assert "Nothing of yours" in text_of(await cohort.ada.ok("profile record"))
    await cohort.ada.ok("submission add", title="On noise", venue="ICML 2027", stage="submitted")
    await cohort.ada.ok("submission update", paper="1", stage="rejected", note="Twice as sure")
    await cohort.ada.ok("reading add", reference="You and Your Research")
    await cohort.ada.ok("reading done", item="1", takeaway="Work on what matters")
    await cohort.ada.ok("reading present", item="1")
    await cohort.core.store.write(lambda conn: conn.run("UPDATE reading_turn SET day = '2026-11-20'"))
    await cohort.ben.ok("feedback thank", person="U-ada", words="For the proof")
    await cohort.ada.ok("checkin now", progress="A quiet day", share="private")
    await cohort.ben.ok("checkin now", progress="Ben's own", share="private")
    text = file_of(await cohort.ada.ok("profile record")).content.decode()
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads[:5] == ["## Papers", "## Talks", "## Takeaways", "## Thanks", "## Check-ins"]
    for words in (
        "On noise",
        "rejected",
        "Twice as sure",
        "Fri 20 Nov 2026: You and",
        "Work on what matters",
    ):
        assert words in text, words
    assert "Ben to Ada: For the proof" in text
    assert "A quiet day" in text
    assert "Ben's own" not in text
    assert clock.now() == NOW


async def test_what_is_taken_along_calls_a_work_by_its_title(cohort: CohortFixture) -> None:
    file = Upload("refs.bib", b"@misc{a, title={On priors}, doi={10.1000/xyz}}")
    await cohort.ada.ok("reading import", file=file, confirm="yes")
    await cohort.ada.ok("reading takeaway", item="1", takeaway="Say yours")
    await cohort.ada.ok("reading present", item="1")
    await cohort.core.store.write(lambda conn: conn.run("UPDATE reading_turn SET day = '2026-11-20'"))
    text = file_of(await cohort.ada.ok("profile record")).content.decode()
    assert "Fri 20 Nov 2026: On priors" in text
    assert "- **On priors** (Mon 23 Nov 2026)" in text
    (listed,) = tables_of(await cohort.olu.ok("cohort-admin export"))["reading.csv"].splitlines()[1:]
    assert listed == "1,On priors,https://doi.org/10.1000/xyz,https://doi.org/10.1000/xyz,Ada"


async def test_it_is_deleted_after_two_warnings(cohort: CohortFixture, clock: FixedClock) -> None:
    other = await found_cohort(cohort.core, "Other", place=OTHER)
    await cohort.olu.ok("cohort-admin set", key="keep-archived", value="60")
    await archived(cohort)
    await sent(cohort)
    housekeeping, told = Housekeeping(cohort.core), []
    for day in range(62):
        clock.move_to(NOW + timedelta(days=day))
        await housekeeping.run()
        told += [(day, to, text_of(reply)) for to, reply in await sent(cohort)]
    assert [(day, to) for day, to, _ in told] == [(30, "C1"), (30, "U-olu"), (53, "C1"), (53, "U-olu")]
    assert all("deleted on Fri 22 Jan 2027" in words for _, _, words in told)
    assert await cohort.core.store.read(cohorts) == [other.id]
    assert "archived" not in text_of(await cohort.ada("submission list"))
    await other.ada.ok("submission list")


async def test_nothing_is_deleted_unwarned(cohort: CohortFixture, clock: FixedClock) -> None:
    """The bot was away for a year."""
    await archived(cohort)
    clock.move_to(NOW + timedelta(days=365))
    housekeeping = Housekeeping(cohort.core)
    await housekeeping.run()
    await housekeeping.run()
    assert await cohort.core.store.read(cohorts) == [cohort.id]
    assert "deleted on Thu 23 Dec 2027" in str([text_of(reply) for _, reply in await sent(cohort)])
    clock.move_to(NOW + timedelta(days=500))
    await housekeeping.run()
    assert await cohort.core.store.read(cohorts) == [cohort.id], "the second warning comes a week ahead"
    clock.move_to(NOW + timedelta(days=507))
    await housekeeping.run()
    assert await cohort.core.store.read(cohorts) == []


async def test_how_long_it_is_kept_has_bounds(cohort: CohortFixture) -> None:
    for value in ("29", "3651", "soon"):
        assert "from 30 to 3650" in text_of(
            await cohort.olu.fails("cohort-admin set", key="keep-archived", value=value)
        )


def cohorts(conn: Conn) -> list[int]:
    return [row["id"] for row in conn.all("SELECT id FROM cohort ORDER BY id")]


STAY = {"migration", "adapter_migration", "note", "handled", "home_page", "draft", "kept_file", "link_try"}
"""Tables that hold nothing of a cohort, or what goes within days by itself: ids of calls without their answers, forms."""


async def test_joined_accounts_go_with_the_last_cohort(cohort: CohortFixture) -> None:
    eve = cohort.somebody("Eve")
    await eve.ok("cohort join")

    def end(conn: Conn) -> list[str]:
        person = directory.person_of(conn, cohort.ada.person)
        assert person is not None
        joined_accounts.join(conn, person, eve.person, NOW)
        endings.delete(conn, cohort.id)
        return [row["name"] for row in conn.all("SELECT name FROM person")]

    assert await cohort.core.store.write(end) == []


async def test_what_is_deleted_leaves_no_row(cohort: CohortFixture, clock: FixedClock) -> None:
    await seed_cohort(cohort)
    for name, call in declared().items():
        if name in ("cohort-admin archive", "cohort-admin setup", "cohort leave", "submission delete"):
            continue
        for who, earlier, args in call.before:
            await somebody(cohort, who).send(earlier, args)
        await somebody(cohort, call.by).send(name, call.args)
    filled = await cohort.core.store.read(counts)
    assert sum(1 for count in filled.values() if count) > 35, filled
    await cohort.olu.ok("cohort-admin archive", sure=True)
    for day in (60, 83, 90):
        clock.move_to(NOW + timedelta(days=day, hours=1))
        await Housekeeping(cohort.core).run()
    left = await cohort.core.store.read(counts)
    assert {name: count for name, count in left.items() if count and name not in STAY} == {}
    kept = await cohort.core.store.read(
        lambda conn: [r["result"] for r in conn.all("SELECT result FROM handled")]
    )
    assert not any(kept), "nor what calls answered"


def counts(conn: Conn) -> dict[str, int]:
    """How many rows each table has."""
    scripts = (
        each.read_text()
        for each in (files("core.store") / "migrations").iterdir()
        if each.name.endswith(".sql")
    )
    names = {name for script in scripts for name in re.findall(r"CREATE TABLE (\w+)", script)}
    return {name: conn.value(f"SELECT count(*) FROM {name}") for name in sorted(names)}
