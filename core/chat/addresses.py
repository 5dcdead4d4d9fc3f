"""Where a message can be read in a browser."""

from collections.abc import Callable

MessageAddress = Callable[[str, str, str | None], str | None]
"""Gives the address of a message from its workspace, an outlet's id of it, and that of the message in whose thread it
stands, if it stands in one. None where the platform has no addresses, or this one is not known."""
