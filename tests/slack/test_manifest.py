"""The manifest that is shipped is the one the registry gives."""

from pathlib import Path

import yaml

from bot.slack.registration import describe, manifest
from core.commands.registry import Registry
from tests.sample_feature import with_sample_feature

SHIPPED = Path(__file__).parents[2] / "deploy" / "slack-manifest.yaml"


def test_the_shipped_manifest_is_up_to_date(registry: Registry) -> None:
    assert SHIPPED.read_text(encoding="utf-8") == manifest(registry), (
        "Run `cohort-bot slack-manifest > deploy/slack-manifest.yaml`."
    )


def test_the_text_is_the_data(registry: Registry) -> None:
    for each in (registry, with_sample_feature(registry)):
        found = yaml.safe_load(manifest(each, "/lab"))
        assert found == describe(each, "/lab")
        assert found["features"]["slash_commands"][0]["command"] == "/lab"
        assert found["features"]["slash_commands"][0]["should_escape"] is True


def test_scopes_follow_the_commands(registry: Registry) -> None:
    scopes = describe(with_sample_feature(registry), "/cohort")["oauth_config"]["scopes"]["bot"]
    assert "files:read" in scopes
    assert not {each for each in scopes if each.endswith(":history")}
