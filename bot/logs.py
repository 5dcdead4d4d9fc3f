"""Structured logs, with no token and no answer in them.

Two rules hold for every entry, those of the libraries included. What is known to be secret is taken out by its value,
and what looks like a secret by its shape, wherever in the entry it stands. Of an exception the log has where it came
from, its type and its code, but its text only where that cannot hold what a member wrote: a library may put anything
into it that it was given.
"""

import logging
import re
import sqlite3
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

import structlog
from pydantic import BaseModel, SecretStr

from core.errors import DeliveryError, NewerDatabase, StoreError

_URL_CREDENTIALS = r"(?<=://)[^/@\s:]+:[^/@\s]+(?=@)"
"""A name and a password in an address, such as that of a database."""

REDACTED = "[redacted]"
SHORTEST_SECRET = 6
"""Characters of the shortest secret that is taken out by its value: a shorter one stands in ordinary words."""
_DEEPEST = 8
"""How deep a value is looked into; what lies deeper is left out."""

# Libraries that write values, and so members' words, below the level WARNING.
CHATTY = ("httpx", "httpcore", "aiosqlite", "aiohttp.access", "psycopg", "apscheduler")

_FROM_INTERPRETER = frozenset(
    {
        AssertionError,
        AttributeError,
        ConnectionError,
        ImportError,
        ModuleNotFoundError,
        NameError,
        NotImplementedError,
        RecursionError,
        RuntimeError,
        TimeoutError,
        TypeError,
        UnboundLocalError,
        ZeroDivisionError,
    }
)
"""Exceptions whose text names types and names of the program. Not ValueError and KeyError: theirs quote the value."""
_OWN = (DeliveryError, NewerDatabase, StoreError)
"""Our own, whose sentences hold nothing of a member."""
_CODES = ("sqlstate", "sqlite_errorname", "code", "status", "errno")
_WORD = re.compile(r"[\w.:-]{1,60}", re.ASCII)


def set_up(
    level: str,
    *,
    secrets: Iterable[str] = (),
    values: Iterable[str] = (),
    chatty_loggers: Iterable[str] = (),
) -> None:
    """Send all logs to standard error, one event a line: keys and values, or JSON where it is no terminal.

    `secrets` are regular expressions of what no log may hold, `values` what none may hold as it stands;
    `chatty_loggers` write no less than WARNING.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_exceptions,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redactor(secrets, values),
                renderer,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in (*CHATTY, *chatty_loggers):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        # An entry that is written through `report` bears the name of the module that reports.
        logger_factory=structlog.stdlib.LoggerFactory(ignore_frame_names=["core.errors"]),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


# Secrets


def secret_values(settings: BaseModel) -> set[str]:
    """Every secret of some settings, as it is and as it stands in an address: tokens, and the password in the address
    of a database."""
    found: set[str] = set()
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            # Several keys stand with commas between them, and each alone is a secret too.
            found |= {value.get_secret_value(), *map(str.strip, value.get_secret_value().split(","))}
        elif isinstance(value, str) and "://" in value:
            password = urlsplit(value).password
            found |= {password, unquote(password)} if password else set()
    forms = {form for value in found for form in (value, quote(value, safe=""), quote_plus(value))}
    return {form for form in forms if len(form) >= SHORTEST_SECRET}


def redactor(secrets: Iterable[str], values: Iterable[str] = ()) -> structlog.typing.Processor:
    """Puts [redacted] in place of a password in an address, of each of the `values` and of what looks like one of
    the `secrets`, also in keys, in nested values and in what has yet to be turned into text."""
    shapes = _shapes(secrets, values)

    def clean(value: Any, depth: int = 0) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return shapes.sub(REDACTED, value)
        if depth >= _DEEPEST:
            return "…"
        if isinstance(value, Mapping):
            return {clean(str(key)): clean(each, depth + 1) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [clean(each, depth + 1) for each in value]
        if isinstance(value, BaseException):
            return clean(describe_error(value))
        if isinstance(value, bytes | bytearray):
            return clean(bytes(value).decode(errors="replace"))
        return clean(repr(value))

    def redact(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {key: clean(value) for key, value in event.items()}

    return redact


def redacted(text: str, secrets: Iterable[str], values: Iterable[str]) -> str:
    """A text without what no log may hold, see `redactor`."""
    return _shapes(secrets, values).sub(REDACTED, text)


def _shapes(secrets: Iterable[str], values: Iterable[str]) -> re.Pattern[str]:
    # The longest first, so that a secret that begins with another one leaves nothing over.
    exact = [re.escape(value) for value in sorted(values, key=len, reverse=True)]
    return re.compile("|".join((*exact, *secrets, _URL_CREDENTIALS)))


# Exceptions


def describe_error(error: BaseException) -> str:
    """What a log may say of an error: its type and its code, and its text only where no library or member wrote it."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if kind in _FROM_INTERPRETER or isinstance(error, (*_OWN, sqlite3.Error)):
        return f"{name}: {error}" if str(error) else name
    codes = [*_codes(error), *([error.strerror] if isinstance(error, OSError) and error.strerror else [])]
    return f"{name} ({', '.join(codes)})" if codes else name


def _codes(error: BaseException) -> Iterator[str]:
    response = getattr(error, "response", None)
    body = getattr(response, "data", response)
    said = body.get("error") if isinstance(body, Mapping) else None
    for value in (said, *(getattr(error, each, None) for each in _CODES)):
        if isinstance(value, int) or (isinstance(value, str) and _WORD.fullmatch(value)):
            yield str(value)


def describe_exceptions(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Puts in place of `exc_info` the calls that led to the exception and what `describe_error` says of it."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if given is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = "\n".join(_trace(error, set()))
    if event.get("logger") == "asyncio":  # the lines below its first show the task with its exception's text
        event["event"] = str(event["event"]).partition("\n")[0]
    return event


def _trace(error: BaseException, seen: set[int]) -> Iterator[str]:
    """The lines of a traceback, the exception that led to this one first."""
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _trace(before, seen)
        yield "which led to:"
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):"
        yield from "".join(traceback.format_tb(error.__traceback__)).rstrip("\n").split("\n")
    yield describe_error(error)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            if id(each) not in seen:
                yield from _trace(each, seen)
