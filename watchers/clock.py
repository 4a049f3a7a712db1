"""The present, for the watcher: `schemas.base` has it too but brings pydantic, which the engine has no memory for."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present, aware."""
    return datetime.now(UTC)  # noqa: TID251 - the watcher is an edge: a change is timed where it is seen
