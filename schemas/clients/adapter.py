"""What an adapter says of its client: where its files lie, and how they spell what is in them."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, TypeAlias

from schemas.clients.entry import Fields
from schemas.clients.text import Syntax
from schemas.clients.unified import Server
from schemas.formats.edits import Format, Path, Value

Scope: TypeAlias = Literal["project", "user"]
"""Below the root of a project, or below a person's home."""


class File(NamedTuple):
    """A file of a client. `path` is relative to the project's root, or to the home; `others` are also looked for."""

    scope: Scope
    path: str
    format: Format
    others: tuple[str, ...] = ()


class SwitchList(NamedTuple):
    """A list, outside of the entries, of servers that are off. `sign` says under which name a server stands there."""

    file: File
    path: Path
    sign: Callable[[str, Server], str] = lambda name, _: name


class Servers(NamedTuple):
    """Where a client keeps its MCP servers, and how.

    `listed` is the key under which an entry has its name, where the container is a list and not an object.
    """

    file: File
    container: Path
    fields: Fields
    off: SwitchList | None = None
    listed: str | None = None


class Client(NamedTuple):
    """An AI coding client. `readers` are files of others that it reads too; `check` has it look at its configuration.

    `name_pattern` is what it takes as a server's name.
    """

    name: str
    title: str
    servers: tuple[Servers, ...]
    reads: tuple[File, ...] = ()
    name_pattern: str = r"[^\x00-\x1f]+"
    check: tuple[str, ...] = ()


Files: TypeAlias = Mapping[File, dict[str, Value]]
"""What the files of a client say, of those that are there."""

__all__ = ["Client", "File", "Files", "Scope", "Servers", "SwitchList", "Syntax"]
