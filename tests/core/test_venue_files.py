"""Files of deadlines: what they say, what is doubtful, and what cannot be read."""

import string
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.chat.model import Upload
from core.cohorts import zones
from core.errors import BadInput
from core.features.deadlines import files, meaning, written
from core.features.deadlines.files import ReadFile
from core.papers.edition_updates import SaidDate
from core.papers.editions import DateKind

DEMO = """
- title: DEMOCONF
  year: 2027
  id: democonf27
  deadlines:
    - {type: submission, label: Student volunteer applications, date: '2026-12-01 22:00:00', timezone: UTC}
    - {type: submission, label: Tutorial proposals, date: '2026-12-10 23:59:59', timezone: AoE}
    - {type: paper, label: Papers, date: '2027-01-22 22:00:00', timezone: UTC}
    - {type: notification, label: Phase 1 rejections, date: '2027-02-15 23:59:59', timezone: AoE}
    - {type: notification, label: Final decisions, date: '2027-04-08 23:59:59', timezone: AoE}
"""
CONFS = """
- title: TESTS
  description: Conference on Tests
  sub: AI
  rank: {ccf: A}
  dblp: tests
  confs:
    - year: 2027
      id: tests27
      link: https://tests.example.org/27
      timeline:
        - {deadline: TBD}
        - {deadline: '2027-02-01 23:59'}
        - {deadline: '2027-04-20 23:59:59', comment: notification of acceptance}
      timezone: UTC-12
      date: August 30 - September 2, 2027
      place: Lagos, Nigeria
"""


def read(text: str, name: str = "a.yml") -> ReadFile:
    return files.read(Upload(name, text.encode()))


def dates(text: str) -> tuple[SaidDate, ...]:
    [entry] = read(text).read
    return entry.said.dates


def entry(**keys: Any) -> str:
    return yaml.safe_dump([{"title": "TESTS", "year": 2027, "timezone": "AoE", **keys}])


def test_which_of_several_dates_counts_is_decided_and_said() -> None:
    [found] = read(DEMO).read
    main = {each.kind: each.label for each in found.said.dates if each.main}
    assert main == {DateKind.PAPER: "Papers", DateKind.DECISION: "Final decisions"}
    assert len(found.said.dates) == 5, "every row keeps its label"
    assert found.chosen == (
        "of 3 dates for papers I take “Papers”",
        "of 2 dates for decisions I take “Final decisions”",
    )
    assert found.said.dates[-1].at == datetime(2027, 4, 9, 11, 59, 59, tzinfo=UTC)


def test_the_other_format() -> None:
    [found] = read(CONFS).read
    said = found.said
    assert (str(said.edition), said.full_name, said.location) == (
        "TESTS 2027",
        "Conference on Tests",
        "Lagos, Nigeria",
    )
    assert (said.fields, said.link, said.entry) == (
        ("artificial intelligence",),
        "https://tests.example.org/27",
        "tests27",
    )
    to_come, paper, decision, held = said.dates
    assert (to_come.kind, to_come.at, to_come.main) == (DateKind.PAPER, None, True)
    assert (paper.at, paper.zone) == (datetime(2027, 2, 2, 11, 59, tzinfo=UTC), "AoE")
    assert (decision.kind, decision.label, decision.main) == (
        DateKind.DECISION,
        "notification of acceptance",
        True,
    )
    assert (held.kind, held.day, held.ends_on) == (DateKind.CONFERENCE, date(2027, 8, 30), date(2027, 9, 2))
    assert not any(each.doubt for each in said.dates)


