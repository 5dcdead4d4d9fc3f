"""Interactions in, answers out: commands, completions, clicks and submitted forms."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import discord
import structlog

from bot.discord import modals, payloads
from bot.discord.markdown import markdown
from bot.discord.payloads import Fetch, Interaction
from bot.discord.render import CUSTOM_ID, Body, MessagePage, PreparedMessage, prepare, render
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
from core.commands import forms
from core.commands.dispatch import Core, error_reply
from core.commands.stored_call import StoredCall, StoredCallCodec
from core.errors import BadInput, OutOfDate, StoreError, UserError, unexpected

log = structlog.get_logger()

SAVED, NEXT_PART, OPEN_AGAIN = "d|", "n|", "o|"
"""How a custom id begins that holds the token of a saved call, and what it does: runs the call; opens the next part
of its form; opens its form with what was typed."""

TOO_LATE = frozenset({10062, 10015, 50027})
"""Discord does not know the interaction (any more)."""
ALREADY_ANSWERED = 40060
LONGEST_CHOICE, MOST_CHOICES = 100, 25
_ID = re.compile(r"[0-9]{15,20}")
"""What Discord's ids look like."""

FindChannel = Callable[[str, str], ChannelRef | None]
"""The channel with an id in the server with an id, None where the bot sees no such channel there."""

UNKNOWN_CHANNEL = (
    "I do not see this channel on this server. Please run the command again and pick one from Discord's own "
    "list; a private channel has to let me in first."
)
NOT_SAVED = "I could not keep your form either. This is what you wrote, so that you can copy it:"


