"""Filling in a modal as a member's client does: values per kind of input, and the client's own checks."""

from typing import Any

from tests.servers.slack.model import Failed, Json, Modal

_PEOPLE_AND_PLACES = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_TYPED = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})


def find_option(options: list[Json], wanted: Any) -> Json:
    """The option with this text or value; text may be given by its beginning.

    Raises:
        Failed: there is none.
    """
    for option in options:
        if wanted in (option["text"]["text"], option["value"]):
            return option
    for option in options:
        if option["text"]["text"].casefold().startswith(str(wanted).casefold()):
            return option
    raise Failed(f"no option {wanted!r} among {[o['text']['text'] for o in options]}")


def all_options(element: Json) -> list[Json]:
    """The options of a select, in groups or not."""
    return element.get("options") or [o for g in element.get("option_groups", []) for o in g["options"]]


def state_of(element: Json, value: Any) -> Json:
    """The state entry of one input with a value given by a test.

    Raises:
        Failed: the client would not let a member enter this.
    """
    kind = element["type"]
    state: Json = {"type": kind}
    if kind in _TYPED:
        text = "" if value is None else str(value)
        if text and len(text) < element.get("min_length", 0):
            raise Failed(f"too short: at least {element['min_length']} characters")
        if len(text) > element.get("max_length", 3_000):
            raise Failed(f"too long: at most {element.get('max_length', 3_000)} characters")
        state["value"] = text or None
    elif kind in ("static_select", "radio_buttons"):
        state["selected_option"] = None if value is None else find_option(all_options(element), value)
    elif kind == "external_select":
        state["selected_option"] = value
    elif kind in ("multi_static_select", "checkboxes"):
        state["selected_options"] = [find_option(all_options(element), one) for one in value or ()]
    elif kind in _PEOPLE_AND_PLACES:
        state[_PEOPLE_AND_PLACES[kind]] = value
    elif kind in ("multi_users_select", "multi_channels_select", "multi_conversations_select"):
        state[kind.replace("multi_", "selected_").replace("_select", "")] = list(value or ())
    elif kind == "file_input":
        state["files"] = list(value or ())
    else:
        raise Failed(f"cannot fill in {kind}")
    return state


def initial(element: Json) -> Any:
    """What stands in an input before the member touches it, in the shape `state_of` takes."""
    for key, value in element.items():
        if key == "initial_option":
            return value if element["type"] == "external_select" else value["value"]
        if key == "initial_options":
            return [one["value"] for one in value]
        if key.startswith("initial_"):
            return value
    return None


def empty(state: Json) -> bool:
    """True where a member left an input empty."""
    return all(value in (None, [], "") for key, value in state.items() if key != "type")


def fill(modal: Modal, chosen: dict[str, Any]) -> Json:
    """The `state.values` of a modal, with what the member chose per block id.

    Raises:
        Failed: a required input is empty, as the client says it.
    """
    values: Json = {}
    for block in modal.view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        value = chosen.get(block["block_id"], initial(element))
        state = state_of(element, value)
        if empty(state) and not block.get("optional"):
            raise Failed(f"{block['label']['text']}: Please complete this required field.")
        values[block["block_id"]] = {element["action_id"]: state}
    return values
