"""The files that run the bot, and those that GitHub reads: their form, and that they agree with the project."""

import asyncio
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from packaging.specifiers import SpecifierSet
from typer.testing import CliRunner

from bot.cli import app

ROOT = Path(__file__).parent.parent
DEPLOY, GITHUB = ROOT / "deploy", ROOT / ".github"
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
STOPS_WITHIN = 10  # seconds, as README promises


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def yaml_of(path: Path) -> Any:
    return yaml.safe_load(text_of(path))


def seconds(value: str) -> int:
    assert re.fullmatch(r"\d+s", value)
    return int(value[:-1])


def settings_in_readme() -> set[str]:
    """Every variable in the first column of README's table of settings."""
    section = text_of(ROOT / "README.md").split("\n## Settings\n")[1].split("\n## ")[0]
    firsts = re.findall(r"^\| (`.+?) \|", section, re.M)
    return {name for cell in firsts for name in re.findall(r"`([A-Z_]+)`", cell)}


# The example of the settings


def settings_in_example() -> Iterator[str]:
    for number, line in enumerate(text_of(DEPLOY / "cohort-bot.env.example").splitlines(), 1):
        if line and not line.startswith("# "):
            match = re.fullmatch(r"#([A-Z_]+)=\S*", line)
            assert match, f"line {number}: {line}"
            yield match[1]


def test_env_example_has_every_setting_of_readme_once() -> None:
    names = list(settings_in_example())
    assert len(names) == len(set(names))
    assert set(names) == settings_in_readme()


# The image


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile as (INSTRUCTION, rest), without comments and with continued lines joined."""
    lines = [line for line in text_of(DEPLOY / "Dockerfile").splitlines() if not line.startswith("#")]
    found = [line.split(maxsplit=1) for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line]
    return [(name, rest.strip()) for name, rest in found]


def final_stage() -> list[tuple[str, str]]:
    every = instructions()
    last = max(index for index, (name, _) in enumerate(every) if name == "FROM")
    return every[last:]


def copied_from_repository() -> list[str]:
    copies = [rest for name, rest in instructions() if name == "COPY" and "--from=" not in rest]
    return [source for rest in copies for source in rest.split()[:-1]]


def test_dockerfile_has_known_instructions_only() -> None:
    known = {"ARG", "FROM", "ENV", "WORKDIR", "COPY", "RUN", "VOLUME", "USER", "HEALTHCHECK", "STOPSIGNAL"}
    assert {name for name, _ in instructions()} <= known | {"ENTRYPOINT"}
    assert len([name for name, _ in instructions() if name == "FROM"]) == 2


def test_dockerfile_copies_what_exists_and_is_sent_to_builder() -> None:
    ignore = text_of(ROOT / ".dockerignore").splitlines()
    sources = copied_from_repository()
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignore, f"{source} is not sent"
    sent = {line[1:] for line in ignore if line.startswith("!")}
    assert sent == set(sources), "nothing is sent in vain"
    assert "*" in ignore, "nothing else is sent, no records and no tokens"


def test_dockerfile_installs_by_hash_and_compiles() -> None:
    runs = [rest for name, rest in instructions() if name == "RUN"]
    assert any("--require-hashes" in run and "requirements.lock" in run for run in runs)
    assert any("-m compileall" in run for run in runs)
    assert ("COPY", "deploy/requirements.lock ./") in instructions()


def test_image_runs_without_root_and_is_asked_for_its_health() -> None:
    last = dict(final_stage())
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"]), "a number, which nobody has to look up"
    names = [name for name, _ in final_stage()]
    assert max(i for i, name in enumerate(names) if name == "RUN") < names.index("USER")
    assert "healthcheck.py" in last["HEALTHCHECK"]
    assert last["VOLUME"] == last["WORKDIR"] == "/data"
    assert "COHORT_DATABASE_URL=sqlite:////data/" in last["ENV"]
    assert set(re.findall(r"\b(COHORT_\w+)=", last["ENV"])) <= settings_in_readme()
    assert yaml.safe_load(last["ENTRYPOINT"]) == [*PROJECT["scripts"]]


async def health_exit(address: str) -> int:
    """The exit status of the health check for a bot at this address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, DEPLOY / "healthcheck.py", env={**os.environ, "COHORT_HTTP": address}
    )
    return await process.wait()


@pytest.mark.parametrize(("status", "expected"), [(200, 0), (503, 1)])
async def test_health_check_says_what_bot_says(status: int, expected: int) -> None:
    async def health(_: web.Request) -> web.Response:
        return web.Response(status=status)

    application = web.Application()
    application.router.add_get("/health", health)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        assert await health_exit(f"127.0.0.1:{port}") == expected
        assert await health_exit(f"0.0.0.0:{port}") == expected
    finally:
        await runner.cleanup()
    assert await health_exit(f"127.0.0.1:{port}") == 1, "nobody answers"


