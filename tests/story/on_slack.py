"""A story told on Slack: the real slack-bolt against a Slack on loopback, over HTTP or Socket Mode."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from bot.slack import SlackSettings
from tests.servers.slack import (
    APP_TOKEN,
    SIGNING_SECRET,
    Message,
    Modal,
    Shown,
    SlackServer,
    SlackUser,
    StoredFile,
    Turn,
    as_modal,
)
from tests.story.bot import Bot, settings
from tests.story.driver import (
    BEGIN,
    OLU,
    PEOPLE,
    WITHIN,
    Asked,
    Completing,
    Image,
    Seen,
    command_line,
    form,
    message,
)

EVENTS = "/slack/events"


class SlackDriver:
    """See `PlatformDriver`."""

    has_addresses = True
    keeps_old_buttons = True

    fields_at_once: int | None = None
    lists_members = True

    def __init__(self, bot: Bot, slack: SlackServer) -> None:
        self.bot = bot
        self.slack = slack
        for name in PEOPLE:
            slack.add_member(slack.workspace, _id(name), name, is_admin=name == OLU)
        self.home = slack.add_channel("cohort")
        self.people = {name: SlackUser(slack, _id(name), self.home) for name in PEOPLE}
        self._taken: set[StoredFile] = set()
        self._turns: dict[Message, Turn] = {}

    async def start(self) -> None:
        """Start the bot and, over HTTP, tell the platform where it is."""
        await self.bot.start()
        assert isinstance(self.bot.settings, SlackSettings)
        if self.bot.settings.slack_app_token is None:
            self.slack.send_to(self.bot.address + EVENTS)

    async def say(self, who: str, command: str, /, **options: str) -> Seen | Asked:
        """Type a slash command; Slack escapes three characters of what is typed."""
        line = command_line(command, options)
        typed = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        turn = await self.people[who].begin("/cohort", typed)
        return self._noted(turn, await self.people[who].answer(turn))

    def _noted(self, turn: Turn, shown: Shown) -> Seen | Asked:
        if isinstance(shown, Modal):
            return Asked(tuple(shown.labels), shown)
        self._turns[shown] = turn
        return _seen(shown)

    async def press(self, who: str, seen: Seen, button: str) -> Seen | Asked:
        """Press a button."""
        before = self._answers(who)
        turn = await self.people[who].press(seen.raw, button)
        return await self._answer(who, before, turn)

    async def choose(self, who: str, seen: Seen, record: str) -> Seen | Asked:
        """Choose from the menu."""
        before = self._answers(who)
        return await self._answer(who, before, await self.people[who].pick(seen.raw, record))

    def _answers(self, who: str) -> list[Message]:
        """What somebody was answered; posts of the channel are none."""
        return [*self.people[who].ephemerals, *(m for m in self.home.messages if m.via == "response_url")]

    async def _answer(self, who: str, before: list[Message], turn: Turn) -> Seen | Asked:
        def found() -> Shown | None:
            opened = (modal for modal in self.people[who].modals if modal.turn is turn)
            said = (message for message in self._answers(who) if message not in before)
            return next(opened, None) or next(said, None)

        return self._noted(turn, await self.slack.until(found, WITHIN))

    async def completing(self, who: str, command: str, option: str) -> Completing:
        """Type into a select of the command's modal."""
        modal = form(await self.say(who, command)).raw

        async def offered(typed: str) -> list[str]:
            found = await self.people[who].suggest(modal, option, typed)
            return [each["text"]["text"] for each in found]

        return offered

    async def fill(self, who: str, form: Asked, values: Mapping[str, str | bool]) -> Seen:
        """Fill in a modal."""
        before = self._answers(who)
        closed = as_modal(await self.people[who].submit(form.raw, _typed(values), quiet=True))
        assert not closed.errors, closed.text
        turn = next(reversed(self.slack.turns.values()))
        return replace(message(await self._answer(who, before, turn)), dialogs=1)

    async def give(self, who: str, form: Asked, label: str, name: str, content: bytes) -> Seen:
        """Upload a file in a modal; an operator gave the bot the right to read it."""
        self.slack.workspace.scopes.add("files:read")
        user, before = self.people[who], self._answers(who)
        closed = as_modal(await user.submit(form.raw, {label: [user.upload(name, content)]}, quiet=True))
        assert not closed.errors, closed.text
        return message(await self._answer(who, before, next(reversed(self.slack.turns.values()))))

    async def refused_file(self, who: str, form: Asked, label: str, name: str, content: bytes) -> str:
        """The error inside the modal."""
        self.slack.workspace.scopes.add("files:read")
        user = self.people[who]
        modal = as_modal(await user.submit(form.raw, {label: [user.upload(name, content)]}))
        return "\n".join(modal.errors.values())

    async def file(self, who: str, seen: Seen, name: str) -> bytes:
        """A file that followed an answer, where pictures do."""
        raw: Message = seen.raw
        where = self.slack.workspace.direct(_id(who)) if raw.only_for else raw.channel
        found: StoredFile = await self.slack.until(
            lambda: next((f for m in reversed(where.messages) for f in m.files if f.name == name), None),
            WITHIN,
        )
        return found.data

    async def refusal(self, who: str, form: Asked, values: Mapping[str, str | bool]) -> str:
        """The errors inside the modal."""
        modal = as_modal(await self.people[who].submit(form.raw, _typed(values)))
        return "\n".join(modal.errors.values())

    async def settle(self, who: str, form: Asked, values: Mapping[str, str | bool], reading: str) -> Seen:
        """The form stays with what was filled in, and the readings to choose from below the field."""
        asked = as_modal(await self.people[who].submit(form.raw, _typed(values)))
        assert not asked.errors, asked.text
        return await self.fill(who, replace(form, raw=asked), {"Which one?": reading})

    async def picture(self, who: str, seen: Seen) -> Image:
        """The file that followed: for a private answer in the direct messages, else in the channel."""
        raw: Message = seen.raw
        where = self.slack.workspace.direct(_id(who)) if raw.only_for else raw.channel
        found: StoredFile = await self.slack.until(
            lambda: next((f for m in where.messages for f in m.files if f not in self._taken), None), WITHIN
        )
        self._taken.add(found)
        return Image(found.data, found.alt_text)

    async def post(self, words: str) -> Seen:
        """Wait for a post."""
        found = await self.slack.until(lambda: [m for m in self.home.messages if words in m.text], WITHIN)
        return _seen(found[-1])

    async def told(self, who: str, words: str) -> str:
        """Wait for a direct message."""
        me = self.people[who]
        found = await self.slack.until(lambda: [m.text for m in me.direct if words in m.text], WITHIN)
        return str(found[0])

    async def replies(self, post: Seen) -> str:
        """Wait for the thread of a post."""
        found = await self.slack.until(lambda: post.raw.thread, WITHIN)
        return "\n".join(message.text for message in found)

    async def everything(self, who: str) -> str:
        """All messages of the channel, and what only this member was shown."""
        me = self.people[who]
        shown = [*self.home.messages, *me.ephemerals, *me.direct]
        return "\n".join(message.text for message in shown)

    async def move_to(self, at: datetime) -> None:
        """Move the clock; the bot looks at it every second."""
        self.bot.clock.move_to(at)

    async def restart(self) -> None:
        """Stop and start; the workspace stays."""
        await self.bot.stop()
        await self.start()

    async def again(self, who: str, seen: Seen) -> str:
        """Deliver the payload again, as Slack does when it missed the acknowledgement."""
        user, turn, before = self.people[who], self._turns[seen.raw], self._answers(who)
        if turn.kind == "command":
            await user.slash_again(turn, turn.payload, retry=1)
        else:
            await user.send(turn, "interactive", turn.payload, retry=1)
        return message(await self._answer(who, before, turn)).text

    async def disturbances(self) -> set[str]:
        """Pings and links of every message."""
        workspace = self.slack.workspace
        everywhere = [m for channel in workspace.channels.values() for m in channel.messages]
        effects = [message.effects for message in [*everywhere, *workspace.ephemerals]]
        found = {each for effect in effects for each in (*effect.pings, *effect.links)}
        return found - {_address(self.slack.base_url, each) for each in everywhere}


