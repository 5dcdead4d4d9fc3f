"""Interactions in, answers out: commands, completions, clicks and submitted forms."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import discord
import structlog

from bot.discord import modals, payloads
from bot.discord.markdown import markdown
from bot.discord.messages import CUSTOM_ID, Body, PreparedMessage, prepare
from bot.discord.payloads import Fetch, Interaction
from bot.discord.render import MessagePage, render
from bot.discord.responses import InteractionClient, InteractionResponse
from core.chat.model import (
    Argument,
    ChannelRef,
    Choice,
    FieldKind,
    Form,
    FormField,
    PersonRef,
    Reply,
    Request,
    Source,
)
from core.chat.text import join, say, shorten
from core.clock import micros
from core.commands import drafts, stored_call
from core.commands.dispatch import Core
from core.commands.drafts import Draft
from core.commands.forms import as_words
from core.errors import BadInput, StoreError, UserError, report, unexpected

log = structlog.get_logger()

STORED, NEXT_PART, AGAIN = "d", "n", "o"
"""What a draft's token in a custom id stands for: a call; a form's next part; a form to open once more."""

TOO_LATE = frozenset({10062, 10015, 50027})
"""Discord does not know the interaction (any more)."""
ANSWERED = 40060
LONGEST_CHOICE, MOST_CHOICES = 100, 25
_ID = re.compile(r"[0-9]{15,20}")
"""What Discord's ids look like."""

FindChannel = Callable[[str, str], ChannelRef | None]
"""The channel with an id in the server with an id, None where the bot sees no such channel there."""

NOT_HERE = (
    "I do not see this channel on this server. Please run the command again and pick one from Discord's own "
    "list; a private channel has to let me in first."
)
NOT_KEPT = "I could not keep your form either. This is what you wrote, so that you can copy it:"


