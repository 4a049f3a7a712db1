"""A client's files as one configuration, and what their bytes become when it is another. Bytes in, bytes out.

What cannot be understood, and what holds a literal secret, is *held*: it stays in its file as it is, it is told of with
its place, and nothing is concluded from it, neither that it is there nor that it is gone.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from schemas.clients.adapter import Client, File, Scope, Servers
from schemas.clients.secrets import secrets
from schemas.clients.servers import plan_servers, read_servers
from schemas.clients.unified import Element, Key, Loss, Server
from schemas.errors import Rejected
from schemas.formats.edits import Position, Tree, Unreadable, Value

Files: TypeAlias = Mapping[File, bytes]
"""The files of a client that are there."""


class Place(NamedTuple):
    """Where something stands."""

    file: File
    position: Position


class Problem(NamedTuple):
    """Why something is held, and where it stands."""

    place: Place
    why: str
    remedy: str = ""


class UnifiedConfig(NamedTuple):
    """What a client is configured with, where each element stands, and what is held.

    Of a file that cannot be read at all, everything is held: `unreadable` says why.
    """

    elements: dict[Key, Element]
    places: dict[Key, Place]
    held: dict[Key, Problem]
    unreadable: tuple[Problem, ...] = ()


class Written(NamedTuple):
    """The files that change, with their new bytes, and what is lost."""

    files: dict[File, bytes]
    losses: tuple[Loss, ...]


def read(client: Client, scope: Scope, files: Files) -> UnifiedConfig:
    """What the files of a client say in a scope."""
    config = UnifiedConfig({}, {}, {})
    unreadable: list[Problem] = []
    for where in client.servers:
        if where.file.scope != scope:
            continue
        try:
            tree, switches = _trees(where, files)
        except _Unread as error:
            unreadable.append(error.problem)
            continue
        _take_servers(config, where, tree, switches)
    return config._replace(unreadable=tuple(unreadable))


class _Unread(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def _tree(file: File, files: Files) -> Tree:
    try:
        return file.format.parse(files.get(file, b""))
    except Unreadable as error:
        remedy = f"mend {file.path}; it is left alone until then"
        raise _Unread(Problem(Place(file, error.position), error.reason, remedy)) from error


def _trees(where: Servers, files: Files) -> tuple[Tree, Value]:
    """The file of the servers, and what the one with their switches says."""
    tree = _tree(where.file, files)
    if where.off is None or where.off.file == where.file:
        return tree, tree.value
    return tree, _tree(where.off.file, files).value


def _take_servers(config: UnifiedConfig, where: Servers, tree: Tree, switches: Value) -> None:
    found = read_servers(where, tree.value, switches)
    for name, path in found.paths.items():
        key, place = Key("servers", name), Place(where.file, tree.position(path))
        if name in found.misspelled:
            config.held[key] = Problem(place, found.misspelled[name], "mend the entry; it is left alone until then")
        elif hidden := secrets(found.servers[name]):
            config.held[key] = _secret(place, hidden[0].field, hidden[0].why)
        else:
            config.elements[key], config.places[key] = found.servers[name], place


def _secret(place: Place, field: str, why: str) -> Problem:
    remedy = "put it into an environment variable, and name that here: ${NAME}, in the way of this client"
    return Problem(place, f"{field} holds a secret ({why}), which never leaves this file", remedy)


def write(client: Client, scope: Scope, files: Files, wanted: Mapping[Key, Element | None]) -> Written:
    """What the files become when these elements are so, and all others stay. What is held is not touched.

    Files that cannot be read stay as they are, and so does one that an edit would have made say something else.
    """
    now = dict(files)
    losses: list[Loss] = []
    held = read(client, scope, files).held
    servers = {
        key.name: element
        for key, element in wanted.items()
        if key.kind == "servers" and key not in held and (element is None or isinstance(element, Server))
    }
    for where in client.servers:
        if where.file.scope != scope:
            continue
        try:
            losses += _write_servers(where, now, servers)
        except _Unread:
            continue
        except Rejected as error:
            losses += [Loss(Key("servers", name), "*", str(error), harmful=True) for name in servers]
    return Written({file: raw for file, raw in now.items() if raw != files.get(file)}, tuple(losses))


def _write_servers(where: Servers, now: dict[File, bytes], servers: Mapping[str, Server | None]) -> tuple[Loss, ...]:
    tree, switches = _trees(where, now)
    plan = plan_servers(where, tree.value, switches, servers)
    made = {where.file: where.file.format.edit(now.get(where.file, b""), plan.edits)} if plan.edits else {}
    if where.off and plan.switches:
        off = where.off.file
        made[off] = off.format.edit(made.get(off, now.get(off, b"")), plan.switches)
    now.update(made)
    return plan.losses
