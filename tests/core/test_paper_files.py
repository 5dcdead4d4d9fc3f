"""Papers in and out: every row read or named, nothing lost on the way there and back, taken back as a whole."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.files import cell, uncell
from core.chat.model import UPLOAD_BYTES, File, Reply, Upload
from core.chat.text import clean
from core.clock import FixedClock
from core.commands.admission import Admission
from core.commands.dispatch import Core
from core.delivery.service import Delivery
from core.errors import BadInput
from core.features.submissions import paper_files
from core.features.submissions.paper_rows import ReadPapers
from core.papers.model import NoteVisibility, Stage, VenueEdition, Visibility
from core.papers.reviews import Constructiveness
from core.papers.venues import read_edition
from core.papers.whole import WholeEvent, WholePaper, WholeReview, WholeRound
from tests.conftest import NOW, OFTEN
from tests.outlets import KeepingOutlet
from tests.people import (
    CohortFixture,
    answered,
    button_of,
    buttons_of,
    found_cohort,
    listed,
    refused,
    text_of,
)
from tests.redelivery import Redelivered, Step

TODAY = date(2026, 11, 23)
PRIVATE = NoteVisibility.PRIVATE
SIMPLE = Upload("papers.csv", b"Title;Venue;Status;Date\nA first;NeurIPS 2026;submitted;3.11.2026\n")
IMPORTED: Step = ("olu", "submission import", {"file": SIMPLE, "confirm": "yes"})

REDELIVERED: Mapping[str, Redelivered] = {
    "submission import": Redelivered({"file": SIMPLE, "confirm": "yes"}),
    "submission export": Redelivered({"format": "csv"}),
    "submission take-back": Redelivered({"file": "papers.csv"}, before=[IMPORTED]),
}

HOSTILE = "=cmd|\"/C calc\"!A0, '=two' “quoted” ; tab"
ARABIC = "نماذج اللغة 👩🏽‍🔬 @everyone <!channel> **bold** [x](http://evil.example)"


def content_of(reply: Reply) -> bytes:
    (file,) = (block for block in reply.blocks if isinstance(block, File))
    return file.content


async def exported(cohort: CohortFixture, who: str = "ada", format: str = "csv") -> bytes:  # noqa: A002
    return content_of(await getattr(cohort, who).ok("submission export", format=format))


async def seed_whole(cohort: CohortFixture) -> None:
    """Papers of Ada's with everything that a paper can have."""
    ada = cohort.ada
    await ada.ok(
        "submission add",
        title=HOSTILE,
        venue="ICLR 2025",
        stage="submitted",
        coauthors="Ben, Chen Li; von der Leyen, U.",
        link="arxiv.org/abs/2306.03262",
    )
    for score, more in (
        (
            "6: marginally above",
            {"confidence": "4", "constructive": "mixed", "summary": "Line\nand “quotes”"},
        ),
        ("3", {"summary": "=1+1\n-2"}),
    ):
        await ada.ok("review add", paper="1", score=score, **more)
    await ada.ok(
        "submission update",
        paper="1",
        stage="rejected",
        date="2026-11-23",
        note="- a note\n+ more",
        note_visibility="cohort",
    )
    await ada.ok("review add", paper="1", score="5.333333333", when="after", sure="yes")
    await ada.ok("submission resubmit", paper="1", venue="NeurIPS 2027")
    await ada.ok("submission update", paper="1", stage="submitted", note="’twas @sent")
    await ada.ok("submission add", title=ARABIC, visibility="anonymous", venue="Our Workshop '27")
    await ada.ok("submission add", title="'=An apostrophe", visibility="private", stage="idea")
    await ada.ok("submission add", title="Journal of it", venue="TMLR", stage="published")


@pytest.mark.parametrize("format", ["csv", "json"])
async def test_nothing_is_lost_there_and_back(cohort: CohortFixture, core: Core, format: str) -> None:  # noqa: A002
    await seed_whole(cohort)
    first = await exported(cohort, format=format)
    await cohort.olu.ok("submission add", title="In the way, so that numbers differ")
    shown = await cohort.ben.ok("submission import", file=Upload(f"papers.{format}", first))
    text = text_of(shown)
    assert " 0 refused. Nothing is taken in yet." in text
    assert "4 new papers, with 4 rounds, 3 reviews and 3 stages." in text
    assert text_of(await cohort.ben.ok("submission export", format="csv")).startswith(
        "No paper here is yours"
    )
    done = answered(await cohort.ben.click(shown, "Take in 4"))
    assert "is taken in: 4 new papers." in text_of(done)
    again = await exported(cohort, "ben", format)
    # Ben is a co-author of the one; what is his own names Ada nowhere.
    assert again == first.replace(b"Ben; Chen Li", b"Chen Li").replace(b'"Ben",\n        ', b"")
    page = text_of(await cohort.ben.ok("submission timeline", paper="#4"))
    assert "rejected" in page
    assert "a note" in page


