"""The environment. Nothing else in the project reads it; adapters only name the variables that they add."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal, TypeVar, cast
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, create_model, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.cohorts.limits import Limits

S = TypeVar("S", bound="EnvironmentSettings")

_LIMITS = Limits()


class EnvironmentSettings(BaseSettings):
    """Settings that come from environment variables. Empty values count as not set."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", populate_by_name=True)


class LimitSettings(EnvironmentSettings):
    """How much one account, member and cohort may ask for and keep; see `core.cohorts.limits.Limits`."""

    limit_calls: int = Field(default=_LIMITS.calls, ge=1, validation_alias="COHORT_LIMIT_CALLS")
    limit_cohort_calls: int = Field(
        default=_LIMITS.cohort_calls, ge=1, validation_alias="COHORT_LIMIT_COHORT_CALLS"
    )
    limit_drawings: int = Field(default=_LIMITS.drawings, ge=1, validation_alias="COHORT_LIMIT_DRAWINGS")
    limit_papers: int = Field(default=_LIMITS.papers, ge=1, validation_alias="COHORT_LIMIT_PAPERS")
    limit_reviews: int = Field(default=_LIMITS.reviews, ge=1, validation_alias="COHORT_LIMIT_REVIEWS")
    limit_reading: int = Field(default=_LIMITS.reading, ge=1, validation_alias="COHORT_LIMIT_READING")
    limit_schedules: int = Field(default=_LIMITS.schedules, ge=1, validation_alias="COHORT_LIMIT_SCHEDULES")
    limit_drafts: int = Field(default=_LIMITS.drafts, ge=1, validation_alias="COHORT_LIMIT_DRAFTS")

    @property
    def limits(self) -> Limits:
        """The same as the core takes them."""
        return Limits(
            calls=self.limit_calls,
            cohort_calls=self.limit_cohort_calls,
            drawings=self.limit_drawings,
            papers=self.limit_papers,
            reviews=self.limit_reviews,
            reading=self.limit_reading,
            schedules=self.limit_schedules,
            drafts=self.limit_drafts,
        )


class Settings(LimitSettings):
    """What an operator can set for the bot as a whole. `with_adapters` adds the settings of its adapters."""

    database_url: str = Field(default="sqlite:///cohort.db", validation_alias="COHORT_DATABASE_URL")
    http: str = Field(default="127.0.0.1:8765", validation_alias="COHORT_HTTP")
    public_url: str = Field(default="", validation_alias="COHORT_PUBLIC_URL")
    arxiv_url: str = Field(default="", validation_alias="COHORT_ARXIV_URL")
    crossref_url: str = Field(default="", validation_alias="COHORT_CROSSREF_URL")
    setup: Literal["managers", "anyone"] = Field(default="managers", validation_alias="COHORT_SETUP")
    clock: datetime | None = Field(default=None, validation_alias="COHORT_CLOCK")
    log: str = Field(default="INFO", validation_alias="COHORT_LOG")

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        try:
            scheme = urlsplit(value).scheme
            _ = urlsplit(value).port
        except ValueError:
            raise ValueError(
                "this address cannot be read; in postgresql://user:password@host:5432/name, write characters of "
                "the password such as / @ # [ as %2F %40 %23 %5B"
            ) from None
        embedded = scheme == "sqlite" and value.removeprefix("sqlite:///") not in ("", value)
        if not embedded and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("use sqlite:/// and a file, such as sqlite:///cohort.db, or postgresql://…")
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        unread = "this address cannot be read; it looks like https://bot.example.org"
        other = "use the address of the web part from outside, such as https://bot.example.org"
        return _plain_address(value, unread, other) if value else value

    @field_validator("arxiv_url", "crossref_url")
    @classmethod
    def _source(cls, value: str) -> str:
        unread = "this address cannot be read"
        other = "use the address of a source, such as https://api.crossref.org, or off"
        return value if value in ("", "off") else _plain_address(value, unread, other)

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


def _plain_address(value: str, unread: str, other: str) -> str:
    """A web address without a query. Raises `ValueError` with the sentence for one that cannot be read, or for another."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError(unread) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(other)
    return value.rstrip("/")


def with_adapters(adapters: Iterable[type[EnvironmentSettings]]) -> type[Settings]:
    """The settings of the bot and of its adapters in one class, which is a subclass of each of theirs."""
    bases: tuple[type[EnvironmentSettings], ...] = (Settings, *adapters)
    return cast("type[Settings]", create_model("AllSettings", __base__=bases))


def read(kind: type[S]) -> S:
    """Settings of this process. Raises `SystemExit` with a sentence for each value that is wrong."""
    try:
        return kind()
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}."
            for each in error.errors()
        ]
        raise SystemExit("These settings cannot be used:\n  " + "\n  ".join(lines)) from None
