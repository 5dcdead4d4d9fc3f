"""What the platform sends for the things of :mod:`world`: JSON bodies as the reference describes them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.servers.discord import limits
from tests.servers.discord.world import (
    DM,
    MANAGE_GUILD,
    MEMBER_PERMISSIONS,
    PUBLIC_THREAD,
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
            "bot": user == self._server.bot_id,
        }

    def permissions(self, user: str) -> int:
        """The permissions of a member, as a number."""
        return MEMBER_PERMISSIONS | (MANAGE_GUILD if user in self._server.managers else 0)

    def member(self, user: str, guild: Guild | None, *, with_user: bool = True) -> dict[str, Any]:
        """A member object of a server; in ``resolved`` it comes without its user."""
        member: dict[str, Any] = {
            "nick": guild.nicks.get(user) if guild else None,
            "avatar": None,
            "roles": [],
            "joined_at": JOINED,
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "communication_disabled_until": None,
            "permissions": str(self.permissions(user)),
        }
        return {"user": self.user(user), **member} if with_user else member

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
            "permissions": str(MEMBER_PERMISSIONS),
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
        return body | {"topic": None, "position": 0, "nsfw": False, "permission_overwrites": []}

    def guild(self, guild: Guild) -> dict[str, Any]:
        """A server as GUILD_CREATE brings it to a bot without the members intent."""
        channels = [self.channel(c) for c in guild.channels.values() if not c.hidden]
        everyone = {
            "id": guild.id,
            "name": "@everyone",
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": 0,
            "permissions": str(MEMBER_PERMISSIONS | MANAGE_GUILD),
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        return {
            "id": guild.id,
            "name": guild.name,
            "icon": None,
            "owner_id": guild.owner,
            "afk_timeout": 300,
            "verification_level": 1,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "roles": [everyone],
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
        own = message.author == self._server.bot_id
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
