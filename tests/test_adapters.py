"""Adapters describe themselves, and whatever starts the bot finds them."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.adapter import find_adapters
from bot.settings import EnvironmentSettings, Settings, read, with_adapters
from core.errors import report

ROOT = Path(__file__).parents[1]
ADAPTERS = find_adapters()
SETTINGS: list[type[EnvironmentSettings]] = [each.settings for each in ADAPTERS]
ALL: list[type[EnvironmentSettings]] = [Settings, *SETTINGS]
LIBRARIES = ("discord", "slack_bolt", "slack_sdk", "aiohttp", "numpy", "PIL")


def test_every_adapter_is_found_and_playground_is_last_resort() -> None:
    assert [each.name for each in ADAPTERS] == ["discord", "slack", "playground"]
    assert [each.name for each in ADAPTERS if each.fallback] == ["playground"]


def test_variables_are_named_once_and_explained() -> None:
    named = Counter(field.validation_alias for kind in ALL for field in kind.model_fields.values())
    assert max(named.values()) == 1
    explained = (ROOT / "README.md").read_text(encoding="utf-8")
    for variable in named:
        assert isinstance(variable, str)
        assert f"`{variable}`" in explained, f"{variable} is not in README's table"


def test_what_is_not_connected_costs_no_library() -> None:
    program = f"import sys, bot.cli; print([each for each in {LIBRARIES} if each in sys.modules])"
    shown = subprocess.run(  # noqa: S603 - this interpreter and the program above
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"


def test_what_is_not_used_costs_nothing_at_the_start() -> None:
    libraries = ("cryptography", "discord", "httpx", "packaging", "PIL", "psycopg", "slack_bolt", "slack_sdk")
    program = (
        "import sys, bot.runtime, bot.bootstrap; from core.commands.registry import discover; discover();"
        f" print([each for each in {libraries} if each in sys.modules])"
    )
    shown = subprocess.run(  # noqa: S603 - this interpreter and the program above
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("given", "connected"),
    [
        ({}, []),
        ({"DISCORD_TOKEN": "t"}, ["discord"]),
        ({"SLACK_BOT_TOKEN": "t"}, []),
        ({"SLACK_APP_TOKEN": "t"}, []),
        ({"SLACK_SIGNING_SECRET": "t"}, []),
        ({"SLACK_BOT_TOKEN": "t", "SLACK_APP_TOKEN": "t"}, ["slack"]),
        ({"DISCORD_TOKEN": "t", "SLACK_BOT_TOKEN": "t", "SLACK_SIGNING_SECRET": "t"}, ["discord", "slack"]),
        ({"DISCORD_TOKEN": "", "SLACK_BOT_TOKEN": "t", "SLACK_APP_TOKEN": ""}, []),
    ],
)
def test_what_is_connected(
    given: dict[str, str], connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in SETTINGS:
        for field in kind.model_fields.values():
            monkeypatch.delenv(str(field.validation_alias), raising=False)
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    settings = with_adapters(SETTINGS)()
    assert [each.name for each in ADAPTERS if each.connected(settings)] == connected
    incomplete = [each.name for each in ADAPTERS if each.incomplete(settings)]
    begun = any(value for name, value in given.items() if name.startswith("SLACK_"))
    assert incomplete == (["slack"] if begun and "slack" not in connected else [])


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-A2-secret", "this is an app-level token, for SLACK_APP_TOKEN"),
        ("SLACK_APP_TOKEN", "xoxb-secret", "xoxb- is for SLACK_BOT_TOKEN"),
        ("SLACK_COMMAND", "cohort", "begin it with a slash"),
        ("SLACK_COMMAND", "/our cohort", "one word"),
        ("DISCORD_TOKEN", "xoxb-secret", "this is a token of Slack"),
        ("DISCORD_TOKEN", "Bot secret", "without “Bot” before it"),
        ("COHORT_DATABASE_URL", "cohort.db", "use sqlite:/// and a file"),
        ("COHORT_DATABASE_URL", "sqlite://cohort.db", "use sqlite:/// and a file"),
        ("COHORT_DATABASE_URL", "sqlite:///", "use sqlite:/// and a file"),
        ("COHORT_DATABASE_URL", "mysql://secret@host/name", "or postgresql://"),
        (
            "COHORT_DATABASE_URL",
            "postgresql://user:se/cret@host:5432/name",
            "write characters of the password",
        ),
        ("COHORT_DATABASE_URL", "postgresql://user:[secret@host/name", "write characters of the password"),
        ("COHORT_HTTP", "8765", "use host:port"),
        ("COHORT_PLAYGROUND_DB", "postgresql://u:secret@host/name", "give the name of a file"),
    ],
)
def test_slips_name_their_variable(
    variable: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as caught:
        read(with_adapters(SETTINGS))
    said = str(caught.value)
    assert variable in said
    assert sentence in said
    assert "cret" not in said


@pytest.mark.parametrize(
    "url", ["sqlite:////data/cohort.db", "postgresql://u:p%2Fw@db:5432/c", "postgresql:///c?host=/run"]
)
def test_addresses_of_databases(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHORT_DATABASE_URL", url)
    assert read(with_adapters(SETTINGS)).database_url == url


def test_report_bears_name_of_module_that_reports(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text(
        "from bot import logs\nfrom core.errors import report\nlogs.set_up('INFO')\n"
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    print(report('failed', kind='x'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "elsewhere"],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() in done.stderr
    assert '"logger": "__main__"' in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_report_without_exception(capsys: pytest.CaptureFixture[str]) -> None:
    reference = report("refused", exc_info=False, reason="x")
    shown = capsys.readouterr().out
    assert reference in shown
    assert "Traceback" not in shown
