"""What a sync has made goes with the last of what it was made for; what a person made stays."""

import pytest

from schemas.clients.adapter import Client, Files, Location, Wanted
from schemas.clients.adapters import CLIENTS
from schemas.clients.configuration import patterns, write
from schemas.clients.containers import Made, Memory, pruned
from schemas.clients.unified import Key, Server

BY_NAME = {client.name: client for client in CLIENTS}
ONE, TWO = Key("servers", "one"), Key("servers", "two")
SERVER = Server(transport="stdio", command="uvx", args=("gauge",))
OFF = Server(transport="stdio", command="uvx", args=("gauge",), enabled=False)
WITH_SERVERS = [client for client in CLIENTS if write(client, "user", {}, {ONE: SERVER}).files]


def synced(client: Client, files: Files, wanted: Wanted, made: Made) -> tuple[Files, Made]:
    done, made = pruned(client, "user", files, write(client, "user", files, wanted), made)
    after = {**files, **done.files}
    return {location: raw for location, raw in after.items() if raw is not None}, made


@pytest.mark.parametrize("client", WITH_SERVERS, ids=lambda client: client.name)
def test_where_nothing_was_nothing_is_left(client: Client) -> None:
    files, made = synced(client, {}, {ONE: SERVER, TWO: OFF}, {})
    assert files
    files, made = synced(client, files, {ONE: None}, made)
    files, made = synced(client, files, {TWO: None}, made)
    assert (files, made) == ({}, {})


@pytest.mark.parametrize(
    "text", ['{"mcpServers": {}}', '{"mcpServers":{ }, "x": 1}', "{}", '{"x": {"mcpServers": {}}}']
)
def test_a_container_of_a_person_stays(text: str) -> None:
    client, location = BY_NAME["cursor"], patterns(BY_NAME["cursor"], "user")[0]
    before = {location: text.encode()}
    files, made = synced(client, before, {ONE: SERVER}, {})
    assert files != before
    assert synced(client, files, {ONE: None}, made) == (before, {})


def test_what_a_person_has_put_in_meanwhile_stays() -> None:
    client, location = BY_NAME["cursor"], patterns(BY_NAME["cursor"], "user")[0]
    files, made = synced(client, {}, {ONE: SERVER}, {})
    files = {location: files[location].replace(b"{", b'{"mine": 1, ', 1)}
    files, made = synced(client, files, {ONE: None}, made)
    assert b'"mine": 1' in files[location]
    assert b"mcpServers" not in files[location]
    commented = {location: b'{\n  // mine\n  "mcpServers": {"one": {"command": "uvx", "args": ["gauge"]}}\n}\n'}
    files, _ = synced(client, commented, {ONE: None}, {location: Memory(frozenset({(), ("mcpServers",)}))})
    assert b"// mine" in files[location]


def test_what_has_gone_is_forgotten() -> None:
    client = BY_NAME["cursor"]
    gone: Made = {Location("user", ".cursor/mcp.json"): Memory(frozenset({(), ("mcpServers",)}))}
    assert synced(client, {}, {}, gone) == ({}, {})


@pytest.mark.parametrize("text", ["", "\n", "// mine\n", "\ufeff", "/* a\n b */", "// mine"])
def test_a_file_with_nothing_but_comments_is_that_again(text: str) -> None:
    client, location = BY_NAME["zed"], patterns(BY_NAME["zed"], "user")[0]
    before = {location: text.encode()}
    files, made = synced(client, before, {ONE: SERVER}, {})
    assert files != before
    files, made = synced(client, files, {TWO: SERVER}, made)
    files, made = synced(client, files, {ONE: None}, made)
    assert synced(client, files, {TWO: None}, made) == (before, {})
    mine = {location: files[location] + b"\n// more"}
    after, _ = synced(client, mine, {TWO: None}, made)
    assert b"// more" in after[location]
