"""Files that mean harm, or were ruined: they are told of and left alone, and the other clients go on."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.conftest import Client
from tests.watchers.clients.conftest import Machine

CLAUDE, CURSOR, KIRO = ".mcp.json", ".cursor/mcp.json", ".kiro/settings/mcp.json"
DOCS = {"type": "http", "url": "https://docs.example.com/mcp"}
TEAM = {"project": "team"}


def servers(**entries: Any) -> str:
    return json.dumps({"mcpServers": entries})


def bytes_of(content: bytes) -> Callable[[Path, Path], None]:
    return lambda path, _: void(path.write_bytes(content))


def void(_: object) -> None:
    return None


def link_out(path: Path, outside: Path) -> None:
    outside.write_text(servers(evil={"command": "evil"}))
    path.unlink(missing_ok=True)
    path.symlink_to(outside)


def link_to_itself(path: Path, _: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(path.name)


def pipe(path: Path, _: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def folder(path: Path, _: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


HOSTILE: dict[str, Callable[[Path, Path], None]] = {
    "50 MB": bytes_of(b'{"mcpServers": {"a": {"command": "' + b"x" * 50_000_000 + b'"}}}'),
    "nested deeply": bytes_of(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "nested lists": bytes_of(b"[" * 1_000_000),
    "no UTF-8": bytes_of(b'{"mcpServers": {"a": {"command": "\xff\xfe"}}}'),
    "UTF-16": bytes_of('{"mcpServers": {}}'.encode("utf-16")),
    "NUL bytes": bytes_of(b"\x00" * 1000),
    "half a surrogate": bytes_of(b'{"mcpServers": {"\\ud800": {"command": "a"}}}'),
    "a number too large": bytes_of(b'{"mcpServers": {"a": {"command": "a", "timeout": 1' + b"0" * 5000 + b"}}}"),
    "a link out of the project": link_out,
    "a link to itself": link_to_itself,
    "a pipe": pipe,
    "a folder": folder,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
async def test_it_is_told_of_and_the_others_go_on(
    machine: Machine, client: Client, tmp_path: Path, make: Callable[[Path, Path], None]
) -> None:
    machine.write(CLAUDE, servers(docs=DOCS))
    machine.write(KIRO, servers())
    machine.write(CURSOR, servers())
    path, outside = machine.root / CURSOR, tmp_path / "outside.json"
    make(path, outside)
    before = (path.lstat().st_mode, path.lstat().st_size, path.lstat().st_ino)
    report = await machine.sync()
    assert (path.lstat().st_mode, path.lstat().st_size, path.lstat().st_ino) == before
    assert "docs.example.com" in (machine.text(KIRO) or "")
    assert "evil" not in (machine.text(KIRO) or "") + (machine.text(CLAUDE) or "")
    assert "cursor" in report.problems
    logged = await client.get("/api/v1/logs", params=TEAM)
    assert [one for one in logged if one["client"].startswith("cursor") and one["level"] in {"warning", "error"}]
    assert all(len(one["message"]) <= 4000 for one in logged)


NAMES = [
    "../../evil",
    "/etc/passwd",
    "..",
    "a/../b",
    "con",
    "a\\..\\b",
    "x" * 2000,
    "\u202eevil",
    "a\nb",
    "",
    "${HOME}",
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:20])
async def test_a_name_leads_nowhere(machine: Machine, tmp_path: Path, name: str) -> None:
    """It is carried as a name, or left where it is; no file comes to be that no client has."""
    machine.write(CLAUDE, servers(**{name: DOCS}, good=DOCS | {"url": "https://good.example"}))
    machine.write(KIRO, servers())
    machine.write(".cursor/rules/own.md", "Be brief.\n")
    outside = {path for path in tmp_path.rglob("*") if path.is_file()} - set(map(Path, machine.files()))
    await machine.sync()
    assert "good.example" in (machine.text(KIRO) or "")
    known = {
        one for one in tmp_path.rglob("*") if one.is_file() and "state" not in one.parts and "data" not in one.parts
    }
    assert {one for one in known if "evil" in one.name or "passwd" in one.name} == set()
    assert known - set(map(Path, machine.files())) == {one for one in outside if "state" not in one.parts}


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "..", ".git/hooks/post-commit"])
async def test_a_rule_of_another_machine_is_a_file_of_its_own(machine: Machine, client: Client, name: str) -> None:
    """The server says a name; what comes of it lies in the client's folder, or nowhere."""
    from schemas.base import new_id
    from schemas.clients.documents import path_of
    from schemas.clients.unified import Key, Rule, encode

    machine.write(".cursor/rules/own.mdc", "Be brief.\n")
    machine.write(".git/HEAD", "ref: refs/heads/main\n")
    await machine.sync()
    element = {
        "id": new_id(),
        "path": path_of("project", Key("rules", name)),
        "content": encode(Rule(body="evil")).decode(),
        "base": None,
    }
    await client.post("/api/v1/elements", {"client": "roo", "elements": [element]}, params=TEAM)
    before = machine.files()
    await machine.sync()
    new = set(machine.files()) - set(before)
    assert all(Path(one).is_relative_to(machine.root / ".cursor" / "rules") for one in new), new
    assert all(Path(one).resolve().is_relative_to(machine.root / ".cursor" / "rules") for one in new)
