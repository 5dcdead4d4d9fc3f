"""`files.*`: the external upload in its steps."""

from typing import TYPE_CHECKING

from tests.servers.slack.arguments import channel_of, check_payload, structured
from tests.servers.slack.model import ApiError, Json, Workspace

if TYPE_CHECKING:
    from tests.servers.slack.world import World


def get_upload_url(server: "World", workspace: Workspace, args: Json) -> Json:
    """Hand out the address for one file."""
    if not args.get("filename") or int(args.get("length") or 0) <= 0:
        raise ApiError("invalid_arguments", ["[ERROR] missing required field: filename or length"])
    stored = server.new_file(str(args["filename"]), int(args["length"]), str(args.get("alt_txt") or ""))
    stored.owner = workspace.bot_user
    return {"upload_url": f"{server.base_url}/upload/{stored.id}", "file_id": stored.id}


def complete_upload(server: "World", workspace: Workspace, args: Json) -> Json:
    """Finish uploads and share them in a channel, where one is named."""
    wanted = structured(args, "files") or []
    stored = [server.files.get(str(one.get("id"))) for one in wanted]
    if not stored or any(f is None or not f.data for f in stored):
        raise ApiError("file_not_found")
    files = [f for f in stored if f is not None]
    channel = channel_of(server, workspace, args, post=True) if args.get("channel_id") else None
    if args.get("channels") and channel is None:
        channel = channel_of(server, workspace, {"channel": args["channels"]}, post=True)
    for one, found in zip(wanted, files, strict=True):
        found.title = str(one.get("title") or found.name)
        found.done = True
    if channel is not None:
        for found in files:
            found.channels.append(channel.id)
        payload = {"text": args.get("initial_comment") or "", "blocks": structured(args, "blocks")}
        if payload["text"] or payload["blocks"]:
            check_payload(payload)
        thread = args.get("thread_ts")
        server.post(workspace, channel, payload, via="files", thread_ts=thread, files=files)
    return {"files": [{"id": f.id, "title": f.title, "name": f.name} for f in files]}


def files_delete(server: "World", workspace: Workspace, args: Json) -> Json:
    """Delete one of the bot's own files, and the messages that show nothing else."""
    found = server.files.get(str(args.get("file")))
    if found is None:
        raise ApiError("file_not_found")
    if found.deleted:
        raise ApiError("file_deleted")
    if found.owner != workspace.bot_user:
        raise ApiError("cant_delete_file")
    found.deleted = True
    found.data = b""
    for channel in workspace.channels.values():
        for message in [each for each in channel.messages if found in each.files]:
            message.files.remove(found)
            if not message.files and not message.text:
                message.deleted = True
                channel.messages.remove(message)
    server.changed()
    return {}


def files_info(server: "World", workspace: Workspace, args: Json) -> Json:
    """Where a file is and what it is called."""
    found = server.files.get(str(args.get("file")))
    if found is None:
        raise ApiError("file_not_found")
    return {"file": server.file_json(found)}