@pytest.mark.case(35)
async def test_formulas_are_quoted_and_texts_come_back(cohort: CohortFixture) -> None:
    await seed_whole(cohort)
    rows = list(csv.reader(io.StringIO((await exported(cohort)).decode("utf-8-sig"))))
    cells = {cell for row in rows for cell in row}
    assert f"'{HOSTILE}" in cells
    assert "''=An apostrophe" in cells
    assert not {cell for cell in cells if cell.startswith(("=", "+", "-", "@"))}


async def test_own_papers_alone_with_what_is_ones_own_of_them(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Ada's", coauthors="Ben")
    await cohort.ben.ok("submission update", paper="1", stage="submitted", note="Ben to Ada")
    await cohort.ben.ok("submission add", title="Ben's own")
    content = (await exported(cohort)).decode()
    assert "Ben to Ada" in content
    assert "Ben's own" not in content
    assert "Ada's" not in (await exported(cohort, "ben")).decode()


BAD = """title,venue,stage,date,visibility,link,score,confidence
,NeurIPS 2026,submitted,2026-11-01,,,,
Fine,NeurIPS 2026,submitted,2026-11-01,,,,
Wrong stage,ICML 2026,acepted,2026-11-01,,,,
Wrong day,ICML 2026,rejected,31.02.2026,,,,
To come,ICML 2026,rejected,2031-01-01,,,,
Wrong year,ICML 1911,rejected,2026-01-01,,,,
Two wrongs,ICML 2026,nowhere,yesterday,,not a link,,
{long},ICML 2026,idea,,,,,
Seen by whom,ICML 2026,idea,,the world,,,
Scored,ICML 2026,rejected,2026-05-01,,,"6, 5000",

Fine,neurips 2026,submitted,2026-11-01,,,,
"""


async def test_each_bad_row_is_named_with_its_column_and_what_was_typed(cohort: CohortFixture) -> None:
    bad = Upload("list.csv", BAD.format(long="x" * 10_000).encode())
    shown = await cohort.ada.ok("submission import", file=bad)
    assert text_of(shown).startswith(
        "list.csv has 11 rows: 2 read, 9 refused. Nothing is taken in yet.\n"
        "1 new paper, with 1 round; 1 paper that you have already.\n"
    )
    (preview,) = (block for block in shown.blocks if isinstance(block, File))
    said = preview.content.decode()
    for line in (
        "Row 2, title: a paper needs a title.",
        "Row 4, stage: “acepted”: did you mean accepted?",
        "Row 5, date: “31.02.2026”: there is no such date.",
        "Row 6, date: “2031-01-01”: it is still to come.",
        "Row 7, venue: “ICML 1911”: no edition is from before 1950 or after 2031.",
        "Row 8, stage: “nowhere”: it has to be one of idea, drafting,",
        "Row 8, date: “yesterday”: it is no date that I can read; write it like 2026-11-23.",
        "Row 8, link: “not a link”: it is no web address",
        "Row 9, title: “xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…”: it has 10,000 characters, and 250 are possible.",
        "Row 10, visibility: “the world”: it has to be one of private, cohort, anonymous.",
        "Row 11, score: “6, 5000”:",
    ):
        assert line in said, said
    assert "Row 13: Fine (a paper above it)" in said
    assert not listed(await cohort.ada.ok("submission list"))
    done = answered(await cohort.ada.click(shown, "Take in 1"))
    assert text_of(done).startswith("list.csv is taken in: 1 new paper.")
    assert "1 you had already, and they were left out." in text_of(done)


PARTS = """row,paper,title,stage,round,venue,decision,date,score
review,1,,,2,,,,6
paper,1,Whole,rejected,,,,2026-01-05,
stage,1,,accepted,,ICML 2026,,2026-05-01,
round,1,,,1,ICML 2026,rejected,2026-05-01,
round,1,,,2,ICML 2026,,,
round,1,,,2,ICML 2025,rejected,2025-05-01,
paper,2,,idea,,,,,
review,2,,,,,,,5
stages,1,,idea,,,,,
review,1,,,1,,,,
review,1,,,1,,,,4
"""


async def test_rows_of_what_is_refused_are_refused_with_it(cohort: CohortFixture) -> None:
    shown = await cohort.ada.ok("submission import", file=Upload("parts.csv", PARTS.encode()))
    text = text_of(shown)
    assert text.startswith("parts.csv has 11 rows: 4 read, 7 refused.")
    for line in (
        "Row 2, round: “2”: its round is refused.",
        "Row 6, venue: “ICML 2026”: ICML 2026 has decided on this paper in an earlier round, so it cannot go there again.",
        "Row 7, round: “2”: two rounds of the paper have this.",
        "Row 8, title: a paper needs a title.",
        "Row 9, paper: “2”: no paper of the file that can be read has this.",
        "Row 10, row: “stages”: it has to be one of paper, round, stage, review.",
        "Row 11, score: a review needs a score.",
    ):
        assert line in text, text
    assert "Row 3, “Whole”: it stands at rejected, and its last stage is accepted." in text


@pytest.mark.parametrize(
    ("content", "separator"),
    [
        ("title\tstage\tvenue\nÜber Größe\tidea\tICML 2027\n".encode("utf-16"), "tab"),
        ("title\tstage\nÜber Größe\tidea\n".encode("utf-16-le"), "tab"),
        ("﻿title,stage\nÜber Größe,idea\n".encode(), "comma"),
        ("title;stage\r\nÜber Größe;idea\r\n".encode("cp1252"), "semicolon"),
        ("sep=;\ntitle;stage\nÜber Größe;idea\n".encode("latin-1"), "semicolon"),
        ('"Paper Title","Status"\n"Über Größe","Idea"\n'.encode(), "comma"),
        ("Paper,Status\nÜber Größe,Idea\n".encode(), "comma"),
    ],
    ids=["utf-16", "no mark", "utf-8", "excel", "sep=", "quoted", "paper"],
)
async def test_encodings_and_separators_of_spreadsheets(
    cohort: CohortFixture, content: bytes, separator: str
) -> None:
    shown = await cohort.ada.ok("submission import", file=Upload(f"{separator}.csv", content))
    assert "1 row: 1 read, 0 refused" in text_of(shown)
    await cohort.ada.click(shown, "Take in 1")
    [line] = listed(await cohort.ada.ok("submission list", stage="idea"))
    assert "Über Größe" in line


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-03", "3 Nov"),
        ("2026-11-03 00:00:00", "3 Nov"),
        ("2026-11-03T12:30:00Z", "3 Nov"),
        ("20261103", "3 Nov"),
        ("3.11.2026", "3 Nov"),
        ("03.11.26", "3 Nov"),
        ("3 Nov 2026", "3 Nov"),
        ("November 3, 2026", "3 Nov"),
        ("11/03/2026", "Row 2, date: “11/03/2026”: it may be of two months; write it like 2026-11-23."),
        ("46329", "Row 2, date: “46329”: it is no date that I can read; write it like 2026-11-23."),
    ],
)
async def test_dates_in_several_forms(cohort: CohortFixture, typed: str, day: str) -> None:
    file = Upload("a.csv", f'title,date\nT,"{typed}"\n'.encode())
    shown = await cohort.ada.ok("submission import", file=file)
    if day.startswith("Row"):
        assert day in text_of(shown)
        assert not buttons_of(shown)
        return
    await cohort.ada.click(shown, "Take in 1")
    assert day in text_of(await cohort.ada.ok("submission timeline", paper="T"))


