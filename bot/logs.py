"""Structured logs, with no token and no answer in them."""

import logging
import re
import sys
from typing import Any

import structlog

# The shapes of the platforms' tokens, so that none reaches a log even inside an exception's text.
_TOKENS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|[\w-]{23,30}\.[\w-]{6}\.[\w-]{27,}|(?<=://)[^/@\s:]+:[^/@\s]+(?=@)"
)

# Libraries that print payloads, and so members' words, at these levels.
_CHATTY = ("aiosqlite", "slack_bolt", "slack_sdk", "discord", "aiohttp.access", "psycopg", "apscheduler")


def set_up(level: str) -> None:
    """Send all logs to standard error, one event a line: keys and values, or JSON where it is no terminal."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
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
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def redact(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Put [redacted] in place of anything that looks like a token or a password in an address."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _TOKENS.sub("[redacted]", value)
    return event
