"""The Home tab, and those who say hello: over HTTP and over Socket Mode, through slack-bolt."""

import asyncio
from contextlib import suppress

import pytest

from tests.servers.slack import Message, Modal, SlackUser, as_message, as_modal
from tests.slack.conftest import SlackFixture


def labels(home: Modal) -> list[str]:
    """The labels of a page's buttons."""
    found = [block["elements"] for block in home.view["blocks"] if block["type"] == "actions"]
    return [each["text"]["text"] for row in found for each in row if each["type"] == "button"]


async def test_home_is_the_members_page(stage: SlackFixture) -> None:
    await stage.ada.say("/cohort", "submission add title:On *noise* &amp; &lt;b&gt; venue:ICLR 2026")
    home = await stage.ada.open_home()
    assert "Ada Love in Lab" in home.text
    assert "#1 On *noise* & <b>" in home.text
    assert "Ben" not in home.text
    assert labels(home)[:3] == ["Check in", "Add a paper", "Papers"]
    assert "Nothing is scheduled yet" in (await stage.olu.open_home()).text
    assert stage.ben.home is None, "only who opens it has one"


async def test_messages_tab_publishes_nothing(stage: SlackFixture) -> None:
    body = {"type": "app_home_opened", "user": "UADA", "channel": "DADA", "tab": "messages", "event_ts": "1"}
    await stage.ada.event(body)
    await stage.ada.write("hello")
    await stage.slack.until(lambda: stage.ada.direct)
    assert stage.ada.home is None


async def test_buttons_of_home_open_forms_and_answer_in_direct_message(stage: SlackFixture) -> None:
    home = await stage.ada.open_home()
    form = as_modal(await stage.ada.click(home, "Add a paper"))
    saved = as_message(await stage.ada.submit(form, {form.labels[0]: "From the tab"}))
    assert "From the tab" in saved.text
    assert saved.channel.kind == "im"
    home = await stage.ada.home_shows("From the tab")
    listed = as_message(await stage.ada.click(home, "Papers"))
    assert "From the tab" in listed.text
    assert listed.channel.kind == "im"


async def test_own_calls_renew_the_page(stage: SlackFixture) -> None:
    await stage.ada.open_home()
    await stage.ada.say("/cohort", "submission add title:Typed elsewhere")
    await stage.ada.home_shows("Typed elsewhere")


@pytest.mark.case(46)
async def test_home_is_blank_once_a_membership_ends(stage: SlackFixture) -> None:
    await stage.ada.say("/cohort", "submission add title:Secret of Ada")
    for user in (stage.ada, stage.ben, stage.olu):
        assert "in Lab" in (await user.open_home()).text
    await stage.ada.say("/cohort", "leave")
    assert _blank(await stage.ada.home_shows("not in a cohort"))
    asked = await stage.olu.say("/cohort", "admin remove person:<@UBEN>")
    await stage.olu.click(asked, "Remove")
    assert _blank(await stage.ben.home_shows("/cohort"), "Lab")
    asked = await stage.olu.say("/cohort", "admin archive")
    await stage.olu.click(asked, "Archive it")
    await stage.slack.until(lambda: stage.olu.home is not None and _blank(stage.olu.home))


def _blank(home: Modal, *words: str) -> bool:
    assert not any(word in home.text for word in words)
    return "Secret" not in home.text and "in Lab" not in home.text and not labels(home)[1:]


@pytest.mark.case(46)
async def test_home_is_blanked_after_a_restart_and_a_failure(stage: SlackFixture) -> None:
    await stage.ben.open_home()
    await stage.restart()
    stage.slack.fail("views.publish", error="internal_error")
    asked = await stage.olu.say("/cohort", "admin remove person:<@UBEN>")
    await stage.olu.click(asked, "Remove")
    assert stage.ben.home is not None
    assert "in Lab" in stage.ben.home.text
    for _ in range(10):  # every call looks for what is left to blank
        await stage.olu.say("/cohort", "help")
        with suppress(TimeoutError):
            await stage.slack.until(
                lambda: stage.ben.home is not None and "in Lab" not in stage.ben.home.text, within=1
            )
            return
    raise AssertionError("the page still shows the cohort")


@pytest.mark.case(31)
async def test_guests_and_outsiders_read_a_sentence(stage: SlackFixture) -> None:
    slack = stage.slack
    slack.add_member(slack.workspace, "UGIL", "Gil", is_restricted=True)
    slack.add_member(slack.workspace, "UZOE", "Zoe")
    for user in ("UGIL", "UZOE"):
        home = await SlackUser(slack, user, stage.home).open_home()
        assert home.text.count("\n") <= 2
        assert not {"Ada", "Olu", "paper"} & set(home.text.split())


