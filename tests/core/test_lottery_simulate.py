"""Simulation beyond the nine checks: large quotas, more committees, progress and its cancelling."""

from math import comb

import numpy as np
import pytest

from core.lottery import quota
from core.lottery.chunks import CHUNK, generator
from core.lottery.decisions import RHO, both_accept, flip, flip_sd
from core.lottery.rounds import (
    Try,
    accept_after_rejections,
    accepted_after,
    accepted_by,
    accepted_within,
    median_of,
    median_tries,
)
from core.lottery.simulate import ContingencyTable, conferences, several_committees, two_committees

LARGE = 3 * CHUNK + 1_234


def by_ranking(papers: int, accepted: int, rho: float, seed: int) -> int:
    """The obvious way: hold all papers, sort them twice, count who is on both lists."""
    a, b = np.empty(papers, np.float32), np.empty(papers, np.float32)
    for chunk in range(-(-papers // CHUNK)):
        source, part = generator(seed, chunk), slice(chunk * CHUNK, min((chunk + 1) * CHUNK, papers))
        size = part.stop - part.start
        a[part] = source.standard_normal(size, np.float32)
        noise = np.float32(np.sqrt(1 - rho * rho))
        b[part] = np.float32(rho / noise) * a[part] + source.standard_normal(size, np.float32)
    best = [set(np.argsort(-values, kind="stable")[:accepted].tolist()) for values in (a, b)]
    return len(best[0] & best[1])


@pytest.mark.parametrize("accepted", [1, 50, LARGE // 4, LARGE - 1])
@pytest.mark.parametrize("rho", [0.0, RHO, 0.999])
def test_large_quota_is_exactly_that_of_ranking_all_papers(accepted: int, rho: float) -> None:
    for threads in (1, 2):
        found = conferences(1, LARGE, accepted, rho, seed=3, threads=threads)
        assert found.both.tolist() == [by_ranking(LARGE, accepted, rho, 3)]


def test_cut_outside_window_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = conferences(3, LARGE, LARGE // 4, seed=8)
    monkeypatch.setattr(quota, "_HALF", 1e-3)
    assert conferences(3, LARGE, LARGE // 4, seed=8).both.tolist() == usual.both.tolist()
    assert len(set(usual.both.tolist())) > 1, "the conferences of one seed differ"


def test_large_quotas_agree_with_closed_form() -> None:
    found = conferences(1, 1_000_000, 250_000, seed=7, threads=2)
    assert found.mean == pytest.approx(flip(0.25), abs=5 * flip_sd(0.25, RHO, 1_000_000))
    assert found.table().papers == 1_000_000
    assert conferences(1, LARGE, 77, 1.0, seed=7).both.tolist() == [77]


def test_several_committees() -> None:
    papers = 400_000
    two = several_committees(papers, 0.25, 2, seed=1, threads=2)
    assert sum(two) == papers
    assert two[2] / papers == pytest.approx(both_accept(0.25), abs=0.003)
    five = several_committees(papers, 0.25, 5, seed=1)
    assert five == several_committees(papers, 0.25, 5, seed=1, threads=2)
    # A paper that none of five committees takes is out after five tries.
    assert 1 - five[0] / papers == pytest.approx(accepted_within(0.25, 5), abs=0.004)
    independent = several_committees(papers, 0.25, 3, 0.0, seed=2)
    assert [count / papers for count in independent] == pytest.approx(
        [comb(3, n) * 0.25**n * 0.75 ** (3 - n) for n in range(4)], abs=0.004
    )
    for committees, says in ((0, "at least 1"), (51, "at most 50")):
        with pytest.raises(ValueError, match=says):
            several_committees(10, 0.25, committees, seed=1)


@pytest.mark.parametrize("threads", [1, 2])
def test_progress_adds_up_and_changes_nothing(threads: int) -> None:
    told: list[float] = []
    found = two_committees(LARGE, 0.25, seed=4, threads=threads, progress=told.append)
    assert sum(told) == pytest.approx(1)
    assert len(told) == 4
    assert found == two_committees(LARGE, 0.25, seed=4)
    for papers, count in ((LARGE, 2), (100, 3000)):
        told.clear()
        conferences(count, papers, 30, seed=4, threads=threads, progress=told.append)
        assert sum(told) == pytest.approx(1)


@pytest.mark.parametrize("threads", [1, 2])
def test_what_progress_raises_stops_simulation(threads: int) -> None:
    told: list[float] = []

    def enough(done: float) -> None:
        told.append(done)
        if len(told) >= 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        two_committees(100_000_000, 0.25, seed=4, threads=threads, progress=enough)
    assert len(told) <= 2 + threads, "the other threads stop within a chunk"


def test_threads_within_bounds() -> None:
    for threads, says in ((0, "at least 1"), (65, "at most 64")):
        with pytest.raises(ValueError, match=says):
            two_committees(10, 0.25, seed=1, threads=threads)


def test_tables_flip_counts_both_committees() -> None:
    assert ContingencyTable(22, 21, 22, 101).flip == pytest.approx(43 / 87)
    drawn = [two_committees(5000, 0.25, seed=seed).flip for seed in range(300)]
    assert np.std(drawn) == pytest.approx(flip_sd(0.25, RHO, 5000, quota=False), rel=0.15)


# Tries at different venues


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
