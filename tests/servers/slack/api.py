"""The Web API of the stand-in: one plain function per method, refusing what Slack refuses."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.servers.slack import chat, places, uploads, views
from tests.servers.slack.faults import SCOPES
from tests.servers.slack.installing import Organisation
from tests.servers.slack.model import ApiError, Json, Workspace

if TYPE_CHECKING:
    from tests.servers.slack.world import World

Method = Callable[["World", Workspace, Json], Json]


def auth_test(server: "World", workspace: Workspace, args: Json) -> Json:
    """Who this token is."""
    return {
        "url": f"{server.base_url}/",
        "team": workspace.name,
        "user": "cohort",
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
        **({"enterprise_id": workspace.enterprise} if workspace.enterprise else {}),
    }


def organisation_test(server: "World", organisation: Organisation) -> Json:
    """Who the token of a whole organisation is."""
    return {
        "ok": True,
        **auth_test(server, organisation.workspaces[0], {}),
        "team": organisation.name,
        "team_id": organisation.id,
        "enterprise_id": organisation.id,
        "is_enterprise_install": True,
    }


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "chat.postMessage": chat.chat_post_message,
    "chat.postEphemeral": chat.chat_post_ephemeral,
    "chat.update": chat.chat_update,
    "chat.delete": chat.chat_delete,
    "conversations.open": places.conversations_open,
    "conversations.info": places.conversations_info,
    "conversations.list": places.conversations_list,
    "conversations.members": places.conversations_members,
    "conversations.history": places.conversations_history,
    "conversations.replies": places.conversations_replies,
    "users.info": places.users_info,
    "users.list": places.users_list,
    "views.open": views.views_open,
    "views.push": views.views_push,
    "views.update": views.views_update,
    "views.publish": views.views_publish,
    "files.getUploadURLExternal": uploads.get_upload_url,
    "files.completeUploadExternal": uploads.complete_upload,
    "files.info": uploads.files_info,
    "files.delete": uploads.files_delete,
}


def call(server: "World", workspace: Workspace, method: str, args: Json) -> Json:
    """Run one method for the holder of a token.

    Raises:
        ApiError: with the code and the messages that Slack would send.
    """
    found = METHODS.get(method)
    if found is None:
        raise ApiError("unknown_method", req_method=method)
    if workspace.revoked:
        raise ApiError("token_revoked")
    needed = SCOPES.get(method)
    if needed and workspace.scopes.isdisjoint(needed):
        raise ApiError("missing_scope", needed=",".join(needed), provided=",".join(sorted(workspace.scopes)))
    return {"ok": True, **found(server, workspace, args)}
