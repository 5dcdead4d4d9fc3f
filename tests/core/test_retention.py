"""How long posts, handled calls, drafts and changes of schedules are kept, under the clock of the tests."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.clock import FixedClock
from core.commands import handled_calls
from core.delivery import housekeeping, outbox, schedules
from core.delivery.housekeeping import Housekeeping
from core.delivery.outbox import NewPost, PostState
from core.delivery.outlet import Target
from core.delivery.service import Delivery
from core.store.port import Conn
from tests.conftest import NOW
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, text_of

pytestmark = pytest.mark.case(66)

TARGET = Target("test", "W", "C1")
DAY = timedelta(days=1)
CALL = "checkins.call"


def all_rows(conn: Conn) -> list[dict[str, Any]]:
    names = ("id", "key", "kind", "state", "slot_at", "settled_at", "edits", "thread_of")
    return [{name: row[name] for name in names} for row in conn.all("SELECT * FROM outbox ORDER BY id")]


async def kept(cohort: CohortFixture, kind: str) -> list[dict[str, Any]]:
    return [row for row in await cohort.core.store.read(all_rows) if row["kind"] == kind]


async def clean(cohort: CohortFixture) -> None:
    await Housekeeping(cohort.core).run()


async def put(cohort: CohortFixture, key: str, kind: str = CALL, **more: Any) -> int:
    data = {"checkin": 1} if kind == "checkins.shared" else {"day": "2026-11-23"}
    post = replace(NewPost(cohort.id, key, kind, data, TARGET), **more)
    row = await cohort.core.store.write(outbox.enqueue, post, cohort.core.clock.now())
    assert row is not None
    return row


async def live(cohort: CohortFixture, clock: FixedClock, delivery: Delivery, days: int) -> None:
    """Days go by, each with its posts and its housekeeping."""
    start = clock.now()
    for day in range(1, days + 1):
        clock.move_to(start + day * DAY)
        await delivery.flush()
        await clean(cohort)


async def test_ten_weeks_of_cohort(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30")
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="fridays 09:00")
    await cohort.ada.ok("checkin now", progress="Narwhal", share="shared")
    await live(cohort, clock, delivery, 70)
    calls, digests = await kept(cohort, CALL), await kept(cohort, "digest.post")
    # A call stays as long as its last change, which came a day later.
    assert len([row for row in calls if row["edits"] is None]) in (31, 32, 33)
    assert len(calls) <= 66
    assert min(row["slot_at"] for row in calls) > clock.now() - 34 * DAY
    assert len(digests) in (4, 5)
    shared = await kept(cohort, "checkins.shared")
    assert [row["edits"] for row in shared] == [None], "it can still be taken back"
    posted = Counter(each.key for each in outlet.sent)
    assert set(posted.values()) == {1}
    assert len([key for key in posted if key.startswith("s")]) == 70 + 10

    clock.move_to(clock.now() - DAY)
    await delivery.flush()
    clock.move_to(clock.now() + 2 * DAY)
    await delivery.flush()
    assert set(Counter(each.key for each in outlet.sent).values()) == {1}, (
        "a clock that jumps posts nothing twice"
    )


async def test_quarterly_digest_knows_last_one(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="fridays 09:00")
    await live(cohort, clock, delivery, 5)
    await cohort.olu.ok("cohort-admin schedule-pause", schedule="1")
    (last,) = await kept(cohort, "digest.post")
    await live(cohort, clock, delivery, 100)
    assert await kept(cohort, "digest.post") == [last]


async def test_unsent_posts_are_listed_for_half_year(cohort: CohortFixture, clock: FixedClock) -> None:
    for state in (PostState.MISSED, PostState.FAILED, PostState.UNCERTAIN):
        await put(cohort, state.value, state=state, reason="so")
    clock.move_to(NOW + 180 * DAY)
    await clean(cohort)
    assert len(await kept(cohort, CALL)) == 3
    clock.move_to(NOW + 181 * DAY)
    await clean(cohort)
    assert await kept(cohort, CALL) == []


@pytest.mark.parametrize(
    ("key", "value", "state"), [("keep-posts", "7", "sent"), ("keep-unsent", "30", "missed")]
)
async def test_organizers_choose(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, key: str, value: str, state: str
) -> None:
    refused = await cohort.olu.fails("cohort-admin set", key=key, value="6")
    assert "number of days from" in text_of(refused)
    await cohort.olu.ok("cohort-admin set", key=key, value=f"{value} days")
    for name in ("a", "b"):
        await put(cohort, name, state=PostState(state) if state == "missed" else PostState.PENDING)
    await delivery.flush()
    clock.move_to(NOW + (int(value) + 1) * DAY)
    await clean(cohort)
    assert [row["key"] for row in await kept(cohort, CALL)] == (["b"] if state == "sent" else [])


async def test_what_others_refer_to_stays_with_them(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    head = await put(cohort, "head")
    await put(cohort, "later")
    await delivery.flush()
    clock.move_to(NOW + 20 * DAY)
    await put(cohort, "reply", thread_of=head)
    await put(cohort, "edit", edits=head)
    await delivery.flush()
    clock.move_to(NOW + 40 * DAY)
    await clean(cohort)
    assert {row["key"] for row in await kept(cohort, CALL)} == {"head", "reply", "edit"}
    clock.move_to(NOW + 60 * DAY)
    await clean(cohort)
    await clean(cohort)
    assert [row["key"] for row in await kept(cohort, CALL)] == ["head", "edit"], "the latest of a kind"


async def test_little_at_a_time(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "BATCH", 2)
    for number in range(7):
        await put(cohort, str(number), state=PostState.MISSED)
    sizes: list[int] = []
    write = cohort.core.store.write

    async def counting(fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        result = await write(fn, *args, **kwargs)
        if "_prune_posts" in repr(fn):
            sizes.append(result)
        return result

    monkeypatch.setattr(cohort.core.store, "write", counting)
    clock.move_to(NOW + 200 * DAY)
    await clean(cohort)
    assert sizes[:4] == [2, 2, 2, 1]
    assert await kept(cohort, CALL) == []


async def test_calls_and_changes(cohort: CohortFixture, clock: FixedClock) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30")
    for command in ("pause", "resume"):
        await cohort.olu.ok(f"cohort-admin schedule-{command}", schedule="1")

    def counts(conn: Conn) -> Mapping[str, int]:
        return {
            table: conn.value(f"SELECT count(*) AS n FROM {table}")
            for table in ("handled", "schedule_change")
        }

    before = await cohort.core.store.read(counts)
    assert before["schedule_change"] >= 2
    assert before["handled"] >= 3
    clock.move_to(NOW + handled_calls.KEEP + timedelta(seconds=1))
    await clean(cohort)
    assert await cohort.core.store.read(counts) == {**before, "handled": 0}
    clock.move_to(NOW + schedules.KEEP_CHANGES + DAY)
    await clean(cohort)
    assert (await cohort.core.store.read(counts))["schedule_change"] == 1, "the latest of a schedule"
