"""The MCP servers in a client's files: what they are, and the edits that make them others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

import msgspec

from schemas.clients.adapter import (
    File,
    Files,
    Location,
    Place,
    Problem,
    Scope,
    UnifiedConfig,
    Unread,
    Wanted,
    Written,
)
from schemas.clients.entry import Fields, Misspelled, read_entry, write_entry
from schemas.clients.secrets import Secret, secrets
from schemas.clients.unified import Key, Kind, Loss, Server
from schemas.errors import Rejected
from schemas.formats.edits import Append, Drop, Edit, Path, Put, Tree, Value, at, changes


class SwitchList(NamedTuple):
    """A list, outside of the entries, of servers that are off. `sign` says under which name a server stands there.

    `globs`: whether `*` and `?` stand for other characters there.
    """

    file: File
    path: Path
    sign: Callable[[str, Server], str] = lambda name, _: name
    globs: bool = False

    def means(self, listed: str, sign: str) -> bool:
        """Whether what is listed is the server of this name, or is so among others."""
        return fnmatchcase(sign, listed.replace("[", "[[]")) if self.globs else listed == sign


class Servers(NamedTuple):
    """Where a client keeps its MCP servers, and how: the section of its servers.

    `listed` is the key under which an entry has its name, where the container is a list and not an object.
    """

    file: File
    container: Path
    fields: Fields
    off: SwitchList | None = None
    listed: str | None = None

    def __hash__(self) -> int:
        """By where it is: two that keep the same there are equal."""
        return hash((self.file.scope, self.file.path, self.container))

    @property
    def kind(self) -> Kind:
        """Of its elements."""
        return "servers"

    @property
    def scope(self) -> Scope:
        """Of its elements."""
        return self.file.scope

    @property
    def patterns(self) -> tuple[Location, ...]:
        """The files that it looks at."""
        return (*self.file.locations, *(self.off.file.locations if self.off else ()))

    def read(self, files: Files) -> UnifiedConfig:
        """What they say."""
        return _read(self, tuple((location, files[location]) for location in self.patterns if location in files))

    def write(self, files: Files, wanted: Wanted) -> Written:
        """What they become."""
        held = self.read(files).held
        servers = {
            key.name: element
            for key, element in wanted.items()
            if key.kind == "servers" and key not in held and (element is None or isinstance(element, Server))
        }
        try:
            return self._write(files, servers)
        except Unread:
            return Written({})
        except Rejected as error:
            return Written({}, tuple([Loss(Key("servers", name), "*", str(error)) for name in servers]))

    def _write(self, files: Files, servers: Mapping[str, Server | None]) -> Written:
        tree, switches = self.trees(files)
        plan = plan_servers(self, tree.value, switches, servers)
        made: dict[Location, bytes | None] = {}
        for file, edits in ((self.off.file if self.off else self.file, plan.switches), (self.file, plan.edits)):
            if edits:
                location = file.location(files)
                made[location] = file.format.edit(made.get(location) or files.get(location, b""), edits)
        return Written(made, plan.losses)

    def trees(self, files: Files) -> tuple[Tree, Value]:
        """The file of the servers, and what the one with their switches says."""
        tree = self.file.tree(files)
        if self.off is None or self.off.file == self.file:
            return tree, tree.value
        return tree, self.off.file.tree(files).value


@lru_cache(maxsize=64)
def _read(section: Servers, there: tuple[tuple[Location, bytes], ...]) -> UnifiedConfig:
    """What files say, most of which say what they did when they were read last."""
    files, config = dict(there), UnifiedConfig({}, {}, {})
    try:
        tree, switches = section.trees(files)
    except Unread as error:
        return config._replace(unreadable=(error.problem,))
    found = read_servers(section, tree.value, switches)
    for name, path in found.paths.items():
        key, place = Key("servers", name), Place(section.file.location(files), tree.position(path))
        if name in found.misspelled:
            config.held[key] = Problem(place, found.misspelled[name], "mend the entry; it is left alone until then")
        elif hidden := secrets(found.servers[name]):
            config.held[key] = _secret(place, hidden[0])
        else:
            config.elements[key], config.places[key] = found.servers[name], place
    return config


def _secret(place: Place, secret: Secret) -> Problem:
    why = f"{secret.field} holds a secret ({secret.why}), which never leaves this file"
    return Problem(place, why, "put it into an environment variable, and name that here: ${NAME}, as this client does")


class Found(NamedTuple):
    """The servers of a file by name, where each stands, and what was wrong with those that could not be read."""

    servers: dict[str, Server]
    paths: dict[str, Path]
    misspelled: dict[str, str]


class Plan(NamedTuple):
    """What to do to the file of the servers, and to that of the switches; what is lost by it."""

    edits: tuple[Edit, ...]
    switches: tuple[Edit, ...]
    losses: tuple[Loss, ...]


def read_servers(where: Servers, said: Value, switches: Value) -> Found:
    """The servers in what a file says; `switches` is what the file with the list of those that are off says."""
    found = Found({}, {}, {})
    off = _listed(where, switches)
    for name, path, entry in _entries(where, said):
        found.paths[name] = path
        try:
            server = read_entry(where.fields, entry)
        except Misspelled as error:
            found.misspelled[name] = str(error)
            continue
        is_off = where.off and any(where.off.means(one, where.off.sign(name, server)) for one in off)
        found.servers[name] = msgspec.structs.replace(server, enabled=False) if is_off else server
    return found


def _entries(where: Servers, said: Value) -> Iterator[tuple[str, Path, Value]]:
    try:
        entries = at(said, where.container)
    except KeyError:
        return
    if isinstance(entries, dict):
        yield from ((name, (*where.container, name), entry) for name, entry in entries.items())
    elif isinstance(entries, list) and where.listed:
        for index, entry in enumerate(entries):
            if isinstance(entry, dict) and isinstance(name := entry.get(where.listed), str):
                yield name, (*where.container, index), {key: entry[key] for key in entry if key != where.listed}


def _listed(where: Servers, switches: Value) -> list[str]:
    """What the list of those that are off holds."""
    if where.off is None:
        return []
    try:
        found = at(switches, where.off.path)
    except KeyError:
        return []
    return [one if isinstance(one, str) else "" for one in found] if isinstance(found, list) else []


def plan_servers(where: Servers, said: Value, switches: Value, wanted: Mapping[str, Server | None]) -> Plan:
    """What makes these servers so, and leaves all others alone; None is one that is to go."""
    found = read_servers(where, said, switches)
    edits: list[Edit] = []
    losses: list[Loss] = []
    gone: list[Path] = []
    states: dict[str, Server | None] = {}
    for name, server in wanted.items():
        if server == found.servers.get(name) and name not in found.misspelled:
            continue
        if server is None:
            gone += [found.paths[name]] if name in found.paths else []
            states[name] = None
            continue
        made, lost = _write(where, said, found.paths.get(name), name, server)
        edits += made
        losses += lost
        if not any(loss.harmful for loss in lost):
            states[name] = server
    edits += [Drop(path) for path in sorted(gone, key=str, reverse=True)]
    off, stuck = _switched(where, found, _listed(where, switches), states)
    return Plan(tuple(edits), tuple(off), (*losses, *stuck))


def _write(
    where: Servers, said: Value, path: Path | None, name: str, server: Server
) -> tuple[Sequence[Edit], Sequence[Loss]]:
    key = Key("servers", name)
    old = at(said, path) if path else None
    had = old if isinstance(old, dict) else {}
    spelled = write_entry(where.fields, server, {key: had[key] for key in had if key != where.listed})
    losses = [Loss(key, field, why) for field, why in spelled.losses]
    if any(loss.harmful for loss in losses):
        return [], losses
    entry = {where.listed: name, **spelled.entry} if where.listed else spelled.entry
    if path is not None:
        return list(changes(had, entry, path)), losses
    if where.listed:
        return [Append(where.container, entry)], losses
    return [Put((*where.container, name), entry)], losses


def _switched(
    where: Servers, found: Found, listed: Sequence[str], states: Mapping[str, Server | None]
) -> tuple[list[Edit], list[Loss]]:
    """Keep the list of those that are off in step with what becomes of the servers."""
    if where.off is None:
        return [], []
    sign, means, path = where.off.sign, where.off.means, where.off.path
    dropped: set[str] = set()
    added: list[str] = []
    losses: list[Loss] = []
    for name, server in states.items():
        before = found.servers.get(name)
        dropped |= {sign(name, before)} if before else set()
        if server is None:
            continue
        signed = sign(name, server)
        if not server.enabled:
            added.append(signed)
        elif stuck := [one for one in listed if one != signed and means(one, signed)]:
            losses.append(Loss(Key("servers", name), "enabled", f"it stays off: {stuck[0]!r} names it too"))
    gone = [index for index, one in enumerate(listed) if one in dropped and one not in added]
    drops: list[Edit] = [Drop((*path, index)) for index in reversed(gone)]
    missing = [one for one in added if not any(means(other, one) for other in listed)]
    return [*drops, *(Append(path, one) for one in missing)], losses
