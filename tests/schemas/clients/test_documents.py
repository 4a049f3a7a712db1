"""Every element has one document, and every document one element; nothing else is let in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.clients.documents import key_of, path_of, read
from schemas.clients.unified import Key, Kind, Permission, Rule, Server, Transport, encode

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20) | st.sampled_from(["COM1", "aux.x"])
kinds: st.SearchStrategy[Kind] = st.sampled_from(["servers", "rules", "permissions"])


@given(kinds, names)
def test_a_path_names_one_element(kind: Kind, name: str) -> None:
    path = path_of("project", Key(kind, name))
    assert key_of(path) == ("project", Key(kind, name))


@pytest.mark.parametrize(
    "path",
    ["", "project", "project/servers", "project/servers/", "project/things/a", "project/servers/a/b", "a/servers/%61"],
)
def test_what_is_no_path_of_an_element(path: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        key_of(path)


def test_names_as_they_are_found() -> None:
    assert path_of("user", Key("servers", "awslabs.ecs-mcp-server")) == "user/servers/awslabs.ecs-mcp-server"
    assert path_of("user", Key("permissions", "Bash(git push *)")) == "user/permissions/Bash(git push %2A)"
    assert path_of("user", Key("rules", "a/b: ../c")) == "user/rules/a%2Fb%3A ..%2Fc"
    assert path_of("user", Key("servers", "aux")) == "user/servers/%61ux"
    assert path_of("user", Key("servers", "..")) == "user/servers/.%2E"
    with pytest.raises(ValueError, match="255"):
        path_of("user", Key("rules", "x" * 300))


SERVER = Server(transport="stdio", command="npx", env={"TOKEN": "${TOKEN}"})


def test_content_has_one_spelling() -> None:
    raw = encode(SERVER)
    assert read("project/servers/a", raw) == SERVER
    assert read("project/rules/a", encode(Rule(body="# Rules\n"))) == Rule(body="# Rules\n")
    assert read("project/permissions/a", encode(Permission(answer="deny"))) == Permission(answer="deny")
    for other in (
        raw.strip(),
        raw.replace(b"  ", b" "),
        b"{}",
        b"\xff",
        b'{"transport":"carrier pigeon"}',
        b"[" * 10_000,
    ):
        with pytest.raises(ValueError, match=r"not one of|one spelling"):
            read("project/servers/a", other)


def test_no_secret_is_let_in() -> None:
    raw = encode(Server(transport="stdio", command="npx", env={"A": "ghp_0123456789abcdefghij0123456789abcdef"}))
    with pytest.raises(ValueError, match=r"env.A holds a secret \(a GitHub token\)") as error:
        read("project/servers/a", raw)
    assert "ghp_" not in str(error.value)


def test_no_secret_is_let_in_by_a_name() -> None:
    path = path_of("user", Key("permissions", "Bash(curl -u ghp_" + "0aB1" * 9 + ")"))
    with pytest.raises(ValueError, match="the name holds a secret") as error:
        read(path, encode(Permission("deny")))
    assert "ghp_" not in str(error.value)


@pytest.mark.parametrize(("transport", "needed"), [("stdio", "command"), ("http", "url"), ("ws", "url")])
def test_a_server_that_cannot_be_reached_is_not_let_in(transport: Transport, needed: str) -> None:
    """No client could write it down: one such would end every sync."""
    for server in (Server(transport=transport), Server(transport=transport, command="", url="")):
        with pytest.raises(ValueError, match=f"a server of {transport} needs a {needed}"):
            read("project/servers/docs", encode(server))
