"""What is kept of somebody: shown, given to them, deleted."""

from collections.abc import Mapping

from tests.people import CohortFixture, buttons_of, listed
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "privacy show": Redelivered(),
    "privacy export": Redelivered(),
    "privacy forget": Redelivered({"sure": "yes"}, by="ben"),
}
"""A call of every command, which the walk in `tests/story` also delivers a second time."""


async def test_what_is_kept_is_shown_with_who_reads_it(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="A paper")
    await cohort.ada.ok("checkin now", progress="A little")
    shown = await cohort.ada.ok("privacy show")
    assert shown.private
    lines = listed(shown)
    assert any(line.startswith("Papers: 1, 23 Nov 2026 · titles") for line in lines), lines
    assert any(line.startswith("Check-ins: 1, 23 Nov 2026") and "you alone" in line for line in lines)
    assert not any(line.startswith("Feedback") for line in lines), "what there is none of is not listed"
    assert {"Take it along", "Have it deleted"} <= {each.label for each in buttons_of(shown)}
