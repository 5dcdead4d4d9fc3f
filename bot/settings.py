"""The environment. Nothing else in the project reads it."""

import logging
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator can set. Empty values count as not set."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", populate_by_name=True)

    database_url: str = Field(default="sqlite:///cohort.db", validation_alias="COHORT_DATABASE_URL")
    discord_token: SecretStr | None = Field(default=None, validation_alias="DISCORD_TOKEN")
    discord_api_url: str | None = Field(default=None, validation_alias="DISCORD_API_URL")
    slack_bot_token: SecretStr | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_signing_secret: SecretStr | None = Field(default=None, validation_alias="SLACK_SIGNING_SECRET")
    slack_api_url: str | None = Field(default=None, validation_alias="SLACK_API_URL")
    slack_command: str = Field(default="/cohort", validation_alias="SLACK_COMMAND")
    http: str = Field(default="127.0.0.1:8765", validation_alias="COHORT_HTTP")
    setup: Literal["managers", "anyone"] = Field(default="managers", validation_alias="COHORT_SETUP")
    clock: datetime | None = Field(default=None, validation_alias="COHORT_CLOCK")
    log: str = Field(default="INFO", validation_alias="COHORT_LOG")

    @field_validator("clock")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value

    @field_validator("log")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in logging.getLevelNamesMapping():
            raise ValueError("use DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("http")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            raise ValueError("use host:port, for example 127.0.0.1:8765")
        return value

    @property
    def http_address(self) -> tuple[str, int]:
        """Host and port of the web part; port 0 takes any free one."""
        host, _, port = self.http.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def embedded(self) -> bool:
        """Whether the records are in a file of this machine."""
        return self.database_url.startswith("sqlite:")

    @property
    def slack(self) -> bool:
        """Whether Slack can be started."""
        return self.slack_bot_token is not None and (
            self.slack_app_token is not None or self.slack_signing_secret is not None
        )

    @property
    def connected(self) -> bool:
        """Whether any chat platform can be started."""
        return self.slack or self.discord_token is not None


def read_settings() -> Settings:
    """The settings of this process. Raises `SystemExit` with a sentence for each value that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}." for each in error.errors()]
        raise SystemExit("These settings cannot be used:\n  " + "\n  ".join(lines)) from None
