"""Slack's manifest, made from the registry."""

import yaml

from bot.slack.registration import describe, manifest
from core.commands.registry import Registry
from tests.sample_feature import with_sample_feature


def test_text_is_data(registry: Registry) -> None:
    for each in (registry, with_sample_feature(registry)):
        found = yaml.safe_load(manifest(each, "/lab"))
        assert found == describe(each, "/lab")
        assert found["features"]["slash_commands"][0]["command"] == "/lab"
        assert found["features"]["slash_commands"][0]["should_escape"] is True


def test_scopes_follow_commands(registry: Registry) -> None:
    scopes = describe(with_sample_feature(registry), "/cohort")["oauth_config"]["scopes"]["bot"]
    assert "files:read" in scopes
    assert [each for each in scopes if each.endswith(":history")] == ["im:history"], (
        "its own direct messages alone"
    )
