"""What Slack rejects in messages and views: every limit, checked the way the platform words its refusals.

The figures are those of Slack's Block Kit reference (November 2026). A check returns Slack's own sentences,
each with a JSON pointer; an empty list means the payload is accepted.
"""

from collections.abc import Callable
from typing import Any

from tests.servers.slack.elements import ACTION_ELEMENTS, INPUT_ELEMENTS, Check, check_element, check_image
from tests.servers.slack.elements import check_options as _options

Json = dict[str, Any]

TEXT_LIMIT = 4_000
BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
MARKDOWN_LIMIT = 12_000
VIEW_BYTES = 250_000
PRIVATE_METADATA_LIMIT = 3_000

_BLOCK_KEYS: dict[str, frozenset[str]] = {
    "section": frozenset({"type", "block_id", "text", "fields", "accessory", "expand"}),
    "header": frozenset({"type", "block_id", "text"}),
    "divider": frozenset({"type", "block_id"}),
    "context": frozenset({"type", "block_id", "elements"}),
    "actions": frozenset({"type", "block_id", "elements"}),
    "image": frozenset({"type", "block_id", "alt_text", "image_url", "slack_file", "title"}),
    "input": frozenset({"type", "block_id", "label", "element", "dispatch_action", "hint", "optional"}),
    "markdown": frozenset({"type", "block_id", "text"}),
    "table": frozenset({"type", "block_id", "rows", "column_settings"}),
    "rich_text": frozenset({"type", "block_id", "elements"}),
}
_RICH_CONTAINERS = frozenset({"rich_text_section", "rich_text_preformatted", "rich_text_quote"})
_RICH_REQUIRED: dict[str, str] = {
    "text": "text",
    "link": "url",
    "user": "user_id",
    "channel": "channel_id",
    "usergroup": "usergroup_id",
    "emoji": "name",
    "broadcast": "range",
    "date": "timestamp",
    "color": "value",
}


def _section(check: Check, block: Json, path: str) -> None:
    if "text" not in block and "fields" not in block:
        check.fail(path, "missing required field: text or fields")
    if "text" in block:
        check.text(block, "text", path, 3_000, mrkdwn=True)
    if "fields" in block:
        for at, _ in enumerate(fields := check.items(block, "fields", path, 10)):
            check.text({str(at): fields[at]}, str(at), f"{path}/fields", 2_000, mrkdwn=True)
    if "accessory" in block:
        check_element(check, block["accessory"], f"{path}/accessory", ACTION_ELEMENTS | {"image"})


def _header(check: Check, block: Json, path: str) -> None:
    check.text(block, "text", path, 150)


def _context(check: Check, block: Json, path: str) -> None:
    for at, element in enumerate(check.items(block, "elements", path, 10)):
        if isinstance(element, dict) and element.get("type") == "image":
            check_image(check, element, f"{path}/elements/{at}")
        else:
            check.text({str(at): element}, str(at), f"{path}/elements", 3_000, mrkdwn=True)


def _actions(check: Check, block: Json, path: str) -> None:
    for at, element in enumerate(check.items(block, "elements", path, 25)):
        check_element(check, element, f"{path}/elements/{at}", ACTION_ELEMENTS)


def _input(check: Check, block: Json, path: str) -> None:
    check.text(block, "label", path, 2_000)
    if "hint" in block:
        check.text(block, "hint", path, 2_000)
    check_element(check, block.get("element"), f"{path}/element", INPUT_ELEMENTS)


def _markdown(check: Check, block: Json, path: str) -> None:
    check.string(block, "text", path, MARKDOWN_LIMIT)
    check.markdown += len(str(block.get("text")))
    if check.markdown > MARKDOWN_LIMIT:
        check.fail(path, f"markdown blocks exceed {MARKDOWN_LIMIT} characters in all")


def _table(check: Check, block: Json, path: str) -> None:
    check.tables += 1
    if check.tables > 1:
        check.fail(path, "only_one_table_allowed")
    check.items(block, "column_settings", path, 20, low=0) if "column_settings" in block else None
    for at, row in enumerate(check.items(block, "rows", path, 100)):
        if not isinstance(row, list) or not 1 <= len(row) <= 20:
            check.fail(f"{path}/rows/{at}", "no more than 20 items allowed")
            continue
        for column, cell in enumerate(row):
            where = f"{path}/rows/{at}/{column}"
            kind = cell.get("type") if isinstance(cell, dict) else None
            if kind == "raw_text":
                check.string(cell, "text", where, 3_000)
            elif kind == "rich_text":
                _rich(check, cell, where)
            else:
                check.fail(f"{where}/type", f"unsupported type: {kind}")


