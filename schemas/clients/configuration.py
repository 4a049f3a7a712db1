"""A client's files as one configuration, and what their bytes become when it is another."""

from collections.abc import Collection

from schemas.clients.adapter import (
    Client,
    Files,
    Location,
    Problem,
    Scope,
    Section,
    UnifiedConfig,
    Wanted,
    Written,
)
from schemas.clients.documents import unfit
from schemas.clients.unified import Loss

NONE: frozenset[Location] = frozenset()


def patterns(client: Client, scope: Scope) -> tuple[Location, ...]:
    """The files that a client is configured by in a scope, each once."""
    found = [location for section in client.sections if section.scope == scope for location in section.patterns]
    return tuple(dict.fromkeys(found))


def read(client: Client, scope: Scope, files: Files, unknown: Collection[Location] = NONE) -> UnifiedConfig:
    """What the files of a client say in a scope. What is held anywhere is not known.

    What matches patterns that are `unknown` could not be looked at.
    """
    config = UnifiedConfig({}, {}, {})
    for section in _sections(client, scope):
        if not set(section.patterns).isdisjoint(unknown):
            config = config._replace(blind=config.blind | {section.kind})
            continue
        found = section.read(files)
        config.elements.update(found.elements)
        config.places.update(found.places)
        config.held.update(found.held)
        if found.unreadable:
            unreadable = (*config.unreadable, *found.unreadable)
            config = config._replace(unreadable=unreadable, blind=config.blind | {section.kind})
    for key in config.elements:
        if why := unfit(scope, key):
            config.held[key] = Problem(config.places[key], why, "give it another; it is left alone until then")
    for key in config.held:
        config.elements.pop(key, None)
        config.places.pop(key, None)
    return config


def write(client: Client, scope: Scope, files: Files, wanted: Wanted, unknown: Collection[Location] = NONE) -> Written:
    """What the files become when these elements are so, and all others stay. What is held is not touched."""
    now = dict(files)
    changed: dict[Location, bytes | None] = {}
    losses: list[Loss] = []
    for section in _sections(client, scope):
        if not set(section.patterns).isdisjoint(unknown):
            continue
        written = section.write(now, wanted)
        losses += written.losses
        for location, raw in written.files.items():
            changed[location] = raw
            now.pop(location, None)
            if raw is not None:
                now[location] = raw
    return Written({at: raw for at, raw in changed.items() if raw != files.get(at)}, tuple(losses))


def _sections(client: Client, scope: Scope) -> list[Section]:
    return [section for section in client.sections if section.scope == scope]
