"""`views.*`: modals on the screens of members, and their Home tabs."""

import json
from typing import TYPE_CHECKING

from tests.servers.slack import limits
from tests.servers.slack.arguments import structured
from tests.servers.slack.model import ApiError, Json, Modal, Turn, Workspace

if TYPE_CHECKING:
    from tests.servers.slack.world import World


def _view(args: Json) -> Json:
    found = structured(args, "view")
    if not isinstance(found, dict):
        raise ApiError("invalid_arguments", ["[ERROR] missing required field: view"])
    if len(json.dumps(found)) > limits.VIEW_BYTES:
        raise ApiError("view_too_large")
    wrong = limits.view(found)
    if wrong:
        raise ApiError("invalid_arguments", wrong)
    return found


def _trigger(server: "World", args: Json) -> Turn:
    turn = server.turns.get(str(args.get("trigger_id")))
    if turn is None:
        raise ApiError("invalid_trigger_id")
    if turn.trigger_used:
        raise ApiError("exchanged_trigger_id")
    if server.now() - turn.at > 3:
        raise ApiError("expired_trigger_id")
    turn.trigger_used = True
    return turn


def view_json(workspace: Workspace, modal: Modal) -> Json:
    """A view as Slack returns it and puts it into payloads."""
    return {
        "clear_on_close": False,
        "notify_on_close": False,
        "close": None,
        "submit": None,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        **modal.view,
        "id": modal.id,
        "team_id": workspace.team_id,
        "app_id": "A0COHORT",
        "bot_id": workspace.bot_id,
        "hash": modal.hash,
        "root_view_id": modal.root,
        "previous_view_id": None,
        "state": {"values": {}},
    }


def views_open(server: "World", workspace: Workspace, args: Json) -> Json:
    """Show a modal; the trigger is good for three seconds, once."""
    view = _view(args)
    modal = server.show_modal(workspace, _trigger(server, args), view)
    return {"view": view_json(workspace, modal)}


def views_publish(server: "World", workspace: Workspace, args: Json) -> Json:
    """Show a member's Home tab. No trigger is needed; what was there before is gone."""
    view = _view(args)
    user = str(args.get("user_id") or "")
    member = workspace.members.get(user)
    if view.get("type") != "home":
        raise ApiError("invalid_arguments", ["[ERROR] invalid view type [json-pointer:/view/type]"])
    if not workspace.home_tab:
        raise ApiError("not_enabled")
    if member is None or member["deleted"] or member["team_id"] != workspace.team_id:
        raise ApiError("user_not_found" if member is None else "invalid_user")
    shown = workspace.homes.get(user)
    if args.get("hash") not in (None, "", shown.hash if shown else ""):
        raise ApiError("hash_conflict")
    return {"view": view_json(workspace, server.show_home(workspace, user, view))}


def views_push(server: "World", workspace: Workspace, args: Json) -> Json:
    """Lay a modal on top of another, three deep at most."""
    view = _view(args)
    turn = _trigger(server, args)
    if turn.modal is None:
        raise ApiError("invalid_trigger_id")
    modal = server.show_modal(workspace, turn, view, on=turn.modal)
    return {"view": view_json(workspace, modal)}


def views_update(server: "World", workspace: Workspace, args: Json) -> Json:
    """Change an open modal in place."""
    view = _view(args)
    wanted = args.get("view_id")
    external = args.get("external_id")
    found = next(
        (
            m
            for m in workspace.modals.values()
            if m.id == wanted or (external and m.view.get("external_id") == external)
        ),
        None,
    )
    if found is None or not found.open:
        raise ApiError("not_found")
    if args.get("hash") not in (None, "", found.hash):
        raise ApiError("hash_conflict")
    server.change_modal(found, view)
    return {"view": view_json(workspace, found)}
