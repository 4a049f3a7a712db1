"""Manifests: which version of which component an experiment used. One is a document, its revisions are versions."""

from typing import Annotated

import orjson
from pydantic import Field, NonNegativeInt, RootModel, TypeAdapter

from schemas.base import ContentHash, Document, Instant, Model
from schemas.components import WirePath
from schemas.paths import relative_path

DOMAIN = "manifests"
MOST = 10_000
"""Components that an experiment may have."""

Entries = Annotated[dict[WirePath, ContentHash], Field(min_length=1, max_length=MOST)]
_ENTRIES: TypeAdapter[dict[str, str]] = TypeAdapter(Entries)


def check_uid(uid: str) -> str:
    """Return `uid` if it can name an experiment. Raises ValueError."""
    if "/" in relative_path(uid):
        raise ValueError("the experiment's uid holds a slash")
    return uid


class SaveManifest(RootModel[Entries]):
    """What an experiment used: `{path: hash}`."""


class Manifest(Model):
    """What an experiment used. `revision` counts from 1; `revisions`: how many there are; none is ever replaced."""

    experiment_uid: str
    components: dict[str, str]
    created_at: Instant
    revision: int
    revisions: int


class ManifestSaved(Model):
    """An experiment's manifest is kept. `is_new` false: it said this already."""

    experiment_uid: str
    component_count: NonNegativeInt
    revision: int
    is_new: bool


class ManifestSummary(Model):
    """An experiment in a list."""

    experiment_uid: str
    component_count: NonNegativeInt
    created_at: Instant
    updated_at: Instant
    revisions: int


class ManifestUse(Model):
    """An experiment that used a version, and in which of its revisions it last did."""

    experiment_uid: str
    revision: int
    created_at: Instant


class Since(Model):
    """A component of an experiment, and what is active now (null: nothing)."""

    path: str
    hash: str
    active_hash: str | None
    changed: bool


class Difference(Model):
    """A component in which two experiments differ. Null: that one did not use it."""

    path: str
    from_hash: str | None
    to_hash: str | None


def manifest(project: str, uid: str) -> Document:
    """The document that holds the revisions of an experiment's manifest."""
    return Document(project, DOMAIN, uid)


def write(entries: dict[str, str]) -> bytes:
    """The canonical bytes of a manifest: the same entries are the same version."""
    return orjson.dumps(entries, option=orjson.OPT_SORT_KEYS)


def read(content: bytes) -> dict[str, str]:
    """A manifest's entries. Raises ValueError where these are none, or not in their canonical bytes."""
    entries = _ENTRIES.validate_json(content)
    if write(entries) != content:
        raise ValueError("the manifest is not in its canonical form")
    return entries


def compare(one: dict[str, str], other: dict[str, str]) -> list[Difference]:
    """The components in which two manifests differ, by path."""
    paths = sorted(one.keys() | other.keys())
    pairs = [(path, one.get(path), other.get(path)) for path in paths]
    return [Difference(path=path, from_hash=a, to_hash=b) for path, a, b in pairs if a != b]