async def test_page_of_one_of_several_cohorts_is_chosen_in_place(stage: SlackFixture) -> None:
    second = stage.slack.add_channel("second")
    await stage.olu.say("/cohort", "admin setup name:Second timezone:UTC", channel=second)
    home = await stage.olu.open_home()
    assert "Which cohort" in home.text
    await stage.olu.press(home, "Second")
    assert "in Second" in (await stage.olu.home_shows("Olu")).text
    assert "in Second" in (await stage.olu.open_home()).text


async def test_deactivated_account_is_forgotten(stage: SlackFixture) -> None:
    await stage.ben.open_home()
    stage.slack.workspace.members["UBEN"]["deleted"] = True
    asked = await stage.olu.say("/cohort", "admin remove person:<@UBEN>")
    await stage.olu.click(asked, "Remove")
    await stage.slack.until(lambda: _outcomes(stage) == ["ok", "invalid_user"])
    await stage.olu.say("/cohort", "help")
    await asyncio.sleep(0)
    assert _outcomes(stage) == ["ok", "invalid_user"]


def _outcomes(stage: SlackFixture) -> list[str]:
    calls = stage.slack.calls_of("views.publish")
    return [
        "ok" if each.answer["ok"] else each.answer["error"]
        for each in calls
        if each.args["user_id"] == "UBEN"
    ]


def _hello(user: SlackUser) -> Message | None:
    return next((each for each in user.ephemerals if each.text.startswith("Hello")), None)


@pytest.mark.parametrize("said", ["hello", "Hi!", "help", "what is this"])
async def test_hello_in_direct_message_gets_one_line_and_four_buttons(stage: SlackFixture, said: str) -> None:
    await stage.ada.write(said)
    (answer,) = await stage.slack.until(lambda: stage.ada.direct)
    assert answer.text.startswith("Hello Ada Love!")
    assert "/cohort help" in answer.text
    assert answer.labels == ["My page", "Check in", "Add a paper", "What can you do?"]
    page = as_message(await stage.ada.click(answer, "My page"))
    assert "Ada Love in Lab" in page.text


async def test_help_with_words_in_direct_message_finds_them(stage: SlackFixture) -> None:
    await stage.ada.write("help my paper was rejected")
    (answer,) = await stage.slack.until(lambda: stage.ada.direct)
    assert "/cohort submission resubmit" in answer.text


async def test_mention_is_answered_for_its_writer_alone(stage: SlackFixture) -> None:
    await stage.ada.mention("hello", thread_ts="1700000000.000100")
    answer = await stage.slack.until(lambda: _hello(stage.ada))
    assert answer.only_for == "UADA"
    assert answer.channel is stage.home
    assert answer.thread_ts == "1700000000.000100"
    assert answer.labels[-1] == "What can you do?"
    assert not [each for each in stage.home.messages if "Hello Ada" in each.text]


async def test_mention_by_somebody_in_no_cohort_offers_the_way_in(stage: SlackFixture) -> None:
    stage.slack.add_member(stage.slack.workspace, "UZOE", "Zoe")
    zoe = SlackUser(stage.slack, "UZOE", stage.home)
    stage.home.members.add("UZOE")
    await zoe.mention("hi")
    answer = await stage.slack.until(lambda: _hello(zoe))
    assert answer.labels[0] == "Join"
    assert "Welcome to Lab" in as_message(await zoe.click(answer, "Join")).text


@pytest.mark.case(1)
async def test_event_that_comes_twice_is_answered_once(stage: SlackFixture) -> None:
    await stage.ada.write("hello", event_id="Ev-same")
    await stage.slack.until(lambda: stage.ada.direct)
    await stage.ada.write("hello", event_id="Ev-same", retry=1)
    await stage.ada.write("help vote")
    await stage.slack.until(lambda: len(stage.ada.direct) == 2)
    assert "Hello" not in stage.ada.direct[1].text


async def test_what_apps_and_edits_say_is_not_answered(stage: SlackFixture) -> None:
    await stage.ada.write("hello", bot_id="B1")
    await stage.ada.write("hello", subtype="message_changed")
    await stage.ada.write("help vote")
    (answer,) = await stage.slack.until(lambda: stage.ada.direct)
    assert "vote" in answer.text
