"""Forecasts: said of a round, kept to oneself, changed and taken back, and set beside what came of them."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from core.charts.calibration import deciles
from core.chat.model import Form, Picture, Place, Reply
from core.clock import FixedClock
from core.papers import forecasts
from core.store.port import Conn
from tests.people import Actor, CohortFixture, answered, button_of, buttons_of, found_cohort, listed, text_of
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "submission forecast": Redelivered(
        {"paper": "1", "chance": "70"},
        before=[("ada", "submission add", {"title": "Onward", "venue": "ICLR 2027"})],
    ),
}


async def submitted(who: Actor, title: str = "Onward", venue: str = "ICLR 2027", **given: str) -> Reply:
    return await who.ok("submission add", title=title, venue=venue, **given)


async def chances(cohort: CohortFixture) -> list[tuple[int, int]]:
    """All forecasts as (round, chance)."""

    def read(conn: Conn) -> list[tuple[int, int]]:
        return [(row["round_id"], row["chance"]) for row in conn.all("SELECT * FROM forecast ORDER BY id")]

    return await cohort.core.store.read(read)


@pytest.mark.parametrize(
    ("typed", "chance"),
    [("70", 70), ("70%", 70), (".7", 70), ("0,7", 70), ("7 in 100", 7), ("1", 1), ("99 %", 99), ("33.4", 33)],
)
def test_chance_is_read_as_people_write_it(typed: str, chance: int) -> None:
    assert forecasts.read_chance(typed) == chance


@pytest.mark.parametrize("typed", ["0", "100", "-3", "likely", "70 of 80", "1e2", "0.001", "7" * 12])
async def test_what_is_no_chance_is_refused_at_its_field(cohort: CohortFixture, typed: str) -> None:
    await submitted(cohort.ada)
    refused = await cohort.ada.fails("submission forecast", paper="1", chance=typed)
    assert refused.field == "chance"
    assert "1 to 99 in 100" in text_of(refused)


async def test_button_asks_where_no_field_is(cohort: CohortFixture) -> None:
    added = await submitted(cohort.ada)
    form = await cohort.ada.click(added, "Your forecast")
    assert isinstance(form, Form)
    assert [each.name for each in form.fields][-1] == "chance"
    said = answered(await cohort.ada.submit(form, chance="70%"))
    assert text_of(said) == (
        "#1 “Onward” at ICLR 2027: 70 in 100.\nYou alone see that, and can change it until the decision is recorded."
    )
    again = await cohort.ada.click(said, "Change it")
    assert isinstance(again, Form)
    assert {each.name: each.value for each in again.fields}["chance"] == "70"
    answered(await cohort.ada.submit(again, chance="40"))
    assert await chances(cohort) == [(1, 40)]


async def test_said_when_submitted(cohort: CohortFixture) -> None:
    added = await submitted(cohort.ada, chance="60")
    assert "You say 60 in 100 that it is accepted. You alone see that" in text_of(added)
    assert "Your forecast" not in {each.label for each in buttons_of(added)}
    await cohort.ben.ok("submission add", title="Draft")
    sent = await cohort.ben.ok("submission update", paper="2", stage="submitted", chance="30")
    assert "You say 30 in 100" in text_of(sent)
    await cohort.ben.ok("submission update", paper="2", stage="withdrawn")
    again = await cohort.ben.ok("submission resubmit", paper="2", venue="TMLR", chance="20")
    assert "You say 20 in 100" in text_of(again)
    assert [chance for _, chance in await chances(cohort)] == [60, 30, 20]


async def test_nothing_is_saved_with_forecast_that_cannot_be(cohort: CohortFixture) -> None:
    refused = await cohort.ada.fails("submission add", title="Draft", stage="drafting", chance="60")
    assert refused.field == "chance"
    assert listed(await cohort.ada.ok("submission list")) == []
    await submitted(cohort.ada)
    late = await cohort.ada.fails("submission update", paper="1", stage="rejected", chance="60")
    assert (late.field, "decided" in text_of(late)) == ("chance", True)


async def test_is_taken_back(cohort: CohortFixture) -> None:
    await submitted(cohort.ada, chance="60")
    standing = await cohort.ada.ok("submission forecast", paper="1")
    assert text_of(standing).startswith("#1 “Onward” at ICLR 2027: on 23 Nov 2026 you said 60 in 100.")
    gone = answered(await cohort.ada.click(standing, "Take it back"))
    assert text_of(gone) == "Your forecast for #1 “Onward” is gone."
    assert await chances(cohort) == []
    nothing = await cohort.ada.ok("submission forecast", paper="1")
    assert "You have not said yet" in text_of(nothing)
    assert isinstance(await cohort.ada.click(nothing, "Your forecast"), Form)


async def test_who_takes_their_name_off_a_paper_has_no_forecast_of_it_left(cohort: CohortFixture) -> None:
    await submitted(cohort.ada, coauthors="Ben", chance="61")
    await cohort.ben.ok("submission forecast", paper="1", chance="60")
    await cohort.ben.ok("submission leave", paper="1")
    assert await kept(cohort) == [61], "nobody else's went"
    await cohort.ada.ok("submission edit", paper="1", coauthors="Ben")
    assert "You have not said yet" in text_of(await cohort.ben.ok("submission forecast", paper="1"))


async def kept(cohort: CohortFixture) -> list[int]:
    """The forecasts that are stored."""

    def read(conn: Conn) -> list[int]:
        return [row["chance"] for row in conn.all("SELECT chance FROM forecast ORDER BY id")]

    return await cohort.core.store.read(read)


async def test_nobody_else_sees_it(cohort: CohortFixture) -> None:
    await submitted(cohort.ada, chance="61", coauthors="Mina")
    for other in (cohort.ben, cohort.olu, cohort.mina):
        for command, args in (
            ("submission show", {"paper": "1"}),
            ("submission timeline", {"paper": "1"}),
            ("submission list", {}),
            ("submission forecast", {}),
        ):
            reply = await other.ok(command, **args)
            shown = [text_of(reply), *(str(each) for each in reply.blocks if not isinstance(each, Picture))]
            assert "61" not in "".join(shown), command
    assert "61 in 100, which you alone see" in str(await cohort.ada.ok("submission show", paper="1"))


async def test_only_authors_make_one_each_their_own(cohort: CohortFixture) -> None:
    await submitted(cohort.ada, chance="60", coauthors="Mina")
    await cohort.mina.ok("submission forecast", paper="1", chance="20")
    for other in (cohort.ben, cohort.olu):
        refused = await other.fails("submission forecast", paper="1", chance="20")
        assert "Only its authors" in text_of(refused)
    assert await chances(cohort) == [(1, 60), (1, 20)]
    assert listed(await cohort.mina.ok("submission forecast")) == [
        "#1 Onward · ICLR 2027 · you said 20 in 100 · open"
    ]
    await cohort.mina.ok("submission leave", paper="1")
    assert listed(await cohort.mina.ok("submission forecast")) == []
    await cohort.mina.fails("submission forecast", paper="1", chance="30")


async def test_belongs_to_its_round(cohort: CohortFixture) -> None:
    await submitted(cohort.ada, chance="60")
    await cohort.ada.ok("submission update", paper="1", stage="rejected")
    fixed = await cohort.ada.fails("submission forecast", paper="1", chance="10")
    assert "This round is decided" in text_of(fixed)
    await cohort.ada.ok("submission resubmit", paper="1", venue="ICML 2027")
    assert "You have not said yet" in text_of(await cohort.ada.ok("submission forecast", paper="1"))
    await cohort.ada.ok("submission forecast", paper="1", chance="30")
    assert listed(await cohort.ada.ok("submission forecast")) == [
        "#1 Onward · ICML 2027 · you said 30 in 100 · open",
        "#1 Onward · ICLR 2027 · you said 60 in 100 · rejected",
    ]


async def test_goes_with_a_venue_that_was_only_planned(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="ICML 2027", stage="drafting")
    await cohort.ada.ok("submission forecast", paper="1", chance="70")
    await cohort.ada.ok("submission edit", paper="1", title="Onwards")
    await cohort.ada.ok("submission resubmit", paper="1", venue="ICML 2027")
    assert "you said 70 in 100" in text_of(await cohort.ada.ok("submission forecast", paper="1"))
    await cohort.ada.ok("submission update", paper="1", stage="drafting")
    await cohort.ada.ok("submission resubmit", paper="1", venue="ICLR 2027")
    assert "You have not said yet" in text_of(await cohort.ada.ok("submission forecast", paper="1"))


async def test_day_on_which_it_was_said_is_the_readers(cohort: CohortFixture, clock: FixedClock) -> None:
    await cohort.ada.ok("profile timezone", zone="Pacific/Auckland")
    clock.move_to(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    await submitted(cohort.ada, chance="60")
    said = text_of(await cohort.ada.ok("submission forecast", paper="1"))
    assert "on 24 Nov 2026 you said 60 in 100" in said


async def test_decision_that_was_a_slip_lets_it_be_changed(cohort: CohortFixture) -> None:
    await submitted(cohort.ada, chance="60")
    await cohort.ada.ok("submission update", paper="1", stage="rejected")
    await cohort.ada.ok("submission update", paper="1", stage="in-review")
    await cohort.ada.ok("submission forecast", paper="1", chance="50")
    await cohort.ada.ok("submission update", paper="1", stage="accepted")
    assert listed(await cohort.ada.ok("submission forecast")) == [
        "#1 Onward · ICLR 2027 · you said 50 in 100 · accepted"
    ]


async def test_deleted_paper_takes_it_along_and_brings_it_back(cohort: CohortFixture) -> None:
    await submitted(cohort.ada, chance="60")
    await cohort.ada.ok("submission delete", paper="1", sure="yes")
    assert listed(await cohort.ada.ok("submission forecast")) == []
    await cohort.ada.ok("submission restore", paper="1")
    assert len(listed(await cohort.ada.ok("submission forecast"))) == 1


async def test_decision_is_told_beside_forecast_and_lottery(cohort: CohortFixture) -> None:
    await submitted(cohort.ada, venue="ICLR 2025", chance="60", coauthors="Mina")
    await cohort.mina.ok("submission forecast", paper="1", chance="20")
    lost = text_of(await cohort.ada.ok("submission update", paper="1", stage="rejected"))
    assert "You had said 60 in 100; the lottery gave such a paper about 32 in 100 (31 to 32)." in lost
    assert "said 20" not in lost
    one = text_of(await cohort.ada.ok("submission forecast", paper="1"))
    assert one.splitlines()[1:] == ["The lottery gave such a paper about 32 in 100 (31 to 32)."]
    await cohort.ada.ok("submission resubmit", paper="1", venue="ICML 2025", chance="70")
    won = text_of(await cohort.ada.ok("submission update", paper="1", stage="accepted"))
    assert "You had said 70 in 100; the lottery gave such a paper about 16 in 100 (14 to 19)." in won


@pytest.mark.parametrize("stage", ["withdrawn", "desk-rejected"])
async def test_what_no_committee_judged_is_not_scored(cohort: CohortFixture, stage: str) -> None:
    await submitted(cohort.ada, chance="60")
    await cohort.ada.ok("submission update", paper="1", stage=stage)
    told = await cohort.ada.ok("submission forecast")
    assert text_of(told).startswith("1 forecast of yours, not decided by a committee. From 10 on I show")
    assert listed(told) == [
        f"#1 Onward · ICLR 2027 · you said 60 in 100 · {stage.replace('-', ' ')}, not scored"
    ]
    one = text_of(await cohort.ada.ok("submission forecast", paper="1"))
    assert one.splitlines() == [
        "#1 “Onward” at ICLR 2027: on 23 Nov 2026 you said 60 in 100.",
        "It is not scored, as no committee judged the paper.",
    ]


async def forecast_and_decide(who: Actor, count: int, *, accepted: int, chance: str = "70") -> None:
    """So many papers of somebody, with a forecast each, of which so many are accepted."""
    for number in range(count):
        added = await submitted(who, f"P{number} of {who.person.name}", chance=chance)
        paper = button_of(added, "Show").args["paper"]
        stage = "accepted" if number < accepted else "rejected"
        await who.ok("submission update", paper=paper, stage=stage)


async def test_own_fit_is_told_from_ten_decided_on(cohort: CohortFixture) -> None:
    await forecast_and_decide(cohort.ada, 1, accepted=1)
    one = await cohort.ada.ok("submission forecast")
    assert text_of(one).startswith("1 forecast of yours, decided. From 10 on I show how well they fit.")
    await forecast_and_decide(cohort.ada, 8, accepted=2)
    few = await cohort.ada.ok("submission forecast")
    assert text_of(few).startswith(
        "9 forecasts of yours, 9 of them decided. From 10 on I show how well they fit."
    )
    assert not any(isinstance(each, Picture) for each in few.blocks)
    await forecast_and_decide(cohort.ada, 1, accepted=0)
    told = await cohort.ada.ok("submission forecast")
    assert text_of(told).splitlines() == [
        "You said 70 in 100 on average, and 30 in 100 came true",
        "Brier score 0.37 over 10 decided forecasts: 0 is perfect, always saying 50 gives 0.25.",
        "The cohort’s figures begin with five people who have decided forecasts.",
        "At NeurIPS 2021, authors said 70 in 100 (the median), and 25.8 in 100 of the papers were accepted.",
    ]
    (picture,) = (each for each in told.blocks if isinstance(each, Picture))
    assert picture.alt == (
        "You said 70 in 100 on average, and 30 in 100 came true. By the chance in 100 that was said: 70 said, 3 of 10 "
        "accepted. NeurIPS 2021: 70 said, 26 accepted."
    )


def test_deciles_and_their_ranges() -> None:
    one, two = deciles([(70, True), (79, False), (99, True)])
    assert (round(one.said, 3), one.count, one.true) == (0.745, 2, 1)
    assert (two.said, two.share) == (0.99, 1.0)
    assert [round(each, 3) for each in one.range] == [0.095, 0.905], "Wilson's interval of 1 of 2"
    assert two.range[1] == 1


async def people(cohort: CohortFixture, count: int) -> list[Actor]:
    """So many more members."""
    found = [cohort.somebody(f"M{number}") for number in range(count)]
    for each in found:
        await each.ok("cohort join")
    return found


@pytest.mark.case(36)
async def test_cohorts_fit_begins_with_five_people_and_changes_with_five(cohort: CohortFixture) -> None:
    members = await people(cohort, 9)
    for each in members[:4]:
        await forecast_and_decide(each, 2, accepted=1)
    assert "begin with five people" in text_of(await cohort.ada.ok("submission forecast"))
    await forecast_and_decide(members[4], 2, accepted=1)
    shown = text_of(await cohort.ada.ok("submission forecast"))
    words = "In the cohort, over 10 decided forecasts: 70 in 100 said, 50 in 100 came true, Brier score 0.29."
    assert words in shown
    for each in members[:4]:
        await forecast_and_decide(each, 3, accepted=0, chance="20")
    assert words in text_of(await cohort.ben.ok("submission forecast")), "four have changed"
    await forecast_and_decide(members[5], 1, accepted=1)
    assert words not in text_of(await cohort.ben.ok("submission forecast"))


@pytest.mark.case(36)
async def test_cohorts_share_near_an_end_is_not_told_apart_from_it(cohort: CohortFixture) -> None:
    for each in await people(cohort, 5):
        await forecast_and_decide(each, 1, accepted=0, chance="5")
    shown = text_of(await cohort.ada.ok("submission forecast"))
    assert (
        "5 decided forecasts: 10 or less in 100 said, 10 or less in 100 came true, Brier score 0.05 or less"
        in shown
    )


async def test_who_left_is_in_no_new_figure(cohort: CohortFixture) -> None:
    members = await people(cohort, 5)
    for each in members:
        await forecast_and_decide(each, 1, accepted=1)
    await members[0].ok("cohort leave")
    assert "begin with five people" in text_of(await cohort.ada.ok("submission forecast"))


async def test_another_cohort_knows_nothing_of_it(cohort: CohortFixture) -> None:
    await submitted(cohort.ada, chance="60")
    other = await found_cohort(cohort.core, "Other", place=Place("test", "W", "C2", name="other"))
    assert listed(await other.ada.ok("submission forecast")) == []