def _rich(check: Check, block: Json, path: str) -> None:
    for at, element in enumerate(check.items(block, "elements", path, 1_000)):
        where = f"{path}/elements/{at}"
        kind = element.get("type") if isinstance(element, dict) else None
        if kind == "rich_text_list":
            if element.get("style") not in ("bullet", "ordered"):
                check.fail(f"{where}/style", "must be one of bullet, ordered")
            for item, section in enumerate(check.items(element, "elements", where, 1_000)):
                _rich_leaves(check, section, f"{where}/elements/{item}")
        elif kind in _RICH_CONTAINERS:
            _rich_leaves(check, element, where)
        else:
            check.fail(f"{where}/type", f"unsupported type: {kind}")


def _rich_leaves(check: Check, section: Json, path: str) -> None:
    for at, leaf in enumerate(check.items(section, "elements", path, 1_000)):
        where = f"{path}/elements/{at}"
        needed = _RICH_REQUIRED.get(leaf.get("type", "")) if isinstance(leaf, dict) else None
        if needed is None:
            check.fail(f"{where}/type", "unsupported type")
        elif needed == "text":
            check.string(leaf, "text", where, 3_000)
        elif leaf.get(needed) in (None, ""):
            check.fail(f"{where}/{needed}", f"missing required field: {needed}")


_CHECKS: dict[str, Callable[[Check, Json, str], None]] = {
    "section": _section,
    "header": _header,
    "divider": lambda check, block, path: None,
    "context": _context,
    "actions": _actions,
    "image": check_image,
    "input": _input,
    "markdown": _markdown,
    "table": _table,
    "rich_text": _rich,
}
_ONLY_IN_MESSAGES = frozenset({"markdown", "table"})


def _blocks(check: Check, blocks: Any, limit: int) -> None:
    if not isinstance(blocks, list):
        check.fail("/blocks", "must be an array")
        return
    if len(blocks) > limit:
        check.fail("/blocks", f"no more than {limit} items allowed")
    for at, block in enumerate(blocks):
        path = f"/blocks/{at}"
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in _CHECKS or (check.surface == "modal" and kind in _ONLY_IN_MESSAGES):
            check.fail(f"{path}/type", f"unsupported type: {kind}")
            continue
        if not block.keys() <= _BLOCK_KEYS[kind]:
            check.fail(path, "invalid additional property")
        check.unique(block, "block_id", path, check.block_ids)
        _CHECKS[kind](check, block, path)


def message_blocks(blocks: Any) -> list[str]:
    """What Slack would say against the blocks of a message."""
    check = Check("message")
    _blocks(check, blocks, BLOCKS_IN_MESSAGE)
    return check.errors


def options(answer: Any) -> list[str]:
    """What Slack would say against the answer to a block_suggestion request."""
    check = Check("options")
    if not isinstance(answer, dict) or not answer.keys() & {"options", "option_groups"}:
        return ["[ERROR] missing required field: options"]
    if answer.get("options") != []:
        _options(check, answer, "", 100)
    return check.errors


def view(payload: Json) -> list[str]:
    """What Slack would say against a modal; its size is checked elsewhere."""
    check = Check("modal")
    if payload.get("type") not in ("modal", "home"):
        check.fail("/type", f"unsupported type: {payload.get('type')}")
    if not payload.keys() <= {
        "type",
        "title",
        "blocks",
        "close",
        "submit",
        "private_metadata",
        "callback_id",
        "clear_on_close",
        "notify_on_close",
        "external_id",
        "submit_disabled",
    }:
        check.fail("", "invalid additional property")
    if payload.get("type") == "home" and payload.keys() & {
        "title",
        "close",
        "submit",
        "clear_on_close",
        "notify_on_close",
    }:
        check.fail("", "a home tab has no title, no buttons of its own and does not close")
    if payload.get("type") == "modal":
        check.text(payload, "title", "", 24)
    for key in ("submit", "close"):
        if key in payload:
            check.text(payload, key, "", 24)
    check.maybe(payload, "private_metadata", "", PRIVATE_METADATA_LIMIT)
    check.maybe(payload, "callback_id", "", 255)
    check.maybe(payload, "external_id", "", 255)
    _blocks(check, payload.get("blocks"), BLOCKS_IN_VIEW)
    has_input = any(isinstance(b, dict) and b.get("type") == "input" for b in payload.get("blocks") or [])
    if has_input and "submit" not in payload:
        check.fail("/submit", "missing required field: submit")
    return check.errors
