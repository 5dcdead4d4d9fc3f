"""Reading the arguments of a Web API call: JSON or form fields, channels, message payloads."""

import json
from typing import TYPE_CHECKING, Any

from tests.servers.slack import limits
from tests.servers.slack.model import ApiError, Channel, Json, Message, Workspace

if TYPE_CHECKING:
    from tests.servers.slack.world import World


def structured(args: Json, key: str) -> Any:
    """An argument that is JSON, or JSON inside a form field."""
    found = args.get(key)
    if isinstance(found, str):
        try:
            return json.loads(found)
        except ValueError:
            raise ApiError("invalid_arguments", [f"[ERROR] {key} is not valid JSON"]) from None
    return found


def truth(args: Json, key: str) -> bool:
    """A flag as JSON, or as a form sends it."""
    return args.get(key) in (True, 1, "1", "true", "True")


def check_payload(payload: Json, refused: frozenset[str] = frozenset()) -> None:
    """Refuse the text and the blocks of a message as Slack does, and blocks of the kinds that a test has refused."""
    text = payload.get("text") or ""
    blocks = payload.get("blocks") or []
    if not isinstance(text, str):
        raise ApiError("invalid_arguments", ["[ERROR] must be a string [json-pointer:/text]"])
    if not text and not blocks and not payload.get("attachments"):
        raise ApiError("no_text")
    if len(text) > limits.TEXT_LIMIT:
        raise ApiError("msg_too_long")
    if blocks:
        wrong = limits.message_blocks(blocks)
        if wrong or any(each.get("type") in refused for each in blocks):
            raise ApiError("invalid_blocks", wrong)


def channel_of(server: "World", workspace: Workspace, args: Json, *, post: bool = False) -> Channel:
    """The conversation that is meant, if the bot may see it, or post in it."""
    wanted = str(args.get("channel") or args.get("channel_id") or "")
    if wanted in workspace.members and post:
        return workspace.direct(wanted)
    found = workspace.channels.get(wanted) or next(
        (c for c in workspace.channels.values() if f"#{c.name}" == wanted), None
    )
    member = found is not None and workspace.bot_user in found.members
    if found is None or found.deleted or (not member and found.kind != "public"):
        raise ApiError("channel_not_found")
    if post and found.archived:
        raise ApiError("is_archived")
    if post and not member and "chat:write.public" not in workspace.scopes:
        raise ApiError("not_in_channel")
    if post and found.restricted:
        raise ApiError("restricted_action")
    if post and found.kind == "im" and not server.messages_tab:
        raise ApiError("messages_tab_disabled")
    return found


def as_json(workspace: Workspace, message: Message) -> Json:
    """A message as the history and the interaction payloads carry it."""
    bot = message.author == workspace.bot_user
    body: Json = {
        "type": "message",
        "user": message.author,
        "ts": message.ts,
        "text": message.payload.get("text") or "",
        "blocks": message.blocks,
        "team": workspace.team_id,
    }
    if bot:
        body |= {"bot_id": workspace.bot_id, "app_id": "A0COHORT"}
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    if message.files:
        body["files"] = [{"id": f.id, "name": f.name, "title": f.title} for f in message.files]
    return body
