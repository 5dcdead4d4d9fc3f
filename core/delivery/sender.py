"""Sends what the outbox holds: leases rows, renders, sends, settles."""

import asyncio
import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import structlog

from core import drafts
from core.clock import micros
from core.delivery import outbox
from core.delivery.outbox import Leased
from core.delivery.outlet import Outgoing, Outlet
from core.errors import Refused, StoreError, TargetGone, TryLater, Uncertain
from core.run import Core

log = structlog.get_logger()

TIMEOUT = 20.0
"""Seconds that one send may take; well under the lease."""

AT_ONCE = 20
"""Posts on their way at the same time, each to another channel."""

DRAIN = 6.0
"""Seconds that a stop waits for posts on their way."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended: a state of the outbox, or "pending" with the wait before the next attempt."""

    state: str
    message: str | None = None
    reason: str | None = None
    wait: timedelta = timedelta(0)
    unsure: bool = False


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
        self._wake = asyncio.Event()
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
            await self._core.store.write(outbox.release, self._token)

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
        free = AT_ONCE - len(self._sending)
        if free <= 0 or not self._outlets:
            return 0
        now = micros(self._core.clock.now())
        if not await self._core.store.read(outbox.any_due, list(self._outlets), now):
            return 0
        leased = await self._core.store.write(outbox.lease, self._token, list(self._outlets), now, free)
        # A clock that was moved lets a lease end early; what this process still sends is not sent twice.
        fresh = [each for each in leased if each.post.id not in self._sending]
        for each in fresh:
            task = asyncio.create_task(self._deliver(each))
            self._sending[each.post.id] = task
            task.add_done_callback(partial(self._done, each.post.id))
        return len(fresh)

    def _done(self, row: int, _: asyncio.Task[None]) -> None:
        del self._sending[row]
        self._wake.set()

    async def _deliver(self, leased: Leased) -> None:
        try:
            outcome = await self._attempt(leased)
            await self._settle(leased, outcome)
        except StoreError as error:
            log.warning(
                "post could not be settled; its lease will end", post=leased.post.id, reason=str(error)
            )
        except Exception:
            log.exception("post could not be settled; its lease will end", post=leased.post.id)

    async def _attempt(self, leased: Leased) -> Outcome:
        outlet = self._outlets[leased.target.platform]
        message = await self._render(leased)
        if isinstance(message, Outcome):
            return message
        try:
            async with asyncio.timeout(TIMEOUT):
                if leased.edits:
                    return await self._edit(outlet, leased, message)
                if leased.unsure and (found := await outlet.find(message)) is not None:
                    return Outcome("sent", found, "It had arrived at an earlier attempt.")
                return Outcome("sent", await outlet.send(message))
        except TimeoutError:
            return self._after_doubt(leased, "The platform did not answer in time.")
        except Uncertain as error:
            return self._after_doubt(leased, str(error))
        except TryLater as error:
            return self._later(leased, error)
        except TargetGone as error:
            now = micros(self._core.clock.now())
            await self._core.store.write(outbox.stopped, leased.post.cohort, leased.target, str(error), now)
            return Outcome("failed", reason=str(error))
        except Refused as error:
            return Outcome("failed", reason=str(error))
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("outlet failed", reference=reference, post=leased.post.id)
            return self._after_doubt(leased, f"Something went wrong on my side (reference {reference}).")

    async def _render(self, leased: Leased) -> Outgoing | Outcome:
        kind = self._core.registry.posts.get(leased.post.kind)
        if kind is None:
            return Outcome("failed", reason=f"Nothing renders posts of the kind {leased.post.kind}.")
        try:
            reply = await kind.render(self._core, leased.post)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("post cannot be rendered", reference=reference, post=leased.post.id)
            return Outcome("failed", reason=f"It could not be put into words (reference {reference}).")
        return Outgoing(
            leased.key,
            leased.target,
            replace(reply, private=False, cohort=leased.post.cohort.id),
            leased.thread_message,
            leased.thread_name or "Replies",
        )

    @staticmethod
    async def _edit(outlet: Outlet, leased: Leased, message: Outgoing) -> Outcome:
        if leased.edit_message is None:
            return Outcome("failed", reason="The message to edit was never sent.")
        await outlet.edit(leased.edit_message, message)
        return Outcome("sent", leased.edit_message)

    def _after_doubt(self, leased: Leased, reason: str) -> Outcome:
        """An attempt may have arrived: look for it once more and try again, then leave it to a person."""
        if leased.unsure and not leased.edits:
            return Outcome("uncertain", reason=reason)
        if leased.attempts >= outbox.MOST_ATTEMPTS:
            return Outcome("failed", reason=reason)
        return Outcome("pending", reason=reason, wait=timedelta(seconds=5), unsure=True)

    def _later(self, leased: Leased, error: TryLater) -> Outcome:
        if leased.attempts >= outbox.MOST_ATTEMPTS:
            return Outcome("failed", reason=str(error))
        backoff = min(2.0**leased.attempts, 300.0) * self._spread.uniform(0.8, 1.2)
        seconds = backoff if error.seconds is None else error.seconds + self._spread.uniform(0, 0.5)
        return Outcome("pending", reason=str(error), wait=timedelta(seconds=seconds))

    async def _settle(self, leased: Leased, outcome: Outcome) -> None:
        now = self._core.clock.now()
        write, row = self._core.store.write, leased.post.id
        if outcome.state == "pending":
            at, reason = micros(now + outcome.wait), outcome.reason or ""
            kept = await write(outbox.retry, row, self._token, at, reason, unsure=outcome.unsure)
        else:
            kept = await write(
                outbox.settle,
                row,
                self._token,
                outcome.state,
                micros(now),
                message=outcome.message,
                reason=outcome.reason,
            )
        report = log.debug if outcome.state == "sent" else log.warning
        report("post", post=row, kind=leased.post.kind, state=outcome.state, reason=outcome.reason, kept=kept)


async def housekeeping(core: Core, keep_handled: int) -> None:
    """Forget old drafts and the ids of old calls."""
    now = micros(core.clock.now())
    await core.store.write(drafts.purge, now)
    await core.store.write(outbox.forget_handled, now - keep_handled)
