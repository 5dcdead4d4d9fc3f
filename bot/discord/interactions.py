"""Interactions in, answers out: commands, completions, clicks and submitted forms."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import discord
import structlog

from bot.discord import modals, payloads
from bot.discord.markdown import markdown
from bot.discord.payloads import Fetch, Interaction
from bot.discord.registration import CommandIds
from bot.discord.render import (
    CUSTOM_ID,
    UNSHOWABLE,
    Body,
    MessagePage,
    PreparedMessage,
    plainest,
    prepare,
    render,
)
from bot.discord.responses import InteractionClient, InteractionResponse
from bot.discord.typed_text import TypedTexts
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
from core.commands.stored_call import StoredCall, StoredCallCodec, new_draft
from core.errors import BadInput, OutOfDate, StoreError, UserError, report, unexpected

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
        texts: TypedTexts,
        defer_after: float,
        command_ids: CommandIds,
    ) -> None:
        self._core = core
        self._client = client
        self._fetch = fetch
        self._find_channel = find_channel
        self._texts = texts
        self._defer_after = defer_after
        self._command_ids = command_ids
        self._codec = StoredCallCodec(core.store, core.clock, SAVED, core.admission.limits.drafts)

    async def handle(self, interaction: Interaction) -> None:
        """Answer an interaction. Never raises: what fails is logged, and the caller is notified."""
        answer = InteractionResponse(self._client, interaction.id, interaction.token)
        try:
            await self._route(interaction, answer)
        except UserError as error:
            await self._notify(answer, markdown(error.text.with_commands(self._command_ids.write)))
        except discord.HTTPException as error:
            if error.code == ALREADY_ANSWERED:
                log.info("already answered", interaction=interaction.id)
            elif error.code in TOO_LATE:
                log.warning("answer came too late", interaction=interaction.id, code=error.code)
            else:
                await self._failed(answer)
        except Exception:
            await self._failed(answer)

    async def _failed(self, answer: InteractionResponse) -> None:
        reference = report("answering failed")
        await self._notify(answer, markdown(unexpected(reference)))

    async def _notify(self, answer: InteractionResponse, content: str) -> None:
        try:
            await answer.send_notice(content)
        except Exception:
            log.exception("the caller could not be notified of an error")

    async def _route(self, interaction: Interaction, answer: InteractionResponse) -> None:
        match interaction.kind:
            case payloads.COMMAND:
                await self._command(interaction, answer)
            case payloads.COMPLETION:
                await self._complete(interaction, answer)
            case payloads.COMPONENT:
                await self._click(interaction, answer)
            case payloads.FORM:
                await self._submit(interaction, answer)

    # Commands and completions

    async def _command(self, interaction: Interaction, answer: InteractionResponse) -> None:
        name, options = payloads.command_and_options(interaction.data)
        given = {option["name"]: (option["type"], option["value"]) for option in options}
        values = await self._texts.as_written(given, interaction.place.workspace, interaction.resolved)
        await self._defer_later(interaction, answer, name, {key: value for key, (_, value) in values.items()})
        args = await payloads.arguments(values, interaction.resolved, self._fetch)
        await self._run(
            interaction, answer, interaction.request(name, self._references(interaction, name, args))
        )

    async def _defer_later(
        self,
        interaction: Interaction,
        answer: InteractionResponse,
        name: str,
        given: Mapping[str, object],
        cohort: int | None = None,
        source: Source = Source.COMMAND,
    ) -> None:
        """Let the answer be deferred in time, unless it may be a form, which cannot follow a deferral."""
        command = self._core.registry.commands.get(name)
        if command is not None and not command.opens_form(given, source):
            private = await self._core.is_private(name, interaction.place, cohort)
            answer.defer_later(private=private, defer_after=self._defer_after)

    async def _complete(self, interaction: Interaction, answer: InteractionResponse) -> None:
        name, options = payloads.command_and_options(interaction.data)
        option, typed, others = payloads.focused(options)
        command = self._core.registry.commands.get(name)
        param = command.param(option) if command else None
        if param is not None and param.kind is FieldKind.CHOICE:
            folded = typed.casefold()
            found = [each for each in param.choices if folded in f"{each.label} {each.value}".casefold()]
        else:
            found = list(await self._core.complete(interaction.request(name, others), option, typed))
        await answer.send_choices([_choice(each) for each in found if _fits(each)][:MOST_CHOICES])

    # Clicks and forms

    async def _click(self, interaction: Interaction, answer: InteractionResponse) -> None:
        chosen = interaction.data.get("values") or ()
        custom_id = chosen[0] if chosen else interaction.data["custom_id"]
        if custom_id.startswith((NEXT_PART, OPEN_AGAIN)):
            await self._click_form(interaction, answer, custom_id)
            return
        stored = await self._decode(interaction, custom_id)
        args = self._references(interaction, stored.command, stored.args)
        await self._defer_later(
            interaction, answer, stored.command, args, stored.cohort, source=Source.BUTTON
        )
        request = interaction.request(
            stored.command, args, cohort=stored.cohort, source=Source.BUTTON, draft=stored.draft
        )
        await self._run(interaction, answer, request)

    async def _click_form(
        self, interaction: Interaction, answer: InteractionResponse, custom_id: str
    ) -> None:
        """Open the next part of a form, or a refused form with what was typed."""
        stored = await self._decode(interaction, custom_id)
        found = await self._form(interaction, stored)
        if isinstance(found, Reply):
            await self._reply(interaction, answer, found)
        elif custom_id.startswith(OPEN_AGAIN):
            await self._open(interaction, answer, forms.refill(found, stored))
        else:
            await self._open_part(interaction, answer, found.title, modals.next_part(found, stored), stored)

    async def _submit(self, interaction: Interaction, answer: InteractionResponse) -> None:
        """A form came back. Nothing it leads to is a form, so the answer can always be deferred."""
        custom_id = interaction.data["custom_id"]
        stored = await self._decode(interaction, custom_id)
        private = await self._core.is_private(stored.command, interaction.place, stored.cohort)
        answer.defer_later(private=private, defer_after=self._defer_after)
        fields = modals.typed_fields(interaction.data["components"])
        typed = await self._texts.as_written(fields, interaction.place.workspace, interaction.resolved)
        args = await payloads.arguments(typed, interaction.resolved, self._fetch)
        args = self._references(interaction, stored.command, args)
        filled = forms.with_typed(stored, {**dict.fromkeys(typed, ""), **forms.as_texts(args)})
        filled = replace(filled, draft=filled.draft or new_draft())
        if custom_id.startswith(NEXT_PART):
            found = await self._form(interaction, filled)
            left = modals.next_part(found, filled) if isinstance(found, Form) else []
            if left:
                await self._continue(interaction, answer, filled, len(left))
                return
        given = self._references(interaction, stored.command, forms.arguments_of(stored))
        request = interaction.request(
            stored.command, {**given, **args}, cohort=stored.cohort, source=Source.FORM, draft=filled.draft
        )
        await self._run(interaction, answer, request, filled)

    async def _continue(
        self, interaction: Interaction, answer: InteractionResponse, filled: StoredCall, left: int
    ) -> None:
        """Save what was typed so far, and offer the form's next part."""
        fields = "one field" if left == 1 else f"{left} fields"
        try:
            token = await self._codec.save(filled, interaction.person)
        except StoreError as error:
            await self._reply(interaction, answer, self._with_quotes(error_reply(error), filled))
            return
        (page,) = render(Reply(say("Kept for a day; {left} more to go.", left=fields)))
        page.more = ("Continue", NEXT_PART + token)
        await answer.send([await prepare(page, None, None)], private=True)

    async def _form(self, interaction: Interaction, stored: StoredCall) -> Form | Reply:
        """The form of a saved call as it is now, asked for again."""
        command = self._core.registry.commands.get(stored.command)
        try:
            asking = forms.reopening(command, stored) if command else stored
        except OutOfDate as error:
            return error_reply(error, stored.cohort)
        args = self._references(interaction, asking.command, asking.args)
        return await self._core.run(
            interaction.request(
                asking.command, args, cohort=asking.cohort, source=Source.BUTTON, draft=asking.draft
            )
        )

    async def _open(self, interaction: Interaction, answer: InteractionResponse, form: Form) -> None:
        if len(form.fields) > modals.MOST_FIELDS:
            stored, fields = modals.first_part(form)
            await self._open_part(interaction, answer, form.title, fields, stored)
            return
        custom_id = await self._codec.encode(StoredCall.of_form(form), interaction.person, CUSTOM_ID)
        await answer.open_modal(modals.modal(form.title, form.fields, custom_id))

    async def _open_part(
        self,
        interaction: Interaction,
        answer: InteractionResponse,
        title: str,
        fields: list[FormField],
        stored: StoredCall,
    ) -> None:
        token = await self._codec.save(stored, interaction.person)
        await answer.open_modal(modals.modal(title, fields, NEXT_PART + token))

    # Running and replying

    async def _run(
        self,
        interaction: Interaction,
        answer: InteractionResponse,
        request: Request,
        filled: StoredCall | None = None,
    ) -> None:
        """Ask the core and answer. `filled` is what to save of a form in case it is refused."""
        result = await self._core.run(request, partial(self._progress, interaction, answer))
        if isinstance(result, Reply):
            await self._reply(interaction, answer, result, filled)
        elif filled is not None:
            # A form cannot be answered with a form.
            await self._reply(interaction, answer, Reply(forms.STILL_MISSING, error=True), filled)
        else:
            await self._open(interaction, answer, result)

    async def _reply(
        self,
        interaction: Interaction,
        answer: InteractionResponse,
        reply: Reply,
        filled: StoredCall | None = None,
    ) -> None:
        again = None
        if reply.error and filled is not None:
            try:
                again = (forms.OPEN_AGAIN, OPEN_AGAIN + await self._codec.save(filled, interaction.person))
            except StoreError:
                reply = self._with_quotes(reply, filled)
        pages = render(reply.with_commands(self._command_ids.write))
        pages[-1].more = again
        prepared = [await self._prepare(interaction, reply, page) for page in pages]
        try:
            await answer.send(prepared, private=reply.private)
        except discord.HTTPException as error:
            if error.code != UNSHOWABLE:
                raise
            log.warning("Discord refused how an answer is written; it goes as plain text")
            await answer.send_instead(plainest(reply), private=reply.private)

    def _with_quotes(self, reply: Reply, filled: StoredCall) -> Reply:
        """The answer to a form that cannot be saved, with what was written into it."""
        command = self._core.registry.commands.get(filled.command)
        typed = forms.arguments_of(filled)
        labels = forms.keyboard_labels(command, typed) if command else {}
        quotes = forms.quote_typed(labels, typed)
        return replace(reply, text=join([reply.text, "", NOT_SAVED, *quotes])) if quotes else reply

    async def _progress(self, interaction: Interaction, answer: InteractionResponse, reply: Reply) -> None:
        page = render(reply.with_commands(self._command_ids.write))[0]
        await answer.progress(await self._prepare(interaction, reply, page))

    async def _prepare(self, interaction: Interaction, reply: Reply, page: MessagePage) -> PreparedMessage:
        async def encode(stored: StoredCall) -> str:
            return await self._codec.encode(stored, interaction.person, CUSTOM_ID)

        try:
            return await prepare(page, reply.cohort, encode)
        except StoreError:  # what the answer says holds all the same
            return await prepare(page, reply.cohort, None)

    # Stored calls

    async def _decode(self, interaction: Interaction, custom_id: str) -> StoredCall:
        """The call that a custom id stands for."""
        if custom_id.startswith((NEXT_PART, OPEN_AGAIN)):
            return await self._codec.load(custom_id.partition("|")[2], interaction.person)
        return await self._codec.decode(custom_id, interaction.person)

    def _references(
        self, interaction: Interaction, name: str, args: Mapping[str, Argument]
    ) -> dict[str, Argument]:
        """A command's arguments, with the bare ids of people and channels as references. A custom id and a
        typed field say what their sender likes, so a channel has to be one of the caller's server."""
        command = self._core.registry.commands.get(name)
        found = dict(args)
        for key, value in args.items():
            param = command.param(key) if command else None
            if param is None or not isinstance(value, str) or not value:
                continue
            if param.kind is FieldKind.PERSON and _ID.fullmatch(value.removeprefix("&")):
                found[key] = PersonRef(value)
            elif param.kind is FieldKind.CHANNEL:
                found[key] = self._channel(interaction, key, value)
        return found

    def _channel(self, interaction: Interaction, name: str, value: str) -> ChannelRef:
        found = self._find_channel(interaction.place.workspace, value) if _ID.fullmatch(value) else None
        if found is None:
            raise BadInput(UNKNOWN_CHANNEL, field=name)
        return found


def _fits(choice: Choice) -> bool:
    return 1 <= len(choice.value) <= LONGEST_CHOICE


def _choice(choice: Choice) -> Body:
    return {"name": shorten(choice.label, LONGEST_CHOICE) or choice.value, "value": choice.value}
