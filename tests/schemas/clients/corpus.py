"""Files of clients as people keep them: those below tests/corpus, as `CLIENT/SCOPE/CASE/PATH`."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, get_args

from schemas.clients.adapter import Client, Files, Location, Scope
from schemas.clients.adapters import CLIENTS

ROOT = Path(__file__).parents[2] / "corpus"


class Case(NamedTuple):
    """What one person, or one project, has of a client's files."""

    client: Client
    scope: Scope
    name: str
    files: Files

    def __str__(self) -> str:
        return f"{self.client.name}/{self.scope}/{self.name}"


def _case(client: Client, scope: Scope, folder: Path) -> Case:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {Location(scope, path.relative_to(folder).as_posix()): path.read_bytes() for path in paths}
    return Case(client, scope, folder.name, files)


SCOPES: tuple[Scope, ...] = get_args(Scope)
CASES = [
    _case(client, scope, folder)
    for client in CLIENTS
    for scope in SCOPES
    for folder in sorted(ROOT.joinpath(client.name, scope).glob("*"))
]


def _tabbed(raw: bytes) -> bytes:
    return re.sub(rb"(?m)^ +", lambda blanks: b"\t" * ((len(blanks[0]) + 1) // 2), raw)


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "as is": bytes,
    "CRLF": lambda raw: raw.replace(b"\n", b"\r\n"),
    "BOM": lambda raw: b"\xef\xbb\xbf" + raw,
    "no final newline": lambda raw: raw.removesuffix(b"\n"),
    "tabs": _tabbed,
}
"""How other editors would have saved the same file."""


def spelled(files: Files, spelling: str) -> Files:
    """Files in a spelling; YAML has no tabs, which it does not allow."""
    return {
        at: raw if spelling == "tabs" and at.path.endswith((".yml", ".yaml")) else SPELLINGS[spelling](raw)
        for at, raw in files.items()
    }