def _address(site: str, message: Message) -> str:
    """Where a message can be read, as `chat.getPermalink` says it: the digest leads there."""
    channel = message.channel.id
    found = f"{site}/archives/{channel}/p{message.ts.replace('.', '')}"
    return f"{found}?thread_ts={message.thread_ts}&cid={channel}" if message.thread_ts else found


def _id(name: str) -> str:
    return f"U{name.upper()}"


def _typed(values: Mapping[str, str | bool]) -> dict[str, str]:
    return {k: ("Yes" if v else "No") if isinstance(v, bool) else v for k, v in values.items()}


def _seen(message: Message) -> Seen:
    return Seen(message.text, message.private, tuple(message.labels), message)


@asynccontextmanager
async def slack_driver(database: str, *, socket: bool) -> AsyncIterator[SlackDriver]:
    """A Slack workspace, and the bot in it."""
    async with SlackServer() as slack:
        given = {"slack_bot_token": slack.workspace.token, "slack_api_url": slack.api_url}
        given |= {"slack_app_token": APP_TOKEN} if socket else {"slack_signing_secret": SIGNING_SECRET}
        driver = SlackDriver(Bot(settings(database, BEGIN, **given)), slack)
        await driver.start()
        try:
            yield driver
        finally:
            await driver.bot.stop()
