"""What Slack rejects in the parts of blocks: texts, options, inputs, buttons, images."""

from typing import Any

Json = dict[str, Any]

_SELECTS = frozenset(
    f"{many}{what}_select"
    for many in ("", "multi_")
    for what in ("static", "external", "users", "conversations", "channels")
)
_PICKERS = frozenset({"checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker"})
ACTION_ELEMENTS = _SELECTS | _PICKERS | {"button", "overflow"}
INPUT_ELEMENTS = (
    _SELECTS
    | _PICKERS
    | {
        "plain_text_input",
        "number_input",
        "email_text_input",
        "url_text_input",
        "file_input",
        "rich_text_input",
    }
)


class Check:
    """Collects what is wrong with one payload, and the ids that must be unique in it."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        self.errors: list[str] = []
        self.block_ids: set[str] = set()
        self.action_ids: set[str] = set()
        self.tables = 0
        self.markdown = 0

    def fail(self, path: str, what: str) -> None:
        """Record one refusal at a JSON pointer."""
        self.errors.append(f"[ERROR] {what} [json-pointer:{path}]")

    def text(self, holder: Json, key: str, path: str, limit: int, *, mrkdwn: bool = False) -> None:
        """Check a text composition object of 1 to `limit` characters."""
        found = holder.get(key)
        where = f"{path}/{key}"
        if not isinstance(found, dict):
            self.fail(where, f"missing required field: {key}" if found is None else "must be an object")
            return
        kind = found.get("type")
        if kind != "plain_text" and not (mrkdwn and kind == "mrkdwn"):
            self.fail(f"{where}/type", f"unsupported type: {kind}")
        if not found.keys() <= {"type", "text", "emoji", "verbatim"}:
            self.fail(where, "invalid additional property")
        if (kind == "plain_text" and "verbatim" in found) or (kind == "mrkdwn" and "emoji" in found):
            self.fail(where, "invalid additional property")
        self.string(found, "text", where, limit)

    def string(self, holder: Json, key: str, path: str, limit: int, *, low: int = 1) -> None:
        """Check a required string of `low` to `limit` characters."""
        found = holder.get(key)
        if not isinstance(found, str):
            self.fail(
                f"{path}/{key}", f"missing required field: {key}" if found is None else "must be a string"
            )
        elif len(found) > limit:
            self.fail(f"{path}/{key}", f"must be less than {limit + 1} characters")
        elif len(found) < low:
            self.fail(f"{path}/{key}", f"must be more than {low - 1} characters")

    def maybe(self, holder: Json, key: str, path: str, limit: int) -> None:
        """Check an optional string."""
        if key in holder:
            self.string(holder, key, path, limit, low=0)

    def items(self, holder: Json, key: str, path: str, limit: int, *, low: int = 1) -> list[Any]:
        """Check a required array and return it, or nothing where it is no array."""
        found = holder.get(key)
        if not isinstance(found, list):
            self.fail(
                f"{path}/{key}", f"missing required field: {key}" if found is None else "must be an array"
            )
            return []
        if len(found) > limit:
            self.fail(f"{path}/{key}", f"no more than {limit} items allowed")
        if len(found) < low:
            self.fail(f"{path}/{key}", f"no fewer than {low} items allowed")
        return found

    def unique(self, holder: Json, key: str, path: str, seen: set[str]) -> None:
        """Check an optional id: up to 255 characters, once in a payload."""
        found = holder.get(key)
        if found is None:
            return
        self.string(holder, key, path, 255)
        if isinstance(found, str):
            if found in seen:
                self.fail(f"{path}/{key}", f"`{key}` must be unique")
            seen.add(found)


def check_options(check: Check, element: Json, path: str, limit: int) -> None:
    if "option_groups" in element:
        for at, group in enumerate(check.items(element, "option_groups", path, 100)):
            check.text(group, "label", f"{path}/option_groups/{at}", 75)
            check_options(check, group, f"{path}/option_groups/{at}", limit)
        return
    for at, option in enumerate(check.items(element, "options", path, limit)):
        check_option(check, option, f"{path}/options/{at}")


def check_option(check: Check, option: Any, path: str, *, mrkdwn: bool = False) -> None:
    """Check one option object of a select, checkbox or answer to a suggestion request."""
    if not isinstance(option, dict):
        check.fail(path, "must be an object")
        return
    if not option.keys() <= {"text", "value", "description", "url"}:
        check.fail(path, "invalid additional property")
    check.text(option, "text", path, 75, mrkdwn=mrkdwn)
    check.string(option, "value", path, 150)
    if "description" in option:
        check.text(option, "description", path, 75, mrkdwn=mrkdwn)


def check_element(check: Check, element: Any, path: str, allowed: frozenset[str]) -> None:
    """Check an interactive element or an image of one of the allowed types."""
    if not isinstance(element, dict) or element.get("type") not in allowed:
        kind = element.get("type") if isinstance(element, dict) else element
        check.fail(f"{path}/type", f"unsupported type: {kind}")
        return
    kind = str(element["type"])
    check.unique(element, "action_id", path, check.action_ids)
    if "placeholder" in element:
        check.text(element, "placeholder", path, 150)
    if "confirm" in element:
        _confirm(check, element["confirm"], f"{path}/confirm")
    if kind == "button":
        _button(check, element, path)
    elif kind == "image":
        check_image(check, element, path)
    elif kind.endswith("static_select"):
        check_options(check, element, path, 100)
        _initial(check, element, path)
    elif kind in ("checkboxes", "radio_buttons"):
        for at, option in enumerate(check.items(element, "options", path, 10)):
            check_option(check, option, f"{path}/options/{at}", mrkdwn=True)
        _initial(check, element, path)
    elif kind == "overflow":
        check_options(check, element, path, 5)
    elif kind.endswith("external_select"):
        low = element.get("min_query_length", 3)
        if not isinstance(low, int) or low < 0:
            check.fail(f"{path}/min_query_length", "must be a non-negative integer")
    elif kind == "plain_text_input":
        _text_input(check, element, path)
    elif kind == "number_input" and not isinstance(element.get("is_decimal_allowed"), bool):
        check.fail(f"{path}/is_decimal_allowed", "missing required field: is_decimal_allowed")
    elif kind == "file_input" and not 1 <= element.get("max_files", 10) <= 10:
        check.fail(f"{path}/max_files", "must be between 1 and 10")


def _initial(check: Check, element: Json, path: str) -> None:
    """An initial option must be one of the options, as Slack compares them: whole."""
    options = element.get("options") or [o for g in element.get("option_groups", []) for o in g["options"]]
    chosen = element.get("initial_options") or [element[k] for k in ("initial_option",) if k in element]
    if any(one not in options for one in chosen):
        check.fail(f"{path}/initial_option", "initial option must be one of the options")


def _button(check: Check, element: Json, path: str) -> None:
    if not element.keys() <= {
        "type",
        "text",
        "action_id",
        "url",
        "value",
        "style",
        "confirm",
        "accessibility_label",
    }:
        check.fail(path, "invalid additional property")
    check.text(element, "text", path, 75)
    check.maybe(element, "value", path, 2_000)
    check.maybe(element, "url", path, 3_000)
    check.maybe(element, "accessibility_label", path, 75)
    if element.get("style") not in (None, "primary", "danger"):
        check.fail(f"{path}/style", "must be one of primary, danger")


def _confirm(check: Check, confirm: Json, path: str) -> None:
    check.text(confirm, "title", path, 100)
    check.text(confirm, "text", path, 300, mrkdwn=True)
    check.text(confirm, "confirm", path, 30)
    check.text(confirm, "deny", path, 30)


def _text_input(check: Check, element: Json, path: str) -> None:
    high = element.get("max_length", 3_000)
    low = element.get("min_length", 0)
    if not isinstance(high, int) or not 1 <= high <= 3_000:
        check.fail(f"{path}/max_length", "must be between 1 and 3000")
        high = 3_000
    if not isinstance(low, int) or not 0 <= low <= min(high, 3_000):
        check.fail(f"{path}/min_length", "must be between 0 and max_length")
    check.maybe(element, "initial_value", path, min(high, 3_000))


def check_image(check: Check, block: Json, path: str) -> None:
    """Check an image: alternative text, and one source."""
    check.string(block, "alt_text", path, 2_000)
    if ("image_url" in block) == ("slack_file" in block):
        check.fail(path, "one of image_url and slack_file is required")
    check.maybe(block, "image_url", path, 3_000)
    if "title" in block:
        check.text(block, "title", path, 2_000)
