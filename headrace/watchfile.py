"""The file that names trees to watch, each with its project and its domain:

server = "https://headrace.example"

[[root]]
path = "~/lab"
project = "lab"

[[root]]
path = "../shop"
project = "shop"
gitignore = true
"""

import tomllib
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field, ValidationError

from schemas.base import Model, Project
from schemas.errors import Misconfigured
from watchers.roots import Root


class _Table(Model):
    path: str = Field(min_length=1)
    project: Project | None = None
    domain: Literal["components"] = "components"
    gitignore: bool | None = None


class _File(Model):
    server: str | None = None
    project: Project | None = None
    gitignore: bool = False
    root: list[_Table] = Field(min_length=1)


class Roots(NamedTuple):
    """What a file says."""

    roots: list[Root]
    server: str | None = None


def read_roots(file: Path, project: str) -> Roots:
    """The roots that a file names, relative to its own folder; `project` is theirs where it names none.

    Raises:
        Misconfigured: it cannot be read, or says what makes no sense.
    """
    remedy = "see docs/watching.md for what it may hold"
    try:
        read = _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}", "name another with --config") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
        raise Misconfigured(f"{file}: {where}: {first['msg']}", remedy) from None
    except ValueError as error:  # not TOML, not UTF-8
        raise Misconfigured(f"{file}: {error}", remedy) from None
    roots = [
        Root(
            file.parent / Path(table.path).expanduser(),
            table.project or read.project or project,
            table.domain,
            read.gitignore if table.gitignore is None else table.gitignore,
        )
        for table in read.root
    ]
    return Roots(roots, read.server)