async def test_other_dates_of_a_file_tell_which_comes_first(cohort: CohortFixture) -> None:
    file = Upload("a.csv", b"title,date\nT,11/03/2025\nU,12/31/2024\n")
    shown = await cohort.ada.ok("submission import", file=file)
    await cohort.ada.click(shown, "Take in 2")
    assert "3 Nov 2025" in text_of(await cohort.ada.ok("submission timeline", paper="T"))


async def test_what_one_has_already_is_asked_about(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="A first!", venue="nips 26")
    await cohort.ben.ok("submission add", title="A first", venue="NeurIPS 2026")
    shown = await cohort.ada.ok("submission import", file=SIMPLE)
    assert "1 paper that you have already" in text_of(shown)
    assert "Row 2: A first (#1)" in text_of(shown)
    done = answered(await cohort.ada.click(shown, "Take in 1 a second time"))
    assert "is taken in: 1 new paper." in text_of(done)
    assert len(listed(await cohort.ada.ok("submission list", who="Ada"))) == 2


async def test_near_venues_scores_off_their_scale_and_orders_that_cannot_be_are_said(
    cohort: CohortFixture,
) -> None:
    rows = (
        "row,title,venue,stage,date,score,extra\n"
        "paper,One,NuerIPS 2025,rejected,2025-09-01,,1\n"
        "paper,Two,ICLR 2025,rejected,2025-01-20,7,\n"
        "paper,Three,,published,2025-01-20,,\n"
        "stage,,,submitted,2025-03-01,,\n"
        "stage,,,rejected,2025-02-01,,\n"
        "stage,,,published,2025-04-01,,\n"
    )
    text = text_of(await cohort.ada.ok("submission import", file=Upload("a.csv", rows.encode())))
    assert "Row 2: “NuerIPS 2025”; did you mean NeurIPS?" in text
    assert "Row 3, “Two”: 7 is not on the scale of ICLR 2025." in text
    assert "Row 4, “Three”: rejected on 1 Feb 2025, before it was submitted on 1 Mar 2025." in text
    assert "leave out\n• extra" in text
    assert "has 6 rows: 6 read, 0 refused" in text