@pytest.mark.parametrize(
    ("zone", "at", "sure"),
    [
        ("AoE", "2027-01-29T11:59:59", True),
        ("Anywhere on Earth", "2027-01-29T11:59:59", True),
        ("UTC-12", "2027-01-29T11:59:59", True),
        ("Etc/GMT+12", "2027-01-29T11:59:59", True),
        ("Etc/GMT-2", "2027-01-28T21:59:59", True),
        ("GMT+02", "2027-01-28T21:59:59", True),
        ("UTC\u22128", "2027-01-29T07:59:59", True),
        ("UTC+5:30", "2027-01-28T18:29:59", True),
        ("PST", "2027-01-29T07:59:59", True),
        ("PT", "2027-01-29T07:59:59", True),
        ("Europe/Berlin", "2027-01-28T22:59:59", True),
        ("CEST", "2027-01-28T22:59:59", False),
        ("IST", "2027-01-28T18:29:59", False),
        ("Mars", "2027-01-28T23:59:59", False),
        (None, "2027-01-28T23:59:59", False),
    ],
)
def test_zones_as_people_write_them(zone: str | None, at: str, sure: bool) -> None:
    [paper] = dates(entry(timezone=zone, deadlines=[{"type": "paper", "date": "2027-01-28 23:59:59"}]))
    assert paper.at == datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert (paper.doubt == "") == sure, paper.doubt


def test_pst_in_september_is_doubtful() -> None:
    found = zones.at_instant("PST", date(2026, 9, 3), written.UNTIL_LATE)
    assert found is not None
    assert not found[2]
    [paper] = dates(
        entry(year=2027, deadlines=[{"type": "paper", "date": "2026-09-03 23:59:59", "timezone": "PST"}])
    )
    assert paper.doubt == "“PST” may stand for other clocks on that date."


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2027-01-28 23:59:59", "2027-01-29T11:59:59"),
        ("2027-01-28 23:59", "2027-01-29T11:59:00"),
        ("2027/1/28 23:59", "2027-01-29T11:59:00"),
        ("2027-01-28T23:59:59Z", "2027-01-28T23:59:59"),
        ("2027-01-28 24:00", "2027-01-29T12:00:00"),
        ("2027-01-28", "2027-01-29T11:59:59"),
        (date(2027, 1, 28), "2027-01-29T11:59:59"),
        (datetime(2027, 1, 28, 23, 59, 59), "2027-01-29T11:59:59"),  # noqa: DTZ001 - as YAML gives it
        ("TBD", None),
        (None, None),
    ],
)
def test_dates_as_files_write_them(value: Any, expected: str | None) -> None:
    at = written.read(value, "AoE").at
    assert (at and at.isoformat().removesuffix("+00:00")) == expected


def test_a_year_alone_is_no_date() -> None:
    found = read(entry(deadlines=[{"type": "paper", "label": "Papers", "date": 2027}]))
    assert [(each.entry, each.reason) for each in found.rows] == [
        ("TESTS 2027", "Papers: “2027” is no date.")
    ]
    assert found.count == len(found.read) == 1


PAPER, ABSTRACT = {"type": "paper", "label": "Papers"}, {"type": "abstract", "label": "Abstracts"}


@pytest.mark.parametrize(
    ("keys", "doubts"),
    [
        (
            {"deadline": "2026-01-28 23:59", "abstract_deadline": "2027-01-21 23:59"},
            [
                "It comes after the date for papers (29 Jan 2026).",
                "It comes before the date for abstracts (22 Jan 2027).",
            ],
        ),
        (
            {"deadline": "2027-01-28 23:59", "abstract_deadline": "2026-01-28 23:59"},
            ["It is 365 days before the papers.", "It is 365 days after the abstracts."],
        ),
        ({"start": date(2026, 5, 4)}, ["It would be held in 2026, and the entry is of 2027."]),
        (
            {"deadline": "2027-01-28 23:59", "start": date(2027, 1, 4)},
            ["It comes after the conference begins (4 Jan 2027).", ""],
        ),
        (
            {
                "timeline": [
                    {"deadline": "2027-03-01"},
                    {"deadline": "2027-02-01"},
                    {"deadline": "2027-05-01"},
                ]
            },
            [
                "It comes after the next round (2 Feb 2027).",
                "It comes before the round before it (2 Mar 2027).",
                "",
            ],
        ),
        ({"deadline": "2021-01-28 23:59"}, ["It would be in 2021, and the entry is of 2027."]),
    ],
)
def test_what_cannot_be_is_kept_and_marked(keys: dict[str, Any], doubts: list[str]) -> None:
    assert [each.doubt for each in dates(entry(**keys))] == doubts


