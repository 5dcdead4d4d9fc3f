"""Organizers' questions: asked in windows after a check-in, read by whom they are for, changed, removed and had back."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from core.chat.model import FieldKind, Fields, File, Form, PersonRef, Reply
from core.chat.text import as_text
from core.clock import FixedClock
from core.cohorts import audit
from core.delivery.service import Delivery
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, answered, button_of, buttons_of, refused, text_of
from tests.redelivery import Redelivered, Step

QUESTION: Step = (
    "olu",
    "cohort-admin question-add",
    {"text": "How many hours?", "kind": "number", "choices": "0-80"},
)

REDELIVERED: Mapping[str, Redelivered] = {
    "cohort-admin question-add": Redelivered({"text": "Did you read?", "kind": "yes-no"}),
    "cohort-admin question-list": Redelivered(before=[QUESTION]),
    "cohort-admin question-remove": Redelivered({"question": "1", "sure": "yes"}, before=[QUESTION]),
    "checkin answer": Redelivered(
        {"asked": "1", "q1": "12"},
        by="mina",
        before=[QUESTION, ("mina", "checkin now", {"progress": "A little"})],
    ),
    "checkin preview": Redelivered({"q1": "3"}, before=[QUESTION]),
}
"""A call of every command, which is also delivered a second time: one effect, the same answer."""

SEVEN: list[dict[str, str]] = [
    {"text": "What did you read?", "kind": "text", "required": "yes"},
    {"text": "What would you tell a newcomer?", "kind": "long-text"},
    {"text": "Where did you work?", "kind": "choice", "choices": "Lab, Home, Elsewhere"},
    {"text": "How many hours?", "kind": "number", "choices": "0-80", "visibility": "private"},
    {
        "text": "How sure are you?",
        "kind": "scale",
        "choices": "1-5: a guess; certain",
        "visibility": "mentors",
    },
    {"text": "Did you talk to somebody?", "kind": "yes-no", "required": "yes"},
    {"text": "What shall mentors know?", "kind": "long-text", "visibility": "mentors"},
]
FIRST = {"q1": "A paper", "q3": "Home", "q4": "12,5", "q5": "4"}


async def ask(cohort: CohortFixture, *asked: Mapping[str, str]) -> None:
    for each in asked or SEVEN:
        await cohort.olu.ok("cohort-admin question-add", **each)


def fields_of(reply: Reply | Form) -> dict[str, str]:
    """The fields of an answer, as they are read."""
    assert isinstance(reply, Reply)
    blocks = [block for block in reply.blocks if isinstance(block, Fields)]
    return {label: as_text(value).plain() for block in blocks for label, value in block.items}


def labels(form: Form) -> list[str]:
    return [each.label for each in form.fields]


async def test_seven_questions_of_every_kind_in_two_windows_that_each_save(cohort: CohortFixture) -> None:
    await ask(cohort)
    kept = await cohort.ada.ok("checkin now", progress="A proof")
    assert buttons_of(kept)[0].label == "7 more questions"
    assert text_of(kept).endswith("Your organizers ask 7 more questions.")
    window = await cohort.ada.click(kept, "7 more questions")
    assert isinstance(window, Form)
    assert window.title == "Questions 1 to 5 of 7"
    assert [each.kind for each in window.fields] == [
        FieldKind.TEXT,
        FieldKind.LONG_TEXT,
        FieldKind.CHOICE,
        FieldKind.NUMBER,
        FieldKind.CHOICE,
    ]
    assert [each.required for each in window.fields] == [True, False, False, False, False]
    assert [each.help for each in window.fields[2:]] == [
        "With your check-in.",
        "0 to 80. For you alone.",
        "For mentors and you.",
    ]
    assert [each.label for each in window.fields[4].choices] == ["1 · a guess", "2", "3", "4", "5 · certain"]
    saved = answered(await cohort.ada.submit(window, **FIRST))
    assert text_of(saved) == "Kept with your check-in of Mon 23 Nov 2026.\nMentors read one of these answers."
    second = await cohort.ada.click(saved, "2 more questions")
    assert isinstance(second, Form)
    assert (second.title, labels(second)) == (
        "Questions 6 to 7 of 7",
        ["Did you talk to somebody?", "What shall mentors know?"],
    )
    done = answered(await cohort.ada.submit(second, q6="yes"))
    assert [each.label for each in buttons_of(done)] == ["Change these answers", "Show the check-in"]
    shown = answered(await cohort.ada.click(done, "Show the check-in"))
    assert fields_of(shown) == {
        "Moved": "A proof",
        "What did you read?": "A paper",
        "Where did you work?": "Home",
        "How many hours?": "12.5\n(for your eyes only)",
        "How sure are you?": "4 of 5\n(mentors read this)",
        "Did you talk to somebody?": "Yes",
    }


async def test_what_is_left_is_offered_wherever_one_looks(cohort: CohortFixture) -> None:
    await ask(cohort)
    await cohort.ada.ok("checkin now", progress="A proof")
    await cohort.ada.submit(await cohort.ada.form("checkin now"), **FIRST)
    form = await cohort.ada.form("checkin now")
    assert (form.command, labels(form)[0]) == ("checkin answer", "Did you talk to somebody?")
    for command in ("checkin status", "cohort home", "checkin show", "checkin share"):
        assert "2 more questions" in [each.label for each in buttons_of(await cohort.ada.ok(command))], (
            command
        )
    assert "2 more questions of Mon 23 Nov 2026" in text_of(await cohort.ada.ok("cohort home"))
    await cohort.ada.submit(form, q6="no")
    assert (await cohort.ada.form("checkin now")).command == "checkin edit"
    status = await cohort.ada.ok("checkin status")
    assert button_of(status, "Edit today's")


async def test_whoever_has_not_checked_in_is_asked_that_first(cohort: CohortFixture) -> None:
    await ask(cohort)
    assert (await cohort.ada.form("checkin answer")).command == "checkin now"


async def test_without_questions_nothing_more_is_asked(cohort: CohortFixture) -> None:
    kept = await cohort.ada.ok("checkin now", progress="A proof")
    assert not [each for each in buttons_of(kept) if "question" in each.label]
    assert "nothing beside" in text_of(await cohort.ada.fails("checkin answer"))
    assert "nothing beside" in text_of(await cohort.ada.fails("checkin preview"))


@pytest.mark.case(62)
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("q1", "", "Please answer “What did you read?”: your organizers need it."),
        ("q1", "x" * 301, "What did you read? has 301 characters; it can have 300. Please shorten it."),
        ("q3", "Pub", "Where did you work? has to be one of: Lab, Home, Elsewhere. “Pub” is none of them."),
        ("q4", "many", "How many hours? has to be a number, not “many”."),
        ("q4", "81", "How many hours? has to be from 0 to 80, not “81”."),
        ("q5", "9", "How sure are you? has to be one of: 1, 2, 3, 4, 5. “9” is none of them."),
    ],
)
async def test_an_error_stands_at_its_field_and_nothing_is_kept(
    cohort: CohortFixture, field: str, typed: str, said: str
) -> None:
    await ask(cohort)
    await cohort.ada.ok("checkin now", progress="A proof")
    form = await cohort.ada.form("checkin now")
    error = refused(await cohort.ada.submit(form, **{**FIRST, field: typed}))
    assert (error.field, text_of(error)) == (field, said)
    assert labels(await cohort.ada.form("checkin now")) == labels(form)


async def test_who_reads_what(cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet) -> None:
    await ask(cohort)
    await cohort.ada.ok("checkin now", progress="A proof")
    saved = await cohort.ada.submit(await cohort.ada.form("checkin now"), **FIRST)
    ada = {"who": PersonRef("U-ada", "Ada")}
    for_mentors = await cohort.mina.ok("checkin show", **ada)
    assert fields_of(for_mentors) == {"How sure are you?": "4 of 5"}
    assert "for mentors" in text_of(for_mentors)
    assert "From 1 other person, shared or for mentors:" in text_of(await cohort.mina.ok("checkin show"))
    assert "4 of 5" in text_of(await cohort.mina.ok("checkin history", **ada)) + str(
        (await cohort.mina.ok("checkin history", **ada)).blocks
    )
    page = await cohort.mina.ok("cohort home")
    assert "For mentors, from Ada on Mon 23 Nov 2026: How sure are you: 4 of 5" in text_of(page)
    assert "For mentors" not in text_of(await cohort.ben.ok("cohort home"))
    assert button_of(page, "Read what is for mentors")
    for reader in (cohort.olu, cohort.ben):
        assert "has shared no check-in" in text_of(await reader.fails("checkin show", **ada))
        assert "has shared no check-in" in text_of(await reader.ok("checkin history", **ada))
    shared = await cohort.ada.ok("checkin share")
    assert "Kept" in text_of(shared)
    await delivery.flush()
    posted = fields_of(outlet.sent[-1].reply)
    assert posted == {"Moved": "A proof", "What did you read?": "A paper", "Where did you work?": "Home"}
    assert fields_of(await cohort.olu.ok("checkin show", **ada)) == posted
    assert fields_of(await cohort.mina.ok("checkin show", **ada)) == {**posted, "How sure are you?": "4 of 5"}
    assert isinstance(saved, Reply)


async def test_two_windows_of_two_devices_empty_nothing_of_each_other(cohort: CohortFixture) -> None:
    await ask(cohort)
    await cohort.ada.ok("checkin now", progress="A proof")
    phone, laptop = [await cohort.ada.form("checkin now") for _ in range(2)]
    await cohort.ada.submit(phone, **FIRST)
    saved = await cohort.ada.submit(laptop, q1="Two papers", q2="Begin early")
    kept = fields_of(await cohort.ada.ok("checkin show"))
    assert (kept["What did you read?"], kept["Where did you work?"]) == ("Two papers", "Home")
    change = await cohort.ada.click(saved, "Change these answers")
    await cohort.ada.submit(change, q2="", q3="")
    kept = fields_of(await cohort.ada.ok("checkin show"))
    assert kept.keys().isdisjoint({"Where did you work?", "What would you tell a newcomer?"}), (
        "what is emptied goes"
    )
    assert kept["What did you read?"] == "Two papers"


async def test_who_is_no_mentor_any_more_reads_nothing(cohort: CohortFixture) -> None:
    await ask(cohort)
    await cohort.ada.ok("checkin now", progress="A proof")
    await cohort.ada.submit(await cohort.ada.form("checkin now"), **FIRST)
    ada = {"who": PersonRef("U-ada", "Ada")}
    assert fields_of(await cohort.mina.ok("checkin show", **ada))
    await cohort.olu.ok("cohort-admin mentor", person=PersonRef("U-mina", "Mina"), add="no")
    assert "has shared no check-in" in text_of(await cohort.mina.fails("checkin show", **ada))
    await cohort.olu.ok("cohort-admin mentor", person=PersonRef("U-ben", "Ben"), add="yes")
    assert "From 1 other person" in text_of(await cohort.ben.ok("checkin show"))
    await cohort.ada.ok("cohort leave")
    assert "From 1 other person" not in text_of(await cohort.ben.ok("checkin show"))


async def test_what_is_shared_changes_with_the_answers_and_nothing_else_does(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await ask(cohort)
    await cohort.ada.ok("checkin now", progress="A proof", share="shared")
    await delivery.flush()
    saved = await cohort.ada.submit(await cohort.ada.form("checkin now"), **FIRST)
    await delivery.flush()
    assert "I am sharing it" in text_of(saved)
    (edit,) = outlet.edits
    assert "A paper" in str(edit[1].reply.blocks)
    assert "12.5" not in str(edit[1].reply.blocks)
    window = await cohort.ada.click(saved, "Change these answers")
    await cohort.ada.submit(window, q4="40", q5="1")
    await delivery.flush()
    assert len(outlet.edits) == 1, "what others do not read changes no message"
    await cohort.ada.submit(await cohort.ada.click(saved, "Change these answers"), q1="Two papers")
    await delivery.flush()
    assert "Two papers" in str(outlet.edits[-1][1].reply.blocks)


async def test_the_journal_and_its_files_have_the_answers(cohort: CohortFixture) -> None:
    await ask(cohort)
    await cohort.ada.ok("checkin now", progress="A proof", share="shared")
    await cohort.ada.submit(await cohort.ada.form("checkin now"), **FIRST)
    journal = str((await cohort.ada.ok("checkin history")).blocks)
    assert "What did you read" in journal
    assert "one more answer" in journal
    files = {}
    for who in (cohort.ada, cohort.olu):
        for kind in ("markdown", "csv", "json"):
            reply = await who.ok("checkin history", who=PersonRef("U-ada", "Ada"), format=kind)
            (file,) = (block for block in reply.blocks if isinstance(block, File))
            files[who.person.name, kind] = file.content.decode()
    for kind in ("markdown", "csv", "json"):
        assert "12.5" in files["Ada", kind]
        assert "How sure are you?" in files["Ada", kind]
        assert "A paper" in files["Olu", kind]
        assert "12.5" not in files["Olu", kind]
        assert "How sure are you?" not in files["Olu", kind]
    assert (
        files["Ada", "csv"]
        .splitlines()[0]
        .endswith("mood,What did you read?,Where did you work?,How many hours?,How sure are you?")
    )


async def test_answers_go_with_their_check_in(cohort: CohortFixture) -> None:
    await ask(cohort)
    await cohort.ada.ok("checkin now", progress="A proof")
    await cohort.ada.submit(await cohort.ada.form("checkin now"), **FIRST)
    await cohort.ada.ok("checkin remove", day="2026-11-23", sure="yes")
    assert await cohort.core.store.read(lambda conn: conn.value("SELECT count(*) FROM checkin_answer")) == 0


async def test_old_answers_keep_the_words_that_they_were_given(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    await ask(cohort, {"text": "How many hours?", "kind": "number"})
    await cohort.ada.ok("checkin now", progress="A proof")
    await cohort.ada.submit(await cohort.ada.form("checkin now"), q1="12")
    clock.move_to(clock.now() + timedelta(minutes=1))
    change = await cohort.olu.form("cohort-admin question-add", replaces="1")
    assert {each.name: each.value for each in change.fields} == {
        "text": "How many hours?",
        "kind": "number",
        "choices": "",
        "required": "no",
        "visibility": "shared",
    }
    changed = await cohort.olu.submit(change, text="How many hours did you sleep?")
    assert "It stands in the place of #1, whose answers keep its words." in text_of(changed)
    assert (await cohort.ada.form("checkin now")).command == "checkin edit", (
        "it is asked from the next one on"
    )
    assert fields_of(await cohort.ada.ok("checkin show"))["How many hours?"] == "12"
    clock.move_to(clock.now() + timedelta(days=1))
    await cohort.ada.ok("checkin now", progress="More")
    form = await cohort.ada.form("checkin now")
    assert labels(form) == ["How many hours did you sleep?"]
    await cohort.ada.submit(form, q2="8")
    gone = await cohort.olu.ok("cohort-admin question-list", question="1")
    assert "was changed" in text_of(gone)


@pytest.mark.case(63)
async def test_what_was_removed_between_call_and_answer_is_kept_for_its_author(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await ask(cohort, SEVEN[0], SEVEN[2])
    await cohort.ada.ok("checkin now", progress="A proof", share="shared")
    await delivery.flush()
    form = await cohort.ada.form("checkin now")
    await cohort.olu.ok("cohort-admin question-remove", question="1", sure="yes")
    saved = await cohort.ada.submit(form, q1="A paper", q2="Home")
    assert (
        "“What did you read?” is not asked any more, so your answer to it is kept for you alone."
        in text_of(saved)
    )
    await delivery.flush()
    assert fields_of(outlet.edits[-1][1].reply) == {"Moved": "A proof", "Where did you work?": "Home"}
    assert (
        fields_of(await cohort.ada.ok("checkin show"))["What did you read?"]
        == "A paper\n(for your eyes only)"
    )
    # Opened again, with what was typed, it says so at the field, and asks for nothing.
    again = await cohort.ben.ok("checkin now", progress="Mine")
    assert buttons_of(again)[0].label == "One more question"
    old = await cohort.ben.form("checkin answer", asked="1 2")
    assert [(each.required, each.help) for each in old.fields] == [
        (False, "Not asked now; for you alone."),
        (False, "With your check-in."),
    ]
    empty = answered(await cohort.ben.submit(old, q2="Lab"))
    assert "not asked any more" not in text_of(empty)


async def test_the_field_says_who_reads_the_answer(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await ask(cohort, SEVEN[1], SEVEN[2])
    await cohort.ada.ok("checkin now", progress="A proof", share="shared")
    await delivery.flush()
    saved = await cohort.ada.submit(await cohort.ada.form("checkin now"), q2="Home")
    for number in ("1", "2"):
        await cohort.olu.ok("cohort-admin question-remove", question=number, sure="yes")
    change = await cohort.ada.click(saved, "Change these answers")
    assert isinstance(change, Form)
    assert [each.help for each in change.fields] == ["Not asked now; for you alone.", "With your check-in."]
    told = await cohort.ada.submit(change, q1="Ask me", q2="Lab")
    assert "is kept for you alone" in text_of(told)
    await delivery.flush()
    assert fields_of(outlet.edits[-1][1].reply) == {"Moved": "A proof", "Where did you work?": "Lab"}
    await cohort.olu.ok("cohort-admin question-remove", question="1", undo="yes")
    again = await cohort.ada.click(saved, "Change these answers")
    assert isinstance(again, Form)
    assert again.fields[0].help == "For you alone.", "an answer keeps its readers"
    await cohort.ada.submit(again, q1="Ask me again")
    shown = fields_of(await cohort.ada.ok("checkin show"))
    assert shown["What would you tell a newcomer?"] == "Ask me again\n(for your eyes only)"


async def test_what_a_form_kept_for_its_author_alone_stays_so_where_it_is_asked_again(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await ask(cohort, SEVEN[1], SEVEN[2])
    await cohort.ada.ok("checkin now", progress="A proof", share="shared")
    await delivery.flush()
    await cohort.olu.ok("cohort-admin question-remove", question="1", sure="yes")
    old = await cohort.ada.form("checkin answer", asked="1 2")
    assert [each.help for each in old.fields] == ["Not asked now; for you alone.", "With your check-in."]
    await cohort.olu.ok("cohort-admin question-remove", question="1", undo="yes")
    # Meanwhile it is answered for whoever reads the check-in; what the older form holds is for fewer.
    await cohort.ada.submit(await cohort.ada.form("checkin answer", asked="1"), q1="Read")
    await delivery.flush()
    assert "Read" in fields_of(outlet.edits[-1][1].reply).values()
    again = await cohort.ada.form("checkin answer", **old.args)
    assert [each.help for each in again.fields] == ["For you alone.", "With your check-in."]
    told = await cohort.ada.submit(old, q1="I may leave", q2="Lab")
    assert "Your answer to “What would you tell a newcomer?” is kept for you alone, as its form said." in (
        text_of(told)
    )
    await delivery.flush()
    assert fields_of(outlet.edits[-1][1].reply) == {"Moved": "A proof", "Where did you work?": "Lab"}
    own = fields_of(await cohort.ada.ok("checkin show"))
    assert own["What would you tell a newcomer?"] == "I may leave\n(for your eyes only)"
    typed = {**old.args, "told": "everybody shared"}
    assert "I cannot read “everybody shared” as who reads" in text_of(
        await cohort.ada.fails("checkin answer", **typed)
    )


async def test_wide_bounds_stand_at_their_field_as_they_were_written(cohort: CohortFixture) -> None:
    await ask(cohort, {"text": "How many tokens?", "kind": "number", "choices": "0-2500000.5"})
    await cohort.ada.ok("checkin now", progress="A proof")
    (field,) = (await cohort.ada.form("checkin now")).fields
    assert field.help == "0 to 2500000.5. With your check-in."
    error = await cohort.ada.fails("checkin answer", asked="1", q1="3000000")
    assert text_of(error) == "How many tokens? has to be from 0 to 2,500,000.5, not “3000000”."


async def test_an_answer_to_a_changed_question_is_for_no_more_people(cohort: CohortFixture) -> None:
    await ask(cohort, SEVEN[0])
    await cohort.ada.ok("checkin now", progress="A proof", share="shared")
    form = await cohort.ada.form("checkin now")
    await cohort.olu.ok(
        "cohort-admin question-add",
        text="What did you read then?",
        kind="text",
        replaces="1",
        visibility="private",
    )
    saved = await cohort.ada.submit(form, q1="A paper")
    assert "not asked any more" not in text_of(saved)
    shown = await cohort.ada.ok("checkin show")
    assert fields_of(shown)["What did you read?"] == "A paper\n(for your eyes only)"


@pytest.mark.case(63)
async def test_a_window_whose_check_in_was_removed_is_refused_with_the_way_back(
    cohort: CohortFixture,
) -> None:
    await ask(cohort, SEVEN[0])
    await cohort.ada.ok("checkin now", progress="A proof")
    form = await cohort.ada.form("checkin now")
    await cohort.ada.ok("checkin remove", day="2026-11-23", sure="yes")
    error = refused(await cohort.ada.submit(form, q1="A paper"))
    assert [each.label for each in buttons_of(error)] == ["Check in"]
    again = refused(await cohort.ada("checkin answer", asked="1", day="2026-11-23"))
    assert "no check-in of yours" in text_of(again), (
        "the form is not opened empty in the place of what was typed"
    )
    await cohort.ada.ok("checkin now", progress="A proof")
    answered(await cohort.ada.submit(form, q1="A paper"))


async def test_removing_asks_first_and_is_taken_back(cohort: CohortFixture) -> None:
    await ask(cohort)
    asked = await cohort.olu.ok("cohort-admin question-remove", question="read")
    assert text_of(asked) == (
        "Shall check-ins not ask What did you read? any more? The answers that were given stay with those who gave them."
    )
    gone = await cohort.olu.click(asked, "Remove it")
    assert "#1 What did you read? is not asked any more." in text_of(gone)
    assert "Check-ins ask 6 questions" in text_of(await cohort.olu.ok("cohort-admin question-list"))
    again = await cohort.olu.click(gone, "Ask it again")
    assert text_of(again) == "#1 What did you read? is asked again."
    assert "Check-ins ask 7 questions" in text_of(await cohort.olu.ok("cohort-admin question-list"))


async def test_the_audit_tells_what_was_asked_before_and_after(cohort: CohortFixture) -> None:
    await ask(cohort, SEVEN[0])
    await cohort.olu.ok(
        "cohort-admin question-add", text="Read anything?", kind="yes-no", replaces="1", visibility="mentors"
    )
    for undo in ({"sure": "yes"}, {"sure": "yes"}, {"undo": "yes"}, {"undo": "yes"}):
        await cohort.olu.ok("cohort-admin question-remove", question="2", **undo)
    found = await cohort.core.store.read(audit.entries, cohort.id)
    asked = "What did you read?; text; required; read by: whoever reads the check-in"
    changed = "Read anything?; yes or no; may be left out; read by: mentors and its author"
    assert [(each.action, each.about, each.before, each.after) for each in found] == [
        ("question added", "#1 What did you read?", "", asked),
        ("question changed", "#2 Read anything?", asked, changed),
        ("question removed", "#2 Read anything?", "", ""),
        ("question asked again", "#2 Read anything?", "", ""),
    ], "what was removed or asked already is no change"


async def test_a_question_that_is_sent_as_it_was_stays(cohort: CohortFixture) -> None:
    made = await cohort.olu.ok(
        "cohort-admin question-add", text="Where?", kind="choice", choices="The Lab, at Home", required="yes"
    )
    described = "Choice: The Lab, at Home; required; read by: whoever reads the check-in."
    assert described in text_of(made)
    form = await cohort.olu.click(made, "Change it")
    assert isinstance(form, Form)
    same = await cohort.olu.submit(form)
    assert text_of(same).startswith(f"#1 stays as it was: Where?\n{described}\nCheck-ins ask one question")
    found = await cohort.core.store.read(audit.entries, cohort.id)
    assert [each.action for each in found] == ["question added"]
    changed = await cohort.olu.submit(form, required="no")
    assert text_of(changed).startswith("#2 is asked from the next check-in on: Where?")
    again = await cohort.olu.fails("cohort-admin question-add", text="Where?", kind="text", replaces="1")
    assert "#1 is not asked any more" in text_of(again)


async def test_how_many_answers_it_keeps_is_said_where_that_hides_people(cohort: CohortFixture) -> None:
    await ask(cohort, SEVEN[3])
    people = [cohort.somebody(f"P{n}") for n in range(11)]
    for each in people:
        await each.ok("cohort join")
    for n, each in enumerate(people[:6]):
        assert (
            "The answers that" in text_of(await cohort.olu.ok("cohort-admin question-remove", question="1"))
            or n == 5
        )
        await each.ok("checkin now", progress="Something")
        await each.submit(await each.form("checkin now"), q1="8")
    said = text_of(await cohort.olu.ok("cohort-admin question-remove", question="1"))
    assert "The 5 answers that were given" in said, "the sixth is not told from the figure"


async def test_organizers_see_the_list_and_the_form(cohort: CohortFixture) -> None:
    await ask(cohort)
    listed = await cohort.olu.ok("cohort-admin question-list")
    assert text_of(listed) == (
        "Check-ins ask 7 questions beside their own fields, in 2 windows that open after them."
    )
    rows = str(listed.blocks)
    for said in (
        "Window 1",
        "Window 2",
        "choice: Lab, Home, Elsewhere",
        "read by: mentors and its author",
        "required",
    ):
        assert said in rows
    look = await cohort.olu.click(listed, "Look at the form")
    assert isinstance(look, Form)
    assert (look.title, len(look.fields)) == ("Questions 1 to 5 of 7", 5)
    seen = answered(await cohort.olu.submit(look, q1="x"))
    assert "Nothing of it is kept." in text_of(seen)
    second = await cohort.olu.click(seen, "The next window")
    assert isinstance(second, Form)
    assert labels(second) == ["Did you talk to somebody?", "What shall mentors know?"]
    assert await cohort.core.store.read(lambda conn: conn.value("SELECT count(*) FROM checkin_answer")) == 0


async def test_twenty_are_enough(cohort: CohortFixture) -> None:
    for n in range(20):
        await cohort.olu.ok("cohort-admin question-add", text=f"Question {n}", kind="yes-no")
    refused_ = await cohort.olu.fails("cohort-admin question-add")
    assert "A check-in can have 20 questions beside its own fields" in text_of(refused_)
    await cohort.olu.ok("cohort-admin question-remove", question="3", sure="yes")
    await cohort.olu.ok("cohort-admin question-add", text="One more", kind="yes-no")
    assert "can have 20" in text_of(
        await cohort.olu.fails("cohort-admin question-remove", question="3", undo="yes")
    )


@pytest.mark.case(62)
@pytest.mark.parametrize(
    ("kind", "choices", "said"),
    [
        (
            "choice",
            "",
            "A choice has 2 to 25 choices, one a line or with commas between them, and I read 0 in “”.",
        ),
        (
            "choice",
            "Lab",
            "A choice has 2 to 25 choices, one a line or with commas between them, and I read 1 in “Lab”.",
        ),
        ("choice", "Lab, lab", "“lab” stands there twice."),
        (
            "choice",
            f"Lab, {'a' * 61}",
            f"A choice can have 60 characters. Please shorten “{'a' * 59}…”.",
        ),
        ("scale", "good", "I cannot read “good” as a scale. Please write it like 1-5, or 1-5: hard; great."),
        ("scale", "1-50", "A scale goes up, over 11 values at most, such as 0-10; “1-50” does not."),
        ("scale", "5-1", "A scale goes up, over 11 values at most, such as 0-10; “5-1” does not."),
        ("number", "80-0", "The first bound has to be the lower one, and “80-0” is the other way round."),
        (
            "number",
            "0-10,000",
            "I cannot tell whether the comma in “0-10,000” parts thousands or begins a part of one. "
            "Please write it with a point, or without the comma.",
        ),
        ("text", "a, b", "Only a choice, a scale and a number have choices, so I cannot place “a, b”."),
    ],
)
async def test_choices_are_read_or_refused_at_their_field(
    cohort: CohortFixture, kind: str, choices: str, said: str
) -> None:
    error = await cohort.olu.fails("cohort-admin question-add", text="What?", kind=kind, choices=choices)
    assert (error.field, text_of(error)) == ("choices", said)


async def test_one_question_is_asked_once(cohort: CohortFixture) -> None:
    await ask(cohort, SEVEN[0])
    error = await cohort.olu.fails("cohort-admin question-add", text="what did you READ?", kind="text")
    assert (error.field, text_of(error)) == ("text", "“What did you read?” is asked already, as #1.")
    assert isinstance(await cohort.olu.click(error, "Change it"), Form)


async def test_a_window_with_a_question_that_is_forgotten_opens_with_the_others(
    cohort: CohortFixture,
) -> None:
    await ask(cohort, SEVEN[0])
    await cohort.ada.ok("checkin now", progress="A proof")
    gone = await cohort.ada.fails("checkin answer", asked="7")
    assert text_of(gone).startswith("What was asked there is not asked any more.")
    assert isinstance(await cohort.ada.click(gone, "More questions"), Form)
    form = await cohort.ada.form("checkin answer", asked="7 1")
    assert labels(form) == ["What did you read?"]
    answered(await cohort.ada.submit(form, q1="A paper"))
    assert fields_of(await cohort.ada.ok("checkin show"))["What did you read?"] == "A paper"


async def test_what_was_never_answered_is_forgotten(cohort: CohortFixture, clock: FixedClock) -> None:
    await ask(cohort, SEVEN[0], SEVEN[2])
    await cohort.ada.ok("checkin now", progress="A proof")
    await cohort.ada.submit(await cohort.ada.form("checkin now"), q1="A paper")
    for number in ("1", "2"):
        await cohort.olu.ok("cohort-admin question-remove", question=number, sure="yes")
    clock.move_to(clock.now() + timedelta(days=31))
    (forget,) = (
        each for each in cohort.core.registry.prunes if each.run.__module__.endswith("checkins.questions")
    )
    assert await cohort.core.store.write(forget.run, clock.now(), 100) == 0
    await cohort.ada.ok("checkin remove", day="2026-11-23", sure="yes")
    assert await cohort.core.store.write(forget.run, clock.now(), 100) == 2
