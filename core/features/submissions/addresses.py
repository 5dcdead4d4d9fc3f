"""Where a paper can be read: a web address as people type it."""

from core.chat.text import safe_link


def read_address(typed: str) -> str:
    """A web address, with https:// where it was left out. Raises `ValueError` for what is none."""
    address = typed if "://" in typed else f"https://{typed}"
    if not safe_link(address) or "." not in address:
        raise ValueError("it is no web address")
    return address