def test_the_last_day_may_stand_in_the_words() -> None:
    [held] = dates(entry(start=date(2027, 4, 13), date="April 13 - April 17, 2027"))
    assert (held.day, held.ends_on) == (date(2027, 4, 13), date(2027, 4, 17))


def test_twelve_monthly_rounds() -> None:
    found = dates(entry(timeline=[{"deadline": f"2027-{month:02}-15 23:59:59"} for month in range(1, 13)]))
    assert len(found) == 12
    assert all(each.main and not each.doubt for each in found)


@pytest.mark.parametrize(
    ("type_", "label", "kind", "main"),
    [
        ("camera-ready", "", DateKind.CAMERA_READY, True),
        ("Rebuttal_Start", "Author feedback", DateKind.REBUTTAL_START, True),
        ("rebuttal_and_revision", "Resubmission due", DateKind.REBUTTAL_END, True),
        ("deadline", "Author notification", DateKind.DECISION, True),
        ("registration", "Round 1 Paper Registration", DateKind.ABSTRACT, True),
        ("registration", "Early bird", DateKind.OTHER, False),
        ("submission", "Workshop proposals", DateKind.PAPER, False),
        ("something", "Abstract/Metadata due", DateKind.ABSTRACT, True),
        ("something", "Banquet", DateKind.OTHER, False),
        ("commitment_deadline", "ARR commitment deadline", DateKind.OTHER, False),
        ("final-notification", "", DateKind.DECISION, True),
    ],
)
def test_types_in_many_spellings(type_: str, label: str, kind: DateKind, main: bool) -> None:
    assert meaning.kind_of(type_, label) == (kind, main)


def test_a_track_with_an_entry_of_its_own_is_no_other_track() -> None:
    label = "Industry paper submission"
    assert not meaning.kind_of("paper", label)[1]
    assert meaning.kind_of("paper", label, "EMNLP (Industry Track)")[1]


def test_the_broken_entry_swallows_no_neighbour() -> None:
    text = DEMO + "- title: 'Broken\n  year: 2027\n" + DEMO + "- {title: [\n" + CONFS
    found = read(text)
    assert [str(each.said.edition) for each in found.read] == ["DEMOCONF 2027", "DEMOCONF 2027", "TESTS 2027"]
    assert [each.entry for each in found.refused] == ["Broken", "["]
    assert all(each.reason.startswith("line ") for each in found.refused)


@pytest.mark.parametrize("number", ["1" + ":1" * 600, "!!int '1" + ": 1" * 600 + "'", "9" * 600])
def test_a_number_whose_reading_would_take_long_is_not_read(number: str) -> None:
    found = read(f"{DEMO}- title: X\n  year: {number}\n")
    assert [str(each.said.edition) for each in found.read] == ["DEMOCONF 2027"]
    assert [each.reason for each in found.refused] == ["line 11 cannot be read (a number is too long)."]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("just a text", "it is no entry with a title and dates."),
        ({"year": 2027}, "it has no title."),
        ({"title": "X"}, "it has no year."),
        ({"title": "???", "year": 2027}, "its title has no letters or digits."),
        ({"title": "X", "year": "soon"}, "“soon” is no year."),
        ({"title": "X" * 90, "year": 2027}, "its title has 90 characters; 80 are possible."),
        ({"title": "X", "year": 2027, "deadlines": "all"}, "its deadlines are no list."),
        ({"title": "X", "confs": []}, "it is no entry with a title and dates."),
        ({"title": "X", "confs": [{"year": 2027}, 5]}, "it is no entry with a title and dates."),
    ],
)
def test_what_cannot_be_read_is_listed_with_the_reason(item: Any, reason: str) -> None:
    found = read(yaml.safe_dump([item]))
    assert [each.reason for each in found.refused] == [reason]