async def test_what_finds_no_room_is_counted(sqlite_core: Core) -> None:
    full = await found_cohort(replace(sqlite_core, admission=Admission(replace(OFTEN, papers=2, reviews=1))))
    rows = 'title,stage,venue,score\nA,rejected,X,"6,5"\nB,idea,,\nC,idea,,\n'
    shown = await full.ada.ok("submission import", file=Upload("a.csv", rows.encode()))
    assert "1 of them find no room: that is as many papers as I keep of one member." in text_of(shown)
    done = text_of(answered(await full.ada.click(shown, "Take in 2")))
    assert "is taken in: 2 new papers." in done
    assert "2 reviews found no room" in done
    assert "1 of them find no room" in done


async def test_an_import_is_taken_back_as_a_whole_and_had_back(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    await cohort.ada.ok("submission add", title="Stays")
    rows = "title,stage,visibility\nA,idea,cohort\nB,idea,\nC,idea,\n"
    shown = await cohort.ada.ok("submission import", file=Upload("three.csv", rows.encode()))
    done = answered(await cohort.ada.click(shown, "Take in 3"))
    assert "Of the new ones, everybody in the cohort sees 1, only you and co-authors here see 2." in text_of(
        shown
    )
    assert len(listed(await cohort.ada.ok("submission list"))) == 4
    assert len(listed(await cohort.ben.ok("submission list"))) == 2
    await cohort.ada.ok("submission delete", paper="C", sure="yes")
    clock.move_to(NOW + timedelta(minutes=1))
    back = button_of(done, "Take it back")
    refused(await cohort.ben.click(back))
    taken = answered(await cohort.ada.click(back))
    assert text_of(taken).startswith("three.csv is taken back: 2 papers of it are deleted.")
    assert len(listed(await cohort.ada.ok("submission list"))) == 1
    again = answered(await cohort.ada.click(taken, "Undo"))
    assert text_of(again) == "What three.csv brought is here again: 2 papers."
    assert len(listed(await cohort.ada.ok("submission list"))) == 3
    clock.move_to(NOW + timedelta(days=1, seconds=1))
    late = refused(await cohort.ada.click(back))
    assert "within the last day" in text_of(late)


async def test_what_is_taken_back_twice_and_late_can_be_had_back_for_a_day(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    shown = await cohort.ada.ok("submission import", file=Upload("one.csv", b"title\nA\n"))
    back = button_of(answered(await cohort.ada.click(shown, "Take in 1")), "Take it back")
    clock.move_to(NOW + timedelta(hours=23))
    taken = answered(await cohort.ada.click(back))
    assert text_of(taken).startswith(
        "one.csv is taken back: 1 paper of it is deleted. For a day you can have it"
    )
    clock.move_to(NOW + timedelta(hours=23, minutes=1))
    assert text_of(answered(await cohort.ada.click(back))) == "Nothing of one.csv is here any more."
    clock.move_to(NOW + timedelta(hours=46))
    again = answered(await cohort.ada.click(taken, "Undo"))
    assert text_of(again) == "What one.csv brought is here again: 1 paper."
    assert len(listed(await cohort.ada.ok("submission list"))) == 1
    assert "within the last day" in text_of(refused(await cohort.ada.click(back)))


async def test_an_import_that_brought_nothing_is_not_offered_to_be_taken_back(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission import", file=SIMPLE, confirm="yes")
    again = await cohort.ada.ok("submission import", file=SIMPLE, confirm="yes")
    assert "papers.csv brought nothing new." in text_of(again)
    taken = await cohort.ada.ok("submission take-back", file="papers.csv")
    assert text_of(taken).startswith("papers.csv is taken back: 1 paper of it is deleted.")


async def test_a_press_on_two_devices_takes_in_once(cohort: CohortFixture) -> None:
    shown = await cohort.ada.ok("submission import", file=SIMPLE)
    button = button_of(shown, "Take in 1")
    answered(await cohort.ada.click(button, message="m1"))
    assert "pressed this button already" in text_of(refused(await cohort.ada.click(button, message="m1")))
    assert len(listed(await cohort.ada.ok("submission list"))) == 1


async def test_a_co_author_of_many_papers_is_told_once(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    rows = 'title,co-authors\nA,"Ben, Mina"\nB,Ben\nC,"Ben; Chen Li"\n'
    shown = await cohort.ada.ok("submission import", file=Upload("a.csv", rows.encode()))
    done = answered(await cohort.ada.click(shown, "Take in 3"))
    await delivery.flush()
    told = {each.target.channel: text_of(each.reply) for each in outlet.sent}
    assert set(told) == {"U-ben", "U-mina"}
    assert told["U-ben"].startswith("Ada added 3 papers in Lab of which you are a co-author.")
    assert "Ada named you as a co-author of #" in told["U-mina"]
    await cohort.ada.click(done, "Take it back")
    await delivery.flush()
    assert any("took back the papers" in text_of(each.reply) for _, each in outlet.edits)


async def test_what_was_imported_is_no_news(cohort: CohortFixture) -> None:
    rows = "title,stage,venue,visibility,date\nOld news,published,ICML 2020,cohort,2020-07-01\n"
    shown = await cohort.ada.ok("submission import", file=Upload("a.csv", rows.encode()))
    await cohort.ada.click(shown, "Take in 1")
    preview = await cohort.olu.ok("digest preview")
    assert "Old news" not in text_of(preview) + "".join(listed(preview))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"title\n\n", "holds no paper"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "its first row names no column that I know"),
        (b"just words", "its first row names no column that I know"),
        (b"title,title\na,b\n", "two of its columns say the title"),
        (b'{"papers": 3}', "it has no list of papers"),
        (b'{"papers": [', "it is no JSON, or breaks off"),
        (b"[" * 100_000, "it is no JSON, or breaks off"),
        (b"[]", "holds no paper"),
        (b"title\n" + b"a\n" * 10_001, "it has more than 10,000 rows"),
        (b'title\n"' + b"a\n" * 100_000, "perhaps a quotation mark is not closed"),
    ],
)
async def test_what_is_no_file_of_papers_is_refused_at_its_field(
    cohort: CohortFixture, content: bytes, why: str
) -> None:
    answer = await cohort.ada.fails("submission import", file=Upload("x.csv", content))
    assert answer.field == "file"
    assert why in text_of(answer)


@pytest.mark.parametrize(
    "paper",
    [
        3,
        None,
        "x",
        [],
        {},
        {"title": None},
        {"title": {"a": 1}, "stages": [3]},
        {"title": "T", "rounds": [[]]},
    ],
)
async def test_any_json_is_read_or_refused(cohort: CohortFixture, paper: object) -> None:
    content = json.dumps({"papers": [paper, {"title": "Good", "row": "review", "id": 7}]}).encode()
    text = text_of(await cohort.ada.ok("submission import", file=Upload("x.json", content)))
    assert "0 read" not in text
    assert "1 new paper" in text or "2 new papers" in text


async def test_bibtex_is_what_a_reading_list_reads(cohort: CohortFixture) -> None:
    await cohort.ada.ok(
        "submission add",
        title="50% of {it} & more",
        venue="ICML 2026",
        stage="accepted",
        coauthors="Ben; Air and Ground Team;",
    )
    await cohort.ada.ok("submission add", title="Under way", venue="NeurIPS 2026")
    content = await exported(cohort, format="bibtex")
    text = content.decode()
    assert "@article{paper1" in text
    assert "year = {2026}" in text
    assert "NeurIPS" not in text, "where it was not accepted is nobody's business"
    shown = await cohort.ben.ok("reading import", file=Upload("p.bib", content))
    assert "has 2 entries: 2 new" in text_of(shown)


async def test_a_file_that_is_too_large_is_refused_before_it_is_read(cohort: CohortFixture) -> None:
    rows = b"title\n" + b"x" * UPLOAD_BYTES
    assert "perhaps a quotation mark" in text_of(
        await cohort.ada.fails("submission import", file=Upload("x.csv", rows))
    )


TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("=+-@\t'\"\n;,|＝＠ \u200f\u202e\u0301👩🏽\u200d🔬"),
    ),
    min_size=1,
    max_size=60,
)
ONE_LINE = TEXTS.map(lambda text: clean(text, multiline=False)).filter(bool)
SEVERAL = TEXTS.map(lambda text: clean(text, multiline=True)).filter(bool)
DAYS = st.dates(date(1990, 1, 1), TODAY)
SCORES = st.floats(-1000, 1000, allow_nan=False).map(lambda each: round(each, 6) + 0.0)
CONSTRUCTIVE = st.sampled_from([None, *(each.value for each in Constructiveness)])
REVIEWS = st.builds(
    WholeReview, SCORES, st.none() | st.integers(1, 5), CONSTRUCTIVE, st.booleans(), st.none() | SEVERAL, DAYS
)
OPEN = st.builds(
    WholeRound, ONE_LINE.map(read_edition), st.none(), st.none(), st.lists(REVIEWS, max_size=2).map(tuple)
)
DECIDED = st.builds(
    WholeRound,
    st.sampled_from([VenueEdition("ICML", year) for year in range(1990, 2026)]) | st.just(VenueEdition("")),
    st.sampled_from((Stage.REJECTED, Stage.WITHDRAWN, Stage.DESK_REJECTED)),
    DAYS,
    st.lists(REVIEWS, max_size=2).map(tuple),
)
STAGES = st.sampled_from(Stage)
EVENTS = st.builds(
    lambda note, seen, **rest: WholeEvent(note=note, note_visibility=seen if note else PRIVATE, **rest),
    note=st.none() | SEVERAL,
    seen=st.sampled_from(NoteVisibility),
    day=DAYS,
    before=STAGES,
    stage=STAGES,
    venue=st.just("") | ONE_LINE,
)
NAMES = ONE_LINE.map(lambda name: name.replace(";", "").replace("@", "").strip()).filter(bool)
PAPERS = st.builds(
    WholePaper,
    ONE_LINE,
    st.sampled_from((Stage.IDEA, Stage.DRAFTING, Stage.WITHDRAWN, Stage.PUBLISHED)),
    STAGES,
    st.sampled_from(Visibility),
    st.lists(NAMES, max_size=3, unique=True).map(tuple),
    st.none() | st.just("https://arxiv.org/abs/2306.03262"),
    DAYS,
    st.lists(OPEN, max_size=2).map(tuple) | st.lists(DECIDED, max_size=1).map(tuple),
    st.lists(EVENTS, max_size=3).map(tuple),
)


