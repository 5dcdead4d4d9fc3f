"""Answers that are ready too late for an acknowledgement, and what was typed into forms that are refused."""

import asyncio

import pytest

from core.errors import StoreBusy
from core.store.port import Conn
from tests.servers.slack import as_message, as_modal
from tests.slack.conftest import SlackFixture

WORDS = ("Sorgfältige Wörter. " * 90).strip()
"""Too long for the value of a button."""


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is ready in time."""
    monkeypatch.setattr("bot.slack.responses.BUDGET", 0.0)


async def test_look_ups_count_into_budget(stage: SlackFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.responses.BUDGET", 0.1)
    stage.slack.add_member(stage.slack.workspace, "UNEW1", "Nia")
    stage.slack.fail("users.info", delay=0.9, times=2)
    turn = await stage.ada.begin("/cohort", 'submission add title:"With <@UNEW1>"')
    assert turn.ack is None
    said = as_message(await stage.ada.answer(turn))
    assert "With @Nia" in said.text
    assert said.via == "response_url"


async def test_many_people_are_looked_up_together(stage: SlackFixture) -> None:
    people = [f"UN{number}" for number in range(12)]
    for user in people:
        stage.slack.add_member(stage.slack.workspace, user, f"Nia{user}")
    stage.slack.fail("users.info", delay=0.4, times=len(people))
    mentions = " ".join(f"<@{user}>" for user in people)
    turn = await stage.ada.begin("/cohort", f'submission add title:"With {mentions}"')
    assert turn.ack is not None, "it took longer than the budget"
    assert "@NiaUN11" in as_message(await stage.ada.answer(turn)).text
    assert len(stage.slack.calls_of("users.info")) == len(people) + 3


async def test_form_that_opens_slowly_is_acknowledged_first(
    stage: SlackFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.responses.BUDGET", 0.1)
    stage.slack.fail("views.open", delay=0.5)
    turn = await stage.ada.begin("/cohort", "submission add")
    assert turn.acknowledged is not None
    assert not turn.shown.done()
    assert as_modal(await stage.ada.answer(turn)).title == "Add a paper"


async def test_form_command_delivered_twice_says_nothing_more(stage: SlackFixture) -> None:
    turn = await stage.ada.begin("/cohort", "submission add")
    as_modal(await stage.ada.answer(turn))
    before = len(stage.ada.ephemerals)
    await stage.ada.slash_again(turn, turn.payload, retry=1)
    await stage.adapter.stop()  # which waits for the answers under way
    assert len(stage.ada.ephemerals) == before
    assert len(stage.ada.modals) == 1


async def test_failure_after_acknowledgement_is_told(
    stage: SlackFixture, late: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("bot.slack.interactions.SlackInteractions._run", broken)
    said = await stage.ada.say("/cohort", "help")
    assert "reference" in said.text
    assert said.private


async def test_form_stays_open_over_unforeseen_failure(
    stage: SlackFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("unforeseen")

    form = await stage.ada.form("/cohort", "submission add")
    monkeypatch.setattr("bot.slack.interactions.SlackInteractions._run", broken)
    wrong = as_modal(await stage.ada.submit(form, {"title": "A paper"}))
    assert wrong is form
    assert "reference" in wrong.errors["Title"]


async def test_form_refused_late_can_be_opened_again(
    stage: SlackFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = await stage.ada.form("/cohort", "profile away")
    before = len(stage.ada.ephemerals)
    monkeypatch.setattr("bot.slack.responses.BUDGET", 0.0)
    await stage.ada.submit(form, {"until": "2020-01-01", "reason": "A long walk"}, quiet=True)
    assert not form.open
    await stage.slack.until(lambda: len(stage.ada.ephemerals) > before)
    monkeypatch.undo()
    told = stage.ada.ephemerals[-1]
    assert "That day is over already" in told.text
    assert told.labels == ["Open it again"]
    await stage.restart()
    again = as_modal(await stage.ada.click(told, "Open it again"))
    assert again.title == form.title
    assert again.input("until")["element"]["initial_date"] == "2020-01-01"
    assert again.input("reason")["element"]["initial_value"] == "A long walk"
    saved = as_message(await stage.ada.submit(again, {"until": "2199-01-01"}))
    assert "you are away until" in saved.text


def drafts(conn: Conn) -> int:
    return int(conn.value("SELECT count(*) AS n FROM draft"))


@pytest.mark.case(66)
async def test_long_text_is_kept_for_form(stage: SlackFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    form = await stage.ada.form("/cohort", "checkin now")
    write = stage.core.store.write
    failing = [True]

    async def once(*args: object) -> object:
        if failing:
            failing.clear()
            raise StoreBusy
        return await write(*args)  # type: ignore[arg-type] # whatever it was called with

    monkeypatch.setattr("bot.slack.responses.BUDGET", 0.0)
    monkeypatch.setattr(stage.core.store, "write", once)
    before = len(stage.ada.ephemerals)
    await stage.ada.submit(form, {"What moved": WORDS}, quiet=True)
    await stage.slack.until(lambda: len(stage.ada.ephemerals) > before)
    monkeypatch.undo()
    told = stage.ada.ephemerals[-1]
    assert "database is busy" in told.text
    again = as_modal(await stage.ada.click(told, "Open it again"))
    assert again.input("What moved")["element"]["initial_value"] == WORDS
    assert await stage.core.store.read(drafts) == 1
    as_message(await stage.ada.submit(again))
    assert await stage.core.store.read(drafts) == 0, "it is kept as a check-in now"
    assert "sent already" in as_message(await stage.ada.click(told, "Open it again")).text
    assert "day old" in as_message(await stage.ben.click(told, "Open it again")).text


async def test_what_cannot_be_kept_is_given_back_in_words(
    stage: SlackFixture, late: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> None:
        await asyncio.sleep(0)
        raise StoreBusy

    form = await stage.ada.form("/cohort", "checkin now")
    monkeypatch.setattr(stage.core.store, "write", busy)
    before = len(stage.ada.ephemerals)
    await stage.ada.submit(form, {"What moved": WORDS}, quiet=True)
    await stage.slack.until(lambda: len(stage.ada.ephemerals) > before)
    told = stage.ada.ephemerals[before]
    assert "database is busy" in told.text
    assert told.private
    assert WORDS in told.text
    assert not told.labels


async def test_answer_is_told_though_its_buttons_cannot_be_kept(
    stage: SlackFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> None:
        raise StoreBusy

    monkeypatch.setattr(stage.core.store, "write", busy)
    said = await stage.ada.say("/cohort", f"sample blocks title:{'🎉' * 300}")
    assert "🎉" in said.text
    assert not said.labels


async def test_answer_that_slack_refuses_comes_as_plain_text(
    stage: SlackFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows an acknowledgement. A refused acknowledgement is invisible, so it holds nothing that is doubtful."""
    monkeypatch.setattr("bot.slack.responses.BUDGET", 0.0)
    stage.slack.refused_blocks = frozenset({"rich_text"})
    before = len(stage.ada.ephemerals)
    await stage.ada.begin("/cohort", "sample blocks title:Quokka")
    await stage.slack.until(lambda: len(stage.ada.ephemerals) > before)
    told = stage.ada.ephemerals[-1].text
    assert "item Quokka" in told
    assert "• Quokka · 2" in told
    assert "use the commands instead" in told


async def test_no_message_holds_table_blocks(stage: SlackFixture) -> None:
    await stage.olu.say("/cohort", "admin setup Lab Berlin")
    said = [
        await stage.olu.say("/cohort", line)
        for line in ("members", "sample blocks rows:3", "lottery plan accept-rate:25 tries:3 numbers:yes")
    ]
    kinds = {block["type"] for message in said for block in message.blocks}
    assert kinds <= {"rich_text", "actions"}
    shown = "\n".join(message.text for message in said)
    assert "Half a standard deviation better: " in shown
