"""The registry as application commands."""

from bot.discord.registration import application_commands, fingerprint
from core.chat.model import FieldKind
from core.clock import SystemClock
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.store.port import Store
from tests.discord.conftest import Connect
from tests.servers.discord import DiscordServer
from tests.servers.discord.commands import check_commands


def test_discord_accepts_every_command_of_bot(registry: Registry) -> None:
    check_commands(application_commands(registry))


def test_every_command_and_parameter_is_there(registry: Registry) -> None:
    offered = {
        f"{group['name']} {verb['name']}": {option["name"] for option in verb["options"]}
        for group in application_commands(registry)
        for verb in group["options"]
    }
    assert offered.keys() == registry.commands.keys()
    for name, command in registry.commands.items():
        assert offered[name] == {param.name for param in command.params if not param.form_only}


def test_organizers_commands_are_hidden_from_others(registry: Registry) -> None:
    hidden = {c["name"]: c["default_member_permissions"] for c in application_commands(registry)}
    assert [name for name, permissions in hidden.items() if permissions == "32"] == ["cohort-admin"]


def test_options_as_their_kinds_need_them(samples: Registry) -> None:
    note = next(each for each in application_commands(samples) if each["name"] == "note")
    verbs = {verb["name"]: {o["name"]: o for o in verb["options"]} for verb in note["options"]}
    add = verbs["add"]
    assert {name: option["type"] for name, option in add.items()} == {
        "title": 3,
        "mood": 3,
        "count": 4,
        "ratio": 10,
        "loud": 5,
        "day": 3,
        "who": 6,
        "where": 7,
        "file": 11,
        "animal": 3,
    }
    assert not add["title"]["required"]
    assert add["title"]["max_length"] == 300
    assert [choice["value"] for choice in add["mood"]["choices"]] == ["good", "bad"]
    assert (add["count"]["min_value"], add["count"]["max_value"]) == (1, 9)
    assert add["animal"]["autocomplete"]
    assert add["animal"]["max_length"] == 300
    assert "loud" not in verbs["ask"]
    assert verbs["letter"]["which"]["required"]
    assert verbs["letter"]["which"]["autocomplete"]


def test_no_text_is_longer_than_its_command_takes(registry: Registry) -> None:
    limits = {
        (group["name"], verb["name"], option["name"]): option.get("max_length")
        for group in application_commands(registry)
        for verb in group["options"]
        for option in verb["options"]
    }
    for command in registry.commands.values():
        for param in command.params:
            if param.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.RECORD) and not param.form_only:
                assert limits[command.group, command.verb, param.name] == min(param.max_length, 6000)


def test_fingerprint_follows_commands(samples: Registry, registry: Registry) -> None:
    payload = application_commands(samples)
    assert fingerprint(payload) == fingerprint(application_commands(samples))
    payload[0]["description"] = "Something else"
    assert fingerprint(payload) != fingerprint(application_commands(samples))
    assert fingerprint(application_commands(registry)) != fingerprint(application_commands(samples))


async def test_commands_are_written_only_when_they_changed(
    server: DiscordServer, connect: Connect, sample_core: Core, registry: Registry, sqlite_store: Store
) -> None:
    for _ in range(2):
        async with connect(sample_core):
            assert {command["name"] for command in server.commands[None]} == {"note", "sample"}
    assert server.command_writes == 1
    async with connect(Core(registry, sqlite_store, SystemClock())):
        assert {command["name"] for command in server.commands[None]} == set(registry.groups)
    assert server.command_writes == 2
