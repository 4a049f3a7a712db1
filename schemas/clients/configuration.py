"""A client's files as one configuration, and what their bytes become when it is another."""

from schemas.clients.adapter import Client, Files, Location, Scope, UnifiedConfig, Wanted, Written
from schemas.clients.unified import Loss


def patterns(client: Client, scope: Scope) -> tuple[Location, ...]:
    """The files that a client is configured by in a scope, each once."""
    found = [location for section in client.sections if section.scope == scope for location in section.patterns]
    return tuple(dict.fromkeys(found))


def read(client: Client, scope: Scope, files: Files) -> UnifiedConfig:
    """What the files of a client say in a scope. What is held anywhere is not known."""
    config = UnifiedConfig({}, {}, {})
    for section in client.sections:
        if section.scope == scope:
            found = section.read(files)
            config.elements.update(found.elements)
            config.places.update(found.places)
            config.held.update(found.held)
            config = config._replace(unreadable=(*config.unreadable, *found.unreadable))
    for key in config.held:
        config.elements.pop(key, None)
        config.places.pop(key, None)
    return config


def write(client: Client, scope: Scope, files: Files, wanted: Wanted) -> Written:
    """What the files become when these elements are so, and all others stay. What is held is not touched."""
    now = dict(files)
    changed: dict[Location, bytes | None] = {}
    losses: list[Loss] = []
    for section in client.sections:
        if section.scope != scope:
            continue
        written = section.write(now, wanted)
        losses += written.losses
        for location, raw in written.files.items():
            changed[location] = raw
            now.pop(location, None)
            if raw is not None:
                now[location] = raw
    return Written({at: raw for at, raw in changed.items() if raw != files.get(at)}, tuple(losses))
