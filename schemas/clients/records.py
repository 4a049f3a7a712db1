"""What is kept beside the elements: who takes part in syncs, under which policy, and what the syncs did.

Documents of the domain `sync`, so that each has an author and a history, and is replayed with everything else:
`clients/NAME`, `policies/SCOPE`, `exports/NAME`, `requests/SITE` and `runs/SITE`. A site is a place on a machine.
"""

import hashlib
import re
from typing import Annotated, Any, Literal, TypeAlias

import orjson
from pydantic import Field, JsonValue, NonNegativeInt, StringConstraints, ValidationError

from schemas.base import ContentHash, Digest, Instant, Model, Uuid
from schemas.clients.adapter import Scope
from schemas.clients.adapters import CLIENTS
from schemas.clients.reconcile import Policy, Strategy
from schemas.clients.secrets import masked
from schemas.clients.unified import Kind

DOMAIN = "sync"
LARGEST = 8 * 1024 * 1024
"""Bytes of the largest record."""

MOST_EVENTS = 1000
"""Events of a session that are kept; its summary counts all."""

SCHEMA_VERSION = 1
"""Of `schemas.clients.unified`."""

_TYPES = frozenset(client.name for client in CLIENTS)
NAME = r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,127}$"
"""Of clients, exports and sites."""

RecordName: TypeAlias = Annotated[str, StringConstraints(pattern=NAME)]
Priorities: TypeAlias = dict[str, Annotated[int, Field(ge=-1_000_000, le=1_000_000)]]
Line: TypeAlias = Annotated[str, Field(max_length=4096)]
Status: TypeAlias = Literal["pending", "running", "success", "failed"]
Level: TypeAlias = Literal["info", "warning", "error"]
Trigger: TypeAlias = Literal["file", "command", "request"]
EventType: TypeAlias = Literal[
    "changed", "decision", "conflict", "waiting", "refused", "loss", "problem", "unchecked", "failed"
]
ArtifactType: TypeAlias = Literal["config_snapshot", "diff", "log"]


class ClientSettings(Model):
    """What is decided about a client. One that is not `enabled` is neither read nor written; with `create` its files
    are made where it has none.
    """

    enabled: bool = True
    create: bool = False