class DiscordInteractions:
    """Answers interactions by asking the core. An answer that takes longer than `defer_after` seconds is
    deferred."""

    def __init__(
        self,
        core: Core,
        client: InteractionClient,
        fetch: Fetch,
        find_channel: FindChannel,
        defer_after: float,
    ) -> None:
        self._core = core
        self._client = client
        self._fetch = fetch
        self._find_channel = find_channel
        self._defer_after = defer_after
        self._codec = StoredCallCodec(core.store, core.clock, SAVED)

    async def handle(self, call: Interaction) -> None:
        """Answer a call. Never raises: what fails is logged, and told to the caller."""
        answer = InteractionResponse(self._client, call.id, call.token)
        try:
            await self._route(call, answer)
        except UserError as error:
            await self._notify(answer, markdown(error.text))
        except discord.HTTPException as error:
            if error.code == ALREADY_ANSWERED:
                log.info("already answered", interaction=call.id)
            elif error.code in TOO_LATE:
                log.warning("answer came too late", interaction=call.id, code=error.code)
            else:
                await self._failed(answer)
        except Exception:
            await self._failed(answer)

    async def _failed(self, answer: InteractionResponse) -> None:
        reference = secrets.token_hex(4)
        log.exception("answering failed", reference=reference)
        await self._notify(answer, markdown(unexpected(reference)))

    async def _notify(self, answer: InteractionResponse, content: str) -> None:
        try:
            await answer.send_notice(content)
        except Exception:
            log.exception("the caller could not be notified of an error")

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
        self._defer_later(answer, name, {key: value for key, (_, value) in values.items()})
        args = await payloads.arguments(values, call.resolved, self._fetch)
        await self._run(call, answer, call.request(name, self._references(call, name, args)))

    def _defer_later(self, answer: InteractionResponse, name: str, given: Mapping[str, object]) -> None:
        """Let the answer be deferred in time, unless it may be a form, which cannot follow a deferral."""
        command = self._core.registry.commands.get(name)
        if command is not None and not command.missing(given):
            answer.defer_later(private=command.private, defer_after=self._defer_after)

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
        await answer.send_choices([_choice(each) for each in found if _fits(each)][:MOST_CHOICES])

    # Clicks and forms

    async def _click(self, call: Interaction, answer: InteractionResponse) -> None:
        custom_id = call.data["custom_id"]
        if custom_id.startswith((NEXT_PART, OPEN_AGAIN)):
            await self._click_form(call, answer, custom_id)
            return
        stored = await self._codec.decode(custom_id, call.person)
        args = self._references(call, stored.command, stored.args)
        self._defer_later(answer, stored.command, args)
        request = call.request(stored.command, args, cohort=stored.cohort, source=Source.BUTTON)
        await self._run(call, answer, request)

    async def _click_form(self, call: Interaction, answer: InteractionResponse, custom_id: str) -> None:
        """Open the next part of a form, or a refused form with what was typed."""
        stored = await self._load(call, custom_id)
        found = await self._form(call, stored)
        if isinstance(found, Reply):
            await self._reply(call, answer, found)
        elif custom_id.startswith(OPEN_AGAIN):
            await self._open(call, answer, forms.refill(found, stored))
        else:
            await self._open_part(call, answer, found.title, modals.next_part(found, stored), stored)

    async def _submit(self, call: Interaction, answer: InteractionResponse) -> None:
        """A form came back. Nothing it leads to is a form, so the answer can always be deferred."""
        custom_id = call.data["custom_id"]
        partial_form = custom_id.startswith(NEXT_PART)
        stored = await (
            self._load(call, custom_id) if partial_form else self._codec.decode(custom_id, call.person)
        )
        command = self._core.registry.commands.get(stored.command)
        answer.defer_later(private=command.private if command else True, defer_after=self._defer_after)
        typed = modals.typed_fields(call.data["components"])
        args = await payloads.arguments(typed, call.resolved, self._fetch)
        args = self._references(call, stored.command, args)
        filled = forms.with_typed(stored, {**dict.fromkeys(typed, ""), **forms.as_texts(args)})
        if partial_form:
            found = await self._form(call, filled)
            left = modals.next_part(found, filled) if isinstance(found, Form) else []
            if left:
                await self._continue(call, answer, filled, len(left))
                return
        given = self._references(call, stored.command, forms.arguments_of(stored))
        request = call.request(stored.command, {**given, **args}, cohort=stored.cohort, source=Source.FORM)
        await self._run(call, answer, request, filled)

    async def _continue(
        self, call: Interaction, answer: InteractionResponse, filled: StoredCall, left: int
    ) -> None:
        """Save what was typed so far, and offer the form's next part."""
        fields = "one field" if left == 1 else f"{left} fields"
        try:
            token = await self._codec.save(filled, call.person)
        except StoreError as error:
            await self._reply(call, answer, self._with_quotes(error_reply(error), filled))
            return
        (page,) = render(Reply(say("So far so good; I keep this for a day. {left} more to go.", left=fields)))
        page.more = ("Continue", NEXT_PART + token)
        await answer.send([await prepare(page, None, None)], private=True)

    async def _form(self, call: Interaction, stored: StoredCall) -> Form | Reply:
        """The form of a saved call as it is now, asked for again."""
        command = self._core.registry.commands.get(stored.command)
        try:
            asking = forms.reopening(command, stored) if command else stored
        except OutOfDate as error:
            return error_reply(error, stored.cohort)
        args = self._references(call, asking.command, asking.args)
        return await self._core.run(
            call.request(asking.command, args, cohort=asking.cohort, source=Source.BUTTON)
        )

    async def _open(self, call: Interaction, answer: InteractionResponse, form: Form) -> None:
        if len(form.fields) > modals.MOST_FIELDS:
            stored, fields = modals.first_part(form)
            await self._open_part(call, answer, form.title, fields, stored)
            return
        custom_id = await self._codec.encode(StoredCall.of_form(form), call.person, CUSTOM_ID)
        await answer.open_modal(modals.modal(form.title, form.fields, custom_id))

    async def _open_part(
        self,
        call: Interaction,
        answer: InteractionResponse,
        title: str,
        fields: list[FormField],
        stored: StoredCall,
    ) -> None:
        token = await self._codec.save(stored, call.person)
        await answer.open_modal(modals.modal(title, fields, NEXT_PART + token))

    # Running and replying

    async def _run(
        self,
        call: Interaction,
        answer: InteractionResponse,
        request: Request,
        filled: StoredCall | None = None,
    ) -> None:
        """Ask the core and answer. `filled` is what to save of a form in case it is refused."""
        result = await self._core.run(request, partial(self._progress, call, answer))
        if isinstance(result, Reply):
            await self._reply(call, answer, result, filled)
        elif filled is not None:
            # A form cannot be answered with a form.
            await self._reply(call, answer, Reply(forms.STILL_MISSING, error=True), filled)
        else:
            await self._open(call, answer, result)

    async def _reply(
        self,
        call: Interaction,
        answer: InteractionResponse,
        reply: Reply,
        filled: StoredCall | None = None,
    ) -> None:
        again = None
        if reply.error and filled is not None:
            try:
                again = (forms.OPEN_AGAIN, OPEN_AGAIN + await self._codec.save(filled, call.person))
            except StoreError:
                reply = self._with_quotes(reply, filled)
        pages = render(reply)
        pages[-1].more = again
        prepared = [await self._prepare(call, reply, page) for page in pages]
        await answer.send(prepared, private=reply.private)

    def _with_quotes(self, reply: Reply, filled: StoredCall) -> Reply:
        """The answer to a form that cannot be saved, with what was written into it."""
        command = self._core.registry.commands.get(filled.command)
        labels = forms.keyboard_labels(command) if command else {}
        quotes = forms.quote_typed(labels, forms.arguments_of(filled))
        return replace(reply, text=join([reply.text, "", NOT_SAVED, *quotes])) if quotes else reply

    async def _progress(self, call: Interaction, answer: InteractionResponse, reply: Reply) -> None:
        await answer.progress(await self._prepare(call, reply, render(reply)[0]))

    async def _prepare(self, call: Interaction, reply: Reply, page: MessagePage) -> PreparedMessage:
        async def encode(stored: StoredCall) -> str:
            return await self._codec.encode(stored, call.person, CUSTOM_ID)

        try:
            return await prepare(page, reply.cohort, encode)
        except StoreError:  # what the answer says holds all the same
            return await prepare(page, reply.cohort, None)

    # Stored calls

    async def _load(self, call: Interaction, custom_id: str) -> StoredCall:
        """The saved call whose token a custom id holds."""
        return await self._codec.load(custom_id.partition("|")[2], call.person)

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
            raise BadInput(UNKNOWN_CHANNEL, field=name)
        return found


def _fits(choice: Choice) -> bool:
    return 1 <= len(choice.value) <= LONGEST_CHOICE


def _choice(choice: Choice) -> Body:
    return {"name": shorten(choice.label, LONGEST_CHOICE) or choice.value, "value": choice.value}
