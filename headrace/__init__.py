"""One event log, on Redis Streams, for everything that a vision team changes."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.sides import SyncConflict, SyncResult, SyncStrategy
    from watchers.sync.blocking import ComponentManager
    from watchers.sync.manager import AsyncComponentManager

__version__ = "0.1.0"

__all__ = ["AsyncComponentManager", "ComponentManager", "SyncConflict", "SyncResult", "SyncStrategy"]

_PLACES = {
    "AsyncComponentManager": "watchers.sync.manager",
    "ComponentManager": "watchers.sync.blocking",
    "SyncConflict": "schemas.sides",
    "SyncResult": "schemas.sides",
    "SyncStrategy": "schemas.sides",
}


def __getattr__(name: str) -> object:
    """Load what a worker imports when it does: `headrace --help` needs none of it."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
