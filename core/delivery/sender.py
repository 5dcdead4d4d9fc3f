"""Sends what the outbox holds: leases rows, renders, sends, settles."""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from core.clock import local_date
from core.cohorts import places
from core.commands.dispatch import Core
from core.commands.spec import PostKind, Readers
from core.delivery import held, leases, notices, outbox, outcomes, pacing, readers
from core.delivery.leases import Leased
from core.delivery.outbox import PostState
from core.delivery.outlet import Outgoing, Outlet
from core.delivery.readers import ReaderState
from core.errors import Refused, StoreError, TargetGone, TryLater, Uncertain, report
from core.store.port import Conn

log = structlog.get_logger()

TIMEOUT = 20.0
"""Seconds that one look or one send may take; well under the lease."""

AT_ONCE = 20
"""Posts on their way at the same time on one platform, each to another channel."""

MANY_AT_ONCE = 10
"""How many of them may be direct messages to many, so that slow ones leave room for whatever else there is."""

SETTLE_AGAIN = (1.0, 2.0, 4.0, 8.0)
"""Seconds to wait before an outcome is written down again where the database did not take it. All within the
lease: only this process knows how the attempt ended."""

DRAIN = 6.0
"""Seconds that a stop waits for posts on their way."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended: a state of the outbox, or "pending" with the wait before the next attempt.
    `pause` is how long the next post in the same channel has to wait, seconds; `fallback_channel` where a direct
    message that was refused is tried next; `until` how long it is held for its reader. `asked` says that the platform
    asked to wait."""

    state: PostState
    message: str | None = None
    reason: str | None = None
    wait: timedelta = timedelta(0)
    unsure: bool = False
    pause: float = 0.0
    fallback_channel: str | None = None
    until: datetime | None = None
    asked: bool = False


DEFERRED = Outcome(
    PostState.DEFERRED, reason="Their direct messages are closed; it is shown with their next command."
)


NOT_FOR_PEOPLE = "Messages of this kind cannot be switched off, so they go to channels alone."
READER_GONE = "Its reader is not in the cohort any more."


def record_outcome(
    conn: Conn, leased: Leased, token: str, outcome: Outcome, now: datetime, kind: PostKind | None = None
) -> bool:
    """Write down how an attempt ended, and what follows from it for a post of its kind. False where the lease was
    lost."""
    row, at = leased.post.id, now
    if outcome.state is PostState.PENDING:
        again = now + outcome.wait
        if outcome.fallback_channel is not None:
            return leases.reroute(conn, row, token, outcome.fallback_channel, again, outcome.reason or "")
        if outcome.asked and leased.paced:
            pacing.slow_down(conn, leased.target, again, now)
        return leases.retry(conn, row, token, again, outcome.reason or "", unsure=outcome.unsure)
    if outcome.until is not None:
        return held.hold(conn, row, token, outcome.until)
    if not leases.settle(conn, row, token, outcome.state, at, message=outcome.message, reason=outcome.reason):
        return False
    if outcome.state is PostState.SENT and not leased.target.direct and not leased.edits:
        places.reopen(conn, leased.target.channel_place)
    if outcome.state is PostState.SENT and leased.target.direct and not leased.edits and kind and kind.closes:
        outbox.close_before(conn, row, kind.closes, at)
    if outcome.pause:
        leases.pause(conn, leased.target, now + timedelta(seconds=outcome.pause))
    if outcome.state in (PostState.FAILED, PostState.UNCERTAIN):
        outcomes.notify_asker(conn, row, at)
    if outcome.state is PostState.UNCERTAIN:
        today = local_date(now, leased.post.cohort.zone).isoformat()
        notices.notify_uncertain(conn, leased.post, today, at)
    return True


