"""What somebody types into a form, as far as Slack tells of it before the form is sent: long fields say so while they
are typed into, and the form when it is closed. What was typed is kept in memory until then; a closed form is offered
again with it."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

MOST_FORMS = 500
"""Open forms that are remembered, of all people; the one that rested longest goes first."""


class OpenForms:
    """The latest state of the forms that are typed into, by the ids that Slack gives them."""

    def __init__(self, most: int = MOST_FORMS) -> None:
        self._most = most
        self._states: OrderedDict[str, Json] = OrderedDict()

    def typed(self, view: Mapping[str, Any]) -> None:
        """Somebody typed into a form."""
        self._states[str(view["id"])] = dict((view.get("state") or {}).get("values") or {})
        self._states.move_to_end(str(view["id"]))
        while len(self._states) > self._most:
            self._states.popitem(last=False)

    def sent(self, view: Mapping[str, Any]) -> None:
        """A form was sent: what was typed into it is in the form."""
        self._states.pop(str(view["id"]), None)

    def closed(self, view: Mapping[str, Any]) -> Json | None:
        """The form as it stood when it was closed, None where nothing is known to have been typed."""
        values = self._states.pop(str(view["id"]), None)
        return {**view, "state": {"values": values}} if values else None

    def __len__(self) -> int:
        return len(self._states)
