"""`headrace clients import`: what other files say, or an export, taken in beside what is here; it overrides nothing.

What was deleted here comes back: unlike a stale file, whoever imports wants it.
"""

import asyncio
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import orjson

from headrace.clients import client_named
from headrace.clients_shown import as_json as sync_as_json
from headrace.clients_shown import show
from headrace.words import complain, out, plain, print_json
from schemas.clients import configuration
from schemas.clients.adapter import Client, Location, Problem, Scope, UnifiedConfig
from schemas.clients.adapters import CLIENTS
from schemas.clients.documents import key_of, read
from schemas.clients.reconcile import Decision, Policy, Side, reconcile
from schemas.clients.unified import Element, Key, decode, encode
from schemas.errors import Away, Misconfigured, Rejected
from schemas.formats.edits import LARGEST
from watchers.clients.centre import ServedCentre
from watchers.clients.disk import Disk
from watchers.clients.report import Report
from watchers.clients.syncing import ATTEMPTS, taking_part
from watchers.clients.telling import shown, where_of

AUTHOR = "import"
MOST = 10_000
"""Entries of an archive that are looked at."""


class Source(NamedTuple):
    """What is to be taken in, and what of it is left where it is, and why."""

    sides: tuple[Side, ...]
    problems: Mapping[str, tuple[Problem, ...]] = {}


class Imported(NamedTuple):
    """What was taken in, what waits for a person, and what stays as it is here."""

    taken: list[Key]
    waiting: list[Decision]
    kept: list[Key]


def source_of(path: Path, scope: Scope, client: str | None, home: Path) -> Source:
    """What a file or a directory says: a client's, or an export of ours.

    Raises:
        Misconfigured: it is neither.
    """
    if path.is_dir():
        disk = Disk(path, home if scope == "project" else path)
        named = [client_named(client)] if client else taking_part(CLIENTS, scope, disk)
        return _of_clients(disk, scope, named)
    try:
        if path.stat().st_size > LARGEST * 8:
            raise Misconfigured(f"{path} is too large", f"at most {LARGEST * 8} bytes are read")
        if zipfile.is_zipfile(path):
            return _of_elements(_unzipped(path), scope)
        raw = path.read_bytes()
    except (OSError, zipfile.BadZipFile) as error:
        raise Misconfigured(f"{path} cannot be read: {error}", "name a file, or a directory") from error
    if client is not None:
        return _of_file(path.name, raw, scope, client_named(client))
    return _of_export(path, raw, scope)


def _of_clients(disk: Disk, scope: Scope, clients: Sequence[Client]) -> Source:
    sides: list[Side] = []
    problems: dict[str, tuple[Problem, ...]] = {}
    for client in clients:
        found = disk.read(client, scope)
        config = configuration.read(client, scope, found.files, found.unknown)
        sides.append(Side(client.name, {}, config.elements, found.time, frozenset(config.held)))
        if wrong := (*found.problems, *config.unreadable, *config.held.values()):
            problems[client.name] = wrong
    return Source(tuple(sides), problems)


def _of_file(name: str, raw: bytes, scope: Scope, client: Client) -> Source:
    """A file as the client would read it under its own name, wherever it was found."""
    own = [one for one in configuration.patterns(client, scope) if "*" not in one.path]
    alike = [one for one in own if one.path.rpartition("/")[2] == name]
    best = max(alike or own, key=lambda one: len(_read(client, scope, one, raw).elements), default=None)
    if best is None:
        raise Misconfigured(f"{client.title} has no file of its own there", "name its directory")
    config = _read(client, scope, best, raw)
    wrong = (*config.unreadable, *config.held.values())
    side = Side(client.name, {}, config.elements, 0.0, frozenset(config.held))
    return Source((side,), {client.name: wrong} if wrong else {})


def _read(client: Client, scope: Scope, location: Location, raw: bytes) -> UnifiedConfig:
    return configuration.read(client, scope, {location: raw})


