"""Tries of one paper at different venues."""

import pytest

from core.lottery.rounds import (
    Try,
    accept_after_rejections,
    accepted_after,
    accepted_by,
    median_of,
    median_tries,
)


def test_plan_of_equal_tries_is_closed_form() -> None:
    tries = [Try(0.25)] * 6
    after = accepted_after(tries, improve=0.5)
    for rejections in range(1, 7):
        assert after[rejections - 1] == pytest.approx(accept_after_rejections(0.25, rejections, improve=0.5))
    assert median_of([Try(0.25)]) == median_tries(0.25) == 4
    assert median_of([Try(0.02)]) == median_tries(0.02)
    assert median_of([Try(0.0001)]) is None
    assert median_of([Try(0.6), Try(0.1)]) == 1


def test_plan_over_different_venues() -> None:
    tries = [Try(0.2), Try(0.3), Try(0.5)]
    by = accepted_by([*tries, Try(0.5)])
    after = accepted_after(tries)
    for n in range(3):
        assert after[n] == pytest.approx((by[n + 1] - by[n]) / (1 - by[n]), abs=1e-9)
    assert all(0 <= chance <= 1 for chance in accepted_after([Try(0.999)] * 2000, 0.9, 3.0))
    with pytest.raises(ValueError, match="at least 1"):
        accepted_after([])