# Compose


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml_of(DEPLOY / "compose.yaml")["services"]
    return found


def bots() -> dict[str, Any]:
    return {name: service for name, service in services().items() if "build" in service}


def test_compose_has_one_bot_for_each_profile() -> None:
    assert [service["profiles"] for service in bots().values()] == [["sqlite"], ["postgresql"]]
    assert all(len(service["profiles"]) == 1 for service in services().values()), "none starts unasked"


def test_compose_gives_no_service_more_than_it_needs() -> None:
    for service in services().values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert seconds(service["stop_grace_period"]) > STOPS_WITHIN
        assert "privileged" not in service
        assert "ports" not in service, "what is reachable from outside is for the operator to say"


def test_compose_bots_can_be_built_and_know_their_database() -> None:
    for service in bots().values():
        build = service["build"]
        assert (DEPLOY / build["context"]).resolve() == ROOT
        assert (ROOT / build["dockerfile"]).is_file()
        assert f"{service['env_file']}.example" == "cohort-bot.env.example"
        assert "cap_add" not in service
        environment = service.get("environment", {})
        assert set(environment) - {"PGPASSWORD"} <= settings_in_readme()
        if service["profiles"] == ["postgresql"]:
            assert environment["COHORT_DATABASE_URL"].startswith("postgresql://")
            assert service["depends_on"] == {"postgresql": {"condition": "service_healthy"}}
        else:
            assert any(volume.endswith(":/data") for volume in service["volumes"])


def test_compose_declares_every_volume_it_names() -> None:
    named = {volume.split(":")[0] for each in services().values() for volume in each.get("volumes", [])}
    assert named == set(yaml_of(DEPLOY / "compose.yaml")["volumes"])


# The unit

