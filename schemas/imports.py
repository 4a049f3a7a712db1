"""What another store has kept, on its way into this one: versions and manifests, with the times they had there."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from schemas.base import ContentHash, Instant, Model
from schemas.components import WirePath
from schemas.manifests import Entries, check_uid

MOST = 1000
"""Versions, and manifests, that one request may bring."""


def utc(time: datetime) -> datetime:
    """The same time in UTC; one without a zone is meant so. Raises ValueError where UTC has no such time."""
    try:
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("there is no such time in UTC") from None


Past = Annotated[Instant, AfterValidator(utc)]


class OldVersion(Model):
    """A version as the other store had it. `hash`: what its content must have; `is_active`: it was in use there."""

    path: WirePath
    content: str
    hash: ContentHash
    created_at: Past
    is_active: bool = False


class OldManifest(Model):
    """What an experiment used."""

    experiment_uid: Annotated[str, AfterValidator(check_uid)]
    components: Entries
    created_at: Past


class Import(Model):
    """A part of another store: a component's versions in the order of their times, manifests after their versions."""

    versions: Annotated[tuple[OldVersion, ...], Field(max_length=MOST)] = ()
    manifests: Annotated[tuple[OldManifest, ...], Field(max_length=MOST)] = ()


class Named(Model):
    """A version."""

    path: str
    hash: str


class RefusedVersion(Named):
    """A version that was not taken, and why."""

    reason: str


class RefusedManifest(Model):
    """An experiment whose manifest was not taken, and why."""

    experiment_uid: str
    reason: str


class ImportedVersions(Model):
    """What became of versions. `aside`: those that were active there and are not here."""

    added: list[Named]
    present: list[Named]
    refused: list[RefusedVersion]
    aside: list[Named]


class ImportedManifests(Model):
    """What became of manifests, by the uids of their experiments."""

    added: list[str]
    present: list[str]
    refused: list[RefusedManifest]


class Imported(Model):
    """What became of everything: added, there already, or refused."""

    versions: ImportedVersions
    manifests: ImportedManifests