class ClientRecord(Model):
    """A client whose files lie below `config_path`, a project's root or a home. `machine` empty: on any."""

    type: str
    scope: Scope = "project"
    config_path: Annotated[str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[^\x00]+$")]
    machine: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{0,253}$")] = ""
    settings: ClientSettings = ClientSettings()

    @property
    def site(self) -> str:
        """Where it is."""
        return site_of(self.machine, self.scope, self.config_path)


class KindPolicy(Model):
    """What differs for one kind of elements."""

    strategy: Strategy | None = None
    priorities: Priorities = Field(default_factory=dict)


class PolicyRecord(Model):
    """Who wins a conflict in a scope: the client with the higher priority, and among equals who the strategy says.

    Of permissions the strictest wins, always.
    """

    strategy: Strategy = "last-write-wins"
    priorities: Priorities = Field(default_factory=dict)
    kinds: dict[Kind, KindPolicy] = Field(default_factory=dict)

    def of(self, kind: Kind) -> Policy:
        """The policy for elements of a kind."""
        special = self.kinds.get(kind, KindPolicy())
        return Policy(special.strategy or self.strategy, {**self.priorities, **special.priorities})


class ExportRecord(Model):
    """An export that is made every so many hours; the newest `keep` are there."""

    what: Literal["logs", "configurations", "all"] = "all"
    hours: Annotated[int, Field(ge=1, le=24 * 366)] = 24
    keep: Annotated[int, Field(ge=1, le=1000)] = 30


class SessionEvent(Model):
    """One thing that a session did, decided, or met with; `element`: about which, where it is about one."""

    type: EventType
    level: Level = "info"
    message: Line
    element: Line | None = None
    payload: dict[str, JsonValue] = Field(default_factory=dict)


class Summary(Model):
    """A session in numbers. `files` are those that were written."""

    files: Annotated[list[Line], Field(max_length=4096)] = Field(default_factory=list)
    changes: NonNegativeInt = 0
    decisions: NonNegativeInt = 0
    conflicts: NonNegativeInt = 0
    waiting: NonNegativeInt = 0
    problems: NonNegativeInt = 0
    losses: NonNegativeInt = 0


class Artifact(Model):
    """What a session left to look at, in the blob store."""

    type: ArtifactType
    hash: ContentHash
    digest: Digest
    size: NonNegativeInt


class SessionRecord(Model):
    """What a sync did for one client."""

    id: Uuid
    client: RecordName
    type: str
    status: Status
    started_at: Instant
    finished_at: Instant | None = None
    summary: Summary = Summary()
    events: Annotated[list[SessionEvent], Field(max_length=MOST_EVENTS)] = Field(default_factory=list)
    artifacts: Annotated[list[Artifact], Field(max_length=3)] = Field(default_factory=list)


class RunRecord(Model):
    """A sync of several clients at one site, or one that is asked for. `version`: of the program that made it."""

    trigger: Trigger
    version: Annotated[str, Field(max_length=64)]
    sessions: Annotated[list[SessionRecord], Field(min_length=1, max_length=1000)]


Record: TypeAlias = ClientRecord | PolicyRecord | ExportRecord | RunRecord

_RECORDS: dict[str, type[Record]] = {
    "clients": ClientRecord,
    "policies": PolicyRecord,
    "exports": ExportRecord,
    "requests": RunRecord,
    "runs": RunRecord,
}
_STAYS = frozenset({"requests", "runs"})


def site_of(machine: str, scope: Scope, path: str) -> str:
    """The name of a place on a machine."""
    short = re.sub(r"[^A-Za-z0-9-]+", "-", machine).strip("-")[:40] or "any"
    whole = f"{machine}\n{scope}\n{path}"
    return f"{short}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def encode(record: Record) -> bytes:
    """A record as it is stored: the same record is always the same bytes."""
    return orjson.dumps(record.model_dump(mode="json"), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


def decode(path: str, content: bytes) -> Record:
    """The record that a document's content is.

    Raises:
        ValueError: it is none, is not in its one spelling, or holds a secret.
    """
    model = _model(path)
    if len(content) > LARGEST:
        raise ValueError(f"a record has at most {LARGEST} bytes")
    try:
        record = model.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if encode(record) != content:
        raise ValueError("the content is not in the one spelling that it has")
    if "\\u0000" in (text := content.decode()):
        raise ValueError("it holds a NUL character")
    if text != masked(text):
        raise ValueError("it holds a secret")
    _check_types(record)
    return record


def check(path: str, content: bytes | None) -> None:
    """Whether a document may be so (None: be gone). Raises ValueError."""
    if content is not None:
        decode(path, content)
        return
    _model(path)
    if path.partition("/")[0] in _STAYS:
        raise ValueError("what happened stays")


def _model(path: str) -> type[Record]:
    kind, _, name = path.partition("/")
    if kind not in _RECORDS or not re.fullmatch(NAME, name):
        raise ValueError(f"{path!r} is not KIND/NAME, with a kind of {', '.join(_RECORDS)}")
    return _RECORDS[kind]


def _check_types(record: Record) -> None:
    """Raises ValueError where a client is named that we do not know."""
    named: list[Any] = []
    if isinstance(record, ClientRecord):
        named = [record.type]
    elif isinstance(record, RunRecord):
        named = [one.type for one in record.sessions]
    elif isinstance(record, PolicyRecord):
        named = [*record.priorities, *(name for one in record.kinds.values() for name in one.priorities)]
    unknown = [name for name in named if name not in _TYPES]
    if unknown:
        raise ValueError(f"there is no client {unknown[0]!r}; they are: {', '.join(sorted(_TYPES))}")
