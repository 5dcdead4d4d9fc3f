"""Numbers that hide people: when a count of records that not everybody may see can be shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MIN_PEOPLE = 5
"""How many people have to stand behind a number before it is shown."""


def may_show(people: int) -> bool:
    """Whether a number that stands for so many different people can be shown."""
    return people >= MIN_PEOPLE


def may_show_part(part: int, whole: int) -> bool:
    """Whether a part can be shown beside its whole, both in people: neither the part nor what is left of the
    whole may single anybody out."""
    return may_show(part) and may_show(whole - part)


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """Records counted by group. `groups` holds those with enough people; `others` counts the records of all
    other groups together, 0 where even so there are too few people."""

    groups: Mapping[str, int]
    others: int


def count_groups(records: Iterable[tuple[str, int, int]]) -> GroupCounts:
    """Count records given as (group, owner, how many of that owner), each count with enough people behind it."""
    counts: dict[str, int] = {}
    owners: dict[str, set[int]] = {}
    for group, owner, count in records:
        counts[group] = counts.get(group, 0) + count
        owners.setdefault(group, set()).add(owner)
    shown = {group: count for group, count in counts.items() if may_show(len(owners[group]))}
    hidden = [group for group in counts if group not in shown]
    enough = may_show(len({owner for group in hidden for owner in owners[group]}))
    return GroupCounts(shown, sum(counts[group] for group in hidden) if enough else 0)
