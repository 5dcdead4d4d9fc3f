"""What the platform sends for the things of :mod:`world`: JSON bodies as the reference describes them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.servers.discord import limits
from tests.servers.discord.permissions import ORDINARY, SEND_MESSAGES, VIEW_CHANNEL, Role, implied, in_channel
from tests.servers.discord.world import (
    CATEGORY,
    DM,
    FORUM,
    PUBLIC_THREAD,
    VOICE,
    Attachment,
    Channel,
    Guild,
    Message,
)

if TYPE_CHECKING:
    from tests.servers.discord.server import DiscordServer

JOINED = "2026-01-05T09:00:00.000000+00:00"
LOADING = 1 << 7
EPOCH_MS = 1_420_070_400_000


def made(snowflake: str) -> str:
    """When a thing was made, read off its id."""
    milliseconds = (int(snowflake) >> 22) + EPOCH_MS
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()


_OF_KIND: dict[int, dict[str, Any]] = {
    VOICE: {"bitrate": 64_000, "user_limit": 0, "rtc_region": None},
    CATEGORY: {},
    FORUM: {
        "available_tags": [],
        "default_reaction_emoji": None,
        "default_sort_order": None,
        "default_forum_layout": 0,
        "default_thread_rate_limit_per_user": 0,
        "template": "",
    },
}
"""What a channel object of some kinds holds besides."""


class Payloads:
    """Builds bodies; knows the server for its people and addresses."""

    def __init__(self, server: "DiscordServer") -> None:
        self._server = server

    def user(self, user: str) -> dict[str, Any]:
        """A user object."""
        name = self._server.names[user]
        return {
            "id": user,
            "username": name.lower().replace(" ", "_"),
            "global_name": name,
            "discriminator": "0",
            "avatar": None,
            "public_flags": 0,
            "bot": user in self._server.bots,
        }

    def permissions(self, user: str, channel: Channel) -> int:
        """The permissions of a member in a channel, as a number."""
        if channel.guild is None:
            return ORDINARY
        held = in_channel(channel, user)
        if user == self._server.bot_id:
            held &= ~(VIEW_CHANNEL if channel.hidden else 0) & ~(SEND_MESSAGES if channel.muted else 0)
        return implied(held)

    def member(
        self, user: str, guild: Guild | None, *, at: Channel | None = None, with_user: bool = True
    ) -> dict[str, Any]:
        """A member object of a server; in an interaction with the permissions in its channel, in ``resolved``
        without its user."""
        member: dict[str, Any] = {
            "nick": guild.nicks.get(user) if guild else None,
            "avatar": None,
            "roles": list(guild.held.get(user, ())) if guild else [],
            "joined_at": JOINED,
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "communication_disabled_until": None,
        }
        if at is not None:
            member["permissions"] = str(self.permissions(user, at))
        return {"user": self.user(user), **member} if with_user else member

    def role(self, role: Role, position: int) -> dict[str, Any]:
        """A role object."""
        return {
            "id": role.id,
            "name": role.name,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": position,
            "permissions": str(role.permissions),
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }

    def resolved_channel(self, channel: Channel, user: str) -> dict[str, Any]:
        """A channel as an option names it: in part, with the caller's permissions in it."""
        whole = self.channel(channel)
        told = ("id", "type", "name", "parent_id", "thread_metadata", "flags", "last_message_id")
        permissions = str(self.permissions(user, channel))
        return {key: whole[key] for key in told if key in whole} | {"permissions": permissions}

    def channel(self, channel: Channel) -> dict[str, Any]:
        """A channel, thread or direct message object."""
        body: dict[str, Any] = {"id": channel.id, "type": channel.kind, "flags": 0, "last_message_id": None}
        if channel.kind == DM:
            return body | {"recipients": [self.user(str(channel.recipient))]}
        body |= {
            "name": channel.name,
            "guild_id": channel.guild.id if channel.guild else None,
            "parent_id": channel.parent.id if channel.parent else None,
            "rate_limit_per_user": 0,
        }
        if channel.kind == PUBLIC_THREAD:
            return body | {
                "owner_id": self._server.bot_id,
                "message_count": len(channel.messages),
                "member_count": 1,
                "total_message_sent": len(channel.messages),
                "thread_metadata": {
                    "archived": channel.archived,
                    "locked": channel.locked,
                    "auto_archive_duration": 1440,
                    "archive_timestamp": JOINED,
                    "create_timestamp": JOINED,
                },
            }
        overwrites = [
            {"id": whose, "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}
            for whose, each in channel.overwrites.items()
        ]
        body |= {"topic": None, "position": 0, "nsfw": False, "permission_overwrites": overwrites}
        return body | _OF_KIND.get(channel.kind, {})

    def guild(self, guild: Guild) -> dict[str, Any]:
        """A server as GUILD_CREATE brings it to a bot without the members intent."""
        channels = [self.channel(c) for c in guild.channels.values()]
        roles = [self.role(each, position) for position, each in enumerate(guild.roles.values())]
        return {
            "id": guild.id,
            "name": guild.name,
            "icon": None,
            "owner_id": guild.owner,
            "afk_timeout": 300,
            "verification_level": 1,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "roles": roles,
            "emojis": [],
            "stickers": [],
            "features": [],
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "preferred_locale": "en-US",
            "system_channel_flags": 0,
            "joined_at": JOINED,
            "large": False,
            "unavailable": False,
            "member_count": len(guild.members) + 1,
            "members": [self.member(self._server.bot_id, guild)],
            "channels": [c for c in channels if c["type"] != PUBLIC_THREAD],
            "threads": [c for c in channels if c["type"] == PUBLIC_THREAD],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def attachment(self, attachment: Attachment) -> dict[str, Any]:
        """An attachment object; its address is on this server."""
        url = f"{self._server.base_url}/attachments/{attachment.id}/{attachment.filename}"
        return {
            "id": attachment.id,
            "filename": attachment.filename,
            "description": attachment.description,
            "content_type": attachment.media_type,
            "size": len(attachment.data),
            "url": url,
            "proxy_url": url,
        }

    def message(self, message: Message, *, nonce: bool = False) -> dict[str, Any]:
        """A message object. What others wrote has no content for a bot without that intent; the nonce is
        told when the message is made, and never again."""
        # What is written to the bot alone has its content without that intent.
        own = message.author == self._server.bot_id or message.channel.kind == DM
        flags = int(message.body.get("flags") or 0)
        flags |= limits.EPHEMERAL if message.ephemeral else 0
        flags |= LOADING if message.loading else 0
        return {
            "id": message.id,
            "channel_id": message.channel.id,
            "type": 0,
            "content": message.content if own else "",
            "author": self.user(message.author),
            "embeds": message.embeds if own else [],
            "attachments": [self.attachment(a) for a in message.attachments] if own else [],
            "components": (message.body.get("components") or []) if own else [],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
            "flags": flags,
            "timestamp": made(message.id),
            "edited_timestamp": self._server.timestamp() if message.edited else None,
            **({"nonce": message.nonce} if nonce else {}),
        }
