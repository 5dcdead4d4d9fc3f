"""Which known words a typed one may be a slip of."""

from collections.abc import Iterable

LONGEST = 40
"""Characters of a word that are compared; names are all shorter."""


def near(typed: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known words that a typed one may be a slip of, the nearest first: one letter too many, too few, wrong or
    swapped with its neighbour; two such slips in a word of six letters or more."""
    if not typed or len(typed) > LONGEST:
        return []
    found = []
    for word in dict.fromkeys(known):
        allowed = _allowed(min(len(typed), len(word)))
        if abs(len(typed) - len(word)) <= allowed and (far := distance(typed, word)) <= allowed:
            found.append((far, typed[0] != word[0], word))
    return [word for _, _, word in sorted(found)][:most]


def _allowed(length: int) -> int:
    if length < 2:
        return 0
    return 1 if length < 6 else 2


def distance(one: str, other: str) -> int:
    """How many letters have to be added, left out, changed or swapped with their neighbour to make one of two words the
    other (optimal string alignment). It takes time by the product of their lengths.

    `difflib` counts what two words have in common and so takes "cite" for "title" before "tilte".
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, left in enumerate(one, 1):
        before, last, row = row, before, [at]
        for to, right in enumerate(other, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (left != right))
            if last and to > 1 and left == other[to - 2] and one[at - 2] == right:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
    return row[-1]
