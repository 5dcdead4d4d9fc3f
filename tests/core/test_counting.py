"""When a count may be shown: from five people on."""

from core.cohorts.counting import MIN_PEOPLE, count_groups, may_show, may_show_part


def test_number_stands_for_five_people_or_more() -> None:
    assert MIN_PEOPLE == 5
    assert may_show(5)
    assert not may_show(4)


def test_part_and_what_is_left_of_whole_are_both_large() -> None:
    assert may_show_part(5, 10)
    assert not may_show_part(4, 10)
    assert not may_show_part(6, 10)


def test_groups_with_few_owners_are_counted_together() -> None:
    large = [("a", owner, 2) for owner in range(5)]
    counted = count_groups([*large, ("b", 1, 1), ("b", 2, 1), ("c", 3, 4), ("c", 4, 1), ("c", 5, 1)])
    assert counted.groups == {"a": 10}
    assert counted.others == 8


def test_other_groups_of_too_few_owners_are_left_out() -> None:
    counted = count_groups([("a", 1, 9), ("b", 1, 1), ("b", 2, 1), ("c", 3, 1), ("c", 4, 1)])
    assert (counted.groups, counted.others) == ({}, 0)
