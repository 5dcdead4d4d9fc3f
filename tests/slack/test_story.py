"""What members do, over HTTP and over Socket Mode."""

import asyncio

import pytest

from core.store.port import Conn
from tests.sample_feature.blocks import PNG
from tests.servers.slack import Message, SlackUser, as_message, as_modal
from tests.slack.conftest import SlackFixture

EVIL = '@everyone <!channel> <@UBEN> [x](http://evil.example) *b* _i_ ~s~ `c` "q" 🎉 & <b>'


def _typed(text: str) -> str:
    """Text as Slack escapes it on its way to the bot when somebody types it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _inert(message: Message) -> None:
    assert message.effects.pings == ()
    assert message.effects.links == ()


async def _count(stage: SlackFixture, sql: str) -> int:
    def count(conn: Conn) -> int:
        row = conn.one(sql)
        assert row is not None
        return int(row["n"])

    return await stage.core.store.read(count)


async def test_paper_from_typing_to_listing(stage: SlackFixture) -> None:
    added = await stage.ada.say("/cohort", f"submission add title:“{_typed(EVIL)}” venue:NeurIPS 2026")
    assert EVIL in added.text
    _inert(added)
    listed = await stage.ada.say("/cohort", "submission list")
    assert EVIL[:40] in listed.text
    _inert(listed)
    assert await _count(stage, "SELECT count(*) AS n FROM submission") == 1


async def test_missing_parameters_open_form(stage: SlackFixture) -> None:
    form = await stage.ada.form("/cohort", "submission add venue:ICLR 2027")
    title = form.labels[0]
    assert form.input("venue")["element"]["initial_option"]["value"] == "ICLR 2027"
    saved = as_message(await stage.ada.submit(form, {title: "Typed in the form"}))
    assert "Typed in the form" in saved.text
    assert "ICLR 2027" in saved.text
    assert saved.via == "response_url"
    assert not form.open


@pytest.mark.case(62)
async def test_form_shows_error_at_its_field(stage: SlackFixture) -> None:
    form = await stage.olu.form("/cohort", "admin setup")
    wrong = as_modal(await stage.olu.submit(form, {"name": "Second", "timezone": "Nowhere/Land"}))
    assert wrong is form
    assert list(wrong.errors) == [form.input("timezone")["label"]["text"]]


async def test_completion_offers_records(stage: SlackFixture) -> None:
    await stage.ada.say("/cohort", "submission add title:Attention")
    form = await stage.ada.form("/cohort", "submission update")
    offered = await stage.ada.suggest(form, "paper", "att")
    assert any("Attention" in each["text"]["text"] for each in offered)
    zones = await stage.ada.suggest(await stage.ada.form("/cohort", "profile timezone"), "zone", "berlin")
    assert "Europe/Berlin" in {each["value"] for each in zones}


@pytest.mark.case(60)
async def test_paper_is_found_by_any_words(stage: SlackFixture) -> None:
    for title in ("A state\u2011of\u2011the\u2011art survey by Müller", "Müller again", "深層学習の理論"):
        await stage.ada.say("/cohort", f'submission add title:"{title}"')
    form = await stage.ada.form("/cohort", "submission update")
    for typed, named in (
        ("state-of-the-art", "#1 A state"),
        ("survey mull", "#1 A state"),
        ("学習", "#3 深層"),
    ):
        offered = await stage.ada.suggest(form, "paper", typed)
        assert offered[0]["text"]["text"].startswith(named)
        shown = await stage.ada.say("/cohort", f'submission show paper:"{typed}"')
        assert named.split(maxsplit=1)[1] in shown.text
    several = await stage.ada.say("/cohort", "submission update paper:MULLER stage:accepted")
    assert "Which one do you mean by “MULLER”?" in several.text
    changed = as_message(await stage.ada.click(several, "#2 Müller again"))
    assert "accepted" in changed.text
    again = await stage.ada.form("/cohort", "review add paper:3")
    assert again.input("paper")["element"]["initial_option"]["text"]["text"] == "#3 深層学習の理論"


@pytest.mark.case(26)
async def test_every_block_is_accepted_and_inert(stage: SlackFixture) -> None:
    said = await stage.ada.say("/cohort", f"sample blocks title:{_typed(EVIL)}")
    assert said.text.count(EVIL) >= 6
    assert said.private
    assert said.effects.pings == ()
    assert said.effects.links == ("https://example.org/a",)
    clicked = as_message(await stage.ada.click(said, EVIL[:20]))
    assert EVIL in clicked.text
    assert clicked is not said


async def test_long_answers_come_in_several_messages(stage: SlackFixture) -> None:
    await stage.ada.say("/cohort", "sample blocks title:A-title-of-thirty-five-characters rows:700")
    await stage.slack.until(lambda: any("699" in each.text for each in stage.ada.ephemerals))
    await stage.slack.until(lambda: len(stage.ada.ephemerals) > 2)


async def test_public_and_private_files(stage: SlackFixture) -> None:
    said = await stage.ada.say("/cohort", "sample picture")
    assert said.private
    assert "direct message" in said.text
    await stage.slack.until(lambda: stage.ada.direct)
    sent = stage.ada.direct[0].files[0]
    assert (sent.data, sent.alt_text) == (PNG, "A line that rises.")
    assert sent.channels == [stage.slack.workspace.direct("UADA").id]
    assert all(not m.files for m in stage.home.messages)
    public = await stage.ada.say("/cohort", "sample poster")
    assert not public.private
    await stage.slack.until(lambda: len([m for m in stage.home.messages if m.files]) == 2)
    names = [f.name for m in stage.home.messages for f in m.files]
    assert names == ["chart.png", "a.csv"]


async def test_file_that_cannot_be_sent_is_told_in_words(stage: SlackFixture) -> None:
    stage.slack.fail("files.completeUploadExternal", error="not_in_channel")
    await stage.ada.say("/cohort", "sample poster")
    told = await stage.slack.until(lambda: [m for m in stage.ada.ephemerals if "A line that rises" in m.text])
    assert "invite me" in told[0].text


async def test_file_from_form(stage: SlackFixture) -> None:
    stage.slack.workspace.scopes.add("files:read")
    form = await stage.ada.form("/cohort", "sample read")
    said = as_message(await stage.ada.submit(form, {"file": [stage.ada.upload("p.csv", b"hello")]}))
    assert said.text == "p.csv: hello"
    form = await stage.ada.form("/cohort", "sample read")
    huge = stage.ada.upload("p.csv", b"x") | {"size": 10**9}
    wrong = as_modal(await stage.ada.submit(form, {"file": [huge]}))
    assert "larger than 4 MB" in next(iter(wrong.errors.values()))
    form = await stage.ada.form("/cohort", "sample read")
    elsewhere = huge | {"size": 1, "url_private_download": "http://169.254.169.254/"}
    wrong = as_modal(await stage.ada.submit(form, {"file": [elsewhere]}))
    assert "could not read" in next(iter(wrong.errors.values()))


async def test_people_are_named_by_their_mention(stage: SlackFixture) -> None:
    said = await stage.ada.say("/cohort", "sample greet <@UBEN> note:see <@UOLU|olu> in <#C1|general>")
    assert said.text == "Ben Oh UBEN see @olu in #general"
    form = await stage.ada.form("/cohort", "sample greet")
    assert as_message(await stage.ada.submit(form, {"whom": "UBEN"})).text.startswith("Ben Oh UBEN")


async def test_button_works_after_restart(stage: SlackFixture) -> None:
    said = await stage.ada.say("/cohort", "sample blocks title:before")
    form = await stage.ada.form("/cohort", "submission add")
    await stage.restart()
    assert "before" in as_message(await stage.ada.click(said, "before")).text
    assert "kept" in as_message(await stage.ada.submit(form, {"title": "kept"})).text


async def test_call_too_long_for_button_is_kept(stage: SlackFixture) -> None:
    said = await stage.ada.say("/cohort", f"sample blocks title:{'🎉' * 300}")
    button = said.blocks[-1]["elements"][0]
    assert button["value"].startswith("draft|")
    await stage.restart()
    assert "🎉" * 300 in as_message(await stage.ada.click(said, "🎉")).text
    refused = as_message(await stage.ben.click(said, "🎉"))
    assert "🎉" not in refused.text


async def test_same_call_twice_is_one_record(stage: SlackFixture) -> None:
    turn = stage.slack.open_turn(stage.slack.workspace, "UADA", stage.home, "command")
    payload = stage.ada.slash(turn, "/cohort", "submission add title:Once")
    await stage.ada.slash_again(turn, payload)
    await stage.ada.slash_again(turn, payload, retry=1)
    first, second = stage.ada.ephemerals[-2:]
    assert first.text == second.text
    assert await _count(stage, "SELECT count(*) AS n FROM submission") == 1
    form = await stage.ada.form("/cohort", "submission add")
    turn = await stage.ada.send_form(form, {"title": "Also once"})
    await stage.ada.send(turn, "interactive", turn.payload, 1)
    assert await _count(stage, "SELECT count(*) AS n FROM submission") == 2


async def test_retry_of_call_never_seen_is_processed(stage: SlackFixture) -> None:
    turn = stage.slack.open_turn(stage.slack.workspace, "UADA", stage.home, "command")
    await stage.ada.slash_again(
        turn, stage.ada.slash(turn, "/cohort", "submission add title:Retried"), retry=2
    )
    assert "Retried" in as_message(await stage.ada.answer(turn)).text


async def test_direct_message_means_only_cohort(stage: SlackFixture) -> None:
    direct = stage.slack.workspace.direct("UADA")
    said = await stage.ada.say("/cohort", "submission add title:From home", channel=direct)
    assert "From home" in said.text
    assert said.private


async def test_slow_command_is_acknowledged_and_answered_later(
    stage: SlackFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.responses.BUDGET", 0.05)
    turn = await stage.ada.begin("/cohort", "sample slow 0.3")
    assert turn.ack is None
    assert not turn.shown.done()
    assert as_message(await stage.ada.answer(turn)).text == "Slept for 0.3"


async def test_progress_is_said_once_and_then_answer_comes(
    stage: SlackFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.responses.BUDGET", 0.05)
    turn = await stage.ada.begin("/cohort", "sample long")
    progress = as_message(await stage.ada.answer(turn))
    assert "Half way there" in progress.text
    assert progress.private
    await stage.ada.click(progress, "Stop")
    await stage.slack.until(
        lambda: any("as you wished" in each.text for each in stage.ada.ephemerals) or None
    )
    assert ["Half way" in each.text for each in stage.ada.ephemerals].count(True) == 1
    assert turn.responses == 2


async def test_failures_carry_reference(stage: SlackFixture) -> None:
    said = await stage.ada.say("/cohort", "sample fail-privately")
    assert "reference" in said.text
    assert "secret detail" not in said.text
    assert said.private
    stage.slack.fail("views.open", error="internal_error")
    form = await stage.ada.say("/cohort", "submission add")
    assert "reference" in form.text


async def test_form_that_opens_too_late_says_so(stage: SlackFixture) -> None:
    stage.slack.fail("views.open", error="expired_trigger_id")
    assert "run the command again" in (await stage.ada.say("/cohort", "submission add")).text


async def test_what_nobody_knows(stage: SlackFixture) -> None:
    said = await stage.ada.say("/cohort", "submision add")
    assert said.private
    assert "Did you mean /cohort submission add?" in said.text
    assert (await stage.ada.say("/cohort", "")).text == (await stage.ada.say("/cohort", "help")).text


@pytest.mark.case(58)
async def test_line_is_asked_about_with_what_was_typed(stage: SlackFixture) -> None:
    await stage.ada.say("/cohort", "join")
    for line, label, heard in [
        ('submission add "On lotteries" vnue:ICLR', "venue: ICLR", "ICLR"),
        ("submission add The right venue: a study", "It belongs to the title", "The right venue: a study"),
        ('submission add "Never closed', "title: Never closed", "“Never closed”"),
        ("add title:Typed as I said", "submission add Typed as I said", "Typed as I said"),
    ]:
        before = await _count(stage, "SELECT count(*) AS n FROM submission")
        asked = await stage.ada.say("/cohort", line)
        assert asked.private
        assert await _count(stage, "SELECT count(*) AS n FROM submission") == before, "nothing runs by itself"
        assert heard in as_message(await stage.ada.click(asked, label)).text
        assert await _count(stage, "SELECT count(*) AS n FROM submission") == before + 1


async def test_people_in_what_is_offered_are_people(stage: SlackFixture) -> None:
    asked = await stage.ada.say("/cohort", "smple greet whom:<@UADA> note:hi")
    assert "Did you mean /cohort sample greet?" in asked.text
    assert "hi" in as_message(await stage.ada.click(asked, "sample greet @Ada Love hi")).text


async def test_forged_values_are_refused(stage: SlackFixture) -> None:
    said = await stage.ada.say("/cohort", "sample blocks")
    button = said.blocks[-1]["elements"][0]
    for value in ("nonsense", "1|999|submission list|", "draft|nothing"):
        button["value"] = value
        answer = as_message(await stage.ada.click(said, button["text"]["text"]))
        assert answer.private
        assert answer.text
    form = await stage.ada.form("/cohort", "submission add")
    form.view["private_metadata"] = '["1|999|submission add|",["TOTHER","C1",null,"",null]]'
    refused = as_modal(await stage.ada.submit(form, {"title": "x"}))
    assert refused.errors
    assert await _count(stage, "SELECT count(*) AS n FROM submission") == 0


async def test_guests_and_members_are_told_apart(stage: SlackFixture) -> None:
    stage.slack.add_member(stage.slack.workspace, "UGUEST", "Gus", is_restricted=True)
    said = await stage.ada.say("/cohort", "cohort members")
    assert "Ada Love" in said.text
    refused = await stage.ada.say("/cohort", "admin set cohort.name Mine")
    assert refused.private
    guest = SlackUser(stage.slack, "UGUEST", stage.home)
    assert "Guests" in (await guest.say("/cohort", "join")).text
    stage.slack.add_member(stage.slack.workspace, "UOUT", "Otto", team_id="TOTHER", is_admin=True)
    outsider = SlackUser(stage.slack, "UOUT", stage.home)
    assert "Guests" in (await outsider.say("/cohort", "join")).text
    stage.slack.fail("users.info", status=500)
    stage.slack.add_member(stage.slack.workspace, "UNEW", "Nia", is_admin=True)
    unknown = SlackUser(stage.slack, "UNEW", stage.home)
    assert "try again in a moment" in (await unknown.say("/cohort", "join")).text
    assert (
        "Nia" in (await unknown.say("/cohort", "join")).text + (await unknown.say("/cohort", "members")).text
    )


async def test_worn_out_response_addresses(stage: SlackFixture) -> None:
    form = await stage.ada.form("/cohort", "submission add")
    stage.slack.advance(31 * 60)
    said = as_message(await stage.ada.submit(form, {"title": "Late"}))
    assert said.via == "chat.postEphemeral"
    assert "Late" in said.text


async def test_fifty_at_once(stage: SlackFixture) -> None:
    said = await asyncio.gather(
        *(stage.ada.say("/cohort", f"submission add title:Paper number {n}") for n in range(50))
    )
    assert {f"Paper number {n}" in m.text for n, m in enumerate(said)} == {True}
    assert await _count(stage, "SELECT count(*) AS n FROM submission") == 50


async def test_removed_from_workspace_and_back(stage: SlackFixture) -> None:
    await stage.ada.event({"type": "tokens_revoked", "tokens": {"bot": ["B"]}})
    await stage.ada.event({"type": "app_uninstalled"})
    suspended = "SELECT count(*) AS n FROM cohort WHERE suspended_at IS NOT NULL"
    assert await _count(stage, suspended) == 1
    await stage.restart()
    assert await _count(stage, suspended) == 0


@pytest.mark.case(61)
async def test_emoji_and_links_read_as_people_typed_them(stage: SlackFixture) -> None:
    line = 'submission add title:"A note :tada: on <http://3.0.CO|3.0.CO> with <@UBEN>" venue:ICLR 2027'
    added = await stage.ada.say("/cohort", line)
    assert "A note 🎉 on 3.0.CO with @Ben Oh" in added.text
    form = await stage.ada.form("/cohort", "submission add")
    saved = as_message(await stage.ada.submit(form, {form.labels[0]: "In a form :rocket: :our-lab:"}))
    assert "In a form 🚀 :our-lab:" in saved.text


@pytest.mark.case(57)
async def test_zone_is_asked_about_and_a_button_answers(stage: SlackFixture) -> None:
    asked = await stage.ada.say("/cohort", "profile timezone EST")
    done = await stage.ada.click(asked, "America/New York")
    assert "America/New_York" in done.text
    form = await stage.ada.form("/cohort", "profile timezone")
    asked_again = as_modal(await stage.ada.submit(form, {"zone": "UTC-8"}))
    assert "“UTC-8” is the time in several places" in asked_again.text
    done = as_message(await stage.ada.submit(asked_again, {"Which one?": "America/Los Angeles"}))
    assert "America/Los_Angeles" in done.text


@pytest.mark.case(62)
async def test_reading_is_chosen_or_the_field_typed_anew(stage: SlackFixture) -> None:
    form = await stage.olu.form("/cohort", "admin schedule-add")
    given = {"Kind": "digest: posts the cohort's digest", "Exceptions": "2026-12-25"}
    unclear = {**given, "When": "every second friday 16:00"}
    asked = as_modal(await stage.olu.submit(form, unclear))
    assert asked.labels.count("Which one?") == 1
    again = as_modal(await stage.olu.submit(asked, {"When": "every second monday 9:00"}))
    assert again.labels.count("Which one?") == 1, "the question is asked anew, and once"
    saved = as_message(await stage.olu.submit(again, {"When": "every monday 9:00"}))
    assert "every Monday at 09:00, but not on 2026-12-25" in saved.text
    form = await stage.olu.form("/cohort", "admin schedule-add")
    asked = as_modal(await stage.olu.submit(form, unclear))
    saved = as_message(await stage.olu.submit(asked, {"Which one?": "every 2 weeks on Friday"}))
    assert "every 2 weeks on Friday at 16:00, but not on 2026-12-25" in saved.text


@pytest.mark.case(59)
async def test_scores_as_venues_and_people_write_them(stage: SlackFixture) -> None:
    await stage.ada.say("/cohort", "submission add title:Deep venue:ICLR 2026 stage:in-review")
    noted = await stage.ada.say("/cohort", 'review add paper:#1 score:"6: marginally above the threshold"')
    assert "6" in noted.text
    read = await stage.ada.say("/cohort", 'lottery scores "3,5 4 3,5" venue:"Our Workshop"')
    assert "3.5" in read.text


@pytest.mark.case(63)
async def test_form_that_cannot_succeed_does_not_open(stage: SlackFixture) -> None:
    said = await stage.ada.say("/cohort", "submission update")
    assert "yours" in said.text or "no paper" in said.text
    form = as_modal(await stage.ada.click(said, "Add a paper"))
    assert form.view["title"]["text"] == "Add a paper"
    checkin = await stage.ada.form("/cohort", "checkin now")
    assert checkin.view["submit"]["text"] == "Keep it"
    await stage.ada.submit(checkin, {checkin.labels[0]: "Ran it"})
    again = await stage.ada.form("/cohort", "checkin now")
    assert again.view["title"]["text"] == "Edit, for you alone"


async def test_closed_form_is_offered_again_with_what_was_typed(stage: SlackFixture) -> None:
    form = await stage.ada.form("/cohort", "checkin now")
    progress = form.labels[0]
    assert await stage.ada.type_into(form, {progress: "Ran the ablation"})
    assert await stage.ada.type_into(form, {progress: "Ran the ablation twice :tada:"})
    closed = await stage.ada.close(form)
    assert closed is not None
    kept = as_message(await stage.ada.answer(closed))
    assert kept.private
    assert "What you typed is kept" in kept.text
    again = as_modal(await stage.ada.click(kept, "Open it again"))
    assert again.input(progress)["element"]["initial_value"] == "Ran the ablation twice 🎉"
    sent = as_message(await stage.ada.submit(again, {}))
    assert "Kept" in sent.text


async def test_closed_window_of_questions_is_offered_again_after_a_restart(stage: SlackFixture) -> None:
    question = 'admin question-add text:"What did you read?" kind:long-text'
    await stage.olu.say("/cohort", question)
    kept = as_message(
        await stage.ada.submit(await stage.ada.form("/cohort", "checkin now"), {"What moved": "A proof"})
    )
    window = as_modal(await stage.ada.click(kept, "One more question"))
    assert await stage.ada.type_into(window, {"What did you read?": "Half a paper"})
    closed = await stage.ada.close(window)
    assert closed is not None
    offered = as_message(await stage.ada.answer(closed))
    await stage.restart()
    again = as_modal(await stage.ada.click(offered, "Open it again"))
    assert again.input("What did you read?")["element"]["initial_value"] == "Half a paper"
    sent = as_message(await stage.ada.submit(again, {}))
    assert "Kept with your check-in" in sent.text


async def test_form_that_was_sent_or_not_typed_into_closes_without_a_word(stage: SlackFixture) -> None:
    form = await stage.ada.form("/cohort", "checkin now")
    untouched = await stage.ada.close(form)
    assert untouched is not None
    sent = await stage.ada.form("/cohort", "checkin now")
    await stage.ada.type_into(sent, {sent.labels[0]: "Ran it"})
    await stage.ada.submit(sent, {sent.labels[0]: "Ran it"})
    # Slack tells of a form that the answer closed as little as of one that was sent; an odd order changes nothing.
    late = await stage.ada.close(sent)
    assert late is not None
    await stage.ada.say("/cohort", "submission list")
    assert not untouched.shown.done()
    assert not late.shown.done()