def bomb() -> str:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(["a0: &a0 [lol]", *levels])


def merges() -> str:
    levels = [f"- &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(["- &a0\n  title: X", *levels])


@pytest.mark.parametrize(
    "content",
    [
        bomb().encode(),
        merges().encode(),
        b"[" * 5000,
        b"- " * 5000,
        b"- {a: " * 2000,
        b"x: " + b"9" * 6000,
        b"- " + b"9" * 6000,
        b"!!python/object/apply:os.system ['true']",
        b"- !!python/object/apply:os.system ['true']",
        b"\x00\x01",
        b"%YAML 9.9\n---\n- a",
        b"",
        b"- title: X\n  year: 2027\n" * 3000,
        b"- title: X\n  year: 2027\n" * 60_000,
        b"\xff\xfe" + "- title: Ä".encode("utf-16-le"),
    ],
)
def test_hostile_files_are_refused_with_a_sentence(content: bytes) -> None:
    refused: Sequence[str] = ()
    try:
        refused = [each.reason for each in files.read(Upload("a.yml", content)).refused]
    except BadInput as error:
        refused = [str(error)]
    assert refused
    assert all(10 < len(each) < 300 for each in refused)


def test_other_encodings_are_read() -> None:
    text = entry(place="München")
    text = text.replace('"M\\xFCnchen"', "München")
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        [found] = files.read(Upload("a.yml", text.encode(encoding))).read
        assert found.said.location == "München", encoding


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=30)
    | st.dates()
    | st.datetimes()
    | st.sampled_from(
        ["TBD", "2027-01-28 23:59:59", "AoE", "PST", "July 1-3, 2027", "2027-02-30", "9999-12-31 23:59"]
    )
)
_ROWS = st.dictionaries(
    st.sampled_from(["type", "label", "date", "timezone", "deadline", "abstract_deadline", "comment"]),
    _SCALARS,
)
_KEYS = st.sampled_from(
    [
        "title",
        "year",
        "id",
        "link",
        "deadlines",
        "timeline",
        "confs",
        "timezone",
        "date",
        "start",
        "end",
        "deadline",
        "sub",
        "tags",
        "place",
    ]
)
_FLAT = _SCALARS | st.dictionaries(_KEYS, _SCALARS | st.lists(_ROWS | _SCALARS, max_size=4))
_ENTRIES = _FLAT | st.dictionaries(_KEYS, _FLAT | st.lists(_FLAT, max_size=3))


@given(st.lists(_ENTRIES, min_size=1, max_size=6))
def test_read_and_refused_are_the_entries(items: list[Any]) -> None:
    text = yaml.safe_dump(items, allow_unicode=True)
    found = files.read(Upload("a.yml", text.encode()))
    expected = sum(
        max(1, len(i["confs"])) if isinstance(i, dict) and isinstance(i.get("confs"), list) else 1
        for i in items
    )
    assert found.count == expected
    for each in found.read:
        assert each.said.edition.year
        for said in each.said.dates:
            assert said.at is None or said.at.tzinfo is UTC


@given(
    st.binary(max_size=400) | st.text(alphabet=string.printable + "é\u2028📚", max_size=400).map(str.encode)
)
def test_nothing_makes_it_raise_anything_else(content: bytes) -> None:
    for prefix in (b"", b"- ", b"- title: "):
        with suppress(BadInput):
            files.read(Upload("a.yml", prefix + content))


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_date_in_any_zone_is_read_or_refused(typed: str, zone: str) -> None:
    for value in (typed, f"2027-01-28 {typed}"):
        with suppress(written.NoDate):
            written.read(value, zone)
    written.conference_days(typed, 2027)
    meaning.round_of(typed)
    meaning.kind_of(zone, typed)
