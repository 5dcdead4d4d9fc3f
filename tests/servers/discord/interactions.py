"""Answers to interactions: the callback, the original answer, followups."""

from typing import TYPE_CHECKING, Any

from tests.servers.discord import limits, messages
from tests.servers.discord.errors import Problems, Refused
from tests.servers.discord.rest import Answer, Call
from tests.servers.discord.world import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Interaction, Message

if TYPE_CHECKING:
    from tests.servers.discord.server import DiscordServer

ACKNOWLEDGE_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60.0
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, FORM = 4, 5, 6, 7, 8, 9
ALLOWED = {
    COMMAND: {MESSAGE, DEFER, FORM},
    AUTOCOMPLETE: {CHOICES},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, FORM},
    MODAL: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE},
}


def add_routes(server: "DiscordServer") -> None:
    """Register the routes of this module. None of them needs the bot's token: they carry the call's."""
    here = _Answers(server)
    route = server.rest.route
    route("POST", "/interactions/*/*/callback", here.callback, token=False)
    route("POST", "/webhooks/*/*", here.followup, token=False)
    route("GET", "/webhooks/*/*/messages/*", here.get, token=False)
    route("PATCH", "/webhooks/*/*/messages/*", here.edit, token=False)
    route("DELETE", "/webhooks/*/*/messages/*", here.delete, token=False)


class _Answers:
    def __init__(self, server: "DiscordServer") -> None:
        self._server = server

    # The first answer

    async def callback(self, call: Call, interaction_id: str, token: str) -> Answer:
        interaction = self._server.interactions.get(interaction_id)
        if interaction is None or interaction.token != token:
            raise Refused(404, 10062)
        try:
            self._first(interaction, call)
        except Refused as refused:
            interaction.refusals.append(refused.body)
            self._server.notify()
            raise
        self._server.notify()
        if call.query.get("with_response") not in ("1", "true"):
            return Answer(status=204)
        return Answer(self._response(interaction))

    def _first(self, interaction: Interaction, call: Call) -> None:
        if interaction.callback is not None:
            raise Refused(400, 40060)
        if self._server.now() - interaction.created > ACKNOWLEDGE_SECONDS:
            raise Refused(404, 10062)
        body = call.body or {}
        kind, data = int(body.get("type") or 0), body.get("data") or {}
        allowed = ALLOWED[interaction.kind]
        if kind in (UPDATE, DEFER_UPDATE) and interaction.source is None:
            allowed = allowed - {UPDATE, DEFER_UPDATE}
        if kind not in allowed:
            problems = Problems()
            problems.add("type", "BASE_TYPE_CHOICES", f"Value must be one of {sorted(allowed)}.")
            problems.raise_any()
        {
            MESSAGE: self._message,
            DEFER: self._defer,
            DEFER_UPDATE: self._later,
            UPDATE: self._update,
            CHOICES: self._choices,
            FORM: self._form,
        }[kind](interaction, data, call)
        interaction.callback = kind
        interaction.acknowledged = self._server.now()
        if kind not in (DEFER, DEFER_UPDATE):
            interaction.done.set()

    def _message(self, interaction: Interaction, data: dict[str, Any], call: Call) -> None:
        self._place(interaction, messages.compose(self._server, interaction.channel, data, call))
        interaction.original = interaction.messages[-1]

    def _defer(self, interaction: Interaction, data: dict[str, Any], _call: Call) -> None:
        body = {"flags": int(data.get("flags") or 0)}
        message = Message(
            self._server.snowflake(), interaction.channel, self._server.bot_id, body, history=[], loading=True
        )
        self._place(interaction, message)
        interaction.original = message

    def _later(self, interaction: Interaction, _data: dict[str, Any], _call: Call) -> None:
        interaction.original = interaction.source

    def _update(self, interaction: Interaction, data: dict[str, Any], call: Call) -> None:
        assert interaction.source is not None
        messages.revise(self._server, interaction.source, data, call)
        interaction.original = interaction.source
        interaction.messages.append(interaction.source)

    def _choices(self, interaction: Interaction, data: dict[str, Any], _call: Call) -> None:
        limits.check_choices(data)
        interaction.choices = data["choices"]

    def _form(self, interaction: Interaction, data: dict[str, Any], _call: Call) -> None:
        limits.check_modal(data)
        interaction.modal = data

    def _place(self, interaction: Interaction, message: Message, *, ephemeral: bool = False) -> None:
        message.ephemeral = ephemeral or bool(int(message.body.get("flags") or 0) & limits.EPHEMERAL)
        interaction.messages.append(message)
        if not message.ephemeral:
            messages.put(self._server, message)

    def _response(self, interaction: Interaction) -> dict[str, Any]:
        about: dict[str, Any] = {"id": interaction.id, "type": interaction.kind}
        body: dict[str, Any] = {"interaction": about}
        if (message := interaction.original) is not None:
            about |= {
                "response_message_id": message.id,
                "response_message_loading": message.loading,
                "response_message_ephemeral": message.ephemeral,
            }
            body["resource"] = {
                "type": interaction.callback,
                "message": self._server.payloads.message(message),
            }
        return body

    # What comes after it

    def _interaction(self, application: str, token: str) -> Interaction:
        interaction = self._server.by_token.get(token)
        if application != self._server.application_id or interaction is None:
            raise Refused(404, 10015)
        if self._server.now() - interaction.created > TOKEN_SECONDS:
            raise Refused(401, 50027)
        if interaction.callback is None:
            raise Refused(404, 10015)
        return interaction

    def _find(self, interaction: Interaction, message: str) -> Message:
        if message == "@original" and interaction.original is not None:
            return interaction.original
        for found in interaction.messages:
            if found.id == message:
                return found
        raise Refused(404, 10008)

    async def followup(self, call: Call, application: str, token: str) -> Answer:
        interaction = self._interaction(application, token)
        original = interaction.original
        if interaction.callback == DEFER and original is not None and original.loading:
            messages.revise(self._server, original, call.body or {}, call)
            message = original
        else:
            message = messages.compose(self._server, interaction.channel, call.body or {}, call)
            self._place(interaction, message)
        interaction.done.set()
        self._server.notify()
        return Answer(self._server.payloads.message(message))

    async def get(self, _call: Call, application: str, token: str, message: str) -> Answer:
        found = self._find(self._interaction(application, token), message)
        return Answer(self._server.payloads.message(found))

    async def edit(self, call: Call, application: str, token: str, message: str) -> Answer:
        interaction = self._interaction(application, token)
        found = self._find(interaction, message)
        messages.revise(self._server, found, call.body or {}, call)
        if found not in interaction.messages:
            interaction.messages.append(found)
        interaction.done.set()
        self._server.notify()
        return Answer(self._server.payloads.message(found))

    async def delete(self, _call: Call, application: str, token: str, message: str) -> Answer:
        interaction = self._interaction(application, token)
        found = self._find(interaction, message)
        if found in interaction.messages:
            interaction.messages.remove(found)
        if found is interaction.original:
            interaction.original = None
        if found in found.channel.messages:
            found.channel.messages.remove(found)
        self._server.notify()
        return Answer(status=204)