def read_again(written: File) -> ReadPapers:
    return paper_files.read(Upload(written.name, written.content), TODAY, Visibility.COHORT)


@given(st.lists(PAPERS, min_size=1, max_size=3), st.sampled_from(["utf-8-sig", "utf-16", "semicolons"]))
def test_what_is_written_is_read_as_it_was(papers: list[WholePaper], kind: str) -> None:
    table, whole = paper_files.as_csv(papers), paper_files.as_json(papers)
    text = table.content.decode("utf-8-sig")
    if kind == "semicolons":
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";").writerows(csv.reader(io.StringIO(text, newline="")))
        table = File(table.name, out.getvalue().encode(), table.media_type)
    else:
        table = File(table.name, text.encode(kind), table.media_type)
    for written in (table, whole):
        found = read_again(written)
        assert not found.problems
        assert [paper for _, paper in found.papers] == papers
    assert paper_files.as_csv([paper for _, paper in read_again(table).papers]).content == (
        paper_files.as_csv(papers).content
    )


@given(st.binary(max_size=300) | TEXTS.map(lambda text: f"title,date,score\n{text}".encode()))
def test_any_file_is_read_or_refused_and_every_row_counts_once(content: bytes) -> None:
    try:
        found = paper_files.read(Upload("x.csv", content), TODAY, Visibility.COHORT)
    except BadInput:
        return
    assert found.refused + len(found.papers) <= found.rows
    if all(where.startswith("Row") for where, _ in found.papers):
        assert found.refused + len(found.papers) == found.rows


@given(TEXTS)
def test_what_a_cell_quotes_is_given_back(text: str) -> None:
    assert uncell(cell(text)) == text
    assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
