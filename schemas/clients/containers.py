"""Containers that were made for servers, and go again with the last of them: what is added and removed leaves no trace.

What a person keeps empty stays. So it is remembered of each file what was made there.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from schemas.clients.adapter import Client, File, Files, Location, Scope, Written, parsed
from schemas.clients.servers import Servers
from schemas.formats.edits import Drop, Path, Value, at
from schemas.formats.outcome import outcome, stands

LONGEST = 4096
"""Bytes of a file without any value that are remembered."""

_BRACES = re.compile(rb"[\s{}]+")


class Memory(NamedTuple):
    """What was made in a file: containers, where `()` is the file itself; all but its comments, where it was `bare`."""

    paths: frozenset[Path] = frozenset()
    bare: bytes | None = None


Made: TypeAlias = Mapping[Location, Memory]


def pruned(client: Client, scope: Scope, files: Files, written: Written, made: Made) -> tuple[Written, Made]:
    """What is written, less what was made once and is empty now; and what is made by now."""
    after = dict(written.files)
    now_made = {location: memory for location, memory in made.items() if location in files}
    for location, file, paths in _containers(client, scope):
        if (new := after.get(location)) is not None:
            old, memory = files.get(location), now_made.get(location, Memory())
            new, value = _without_empty(file, new, [path for path in paths if path in memory.paths])
            memory = _remembered(file, old, paths, value, memory)
            after[location] = restored = _restored(new, value, memory)
            now_made[location] = memory if restored is new else Memory()
    kept = {location: raw for location, raw in after.items() if raw != files.get(location)}
    return written._replace(files=kept), {location: one for location, one in now_made.items() if one != Memory()}


def _without_empty(file: File, raw: bytes, paths: list[Path]) -> tuple[bytes, Value]:
    """The bytes without those of the containers that are empty, the deepest first, and what they say then."""
    value: Value = parsed(file.format, raw).value
    for path in sorted(paths, key=len, reverse=True):
        if stands(value, path) and at(value, path) in ({}, []):
            raw, value = file.format.edit(raw, [Drop(path)]), outcome(value, Drop(path))
    return raw, value


def _remembered(file: File, old: bytes | None, paths: list[Path], value: Value, memory: Memory) -> Memory:
    """What was made before, and is there still, and what is made now."""
    had = parsed(file.format, old or b"").value
    ours = memory.paths | {path for path in paths if stands(value, path) and not stands(had, path)}
    if old is None:
        return Memory(ours | {()})
    is_bare = not had and b"{" not in old and len(old) <= LONGEST
    return Memory(frozenset(path for path in ours if stands(value, path)), old if is_bare else memory.bare)


def _restored(new: bytes, value: Value, memory: Memory) -> bytes | None:
    """What a file becomes of which nothing is left but what was made, or what it was before."""
    if value == {} and memory.bare is not None and _BRACES.sub(b"", new) == _BRACES.sub(b"", memory.bare):
        return memory.bare
    return None if () in memory.paths and not _BRACES.sub(b"", new) else new


def _containers(client: Client, scope: Scope) -> Iterator[tuple[Location, File, list[Path]]]:
    """Where servers are kept: each file, with the ways to what holds them and to the list of those that are off."""
    found: dict[File, list[Path]] = {}
    for section in client.sections:
        if isinstance(section, Servers) and section.scope == scope:
            found.setdefault(section.file, []).extend(_ways(section.container))
            if section.off:
                found.setdefault(section.off.file, []).extend(_ways(section.off.path))
    for file, paths in found.items():
        yield from ((location, file, paths) for location in file.locations)


def _ways(path: Path) -> list[Path]:
    return [path[:length] for length in range(1, len(path) + 1)]
