"""Every error of cohort-bot, in one place.

The text of a `UserError` is what the member reads: a sentence that says what happened and what to do next.
Anything else that escapes is shown as `unexpected(reference)`, and the log has the rest under that reference.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import structlog

from core.chat.model import UPLOAD_BYTES, Block
from core.chat.text import Sayable, Text, as_text, join, say


class CohortBotError(Exception):
    """The root of all errors that this project raises on purpose."""


class UserError(CohortBotError):
    """Something the caller can mend. `field` names the parameter that was wrong, if one was."""

    is_question = False
    """Whether it asks which of several things is meant, where nothing was wrong."""

    def __init__(self, text: Sayable, *, field: str | None = None, blocks: tuple[Block, ...] = ()) -> None:
        self.text: Text = as_text(text)
        self.field = field
        self.blocks = blocks
        super().__init__(self.text.plain())


class BadInput(UserError):
    """A parameter that cannot be read or is out of bounds."""


class FileTooLarge(BadInput):
    """A file of more than `UPLOAD_BYTES`."""

    def __init__(self, name: str, field: str) -> None:
        most = UPLOAD_BYTES // 2**20
        words = "{name} is larger than {most} MB. Please give a smaller file, or a part of it."
        super().__init__(say(words, name=name, most=most), field=field)


class FileUnreadable(BadInput):
    """A file that could not be had from the platform."""

    def __init__(self, name: str, field: str) -> None:
        super().__init__(say("I could not read {name}. Please try again.", name=name), field=field)


class Ambiguous(BadInput):
    """A parameter that may mean several things. `readings` are the values to choose from, each with the words that tell
    it from the others; `core.commands.dispatch` offers them as buttons with the rest of the call as it was typed.

    The text asks which one is meant; the readings are listed below it.
    """

    is_question = True

    def __init__(
        self, text: Sayable, readings: Sequence[tuple[str, str]], *, field: str | None = None
    ) -> None:
        self.readings = tuple(readings)
        listed = [say("- {words}", words=words) for _, words in self.readings]
        super().__init__(join([text, *listed]), field=field)


class NotFound(UserError):
    """No such record in this cohort, or none that the caller may see; the two look the same."""


@contextmanager
def at_field(name: str) -> Iterator[None]:
    """Say of what cannot be read or found within that it stands in a parameter."""
    try:
        yield
    except (BadInput, NotFound) as error:
        error.field = name
        raise


class NotAllowed(UserError):
    """The caller's role does not permit this."""


class GuestNotAllowed(NotAllowed):
    """The caller is a guest of the workspace and not a member of the cohort."""


class NoCohort(UserError):
    """No cohort here."""


class Archived(NoCohort):
    """The cohort that is meant was archived."""


class WhichCohort(NoCohort):
    """Several cohorts may be meant, and the caller has to say which."""

    is_question = True


class RateLimited(UserError):
    """Too many calls within a short time. `seconds` is how long to wait; the text says it too."""

    def __init__(self, text: Sayable, seconds: float) -> None:
        super().__init__(text)
        self.seconds = seconds


class QuotaReached(UserError):
    """As many records as one member, account or cohort may keep."""


class OutOfDate(UserError):
    """A button or form of an earlier version or of something that has gone."""


class StoreError(UserError):
    """The database cannot take a change just now. Nothing was saved."""


class StoreBusy(StoreError):
    """Another process holds the database, or it cannot be reached for the moment."""

    def __init__(self) -> None:
        super().__init__("The database is busy just now. Nothing was saved; please try again in a moment.")


class StoreFull(StoreError):
    """No room left on the disk."""

    def __init__(self) -> None:
        super().__init__(
            "The disk that holds this cohort's records is full. Nothing was saved; please tell an organizer."
        )


class ProofNeeded(CohortBotError):
    """The platform has to be asked whether the caller is still in these cohorts, by their ids. Nobody reads it: the
    dispatch asks and tries again."""

    def __init__(self, cohorts: tuple[int, ...]) -> None:
        super().__init__(f"Proof is needed for {cohorts}.")
        self.cohorts = cohorts


class FormInstead(CohortBotError):
    """A form that cannot succeed, where another one can: that of `command`, with these arguments. Nobody reads it: the
    dispatch opens the other one."""

    def __init__(self, command: str, args: Mapping[str, str]) -> None:
        super().__init__(f"{command} is what can be done.")
        self.command = command
        self.given = dict(args)


class Conflict(CohortBotError):
    """A unique or foreign key said no. Transactions avoid it; one that shows it is a defect."""


class NewerDatabase(CohortBotError):
    """The database was written by a newer version of the program."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"This database is at migration {found}, and this program knows {known}. "
            "Start the newer version of cohort-bot, or restore a backup made before the upgrade."
        )


class DeliveryError(CohortBotError):
    """A post could not be sent. Adapters raise one of the classes below and nothing else."""


class TryLater(DeliveryError):
    """The platform asks to wait, or failed before it took the post. `seconds` is its Retry-After, if any."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Uncertain(DeliveryError):
    """The post may or may not have arrived: a timeout or a connection that broke after the request."""


class TargetGone(DeliveryError):
    """The place cannot take posts any more: deleted, archived, no access, direct messages closed."""


class Refused(DeliveryError):
    """The platform rejects this post as it is; sending it again would not help."""


def report(event: str, *, exc_info: bool | BaseException = True, **facts: object) -> str:
    """Log something that should not have happened. Returns the reference under which the log has it, for the
    person who met it.

    The exception that is being handled is logged too; `exc_info` names another one, or says False where its
    text may hold what a member wrote or there is none.
    """
    reference = secrets.token_hex(4)
    shown = {"exc_info": exc_info} if exc_info else {}
    # Made anew each time: the entry bears the name of the module that reports, see bot/logs.py.
    structlog.get_logger().error(event, reference=reference, **facts, **shown)
    return reference


def unexpected(reference: str) -> Text:
    """What a caller reads when something failed that should not have."""
    return say(
        (
            "Something went wrong on my side. Please try again; if it happens again, give an organizer this "
            "reference: `{reference}`"
        ),
        reference=reference,
    )