class DiscordInteractions:
    """Answers interactions by asking the core. `patience` is how long an answer may take before it is
    deferred, in seconds."""

    def __init__(
        self, core: Core, line: InteractionClient, fetch: Fetch, find_channel: FindChannel, patience: float
    ) -> None:
        self._core = core
        self._line = line
        self._fetch = fetch
        self._find_channel = find_channel
        self._patience = patience

    async def handle(self, call: Interaction) -> None:
        """Answer a call. Never raises: what fails is logged, and told to the caller."""
        answer = InteractionResponse(self._line, call.id, call.token)
        try:
            await self._route(call, answer)
        except UserError as error:
            await self._last_words(answer, markdown(error.text))
        except discord.HTTPException as error:
            if error.code == ANSWERED:
                log.info("already answered", interaction=call.id)
            elif error.code in TOO_LATE:
                log.warning("answer came too late", interaction=call.id, code=error.code)
            else:
                await self._failed(answer)
        except Exception:
            await self._failed(answer)

    async def _failed(self, answer: InteractionResponse) -> None:
        reference = report("answering failed")
        await self._last_words(answer, markdown(unexpected(reference)))

    async def _last_words(self, answer: InteractionResponse, words: str) -> None:
        try:
            await answer.say(words)
        except Exception:
            log.exception("the caller could not be told")

    async def _route(self, call: Interaction, answer: InteractionResponse) -> None:
        match call.kind:
            case payloads.COMMAND:
                await self._command(call, answer)
            case payloads.COMPLETION:
                await self._complete(call, answer)
            case payloads.COMPONENT:
                await self._click(call, answer)
            case payloads.FORM:
                await self._submit(call, answer)

    # Commands and completions

    async def _command(self, call: Interaction, answer: InteractionResponse) -> None:
        name, options = payloads.command_and_options(call.data)
        values = {option["name"]: (option["type"], option["value"]) for option in options}
        self._begin(answer, name, {key: value for key, (_, value) in values.items()})
        args = await payloads.arguments(values, call.resolved, self._fetch)
        await self._run(call, answer, call.request(name, self._references(call, name, args)))

    def _begin(self, answer: InteractionResponse, name: str, given: Mapping[str, object]) -> None:
        """Let the answer be deferred in time, unless it may be a form, which cannot follow a deferral."""
        command = self._core.registry.commands.get(name)
        if command is not None and not command.missing(given):
            answer.begin(private=command.private, patience=self._patience)

    async def _complete(self, call: Interaction, answer: InteractionResponse) -> None:
        name, options = payloads.command_and_options(call.data)
        option, typed, others = payloads.focused(options)
        command = self._core.registry.commands.get(name)
        param = command.param(option) if command else None
        if param is not None and param.kind is FieldKind.CHOICE:
            folded = typed.casefold()
            found = [each for each in param.choices if folded in f"{each.label} {each.value}".casefold()]
        else:
            found = list(await self._core.complete(call.request(name, others), option, typed))
        await answer.offer([_offer(each) for each in found if _offerable(each)][:MOST_CHOICES])

    # Clicks and forms

    async def _click(self, call: Interaction, answer: InteractionResponse) -> None:
        custom_id = call.data["custom_id"]
        kind, _, token = custom_id.partition("|")
        if kind in (NEXT_PART, AGAIN):
            await self._reopen(call, answer, kind, await self._load(call, token))
            return
        draft = await self._stored(call, custom_id)
        args = self._references(call, draft.command, draft.args)
        self._begin(answer, draft.command, args)
        request = call.request(draft.command, args, cohort=draft.cohort, source=Source.BUTTON)
        await self._run(call, answer, request)

    async def _reopen(self, call: Interaction, answer: InteractionResponse, kind: str, draft: Draft) -> None:
        found = await self._form(call, draft)
        if isinstance(found, Reply):
            await self._reply(call, answer, found)
        elif kind == AGAIN:
            await self._open(call, answer, modals.refilled(found, draft.args))
        else:
            await self._open_part(call, answer, found.title, modals.left(found, draft.args), draft)

    async def _submit(self, call: Interaction, answer: InteractionResponse) -> None:
        """A form came back. Nothing it leads to is a form, so the answer can always be deferred."""
        custom_id = call.data["custom_id"]
        draft = await self._stored(call, custom_id)
        command = self._core.registry.commands.get(draft.command)
        answer.begin(private=command.private if command else True, patience=self._patience)
        typed = modals.typed_fields(call.data["components"])
        args = await payloads.arguments(typed, call.resolved, self._fetch)
        args = self._references(call, draft.command, args)
        kept = replace(draft, args={**draft.args, **dict.fromkeys(typed, ""), **as_words(args)})
        if custom_id.startswith(f"{NEXT_PART}|"):
            found = await self._form(call, kept)
            left = modals.left(found, kept.args) if isinstance(found, Form) else []
            if left:
                await self._continue(call, answer, kept, len(left))
                return
        given = self._references(call, draft.command, modals.given(draft.args))
        request = call.request(draft.command, {**given, **args}, cohort=draft.cohort, source=Source.FORM)
        await self._run(call, answer, request, kept)

    async def _continue(self, call: Interaction, answer: InteractionResponse, kept: Draft, left: int) -> None:
        fields = "one field" if left == 1 else f"{left} fields"
        try:
            token = await self._save(call, kept)
        except StoreError as error:
            await self._reply(call, answer, self._given_back(Reply(error.text, error=True), kept))
            return
        (page,) = render(Reply(say("So far so good; I keep this for a day. {left} more to go.", left=fields)))
        page.more = ("Continue", f"{NEXT_PART}|{token}")
        await answer.send([await prepare(page, None, None)], private=True)

    async def _form(self, call: Interaction, draft: Draft) -> Form | Reply:
        """The form of a draft's command as it is now, asked for again."""
        command = self._core.registry.commands.get(draft.command)
        args = modals.reopening(command, draft.args) if command else {}
        restored = self._references(call, draft.command, args)
        return await self._core.run(
            call.request(draft.command, restored, cohort=draft.cohort, source=Source.BUTTON)
        )

    async def _open(self, call: Interaction, answer: InteractionResponse, form: Form) -> None:
        if len(form.fields) > modals.MOST_FIELDS:
            kept, fields = modals.first_part(form)
            await self._open_part(call, answer, form.title, fields, Draft(form.command, kept, form.cohort))
            return
        custom_id = stored_call.pack(form.command, form.args, form.cohort)
        if len(custom_id) > CUSTOM_ID:
            token = await self._save(call, Draft(form.command, form.args, form.cohort))
            custom_id = f"{STORED}|{token}"
        await answer.open(modals.modal(form.title, form.fields, custom_id))

    async def _open_part(
        self,
        call: Interaction,
        answer: InteractionResponse,
        title: str,
        fields: list[FormField],
        draft: Draft,
    ) -> None:
        token = await self._save(call, draft)
        await answer.open(modals.modal(title, fields, f"{NEXT_PART}|{token}"))

    # Running and replying

    async def _run(
        self, call: Interaction, answer: InteractionResponse, request: Request, typed: Draft | None = None
    ) -> None:
        """Ask the core and answer. `typed` is what to keep of a form in case it is refused."""
        result = await self._core.run(request, lambda reply: self._progress(call, answer, reply))
        if isinstance(result, Reply):
            await self._reply(call, answer, result, typed)
        elif typed is not None:
            # A form cannot be answered with a form.
            missing = Reply("Something that I need is still missing.", error=True)
            await self._reply(call, answer, missing, typed)
        else:
            await self._open(call, answer, result)

    async def _reply(
        self, call: Interaction, answer: InteractionResponse, reply: Reply, typed: Draft | None = None
    ) -> None:
        again = None
        if reply.error and typed is not None:
            try:
                again = ("Open it again", f"{AGAIN}|{await self._save(call, typed)}")
            except StoreError:
                reply = self._given_back(reply, typed)
        pages = render(reply)
        pages[-1].more = again
        prepared = [await self._prepared(call, reply, page) for page in pages]
        await answer.send(prepared, private=reply.private)

    def _given_back(self, reply: Reply, typed: Draft) -> Reply:
        """The answer to a form that cannot be kept, with what was written into it."""
        command = self._core.registry.commands.get(typed.command)
        written = modals.written(command, typed.args) if command else []
        return replace(reply, text=join([reply.text, "", NOT_KEPT, *written])) if written else reply

    async def _progress(self, call: Interaction, answer: InteractionResponse, reply: Reply) -> None:
        await answer.progress(await self._prepared(call, reply, render(reply)[0]))

    async def _prepared(self, call: Interaction, reply: Reply, page: MessagePage) -> PreparedMessage:
        async def keep(draft: Draft) -> str:
            return await self._save(call, draft)

        try:
            return await prepare(page, reply.cohort, keep)
        except StoreError:  # what the answer says holds all the same
            return await prepare(page, reply.cohort, None)

    # Stored calls

    async def _stored(self, call: Interaction, custom_id: str) -> Draft:
        """The call that a custom id stands for."""
        kind, _, token = custom_id.partition("|")
        if kind in (STORED, NEXT_PART):
            return await self._load(call, token)
        return Draft(*stored_call.unpack(custom_id))

    async def _save(self, call: Interaction, draft: Draft) -> str:
        now = micros(self._core.clock.now())
        return await self._core.store.write(drafts.save, call.person, draft, now)

    async def _load(self, call: Interaction, token: str) -> Draft:
        now = micros(self._core.clock.now())
        return await self._core.store.read(drafts.load, call.person, token, now)

    def _references(self, call: Interaction, name: str, args: Mapping[str, Argument]) -> dict[str, Argument]:
        """A command's arguments, with the bare ids of people and channels as references. A custom id and a
        typed field say what their sender likes, so a channel has to be one of the caller's server."""
        command = self._core.registry.commands.get(name)
        found = dict(args)
        for key, value in args.items():
            param = command.param(key) if command else None
            if param is None or not isinstance(value, str) or not value:
                continue
            if param.kind is FieldKind.PERSON and _ID.fullmatch(value):
                found[key] = PersonRef(value)
            elif param.kind is FieldKind.CHANNEL:
                found[key] = self._channel(call, key, value)
        return found

    def _channel(self, call: Interaction, name: str, value: str) -> ChannelRef:
        found = self._find_channel(call.place.workspace, value) if _ID.fullmatch(value) else None
        if found is None:
            raise BadInput(NOT_HERE, field=name)
        return found


def _offerable(choice: Choice) -> bool:
    return 1 <= len(choice.value) <= LONGEST_CHOICE


def _offer(choice: Choice) -> Body:
    return {"name": shorten(choice.label, LONGEST_CHOICE) or choice.value, "value": choice.value}
