"""What a person writes by hand: read however it is spelt, and what is wrong said by field and line, never repeated."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.clients.documents import path_of, read
from schemas.clients.drafts import Flaw, draft_of
from schemas.clients.unified import Key, Permission, Rule, Server, encode

SERVER = path_of("project", Key("servers", "docs"))
RULE = path_of("project", Key("rules", "style"))
PERMISSION = path_of("project", Key("permissions", "Bash(ls)"))
TOKEN = "ghp_" + "0aB1" * 9


def flaws(text: str, path: str = SERVER) -> list[tuple[str | None, int]]:
    """Where something is wrong. Nothing that is said of it repeats a token."""
    element, found = draft_of(path, text)
    assert (element is None) == bool(found)
    assert TOKEN not in "".join(flaw.told for flaw in found)
    return [(flaw.field, flaw.line) for flaw in found]


def test_any_spelling_is_read() -> None:
    text = '{"url":"https://a.example",\n\n"transport":  "http", "enabled": true}'
    assert draft_of(SERVER, text).element == Server(transport="http", url="https://a.example")
    timed = draft_of(SERVER, '{"transport": "http", "url": "https://a.example", "call_timeout": 5}').element
    assert timed == Server(transport="http", url="https://a.example", call_timeout=5.0)
    assert read(SERVER, encode(timed)) == timed
    assert draft_of(PERMISSION, '{"answer": "deny"}').element == Permission(answer="deny")
    assert draft_of(RULE, '{"body": "# Style\\n"}').element == Rule(body="# Style\n")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("", [("transport", 1)], id="nothing"),
        pytest.param('{\n  "transport": "http",\n}', [(None, 3)], id="a comma too many"),
        pytest.param("[]", [(None, 1)], id="a list"),
        pytest.param("[" * 10_000, [(None, 1)], id="too deep"),
        pytest.param('{"transport": "pigeon"}', [("transport", 1)], id="no such transport"),
        pytest.param('{"transport": "http",\n"url": 3}', [("url", 2)], id="a number for a text"),
        pytest.param('{"transport": "http",\n"url": "x",\n"more": 1}', [(None, 3)], id="no such field"),
        pytest.param('{"transport": "http",\n"url": ""}', [("url", 2)], id="no address"),
        pytest.param('{"transport": "stdio",\n"url": "x"}', [("command", 1)], id="no command"),
        pytest.param('{"transport": "http", "url": "x",\n"call_timeout": 1e999}', [("call_timeout", 2)], id="endless"),
        pytest.param('{"transport": "http", "url": "x",\n"enabled": "yes"}', [("enabled", 2)], id="no switch"),
        pytest.param('{"transport": "http", "url": "x", "tools": ["a",\n1]}', [("tools", 1)], id="no text in a list"),
        pytest.param(
            '{"transport": "stdio", "command": "x", "env": {\n"A.B": "1",\n"C": 2,\n"D": null}}',
            [("env.C", 3), ("env.D", 4)],
            id="variables",
        ),
        pytest.param('{\n"url": 1,\n"args": "x"}', [("url", 2), ("args", 3), ("transport", 1)], id="all that is wrong"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(text: str, where: list[tuple[str | None, int]]) -> None:
    assert flaws(text) == where


def test_what_it_must_be_is_said() -> None:
    (flaw,) = draft_of(SERVER, '{"transport": "pigeon"}').flaws
    assert flaw.told == "transport (line 1): it must be one of stdio, http, sse, ws"
    (flaw,) = draft_of(PERMISSION, '{"answer": null}').flaws
    assert flaw == Flaw(field="answer", line=1, says="it must be one of allow, ask, deny")
    assert "transport, command" in draft_of(SERVER, '{"transport": "http", "url": "x", "x": 1}').flaws[0].says


@pytest.mark.parametrize(
    ("server", "where"),
    [
        ({"env": {"A": "1", "B": TOKEN}}, [("env.B", 5)]),
        ({"env": {"API_TOKEN": "hunter2hunter2"}}, [("env.API_TOKEN", 4)]),
        ({"env": {TOKEN: "1"}}, [("env", 4)]),
        ({"args": ["--ok", "--token=hunter2hunter2"]}, [("args.1", 5)]),
        ({"args": [TOKEN]}, [("args.0", 4)]),
        ({"headers": {"X.Y": f"Bearer {TOKEN}"}}, [("headers.X.Y", 4)]),
        ({"tools": ["a", TOKEN]}, [("tools", 5)]),
        ({"url": f"https://x.example/?k={TOKEN}"}, [("url", 3)]),
        ({"transport": TOKEN}, [("transport", 3)]),
        ({TOKEN: "1"}, [(None, 3)]),
        ({"cwd": {TOKEN: TOKEN}}, [("cwd", 3)]),
        ({"env": {TOKEN: 1}}, [("env.***", 4)]),
    ],
)
def test_no_secret_is_taken_or_repeated(server: dict[str, object], where: list[tuple[str | None, int]]) -> None:
    text = json.dumps({"command": "npx", **server, "transport": server.get("transport", "stdio")}, indent=2)
    assert flaws(text) == where


def test_secrets_in_a_rule_by_the_line_of_its_text() -> None:
    assert flaws(json.dumps({"body": f"# Style\n\nuse {TOKEN}\n"}), RULE) == [("body", 3)]
    assert flaws(json.dumps({"body": "x", "globs": [TOKEN]}), RULE) == [("globs", 1)]
    assert flaws(json.dumps({"body": "x", "description": TOKEN}), RULE) == [("description", 1)]


def test_references_are_no_secrets() -> None:
    server = {"transport": "stdio", "command": "npx", "env": {"API_TOKEN": "${API_TOKEN}"}}
    assert flaws(json.dumps(server)) == []


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(Server.__struct_fields__ + Rule.__struct_fields__ + ("answer", "", "__proto__")) | TEXTS
OBJECTS = st.dictionaries(NAMES, VALUES | st.sampled_from(["stdio", "http", "always", "allow"]), max_size=5)


@given(OBJECTS.map(json.dumps) | TEXTS, st.sampled_from([SERVER, RULE, PERMISSION]))
def test_whatever_is_written_is_an_element_or_has_flaws(text: str, path: str) -> None:
    element, found = draft_of(path, text)
    assert (element is None) == bool(found)
    if element is not None:
        assert read(path, encode(element)) == element