class Sender:
    """The sending side of delivery, one per process. `outlets` may gain and lose platforms while it runs."""

    def __init__(
        self, core: Core, outlets: Mapping[str, Outlet], spread: random.Random | None = None
    ) -> None:
        self._core = core
        self._outlets = outlets
        self._spread = spread or random.Random()  # noqa: S311 - it spreads retries, it guards nothing
        self._token = secrets.token_hex(8)
        self._sending: dict[int, asyncio.Task[None]] = {}
        self._platforms: dict[int, str] = {}
        self._many: dict[int, str] = {}  # those of them that are direct messages to many
        self._wake = asyncio.Event()
        self._claiming = asyncio.Lock()
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        """Begin to send; from now on a commit that fills the outbox wakes the sender."""
        self._core.store.on(outbox.SIGNAL, self._wake.set)
        self._loop = asyncio.create_task(self._run())
        self._wake.set()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._wake.set()

    async def stop(self) -> None:
        """Claim nothing more, let what is on its way arrive, and give the rest back."""
        self._stopping = True
        self._wake.set()
        if self._loop is not None:
            await self._loop
        if self._sending:
            _, late = await asyncio.wait(self._sending.values(), timeout=DRAIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            await self._core.store.write(leases.release, self._token)

    async def flush(self) -> None:
        """Send everything that is due now, and wait until it is settled."""
        while await self._claim() or self._sending:
            if self._sending:
                await asyncio.wait(self._sending.values())

    async def _run(self) -> None:
        while not self._stopping:
            await self._wake.wait()
            self._wake.clear()
            try:
                while not self._stopping and await self._claim():
                    pass
            except StoreError as error:
                log.warning("outbox cannot be read", reason=str(error))
            except Exception:
                log.exception("sender failed")

    async def _claim(self) -> int:
        """Lease what is due and start sending it. Returns how many posts were started."""
        # One at a time: who finds nothing to lease has to see what another has just leased as on its way.
        async with self._claiming:
            return await self._claim_now()

    async def _claim_now(self) -> int:
        busy = Counter(self._platforms.values())
        # Limit concurrency per platform, so that a slow one cannot starve the others.
        capacity = {each: AT_ONCE - busy[each] for each in self._outlets if busy[each] < AT_ONCE}
        now = self._core.clock.now()
        if not capacity or not await self._core.store.read(leases.any_due, list(capacity), now):
            return 0
        many = Counter(self._many.values())
        paced = {each: MANY_AT_ONCE - many[each] for each in capacity}
        leased = await self._core.store.write(leases.lease, self._token, capacity, now, paced)
        # A clock that was moved lets a lease end early; what this process still sends is not sent twice.
        fresh = [each for each in leased if each.post.id not in self._sending]
        for each in fresh:
            task = asyncio.create_task(self._deliver(each))
            self._sending[each.post.id] = task
            self._platforms[each.post.id] = each.target.platform
            if each.paced:
                self._many[each.post.id] = each.target.platform
            task.add_done_callback(partial(self._done, each.post.id))
        return len(fresh)

    def _done(self, row: int, _: asyncio.Task[None]) -> None:
        del self._sending[row], self._platforms[row]
        self._many.pop(row, None)
        self._wake.set()

    async def _deliver(self, leased: Leased) -> None:
        try:
            outcome = await self._attempt(leased)
            if outcome is None:
                log.warning("a post was taken over before it was sent", post=leased.post.id)
                return
            await self._settle_with_retries(leased, outcome)
        except StoreError as error:
            log.warning(
                "post could not be settled; its lease will end", post=leased.post.id, reason=str(error)
            )
        except Exception:
            log.exception("post could not be settled; its lease will end", post=leased.post.id)

    async def _attempt(self, leased: Leased) -> Outcome | None:
        outlet = self._outlets.get(leased.target.platform)
        if outlet is None:  # it went away since the post was leased
            return self._after_delay(leased, TryLater("The platform is not connected."))
        fallback = leased.target.fallback_channel
        if leased.target.direct and (stop := await self._check_wishes(leased)) is not None:
            return stop
        if leased.target.direct and (stop := await self._check_reader(leased)) is not None:
            return stop
        if fallback is not None and not (fallback and outlet.supports_ephemeral):
            return DEFERRED
        message = await self._render(leased)
        if isinstance(message, Outcome):
            return message
        try:
            if leased.edits:
                return await self._edit(outlet, leased, message)
            if leased.unsure and (found := await self._find(outlet, leased, message)) is not None:
                return Outcome(PostState.SENT, found, "It had arrived at an earlier attempt.")
            now = self._core.clock.now()
            if not await self._core.store.write(leases.begin, leased.post.id, self._token, now):
                return None
            async with asyncio.timeout(TIMEOUT):
                return Outcome(PostState.SENT, await outlet.send(message), pause=outlet.pace)
        except TimeoutError:
            return self._after_uncertain_attempt(leased, "The platform did not answer in time.")
        except Uncertain as error:
            return self._after_uncertain_attempt(leased, str(error))
        except TryLater as error:
            return self._after_delay(leased, error)
        except TargetGone as error:
            return DEFERRED if fallback is not None else await self._after_unreachable(leased, str(error))
        except Refused as error:
            return DEFERRED if fallback is not None else Outcome(PostState.FAILED, reason=str(error))
        except StoreError:
            raise
        except Exception:
            reference = report("outlet failed", post=leased.post.id)
            return self._after_uncertain_attempt(
                leased, f"Something went wrong on my side (reference {reference})."
            )

    async def _check_wishes(self, leased: Leased) -> Outcome | None:
        """How a direct message ends that its reader does not want, or not now; None where it may go out. An edit
        notifies nobody."""
        kind = self._core.registry.posts.get(leased.post.kind)
        if kind is None or leased.edits:
            return None
        if kind.notice is None and not kind.always:
            log.error("a kind of post goes to a person and has no kind of notice", kind=kind.name)
            return Outcome(PostState.FAILED, reason=NOT_FOR_PEOPLE)
        now = self._core.clock.now()
        found = await self._core.store.read(held.verdict, leased.post, leased.target, kind, now)
        if found.unwanted is not None:
            return Outcome(PostState.UNWANTED, reason=found.unwanted)
        return (
            None if found.until is None else Outcome(PostState.DEFERRED, reason=held.HELD, until=found.until)
        )

    async def _check_reader(self, leased: Leased) -> Outcome | None:
        """How a direct message ends whose reader is gone, or of whom the platform does not say; None where it may go
        out."""
        kind = self._core.registry.posts.get(leased.post.kind)
        allowed = kind.readers if kind is not None else Readers.MEMBERS
        if allowed is Readers.FAREWELL:
            return None
        state = await readers.check(self._core, leased.target, leased.post.cohort)
        if state is ReaderState.GONE:
            return Outcome(PostState.MISSED, reason=READER_GONE)
        if state is ReaderState.UNKNOWN and allowed is Readers.MEMBERS:
            return self._after_delay(leased, TryLater("I could not find out whether its reader is there."))
        return None

    async def _render(self, leased: Leased) -> Outgoing | Outcome:
        kind = self._core.registry.posts.get(leased.post.kind)
        if kind is None:
            return Outcome(PostState.FAILED, reason=f"Nothing renders posts of the kind {leased.post.kind}.")
        try:
            reply = await kind.render(self._core, leased.post)
        except Exception:
            reference = report("post cannot be rendered", post=leased.post.id)
            return Outcome(
                PostState.FAILED, reason=f"It could not be put into words (reference {reference})."
            )
        return Outgoing(
            leased.key,
            leased.target,
            replace(reply, private=False, cohort=leased.post.cohort.id),
            leased.thread_message,
            leased.thread_name or "Replies",
            parts=leased.parts,
            keep_parts=partial(self._keep_parts, leased.parts_row),
        )

    async def _keep_parts(self, row: int, parts: Sequence[str]) -> None:
        await self._core.store.write(leases.keep_parts, row, parts)

    async def _after_unreachable(self, leased: Leased, reason: str) -> Outcome:
        """Its target takes no posts. What was meant for one person is shown to them elsewhere. Whoever waits for
        the first attempt hears of it at once. An edit says nothing about new posts: the message may stand in a
        channel that is the cohort's no more."""
        awaited = self._core.registry.posts[leased.post.kind].awaited and leased.attempts == 1
        if leased.edits or awaited:
            return Outcome(PostState.FAILED, reason=reason)
        now = self._core.clock.now()
        cohort, target = leased.post.cohort, leased.target
        fallback = await self._core.store.write(notices.notify_unreachable, cohort, target, reason, now)
        if fallback is None:
            return Outcome(PostState.FAILED, reason=reason)
        return Outcome(PostState.PENDING, reason=reason, fallback_channel=fallback)

    async def _find(self, outlet: Outlet, leased: Leased, message: Outgoing) -> str | None:
        others = await self._core.store.read(leases.messages_of, leased.target)
        async with asyncio.timeout(TIMEOUT):
            return await outlet.find(replace(message, others=others))

    @staticmethod
    async def _edit(outlet: Outlet, leased: Leased, message: Outgoing) -> Outcome:
        if leased.edit_message is None:
            return Outcome(PostState.FAILED, reason="The message to edit was never sent.")
        async with asyncio.timeout(TIMEOUT):
            await outlet.edit(leased.edit_message, message)
        return Outcome(PostState.SENT, leased.edit_message)

    def _after_uncertain_attempt(self, leased: Leased, reason: str) -> Outcome:
        """An attempt may have arrived: look for it once more and try again, then leave it to a person."""
        if leased.edits and leased.attempts >= leases.MOST_ATTEMPTS:
            return Outcome(PostState.FAILED, reason=reason)
        if leased.unsure and not leased.edits:
            return Outcome(PostState.UNCERTAIN, reason=reason)
        return Outcome(PostState.PENDING, reason=reason, wait=timedelta(seconds=5), unsure=True)

    def _after_delay(self, leased: Leased, error: TryLater) -> Outcome:
        """It certainly did not arrive. A storm may last for hours; who asks often is asked more rarely."""
        if leased.attempts >= leases.MOST_WAITS:
            return Outcome(PostState.FAILED, reason=str(error))
        backoff = min(2.0 ** min(leased.attempts, 9), 300.0) * self._spread.uniform(0.8, 1.2)
        seconds = backoff
        if error.seconds is not None:
            seconds = max(error.seconds + self._spread.uniform(0, 0.5), backoff / 4)
        wait = timedelta(seconds=seconds)
        asked = error.seconds is not None
        return Outcome(PostState.PENDING, reason=str(error), wait=wait, unsure=leased.unsure, asked=asked)

    async def _settle_with_retries(self, leased: Leased, outcome: Outcome) -> None:
        for pause in SETTLE_AGAIN:
            try:
                return await self._settle(leased, outcome)
            except StoreError as error:
                log.warning(
                    "the database did not take an outcome yet", post=leased.post.id, reason=str(error)
                )
            await asyncio.sleep(pause)
        return await self._settle(leased, outcome)

    async def _settle(self, leased: Leased, outcome: Outcome) -> None:
        now = self._core.clock.now()
        kind = self._core.registry.posts.get(leased.post.kind)
        kept = await self._core.store.write(record_outcome, leased, self._token, outcome, now, kind)
        if outcome.pause:
            asyncio.get_running_loop().call_later(outcome.pause, self._wake.set)
        log_outcome = log.debug if outcome.state in (PostState.SENT, PostState.DEFERRED) else log.warning
        log_outcome(
            "post",
            post=leased.post.id,
            kind=leased.post.kind,
            state=outcome.state.value,
            reason=outcome.reason,
            kept=kept,
        )
