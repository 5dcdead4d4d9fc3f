"""`conversations.*` and `users.*`: where things are, who is there, what was said."""

from typing import TYPE_CHECKING

from tests.servers.slack.arguments import as_json, channel_of, truth
from tests.servers.slack.model import ApiError, Channel, Json, Message, Workspace

if TYPE_CHECKING:
    from tests.servers.slack.world import World


def conversations_open(server: "World", workspace: Workspace, args: Json) -> Json:
    """Open the direct message with one member."""
    users = [u for u in str(args.get("users") or "").split(",") if u]
    if len(users) != 1 or users[0] not in workspace.members:
        raise ApiError("user_not_found" if users else "not_enough_users")
    if workspace.members[users[0]]["deleted"]:
        raise ApiError("user_disabled")
    return {"channel": {"id": workspace.direct(users[0]).id}, "no_op": True, "already_open": True}


def _conversation(workspace: Workspace, channel: Channel) -> Json:
    if channel.kind == "im":
        (user,) = channel.members - {workspace.bot_user} if len(channel.members) == 2 else {""}
        return {"id": channel.id, "is_im": True, "user": user, "is_archived": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_archived": channel.archived,
        "is_member": workspace.bot_user in channel.members,
        "context_team_id": workspace.team_id,
    }


def conversations_info(server: "World", workspace: Workspace, args: Json) -> Json:
    """What is known of a conversation."""
    return {"channel": _conversation(workspace, channel_of(server, workspace, args))}


def conversations_list(server: "World", workspace: Workspace, args: Json) -> Json:
    """The conversations the bot can see."""
    wanted = set(str(args.get("types") or "public_channel").split(","))
    kinds = {"public": "public_channel", "private": "private_channel", "im": "im", "mpim": "mpim"}
    seen = [
        c
        for c in workspace.channels.values()
        if kinds[c.kind] in wanted
        and not c.deleted
        and (c.kind == "public" or workspace.bot_user in c.members)
        and not (c.archived and truth(args, "exclude_archived"))
    ]
    return {"channels": [_conversation(workspace, c) for c in seen], "response_metadata": {"next_cursor": ""}}


def conversations_members(server: "World", workspace: Workspace, args: Json) -> Json:
    """Who is in a conversation, a page at a time."""
    members = sorted(channel_of(server, workspace, args).members)
    start, limit = int(args.get("cursor") or 0), min(int(args.get("limit") or 100), 1000)
    more = start + limit < len(members)
    following = str(start + limit) if more else ""
    return {"members": members[start : start + limit], "response_metadata": {"next_cursor": following}}


def _history(workspace: Workspace, args: Json, messages: list[Message]) -> Json:
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or 10**12)
    limit = min(int(args.get("limit") or 100), 999)
    inside = [m for m in messages if oldest <= float(m.ts) <= latest]
    start = int(args.get("cursor") or 0)
    page = inside[start : start + limit]
    more = start + limit < len(inside)
    with_metadata = truth(args, "include_all_metadata")
    return {
        "messages": [
            as_json(workspace, m) | ({"metadata": m.metadata} if with_metadata and m.metadata else {})
            for m in page
        ],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


def _readable(server: "World", workspace: Workspace, args: Json) -> Channel:
    channel = channel_of(server, workspace, args)
    scope = {"public": "channels", "private": "groups"}.get(channel.kind, channel.kind) + ":history"
    if scope not in workspace.scopes:
        raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(workspace.scopes)))
    if workspace.bot_user not in channel.members:
        raise ApiError("not_in_channel")
    return channel


def conversations_history(server: "World", workspace: Workspace, args: Json) -> Json:
    """The messages of a channel, newest first, without replies."""
    channel = _readable(server, workspace, args)
    return _history(workspace, args, [m for m in reversed(channel.messages) if m.thread_ts in (None, m.ts)])


def conversations_replies(server: "World", workspace: Workspace, args: Json) -> Json:
    """A thread, oldest first."""
    channel = _readable(server, workspace, args)
    found = [m for m in channel.messages if args.get("ts") in (m.ts, m.thread_ts)]
    if not found:
        raise ApiError("thread_not_found")
    return _history(workspace, args, found)


def users_info(server: "World", workspace: Workspace, args: Json) -> Json:
    """One member."""
    found = workspace.members.get(str(args.get("user")))
    if found is None:
        raise ApiError("user_not_found")
    return {"user": found}


def users_list(server: "World", workspace: Workspace, args: Json) -> Json:
    """All of the members."""
    return {"members": list(workspace.members.values()), "response_metadata": {"next_cursor": ""}}
