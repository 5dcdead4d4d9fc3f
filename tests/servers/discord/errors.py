"""Discord's refusals: a status, a code and, for an invalid body, a tree of errors."""

from typing import Any

MESSAGES = {
    0: "401: Unauthorized",
    10003: "Unknown Channel",
    10004: "Unknown Guild",
    10007: "Unknown Member",
    10008: "Unknown Message",
    10013: "Unknown User",
    10015: "Unknown Webhook",
    10062: "Unknown interaction",
    20028: "The channel you are writing has hit the write rate limit.",
    40003: "You are opening direct messages too fast",
    40005: "Request entity too large",
    40060: "Interaction has already been acknowledged.",
    50001: "Missing Access",
    50005: "Cannot edit a message authored by another user",
    50006: "Cannot send an empty message",
    50007: "Cannot send messages to this user",
    50008: "Cannot send messages in a non-text channel",
    50013: "Missing Permissions",
    50027: "Invalid Webhook Token",
    50035: "Invalid Form Body",
    50083: "Thread is archived",
    50109: "The request body contains invalid JSON.",
    50278: "Cannot send messages to this user due to having no mutual guilds",
    160004: "A thread has already been created for this message",
}


class Refused(Exception):
    """An answer other than success, in the shape Discord gives it."""

    def __init__(
        self,
        status: int,
        code: int,
        *,
        message: str | None = None,
        errors: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.headers = headers or {}
        self.body: dict[str, Any] = {"message": message or MESSAGES.get(code, "Refused"), "code": code}
        if errors:
            self.body["errors"] = errors
        if extra:
            self.body.update(extra)
        super().__init__(f"{status} {self.body}")


class Problems:
    """Collects what is wrong with a body, each at its path, and raises all of it at once (code 50035)."""

    def __init__(self) -> None:
        self._tree: dict[str, Any] = {}

    def add(self, path: str, code: str, message: str) -> None:
        """Note a problem at a dotted path such as ``embeds.0.title``."""
        node = self._tree
        for part in path.split("."):
            node = node.setdefault(part, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def length(self, path: str, value: object, low: int, high: int) -> None:
        """Note a text that is missing, no text, or not between ``low`` and ``high`` characters long."""
        if not isinstance(value, str):
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not low <= len(value) <= high:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")

    def optional(self, path: str, value: object, high: int, low: int = 0) -> None:
        """As :meth:`length`, for a text that may be left out."""
        if value is not None:
            self.length(path, value, low, high)

    def count(self, path: str, value: object, low: int, high: int) -> list[Any]:
        """Note a list that is no list or has not ``low`` to ``high`` members; return what can be walked."""
        if not isinstance(value, list):
            self.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if not low <= len(value) <= high:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
        return value

    def number(self, path: str, value: object, low: int, high: int) -> None:
        """Note a number that is given but not within the bounds."""
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif not low <= value <= high:
            self.add(path, "NUMBER_TYPE_MAX", f"int value should be between {low} and {high}.")

    def raise_any(self) -> None:
        """Raise a 400 with the whole tree, or return when nothing is wrong."""
        if self._tree:
            raise Refused(400, 50035, errors=self._tree)
