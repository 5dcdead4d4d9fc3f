"""A story told on Discord: the real discord.py against a Discord on loopback."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from tests.servers.discord import Channel, DiscordServer, Interaction, Message, Person
from tests.servers.discord.pointing import restored
from tests.story.bot import Bot, settings
from tests.story.driver import BEGIN, OLU, PEOPLE, WITHIN, Asked, Completing, Image, Seen, message

ALARMING = frozenset({"user", "role", "everyone", "link", "channel"})


class DiscordDriver:
    """See `PlatformDriver`."""

    has_addresses = True
    keeps_old_buttons = True

    fields_at_once: int | None = 5
    lists_members = False

    def __init__(self, bot: Bot, server: DiscordServer) -> None:
        self.bot = bot
        self.server = server
        self.people = {name: server.add_person(name, manager=name == OLU) for name in PEOPLE}

    async def say(self, who: str, command: str, /, **options: str) -> Seen | Asked:
        """Run a slash command, also one that Discord hides from somebody: that is a hint, no lock."""
        given: dict[str, Any] = {**options}
        return _shown(await self.people[who].slash(command, forged=True, **given))

    async def press(self, who: str, seen: Seen, button: str) -> Seen | Asked:
        """Press a button."""
        return _shown(await self.people[who].click(_holder(seen.raw, button), button))

    async def choose(self, who: str, seen: Seen, record: str) -> Seen | Asked:
        """Choose from the menu."""
        holder = next(each for each in seen.raw if each.menus)
        return _shown(await self.people[who].choose(holder, record))

    async def completing(self, who: str, command: str, option: str) -> Completing:
        """Type into an option of a slash command."""

        async def offered(typed: str) -> list[str]:
            return [each["name"] for each in await self.people[who].autocomplete(command, option, typed)]

        return offered

    async def fill(self, who: str, form: Asked, values: Mapping[str, str | bool]) -> Seen:
        """Fill in a modal, and those that follow it."""
        person: Person = self.people[who]
        current, left, dialogs = form, dict(values), 1
        while True:
            here = {label: left.pop(label) for label in current.labels if label in left}
            answer = _shown(await person.submit(current.raw, here))
            assert isinstance(answer, Seen)
            if "Continue" not in answer.buttons:
                assert not left, f"no field took {left}"
                return Seen(answer.text, answer.private, answer.buttons, answer.raw, dialogs)
            following = await self.press(who, answer, "Continue")
            assert isinstance(following, Asked)
            current, dialogs = following, dialogs + 1

    async def give(self, who: str, form: Asked, label: str, name: str, content: bytes) -> Seen:
        """Attach a file to a modal."""
        answer = _shown(await self.people[who].submit(form.raw, {label: (name, content)}))
        return message(answer)

    async def refused_file(self, who: str, form: Asked, label: str, name: str, content: bytes) -> str:
        """The answer to the modal."""
        return (await self.give(who, form, label, name, content)).text

    async def file(self, who: str, seen: Seen, name: str) -> bytes:
        """A file attached to an answer."""
        files = (file for message in seen.raw for file in message.attachments)
        found: bytes = next(file.data for file in files if file.filename == name)
        return found

    async def refusal(self, who: str, form: Asked, values: Mapping[str, str | bool]) -> str:
        """An answer with a button that opens the form once more."""
        answer = await self.fill(who, form, values)
        assert "Open it again" in answer.buttons, answer.text
        return answer.text

    async def settle(self, who: str, form: Asked, values: Mapping[str, str | bool], reading: str) -> Seen:
        """The answer has a button for each reading."""
        answer = await self.fill(who, form, values)
        button = next(each for each in answer.buttons if each.startswith(reading))
        return message(await self.press(who, answer, button))

    async def picture(self, who: str, seen: Seen) -> Image:
        """The picture attached to an answer or post."""
        (found,) = [file for message in seen.raw for file in message.attachments]
        return Image(found.data, found.description or "")

    async def post(self, words: str) -> Seen:
        """Wait for a post."""
        await self.server.until(lambda: bool(self._posts(words)), WITHIN)
        return _seen(self._posts(words)[-1:])

    def _posts(self, words: str) -> list[Message]:
        mine = self.server.bot_id
        return [m for m in self.server.general.messages if m.author == mine and words in m.text]

    async def told(self, who: str, words: str) -> str:
        """Wait for a direct message."""
        direct = self.people[who].direct
        await self.server.until(lambda: any(words in m.text for m in direct.messages), WITHIN)
        return next(m.text for m in direct.messages if words in m.text)

    async def replies(self, post: Seen) -> str:
        """Wait for the thread of a post."""
        (head,) = post.raw
        await self.server.until(lambda: bool(head.thread and head.thread.messages), WITHIN)
        return "\n".join(message.text for message in head.thread.messages)

    async def everything(self, who: str) -> str:
        """All messages of the server, this person's direct messages, and their answers."""
        me = self.people[who]
        channels = [c for c in self.server.channels.values() if c.recipient in (None, me.id)]
        shown = [m for channel in channels for m in channel.messages if not m.ephemeral]
        shown += [m for i in self.server.interactions.values() if i.user == me.id for m in i.messages]
        return "\n".join(message.text for message in shown)

    async def move_to(self, at: datetime) -> None:
        """Move the clock; the bot looks at it every second."""
        self.bot.clock.move_to(at)

    async def restart(self) -> None:
        """Stop and start; the server stays."""
        await self.bot.stop()
        await self.bot.start()

    async def again(self, who: str, seen: Seen) -> str:
        """Let the gateway bring the interaction again. Discord refuses a second answer, so it is read from
        what the bot tried to say."""
        interaction = next(i for i in self.server.interactions.values() if seen.raw[0] in i.messages)
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"

        def tries() -> list[Any]:
            return [call.body for call in self.server.calls if call.path.endswith(path)]

        before, refused = len(tries()), len(interaction.refusals)
        await self.people[who].redeliver(interaction)
        await self.server.until(lambda: len(tries()) > before and len(interaction.refusals) > refused, WITHIN)
        return Message("0", interaction.channel, self.server.bot_id, tries()[-1]["data"]).text

    async def disturbances(self) -> set[str]:
        """Pings of any version of any message, and markup that could ping or lead somewhere."""
        answers = [m for i in self.server.interactions.values() for m in i.messages]
        found: set[str] = set()
        for each in [*self.server.messages, *answers]:
            found |= each.pings
            found |= {mark.text for mark in each.marks if mark.kind in ALARMING}
        # The digest leads to messages of the cohort's own.
        server = self.server.home.id
        own = {
            f"https://discord.com/channels/{server}/{each.channel.id}/{each.id}"
            for each in self.server.messages
        }
        return found - own

    @property
    def home(self) -> Channel:
        """The cohort's channel."""
        return self.server.general


def _shown(interaction: Interaction) -> Seen | Asked:
    if interaction.modal is None:
        return _seen(interaction.messages, private=interaction.ephemeral)
    labels = (top.get("label") for top in interaction.modal["components"])
    return Asked(tuple(filter(None, labels)), interaction)


def _seen(messages: Sequence[Message], *, private: bool = False) -> Seen:
    buttons = tuple(str(button.get("label")) for message in messages for button in message.buttons)
    return Seen("\n".join(message.text for message in messages), private, buttons, list(messages))


def _holder(messages: Sequence[Message], button: str) -> Message:
    for holder in messages:
        if any(each.get("label") == button for each in holder.buttons):
            return holder
    labels: list[Any] = [each.get("label") for message in messages for each in message.buttons]
    raise AssertionError(f"no button {button!r} among {labels}")


@asynccontextmanager
async def discord_driver(database: str) -> AsyncIterator[DiscordDriver]:
    """A Discord server, and the bot in it."""
    async with DiscordServer() as server:
        given = {"discord_token": server.token, "discord_api_url": server.api_url}
        bot = Bot(settings(database, BEGIN, **given))
        with restored():
            await bot.start()
            try:
                yield DiscordDriver(bot, server)
            finally:
                await bot.stop()
