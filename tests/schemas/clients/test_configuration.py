"""Servers go into the files of every client and out again, and the bytes of everything else stay."""

import pytest

from schemas.clients.adapter import Client, Files, Location, Scope, Wanted
from schemas.clients.adapters import CLIENTS
from schemas.clients.configuration import read, write
from schemas.clients.servers import Servers
from schemas.clients.text import Ref, common
from schemas.clients.unified import Key, Server
from schemas.formats.edits import Position
from schemas.formats.jsonc import Jsonc

BY_NAME = {client.name: client for client in CLIENTS}
EVERY: list[tuple[Client, Scope]] = [
    (client, section.scope) for client in CLIENTS for section in client.sections if isinstance(section, Servers)
]

LOCAL = Server(
    transport="stdio", command="npx", args=("-y", "files-server"), env={"LEVEL": "info", "ROOT": common((Ref("ROOT"),))}
)
REMOTE = Server(transport="http", url="https://docs.example.com/mcp", headers={"X-Team": "vision"})
BOTH = {Key("servers", "files"): LOCAL, Key("servers", "docs"): REMOTE}
NEITHER = dict.fromkeys(BOTH)

JSON = """{
\t"theirs": [1, 2],
\t"CONTAINER": {
\t\t"mine": {"command": "uvx", "args": ["mine"], "x-own": {"a": 1}}
\t}
}
"""
OPENCODE = JSON.replace('"command": "uvx", "args": ["mine"]', '"type": "local", "command": ["uvx", "mine"]')
JSONC = JSON.replace('\t"theirs"', "\t// by hand\n\t/* really */\n" + '\t"theirs"')
TOML = """# my own notes
model = "gpt-5"   # the good one

[mcp_servers.mine]
command = "uvx"            # hand made
args = ["mine"]

[projects."/srv/x"]
trust_level = "trusted"
"""
YAML = """# mine
name: team
version: 0.0.1
mcpServers:
  # by hand
  - name: mine
    command: uvx   # hand made
    args: [mine]
    x-own: 1
rules: []
"""


def servers(client: Client, scope: Scope = "project") -> Servers:
    return next(one for one in client.sections if isinstance(one, Servers) and one.scope == scope)


def location(client: Client, scope: Scope = "project") -> Location:
    return servers(client, scope).file.locations[0]


def written(client: Client, scope: Scope, files: Files, wanted: Wanted) -> dict[Location, bytes]:
    """What is there when it has been written."""
    left = {**files, **write(client, scope, files, wanted).files}
    return {at: raw for at, raw in left.items() if raw is not None}


def file_of(client: Client, scope: Scope) -> tuple[Location, bytes]:
    """A file that a person has written for a client."""
    where = servers(client, scope)
    container = str(where.container[0])
    if where.file.path.endswith(".toml"):
        return location(client, scope), TOML.encode()
    if where.file.path.endswith(".yaml"):
        return location(client, scope), YAML.encode()
    text = OPENCODE if client.name == "opencode" else JSON
    if isinstance(where.file.format, Jsonc) and where.file.format.comments:
        text = JSONC if client.name != "opencode" else OPENCODE.replace('\t"theirs"', '\t// by hand\n\t"theirs"')
    return location(client, scope), text.replace("CONTAINER", container).encode()


def spellings(raw: bytes) -> dict[str, bytes]:
    """The same file as other people's editors would have it."""
    return {
        "as is": raw,
        "CRLF": raw.replace(b"\n", b"\r\n"),
        "BOM": b"\xef\xbb\xbf" + raw,
        "no final newline": raw.rstrip(b"\n"),
        "four spaces": raw.replace(b"\t", b"    "),
    }


@pytest.mark.parametrize(("client", "scope"), EVERY, ids=lambda one: getattr(one, "name", one))
@pytest.mark.parametrize("spelling", spellings(b""))
def test_in_and_out_again(client: Client, scope: Scope, spelling: str) -> None:
    file, raw = file_of(client, scope)
    files: Files = {file: spellings(raw)[spelling]}
    assert read(client, scope, files).elements[Key("servers", "mine")] == Server(
        transport="stdio", command="uvx", args=("mine",)
    )
    with_both = written(client, scope, files, BOTH)
    for line in files[file].splitlines():
        assert line.strip().rstrip(b",}") in with_both[file]
    assert read(client, scope, with_both).elements.keys() == {*BOTH, Key("servers", "mine")}
    assert write(client, scope, with_both, BOTH).files == {}
    assert write(client, scope, with_both, NEITHER).files == files


