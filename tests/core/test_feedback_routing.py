"""Who is asked to take a request: for any helpers, in any order."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.features.feedback import routing
from core.features.feedback.routing import PossibleHelper, knows, order, usual_wait, wait_words

TOPICS = ("statistics", "Bayesian statistics", "writing", "GPU kernels", "Ökologie", "x")
HELPERS = st.lists(
    st.builds(
        PossibleHelper,
        member_id=st.integers(1, 30),
        mentor=st.booleans(),
        topics=st.lists(st.sampled_from(TOPICS), max_size=3).map(tuple),
        at_once=st.integers(0, 4),
        paused=st.booleans(),
        open=st.integers(0, 5),
        asked_at=st.none() | st.sampled_from([datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 9)]),
    ),
    max_size=12,
    unique_by=lambda each: each.member_id,
)
ASKED = st.sampled_from(
    ("statistics", "Bayesian statistics of trials", "kernels", "oekologie", "Okologie", "")
)


@given(HELPERS, ASKED, st.booleans())
def test_who_has_no_room_is_never_asked(
    helpers: list[PossibleHelper], asked: str, mentors_only: bool
) -> None:
    for each in order(helpers, asked, mentors_only=mentors_only):
        assert each.has_room
        assert not each.paused
        assert each.mentor or (not mentors_only and knows(each.topics, asked))


@given(HELPERS, ASKED, st.data())
def test_the_order_does_not_depend_on_how_they_are_listed(
    helpers: list[PossibleHelper], asked: str, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(helpers))
    assert order(helpers, asked, mentors_only=False) == order(shuffled, asked, mentors_only=False)


@given(HELPERS, ASKED)
def test_who_knows_comes_first_then_fewest_open_then_longest_ago(
    helpers: list[PossibleHelper], asked: str
) -> None:
    found = order(helpers, asked, mentors_only=False)
    known = [knows(each.topics, asked) for each in found]
    assert known == sorted(known, reverse=True)
    for first, second in pairwise(found):
        same = knows(first.topics, asked) == knows(second.topics, asked)
        if same and bool(first.topics) == bool(second.topics):
            assert first.open <= second.open
            if first.open == second.open and second.asked_at is not None and first.asked_at is not None:
                assert first.asked_at <= second.asked_at
            if first.open == second.open and second.asked_at is None:
                assert first.asked_at is None, "who never was asked comes first"


@given(HELPERS, ASKED)
def test_every_mentor_with_room_is_reached_in_the_end(helpers: list[PossibleHelper], asked: str) -> None:
    found = {each.member_id for each in order(helpers, asked, mentors_only=True)}
    assert found == {each.member_id for each in helpers if each.mentor and each.has_room}


@pytest.mark.parametrize(
    ("topic", "asked", "fits"),
    [
        ("statistics", "Bayesian statistics", True),
        ("Bayesian statistics", "statistics", True),
        ("Statistik", "Statistiken", True),
        ("Ökologie", "okologie der Moore", True),
        ("writing", "Statistics", False),
        ("state-of-the-art", "state‑of‑the‑art baselines", True),
        ("", "statistics", False),
        ("...", "statistics", False),
    ],
)
def test_topics_are_found_by_their_words(topic: str, asked: str, fits: bool) -> None:
    assert knows((topic,), asked) == fits


def test_details_tell_what_it_is_about_too() -> None:
    assert knows(("power analysis",), "Reviewer two", "How large a sample? A power analysis says 40.")


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=30)), max_size=30))
def test_the_usual_wait_needs_enough_of_them(waits: list[timedelta]) -> None:
    found = usual_wait(waits)
    assert (found is not None) == (len(waits) >= routing.ENOUGH_WAITS)
    if found is not None:
        assert min(waits) - timedelta(seconds=1) <= found <= max(waits) + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(minutes=4), "an hour"),
        (timedelta(hours=2, minutes=20), "2 hours"),
        (timedelta(hours=35), "35 hours"),
        (timedelta(hours=40), "2 days"),
    ],
)
def test_waits_in_words(wait: timedelta, words: str) -> None:
    assert wait_words(wait) == words
