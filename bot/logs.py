"""Structured logs, with no token and no answer in them."""

import logging
import re
import sys
from collections.abc import Iterable
from typing import Any

import structlog

_URL_CREDENTIALS = r"(?<=://)[^/@\s:]+:[^/@\s]+(?=@)"
"""A name and a password in an address, such as that of a database."""

# Libraries that write values, and so members' words, below the level WARNING.
_CHATTY = ("aiosqlite", "aiohttp.access", "psycopg", "apscheduler")


def set_up(level: str, *, secrets: Iterable[str] = (), chatty_loggers: Iterable[str] = ()) -> None:
    """Send all logs to standard error, one event a line: keys and values, or JSON where it is no terminal.

    `secrets` are regular expressions of what no log may hold; `chatty_loggers` write no less than WARNING.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redactor(secrets),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in (*_CHATTY, *chatty_loggers):
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


def redactor(secrets: Iterable[str]) -> structlog.typing.Processor:
    """Puts [redacted] in place of a password in an address and of what looks like one of the secrets, so that
    none reaches a log even inside an exception's text."""
    shapes = re.compile("|".join((*secrets, _URL_CREDENTIALS)))

    def redact(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        for key, value in event.items():
            if isinstance(value, str):
                event[key] = shapes.sub("[redacted]", value)
        return event

    return redact
