"""A bare discord.py bot that only echoes: what a measurement is compared with."""

from typing import Any

import discord
from discord import app_commands


class EchoBot(discord.AutoShardedClient):
    """``/submission add title:...`` answers with its title, privately; nothing else happens."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
        )
        self.tree = app_commands.CommandTree(self)
        group = app_commands.Group(name="submission", description="Papers on their way")

        @group.command(name="add", description="Add a paper")
        async def add(interaction: discord.Interaction[Any], title: str) -> None:
            await interaction.response.send_message(title, ephemeral=True)

        self.tree.add_command(group)

    async def setup_hook(self) -> None:
        """Register the command."""
        await self.tree.sync()