def _of_export(path: Path, raw: bytes, scope: Scope) -> Source:
    try:
        said = orjson.loads(raw)["configurations"]
        return _of_elements({name: orjson.dumps(content) for name, content in said.items()}, scope)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        remedy = "name the client that it is of: --client codex"
        raise Misconfigured(f"{path} is no export of Headrace", remedy) from error


def _unzipped(path: Path) -> dict[str, bytes]:
    """The elements in an export, by path; nothing is written anywhere."""
    with zipfile.ZipFile(path) as archive:
        entries = [one for one in archive.infolist()[:MOST] if one.filename.startswith("configurations/")]
        if sum(one.file_size for one in entries) > LARGEST * 8:
            raise Misconfigured(f"{path} is too large", f"at most {LARGEST * 8} bytes are read")
        return {
            one.filename.removeprefix("configurations/").removesuffix(".json"): archive.read(one) for one in entries
        }


def _of_elements(contents: dict[str, bytes], scope: Scope) -> Source:
    elements: dict[Key, Element] = {}
    for path, content in contents.items():
        try:
            found, key = key_of(path)
            if found == scope:
                elements[key] = read(path, _spelled(key, content))
        except (ValueError, msgspec.DecodeError) as error:
            raise Misconfigured(f"{path}: {error}", "it was changed since it was exported") from error
    return Source((Side(AUTHOR, {}, elements, 0.0),))


def _spelled(key: Key, content: bytes) -> bytes:
    return encode(decode(key.kind, content))


async def waiting_in(centre: ServedCentre, scope: Scope, source: Source) -> tuple[Decision, ...]:
    """What of it would let agents do more than before."""
    standing = await centre.standing(scope)
    return (await asyncio.to_thread(reconcile, standing, source.sides, _central)).waiting


def _central(_: Key) -> Policy:
    return Policy("central-authoritative")


async def take_in(centre: ServedCentre, scope: Scope, source: Source, approves: Callable[[Decision], bool]) -> Imported:
    """Let what is new stand in the centre.

    Raises:
        Rejected: the server will never take some of it. Away: it cannot be reached, or somebody else is always first.
    """
    for _ in range(ATTEMPTS):
        standing = await centre.standing(scope)
        outcome = await asyncio.to_thread(reconcile, standing, source.sides, _central, approves)
        news = {key: one for key, one in outcome.centre.items() if one != standing.get(key)}
        refused = await centre.put(scope, news) if news else []
        if refused:
            raise Rejected(f"{refused[0].key.kind}/{refused[0].key.name}: {refused[0].why}")
        if refused is not None:
            kept = [one.key for one in outcome.decisions if one.before == one.after and one.theirs != one.after]
            return Imported(list(news), list(outcome.waiting), kept)
    raise Away("the configurations change faster than they can be imported", "try again")


def show_imported(source: Source, imported: Imported, report: Report, *, as_json: bool) -> None:
    """Say what was taken in, and what the sync did with it."""
    names = {name: [shown(key) for key in getattr(imported, name)] for name in ("taken", "kept")}
    waiting = [{"element": shown(one.key), "widens": one.widens} for one in imported.waiting]
    problems = {name: [one.why for one in some] for name, some in source.problems.items()}
    if as_json:
        print_json(
            {"imported": {**names, "waiting": waiting, "problems": problems}, **sync_as_json(report, is_done=True)}
        )
        return
    for name, some in source.problems.items():
        for problem in some:
            complain(f"{name}: {where_of(problem.place)}: {problem.why}", problem.remedy, "left there: ")
    for one in imported.waiting:
        out.print(f"[bold yellow]not taken in[/]  {plain(shown(one.key))}: {plain(one.widens)}; approve with --yes")
    for name in names["kept"]:
        out.print(f"[dim]as it is here[/]  {plain(name)}")
    out.print(f"taken in: {', '.join(map(plain, names['taken'])) or 'nothing'}")
    show(report, is_done=True)
