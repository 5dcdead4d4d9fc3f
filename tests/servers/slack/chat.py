"""`chat.*`: posting, editing and deleting messages."""

from typing import TYPE_CHECKING

from tests.servers.slack.arguments import as_json, channel_of, check_payload, structured
from tests.servers.slack.model import ApiError, Channel, Json, Message, Workspace

if TYPE_CHECKING:
    from tests.servers.slack.world import World


def _metadata(args: Json) -> Json | None:
    found = structured(args, "metadata")
    if found is None:
        return None
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("event_type"), str)
        or not isinstance(found.get("event_payload"), dict)
    ):
        raise ApiError("invalid_metadata_format")
    return found


def _payload(server: "World", args: Json) -> Json:
    payload = {k: v for k, v in args.items() if k not in ("token", "channel", "metadata")}
    payload["blocks"] = structured(args, "blocks")
    check_payload(payload, server.refused_blocks)
    return payload


def chat_post_message(server: "World", workspace: Workspace, args: Json) -> Json:
    """Post in a channel, a thread or a direct message."""
    channel = channel_of(server, workspace, args, post=True)
    metadata = _metadata(args)
    payload = _payload(server, args)
    thread = args.get("thread_ts")
    if thread and not any(m.ts == thread for m in channel.messages):
        raise ApiError("thread_not_found")
    server.pace(channel)
    message = server.post(
        workspace, channel, payload, via="chat.postMessage", thread_ts=thread, metadata=metadata
    )
    return {"channel": channel.id, "ts": message.ts, "message": as_json(workspace, message)}


def chat_post_ephemeral(server: "World", workspace: Workspace, args: Json) -> Json:
    """Show a message to one member of a channel."""
    channel = channel_of(server, workspace, args, post=True)
    user = str(args.get("user") or "")
    if user not in channel.members:
        raise ApiError("user_not_in_channel")
    message = server.post(workspace, channel, _payload(server, args), via="chat.postEphemeral", only_for=user)
    message.thread_ts = args.get("thread_ts")
    return {"message_ts": message.ts}


def _own(workspace: Workspace, channel: Channel, args: Json, refusal: str) -> Message:
    found = next((m for m in channel.messages if m.ts == args.get("ts") and not m.deleted), None)
    if found is None:
        raise ApiError("message_not_found")
    if found.author != workspace.bot_user:
        raise ApiError(refusal)
    return found


def chat_update(server: "World", workspace: Workspace, args: Json) -> Json:
    """Edit one of the bot's own messages; what is not given again is kept where Slack keeps it."""
    channel = channel_of(server, workspace, args)
    message = _own(workspace, channel, args, "cant_update_message")
    payload = {k: v for k, v in args.items() if k not in ("token", "channel", "ts", "metadata")}
    payload["blocks"] = structured(args, "blocks")
    if payload["blocks"] is None and "text" not in args:
        payload["blocks"] = message.blocks
    check_payload(payload, server.refused_blocks)
    if "metadata" in args:
        message.metadata = _metadata(args)
    server.edit(message, payload)
    return {"channel": channel.id, "ts": message.ts, "text": payload.get("text", "")}


def chat_delete(server: "World", workspace: Workspace, args: Json) -> Json:
    """Delete one of the bot's own messages."""
    channel = channel_of(server, workspace, args)
    message = _own(workspace, channel, args, "cant_delete_message")
    message.deleted = True
    channel.messages.remove(message)
    server.changed()
    return {"channel": channel.id, "ts": message.ts}
