"""Every client is told of a server in its own way, reads back the same, and says what it cannot be told."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.clients.adapter import Client
from schemas.clients.adapters import CLIENTS
from schemas.clients.entry import Misspelled, read_entry, write_entry
from schemas.clients.merge import fields
from schemas.clients.servers import Servers, plan_servers, read_servers
from schemas.clients.text import Ref, common, text
from schemas.clients.unified import Server
from schemas.formats.edits import Edit, Put, Value
from schemas.formats.outcome import outcome


def servers_of(client: Client) -> list[Servers]:
    return [section for section in client.sections if isinstance(section, Servers)]


BY_NAME = {client.name: where for client in CLIENTS for where in servers_of(client)[:1]}
WHERE = [pytest.param(where, id=f"{client.name}-{where.scope}") for client in CLIENTS for where in servers_of(client)]
ONE_REMOTE = {"cursor", "windsurf", "kiro", "opencode"}
"""Clients that have HTTP and SSE, and find out by themselves which it is."""

variables = st.from_regex(r"[A-Z][A-Z0-9_]{0,3}", fullmatch=True)
plain = st.text("abc /-_.=*", min_size=1, max_size=5)
pieces = st.lists(plain | st.builds(Ref, variables, st.none() | plain), min_size=1, max_size=3)
strings = pieces.map(lambda found: common(text(*found)))
tables = st.dictionaries(variables, strings, max_size=2)
tools = st.lists(st.sampled_from(["search", "read_file", "x-y"]), max_size=2, unique=True).map(tuple)
common_fields: dict[str, Any] = {
    "enabled": st.booleans(),
    "call_timeout": st.none() | st.sampled_from([0.5, 1.0, 60.0, 4000.0]),
    "start_timeout": st.none() | st.sampled_from([5.0, 10.0]),
    "tools": st.none() | tools,
    "hidden_tools": tools,
    "approved_tools": tools | st.just(("*",)),
}
locals_ = st.builds(
    Server,
    transport=st.just("stdio"),
    command=strings,
    args=st.lists(strings, max_size=2).map(tuple),
    env=tables,
    cwd=st.none() | strings,
    **common_fields,
)
remotes = st.builds(
    Server, transport=st.sampled_from(["http", "sse", "ws"]), url=strings, headers=tables, **common_fields
)


@pytest.mark.parametrize("where", WHERE)
@settings(max_examples=40)
@given(server=locals_ | remotes)
def test_what_is_written_and_not_lost_is_read_back(where: Servers, server: Server) -> None:
    plan = plan_servers(where, {}, {}, {"it": server})
    lost = {loss.field for loss in plan.losses}
    if "*" in lost:
        assert not plan.edits
        assert not plan.switches
        return
    same_file = where.off is not None and where.off.file == where.file
    said = _made({}, [*plan.edits, *(plan.switches if same_file else ())])
    switches = said if same_file else _made({}, plan.switches)
    back = read_servers(where, said, switches).servers["it"]
    unsure = server.transport == "sse" and _owner(where).name in ONE_REMOTE
    wanted = msgspec.structs.replace(server, transport="http") if unsure else server
    for name, value in fields(wanted).items():
        assert name in lost or fields(back).get(name) == value, name
    again = plan_servers(where, said, switches, {"it": server})
    assert not again.edits
    assert not again.switches


def _made(said: Value, edits: Iterable[Edit]) -> Value:
    for edit in edits:
        said = outcome(said, edit)
    return said


def _owner(where: Servers) -> Client:
    return next(client for client in CLIENTS if where in client.sections)


def test_no_two_clients_write_one_file() -> None:
    files = [where.file.locations for client in CLIENTS for where in servers_of(client)]
    assert len(files) == len(set(files))
    assert len({client.name for client in CLIENTS}) == len(CLIENTS)
    assert sum(not client.shared for client in CLIENTS) == 15


@pytest.mark.parametrize("one", WHERE)
@pytest.mark.parametrize("other", WHERE)
def test_what_one_client_keeps_for_itself_never_reaches_another(one: Servers, other: Servers) -> None:
    entry: dict[str, Value] = {**ENTRIES[_owner(one).name], "theirs": {"secret": 1}}
    spelled = write_entry(other.fields, read_entry(one.fields, entry), {}).entry
    owned = {key for field in other.fields for key in field.keys}
    assert spelled.keys() <= owned
    assert "theirs" not in spelled


ENTRIES: dict[str, dict[str, Value]] = {
    "claude": {"type": "http", "url": "https://docs.example.com/mcp", "headers": {"Authorization": "Bearer ${TOK}"}},
    "codex": {"url": "https://docs.example.com/mcp", "bearer_token_env_var": "TOK"},
    "qwen": {"httpUrl": "https://docs.example.com/mcp", "headers": {"Authorization": "Bearer ${TOK}"}},
    "gemini": {"type": "http", "url": "https://docs.example.com/mcp", "headers": {"Authorization": "Bearer ${TOK}"}},
    "rovodev": {
        "transport": "http",
        "url": "https://docs.example.com/mcp",
        "headers": {"Authorization": "Bearer ${TOK}"},
    },
    "cursor": {"url": "https://docs.example.com/mcp", "headers": {"Authorization": "Bearer ${env:TOK}"}},
    "vscode": {
        "type": "http",
        "url": "https://docs.example.com/mcp",
        "headers": {"Authorization": "Bearer ${env:TOK}"},
    },
    "copilot": {
        "type": "http",
        "url": "https://docs.example.com/mcp",
        "headers": {"Authorization": "Bearer ${TOK}"},
        "tools": ["*"],
    },
    "opencode": {
        "type": "remote",
        "url": "https://docs.example.com/mcp",
        "headers": {"Authorization": "Bearer {env:TOK}"},
    },
    "windsurf": {"serverUrl": "https://docs.example.com/mcp", "headers": {"Authorization": "Bearer ${env:TOK}"}},
    "cline": {"transport": {"type": "streamableHttp", "url": "https://docs.example.com/mcp"}},
    "roo": {
        "type": "streamable-http",
        "url": "https://docs.example.com/mcp",
        "headers": {"Authorization": "Bearer ${env:TOK}"},
    },
    "zed": {"url": "https://docs.example.com/mcp"},
    "kiro": {"url": "https://docs.example.com/mcp", "headers": {"Authorization": "Bearer ${TOK}"}},
    "continue": {
        "type": "streamable-http",
        "url": "https://docs.example.com/mcp",
        "requestOptions": {"headers": {"Authorization": "Bearer ${{ secrets.TOK }}"}},
    },
}
DOCS = Server(
    transport="http", url="https://docs.example.com/mcp", headers={"Authorization": common(("Bearer ", Ref("TOK")))}
)


@pytest.mark.parametrize("where", WHERE)
def test_a_remote_server_with_a_token(where: Servers) -> None:
    name = _owner(where).name
    spelled = write_entry(where.fields, DOCS, {})
    assert spelled.entry == {key: value for key, value in ENTRIES[name].items() if key != "tools"}
    has_no_references = name in {"cline", "zed"}
    assert [field for field, _ in spelled.losses] == (["headers.Authorization"] if has_no_references else [])


@pytest.mark.parametrize("where", WHERE)
def test_an_entry_that_says_so_already_stays_as_it_is_spelled(where: Servers) -> None:
    entry: dict[str, Value] = {"theirs": 1, **ENTRIES[_owner(where).name], "description": "ours"}
    assert write_entry(where.fields, read_entry(where.fields, entry), entry).entry == entry


@pytest.mark.parametrize("where", WHERE)
def test_a_server_that_is_off_is_off_everywhere_or_is_not_written(where: Servers) -> None:
    off = Server(transport="stdio", command="npx", args=("-y", "db"), enabled=False)
    plan = plan_servers(where, {}, {}, {"db": off})
    if any(loss.harmful for loss in plan.losses):
        assert not plan.edits
        return
    text_ = repr([*plan.edits, *plan.switches])
    assert re.search(r"'(disabled)': True|'(enabled)': False|(disabled\w+|excluded)'", text_), text_


@pytest.mark.parametrize(
    ("client", "entry", "why"),
    [
        ("claude", {"url": "https://x"}, "needs a type"),
        ("claude", {"type": "websocket", "url": "https://x"}, "websocket"),
        ("claude", {"command": ["npx"]}, "command is not a string"),
        ("claude", {"command": "npx", "env": {"A": 1}}, "env is not an object of strings"),
        ("roo", {"url": "https://x"}, "needs a type"),
        ("opencode", {"enabled": False}, "neither local nor remote"),
        ("opencode", {"type": "local", "command": "npx"}, "list of strings"),
        ("codex", {"enabled": False}, "neither a command nor an address"),
        ("cline", {"transport": 3}, "not an object"),
        ("zed", {"command": {"path": "npx"}}, "command is not a string"),
        ("codex", {"command": "npx", "url": "https://x"}, "both a command and an address"),
        ("qwen", {"command": "npx", "url": "https://x"}, "both a command and an address"),
    ],
)
def test_entries_that_the_client_would_not_take(client: str, entry: dict[str, Value], why: str) -> None:
    where = BY_NAME[client]
    with pytest.raises(Misspelled, match=why):
        read_entry(where.fields, entry)


@pytest.mark.parametrize(
    ("client", "entry", "transport"),
    [
        ("qwen", {"url": "https://x", "type": "http"}, "sse"),
        ("qwen", {"httpUrl": "https://x", "url": "https://y"}, "http"),
        ("gemini", {"httpUrl": "https://x", "command": "npx"}, "http"),
        ("gemini", {"url": "https://x"}, "http"),
        ("cline", {"url": "https://x"}, "sse"),
        ("claude", {"type": "streamable-http", "url": "https://x"}, "http"),
        ("copilot", {"type": "stdio", "command": "npx"}, "stdio"),
        ("windsurf", {"url": "https://x"}, "http"),
    ],
)
def test_what_an_entry_means_to_its_client(client: str, entry: dict[str, Value], transport: str) -> None:
    where = BY_NAME[client]
    assert read_entry(where.fields, entry).transport == transport


def test_of_two_addresses_the_older_key_counts() -> None:
    entry: dict[str, Value] = {"url": "https://new", "httpUrl": "https://old"}
    assert read_entry(BY_NAME["gemini"].fields, entry).url == "https://old"


@pytest.mark.parametrize(
    ("client", "entry", "changes"),
    [
        ("claude", {"type": "streamable-http", "url": "x"}, {"url": "y"}),
        ("claude", {"type": "stdio", "command": "x", "args": []}, {"command": "y"}),
        ("codex", {"command": "x", "args": []}, {"command": "y"}),
        ("gemini", {"httpUrl": "x"}, {"httpUrl": "y"}),
        ("copilot", {"command": "x", "args": ["-y"]}, {"command": "y"}),
        ("copilot", {"type": "stdio", "command": "x"}, {"command": "y", "args": ["-y"]}),
        ("windsurf", {"url": "x", "alwaysAllow": []}, {"url": "y"}),
        ("kiro", {"command": "x", "autoApprove": [], "disabledTools": []}, {"command": "y"}),
        ("cline", {"command": "x", "env": {}, "autoApprove": []}, {"command": "y"}),
        ("cline", {"transportType": "stdio", "command": "x"}, {"command": "y"}),
        ("cline", {"transport": {"type": "sse", "url": "x", "theirs": 1}}, {"transport.url": "y"}),
    ],
)
def test_an_edited_entry_keeps_its_manner(client: str, entry: dict[str, Value], changes: dict[str, Value]) -> None:
    fields_ = BY_NAME[client].fields
    after: dict[str, Value] = {**entry, **{key: value for key, value in changes.items() if "." not in key}}
    if isinstance(inner := entry.get("transport"), dict):
        after["transport"] = {**inner, "url": changes["transport.url"]}
    assert write_entry(fields_, read_entry(fields_, after), entry).entry == after


@pytest.mark.parametrize("client", ["claude", "codex", "gemini", "cline"])
def test_of_another_transport_nothing_stays(client: str) -> None:
    was: dict[str, Value] = {"command": "x", "args": [], "env": {}}
    entry = write_entry(BY_NAME[client].fields, DOCS, was).entry
    assert {"command", "args", "env"}.isdisjoint(entry)


def test_codex_is_told_nothing_for_which_it_would_refuse_the_file() -> None:
    fields_ = BY_NAME["codex"].fields
    remote = Server(transport="http", url="https://x", env={"A": "1", "B": "${B}"}, cwd="/x")
    assert write_entry(fields_, remote, {}).entry == {"url": "https://x"}
    assert [field for field, _ in write_entry(fields_, remote, {}).losses] == ["env", "cwd"]
    local = Server(transport="stdio", command="x", headers={"A": "${A}"})
    assert write_entry(fields_, local, {}).entry == {"command": "x"}


LISTS = [
    pytest.param(where, id=f"{client.name}-{where.scope}")
    for client in CLIENTS
    for where in servers_of(client)
    if where.off is not None
]


@pytest.mark.parametrize("where", LISTS)
def test_brackets_in_a_name_stand_for_themselves(where: Servers) -> None:
    off = Server(transport="stdio", command="x[1]", enabled=False)
    switches = _made({}, plan_servers(where, {}, {}, {"x[1]": off}).switches)
    said = _made({}, plan_servers(where, {}, {}, {"x[1]": off}).edits)
    assert read_servers(where, said, switches).servers["x[1]"] == off


@pytest.mark.parametrize("where", LISTS)
def test_a_star_stands_for_others_in_qwen_alone(where: Servers) -> None:
    assert where.off is not None
    said = _made({}, plan_servers(where, {}, {}, {"db": Server(transport="stdio", command="db")}).edits)
    switches = outcome({}, Put(where.off.path, ["d*", "?b"]))
    assert read_servers(where, said, switches).servers["db"].enabled is (_owner(where).name != "qwen")


def test_a_server_that_a_pattern_names_needs_no_name_of_its_own() -> None:
    where = BY_NAME["qwen"]
    said: Value = {"mcpServers": {"old-db": {"command": "npx"}}, "mcp": {"excluded": ["old-*"]}}
    edited = Server(transport="stdio", command="uvx", enabled=False)
    assert not plan_servers(where, said, said, {"old-db": edited}).switches


def test_a_pattern_that_switches_off_more_is_not_touched() -> None:
    where = BY_NAME["qwen"]
    said: Value = {"mcpServers": {"legacy-db": {"command": "npx"}}, "mcp": {"excluded": ["legacy-*"]}}
    found = read_servers(where, said, said)
    assert not found.servers["legacy-db"].enabled
    on = Server(transport="stdio", command="npx")
    plan = plan_servers(where, said, said, {"legacy-db": on})
    assert not plan.switches
    assert "legacy-*" in plan.losses[0].why


def test_a_signature_follows_its_command() -> None:
    where = BY_NAME["rovodev"]
    said: Value = {"mcpServers": {"db": {"command": "npx", "args": ["db@1"], "transport": "stdio"}}}
    switches: Value = {"mcp": {"disabledMcpServers": ["npx db@1", "npx other"]}}
    assert not read_servers(where, said, switches).servers["db"].enabled
    plan = plan_servers(
        where, said, switches, {"db": Server(transport="stdio", command="npx", args=("db@2",), enabled=False)}
    )
    assert _made(switches, plan.switches) == {"mcp": {"disabledMcpServers": ["npx other", "npx db@2"]}}