@pytest.mark.parametrize(("client", "scope"), EVERY, ids=lambda one: getattr(one, "name", one))
def test_from_every_client_to_every_other(client: Client, scope: Scope) -> None:
    said = read(client, scope, written(client, scope, {}, BOTH)).elements
    assert said.keys() == BOTH.keys()
    for other, there in EVERY:
        files = written(other, there, {}, said)
        back = read(other, there, files).elements
        assert back.keys() == BOTH.keys()
        for server in back.values():
            assert isinstance(server, Server)
            assert {*server.args, *server.headers.values()} <= {"-y", "files-server", "vision"}
        assert all(b"${" not in raw for raw in files.values()) or other.name not in {"codex", "cline", "zed"}


def test_a_token_goes_to_codex_by_its_name() -> None:
    claude = b"""{"mcpServers": {"docs": {
        "type": "http", "url": "https://x.example", "headers": {"Authorization": "Bearer ${TOK}"}
    }}}"""
    said = read(BY_NAME["claude"], "project", {location(BY_NAME["claude"]): claude}).elements
    (raw,) = written(BY_NAME["codex"], "project", {}, said).values()
    assert raw == b'[mcp_servers.docs]\nurl = "https://x.example"\nbearer_token_env_var = "TOK"\n'


def test_a_file_that_cannot_be_read_is_said_and_left() -> None:
    client = BY_NAME["claude"]
    file = location(client)
    files: Files = {file: b'{\n  "mcpServers": {\n    // mine\n  }\n}\n'}
    config = read(client, "project", files)
    (problem,) = config.unreadable
    assert problem.place.position == Position(3, 5)
    assert "comment" in problem.why
    assert file.path in problem.remedy
    assert write(client, "project", files, BOTH).files == {}


def test_copilot_takes_comments_in_a_persons_file_alone() -> None:
    client = BY_NAME["copilot"]
    raw = b'{"mcpServers": {"files": {"command": "x"}}} // mine\n'
    assert read(client, "user", {location(client, "user"): raw}).elements
    assert read(client, "project", {location(client): raw}).unreadable


def test_a_secret_stays_where_it_is_and_so_does_its_server() -> None:
    client = BY_NAME["cursor"]
    file = location(client)
    token = "ghp_" + "0aB1" * 9
    files: Files = {
        file: f'{{\n  "mcpServers": {{\n    "gh": {{"command": "x", "env": {{"A": "{token}"}}}}\n  }}\n}}\n'.encode()
    }
    config = read(client, "project", files)
    assert not config.elements
    problem = config.held[Key("servers", "gh")]
    assert problem.place.position.line == 3
    assert "GitHub" in problem.why
    assert token not in repr(config)
    assert "${NAME}" in problem.remedy
    assert write(client, "project", files, {Key("servers", "gh"): LOCAL}).files == {}
    assert write(client, "project", files, {Key("servers", "gh"): None}).files == {}


def test_an_entry_that_its_client_would_skip_is_left_as_it_is() -> None:
    client = BY_NAME["claude"]
    file = location(client)
    files: Files = {file: b'{"mcpServers": {"odd": {"url": "https://x"}, "files": {"command": "x"}}}'}
    config = read(client, "project", files)
    assert set(config.elements) == {Key("servers", "files")}
    assert "needs a type" in config.held[Key("servers", "odd")].why
    now = written(client, "project", files, {**BOTH, Key("servers", "odd"): None})
    assert b'"odd": {"url": "https://x"}' in now[file]


def test_a_switch_in_another_file() -> None:
    client = BY_NAME["claude"]
    switches = servers(client).off
    assert switches is not None
    (local,) = switches.file.locations
    off = Server(transport="stdio", command="npx", enabled=False)
    made = written(client, "project", {}, {Key("servers", "db"): off})
    assert b'"disabledMcpjsonServers"' in made[local]
    assert read(client, "project", made).elements == {Key("servers", "db"): off}
    on = Server(transport="stdio", command="npx")
    again = write(client, "project", made, {Key("servers", "db"): on})
    assert list(again.files) == [local]
    assert read(client, "project", written(client, "project", made, {Key("servers", "db"): on})).elements == {
        Key("servers", "db"): on
    }
