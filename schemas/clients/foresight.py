"""What the next sync of a place would do, without its files: as if every client still said what it said last."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import orjson

from schemas.clients import configuration
from schemas.clients.adapter import Client, Scope
from schemas.clients.documents import key_of
from schemas.clients.planning import Deployment, Member, plan
from schemas.clients.reconcile import Elements, Policy, Standing
from schemas.clients.unified import Element, Key, decode


class Said(NamedTuple):
    """A client, and what its files held after its last sync; nothing where it never was in one."""

    client: Client
    elements: Elements


def foresee(scope: Scope, centre: Mapping[Key, Standing], said: Sequence[Said]) -> tuple[Deployment, ...]:
    """What becomes of each client's files. Nothing they said has changed, so nothing is in conflict."""
    members = [_member(scope, one) for one in said]
    return plan(scope, centre, members, lambda _: Policy()).deployments


def _member(scope: Scope, said: Said) -> Member:
    written = configuration.write(said.client, scope, {}, said.elements)
    files = {location: raw for location, raw in written.files.items() if raw is not None}
    config = configuration.read(said.client, scope, files)
    return Member(said.client, files, config, base=config.elements, time=0.0)


def said_in(snapshot: bytes) -> dict[Key, Element]:
    """The elements of what a session left, `{PATH: ELEMENT}`; what another version of us said otherwise is left out."""
    found: dict[Key, Element] = {}
    kept: dict[str, Any] = orjson.loads(snapshot)
    for path, plain in kept.items():
        try:
            _, key = key_of(path)
            found[key] = decode(key.kind, orjson.dumps(plain))
        except (ValueError, msgspec.DecodeError):
            continue
    return found
