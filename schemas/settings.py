"""Every number and address that can be set: read once at the edge, passed down, never asked for again."""

import os
from pathlib import Path

from pydantic import AliasChoices, Field, PositiveFloat, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.base import Project


class Settings(BaseSettings):
    """The settings, from variables named `HEADRACE_…`. Sizes are in bytes, times in seconds unless named `_ms`."""

    model_config = SettingsConfigDict(env_prefix="HEADRACE_", frozen=True, extra="ignore", populate_by_name=True)

    # Where things are
    redis_url: SecretStr | None = Field(None, description="Redis to use; unset: `up` starts its own")
    log: str | None = Field(None, description="log on Kafka that workers work on, `kafka://host:9092,…`; unset: Redis")
    postgres_url: SecretStr | None = Field(None, description="PostgreSQL to use; unset: `up` starts its own")
    url: str | None = Field(None, description="the gateway that commands and watchers talk to")
    data: Path | None = Field(None, description="where `up` keeps everything; unset: the platform's data directory")
    host: str = Field("127.0.0.1", description="address the gateway listens on")
    port: int = Field(8000, ge=0, le=65535, description="port the gateway listens on")
    scan: str = Field("", description="trees that `POST …/versions/scan` reads, separated by `:`")

    # Who may
    api_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("HEADRACE_API_KEY", "CVLABKIT_API_KEY", "api_key"),
        description="the administrator's API key; `CVLABKIT_API_KEY` is read too",
    )
    tls_cert: Path | None = Field(
        None, description="certificate of the gateway, with its chain (PEM): it speaks HTTPS then"
    )
    tls_key: Path | None = Field(None, description="the certificate's private key (PEM)")
    proxies: int = Field(
        0, ge=0, le=10, description="reverse proxies before the gateway: so many `X-Forwarded-For` are believed"
    )
    rate_limit: int = Field(
        1_000,
        ge=0,
        le=1_000_000,
        description="requests a second that one caller may make, ten times that at once; 0: any",
    )
    project: Project = Field("default", description="project of what is watched or uploaded")

    # The log
    prefix: str = Field("hr", pattern=r"^[a-z0-9_.-]{1,32}$", description="first part of every Redis key")
    partitions: PositiveInt = Field(8, le=256, description="streams a topic has; fixed when the log is first made")
    batch: PositiveInt = Field(1000, le=5000, description="events handled, published or archived at once")
    high_water: PositiveInt = Field(100_000, description="entries a stream may hold before publishers must wait")
    seen_window: PositiveInt = Field(10_000, description="newest event ids that a partition knows when publishing")
    hot: int = Field(1_000, ge=0, description="entries a stream keeps for live viewers though all have handled them")
    handled_keep: PositiveInt = Field(
        1_000_000, description="events for which each group remembers having handled them"
    )
    inline_limit: PositiveInt = Field(32 * 1024, description="largest content carried inside an event")
    answer_ms: PositiveInt = Field(5_000, description="how long a write waits for the log before it answers 202")

    exports: Path | None = Field(
        None, description="where the files of dropped months lie, if no longer where they were written"
    )

    # The runner
    block_ms: PositiveInt = Field(250, description="how long a reader waits at Redis for something new")
    linger_ms: int = Field(10, ge=0, description="how long a reader in a flood of events lets more arrive")
    gather_ms: int = Field(50, ge=0, description="how long a group that nobody waits for lets events gather")
    lease_ms: PositiveInt = Field(10_000, description="how long a dead worker keeps its partitions")
    worker_name: str | None = Field(
        None,
        pattern=r"^[\w.:@-]{1,200}$",
        description="name under which a worker, started again, has its partitions back at once; no two may share it",
    )
    renew_ms: PositiveInt = Field(3_000, description="how often a worker renews its leases")
    tick_ms: PositiveInt = Field(500, description="how often workers share out partitions")
    trim_ms: PositiveInt = Field(5_000, description="how often what all have handled leaves the streams")
    audit_key: Path | None = Field(
        None, description="private Ed25519 key (PEM) that signs the archive; unset: `up` has one in its data directory"
    )
    checkpoint_ms: PositiveInt = Field(60_000, description="how often is signed where the archive stands")
    retry_base_ms: PositiveInt = Field(100, description="first wait when a server is away; doubles, with jitter")
    retry_cap_ms: PositiveInt = Field(5_000, description="longest wait when a server is away")
    max_deliveries: PositiveInt = Field(5, description="workers an event may kill before it is buried")
    drain: PositiveFloat = Field(20.0, description="how long a process that is told to end may finish what it does")
    grace_ms: PositiveInt = Field(
        10_000, description="how long a handler that is cancelled may take before its worker is ended"
    )
    redis_timeout: PositiveFloat = Field(5.0, description="longest wait for Redis to answer")
    postgres_timeout: PositiveFloat = Field(30.0, description="longest wait for PostgreSQL to answer")
    postgres_pool: PositiveInt = Field(10, description="connections to PostgreSQL that one process may hold")

    # The gateway
    body_limit: PositiveInt = Field(32 * 1024 * 1024, description="largest request body")
    content_limit: PositiveInt = Field(1024 * 1024, description="largest component file")
    viewer_buffer: PositiveInt = Field(
        256 * 1024, description="bytes sent ahead of a live viewer before it must catch up"
    )
    heartbeat: PositiveFloat = Field(15.0, description="how often a live viewer hears that the connection stands")
    session_hours: PositiveInt = Field(24 * 30, description="how long a browser stays logged in")

    # The watcher
    settle_ms: PositiveInt = Field(50, description="how long a file must be quiet before it is read")

    # Words
    log_level: str = Field(
        "INFO", pattern="^(TRACE|DEBUG|INFO|WARNING|ERROR)$", description="least severe message logged"
    )
    log_json: bool = Field(False, description="log one JSON object a line")
    sentry_dsn: SecretStr | None = Field(None, description="where errors are reported, to Sentry or GlitchTip")


def secret(value: SecretStr | None) -> str | None:
    """What must not be logged, in clear."""
    return value.get_secret_value() if value else None


def environment_with(**given: str) -> dict[str, str]:
    """The variables for a process of our own, with these settings beside what we were given ourselves."""
    own = {f"HEADRACE_{name}".upper(): value for name, value in given.items()}
    return dict(os.environ) | own  # noqa: TID251 - handed on


def environment_of(*names: str) -> dict[str, str]:
    """These variables alone, for a program that is none of ours and is to be given no other."""
    return {name: os.environ[name] for name in names if name in os.environ}  # noqa: TID251 - handed on