DIRECTIVES = {
    "Unit": {"Description", "Wants", "After"},
    "Service": {
        *("ExecStart", "Environment", "EnvironmentFile", "WorkingDirectory", "StateDirectory"),
        *("StateDirectoryMode", "CacheDirectory", "CacheDirectoryMode", "Restart", "RestartSec"),
        *("KillSignal", "TimeoutStopSec", "DynamicUser", "UMask", "NoNewPrivileges"),
        *("CapabilityBoundingSet", "AmbientCapabilities", "ProtectSystem", "ProtectHome", "ProtectClock"),
        *("ProtectControlGroups", "ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules"),
        *("ProtectKernelTunables", "ProtectProc", "PrivateDevices", "PrivateTmp", "PrivateUsers"),
        *("RemoveIPC", "LockPersonality", "MemoryDenyWriteExecute", "RestrictAddressFamilies"),
        *("RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "SystemCallArchitectures"),
        *("SystemCallFilter", "SystemCallErrorNumber"),
    },
    "Install": {"WantedBy"},
}


def unit() -> dict[str, list[tuple[str, str]]]:
    """The unit's sections, each as (directive, value) in order; a directive may come more than once."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for line in text_of(DEPLOY / "cohort-bot.service").splitlines():
        if line.startswith("["):
            sections[line.strip("[]")] = current = []
        elif line and not line.startswith("#"):
            name, equals, value = line.partition("=")
            assert equals, line
            current.append((name, value))
    return sections


def test_unit_has_known_directives_only() -> None:
    assert list(unit()) == list(DIRECTIVES)
    for section, directives in unit().items():
        assert {name for name, _ in directives} <= DIRECTIVES[section]


def test_unit_is_confined_and_outlasts_stop() -> None:
    service = dict(unit()["Service"])
    on = {
        name for name in DIRECTIVES["Service"] if re.match(r"(Protect|Private|Restrict|Dynamic|NoNew)", name)
    }
    off = {name for name in on if service[name] in ("no", "false", "")}
    assert not off
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert seconds(service["TimeoutStopSec"]) > STOPS_WITHIN
    assert service["KillSignal"] == "SIGTERM"


def test_unit_keeps_records_in_state_directory() -> None:
    service = unit()["Service"]
    single = dict(service)
    assert single["ExecStart"].rsplit("/", 1)[1] in PROJECT["scripts"]
    assert single["WorkingDirectory"] == f"%S/{single['StateDirectory']}"
    environment = dict(value.split("=", 1) for name, value in service if name == "Environment")
    assert environment["COHORT_DATABASE_URL"].startswith(f"sqlite:///{single['WorkingDirectory']}/")
    order = [name for name, _ in service]
    assert order.index("EnvironmentFile") > max(i for i, name in enumerate(order) if name == "Environment")
    assert single["EnvironmentFile"] in text_of(DEPLOY / "cohort-bot.env.example")


# GitHub


def test_workflow_runs_checks_on_every_python_that_is_promised() -> None:
    workflow = yaml_of(GITHUB / "workflows/ci.yml")
    assert workflow["permissions"] == {"contents": "read"}
    assert "group" in workflow["concurrency"]
    assert {"push", "pull_request"} <= set(workflow[True]), "YAML reads `on` as true"
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 90
        pythons = job["strategy"]["matrix"]["python"]
        assert pythons == re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
        assert all(python in SpecifierSet(PROJECT["requires-python"]) for python in pythons)
        minors = [int(python.removeprefix("3.")) for python in pythons]
        assert all(later == earlier + 1 for earlier, later in pairwise(minors))
        uses = [step["uses"] for step in job["steps"] if "uses" in step]
        assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", action) for action in uses)
        assert job["steps"][-1] == {"run": "bash .ci/run"}
    assert (ROOT / ".ci/run").is_file()


def test_dependabot_looks_after_dependencies_and_actions() -> None:
    configuration = yaml_of(GITHUB / "dependabot.yml")
    assert configuration["version"] == 2
    assert {each["package-ecosystem"] for each in configuration["updates"]} == {"pip", "github-actions"}
    assert all(each["schedule"]["interval"] in ("weekly", "monthly") for each in configuration["updates"])


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_issue_form_is_whole(path: Path) -> None:
    form = yaml_of(path)
    assert form["name"]
    assert form["description"]
    fields = [each for each in form["body"] if each["type"] != "markdown"]
    assert fields, "GitHub takes no form without a field"
    ids = [each["id"] for each in fields]
    assert len(ids) == len(set(ids))
    for field in fields:
        assert field["type"] in ("textarea", "input", "dropdown", "checkboxes")
        assert field["attributes"]["label"]
        assert set(field) <= {"type", "id", "attributes", "validations"}
        if field["type"] in ("dropdown", "checkboxes"):
            assert len(field["attributes"]["options"]) > 1


def test_addresses_are_project_s() -> None:
    source = PROJECT["urls"]["Source"]
    assert all(url == source or url.startswith(f"{source}/") for url in PROJECT["urls"].values())
    links = yaml_of(GITHUB / "ISSUE_TEMPLATE/config.yml")["contact_links"]
    assert [link["url"] for link in links] == [f"{source}/blob/main/SECURITY.md"]
    for path in (*DEPLOY.glob("[!r]*"), *GITHUB.rglob("*.yml"), ROOT / ".dockerignore"):
        for url in re.findall(r"https?://[^\s)>]+", text_of(path)):
            assert url.startswith((source, "https://api.slack.com/")), f"{url} in {path.name}"


def test_hooks_use_tools_that_checks_use() -> None:
    hooks = [hook for repo in yaml_of(ROOT / ".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    assert {"check-yaml", "end-of-file-fixer", "trailing-whitespace"} <= {hook["id"] for hook in hooks}
    checks = text_of(ROOT / ".ci/run")
    tools = [hook["entry"].split()[0] for hook in hooks if "entry" in hook]
    assert len(tools) == 4
    assert all(f"\n{tool}" in checks for tool in tools)


def test_every_file_that_documents_point_to_is_there() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md"):
        links = re.findall(r"\]\(([^)#:]+)\)", text_of(ROOT / name))
        assert [link for link in links if not (ROOT / link).exists()] == []


def test_changelog_has_this_version() -> None:
    headings = re.findall(r"^## (.+)$", text_of(ROOT / "CHANGELOG.md"), re.M)
    assert headings[0] == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2}", heading) for heading in headings[1:])
    assert headings[1].split(" ")[0] == PROJECT["version"]


def test_manifest_for_http_names_the_address_everywhere() -> None:
    done = CliRunner().invoke(app, ["slack-manifest", "--http", "https://bot.example.org/"])
    assert done.exit_code == 0, done.output
    found = yaml.safe_load(done.output)
    address = "https://bot.example.org/slack/events"
    assert found["features"]["slash_commands"][0]["url"] == address
    settings = found["settings"]
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == address
    assert settings["interactivity"]["request_url"] == address
    assert settings["interactivity"]["message_menu_options_url"] == address
    oauth = yaml.safe_load((ROOT / "deploy/slack-manifest.yaml").read_text())["oauth_config"]
    redirect = address.replace("/slack/events", "/slack/oauth_redirect")
    assert found["oauth_config"] == {**oauth, "redirect_urls": [redirect]}
    refused = CliRunner().invoke(app, ["slack-manifest", "--http", "http://bot.example.org"])
    assert refused.exit_code == 2
    assert "https://" in refused.output
