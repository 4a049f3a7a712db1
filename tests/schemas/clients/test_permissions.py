"""Permissions go into the files of every client and out again; what cannot be said is told of; nothing is widened."""

import json
import random
import string
from collections.abc import Callable, Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.clients.adapter import Client, Files, Location, Scope, Wanted
from schemas.clients.adapters import CLIENTS
from schemas.clients.configuration import read, write
from schemas.clients.documents import path_of
from schemas.clients.permissions import NoPermissions, Permissions
from schemas.clients.unified import Answer, Key, Loss, Permission, Server
from schemas.clients.widening import STRICTNESS
from schemas.formats.edits import Position
from schemas.formats.jsonc import Jsonc
from tests.schemas.clients.permission_answers import ASKED, spoken_of
from tests.schemas.clients.permission_files import BARE, FILES, SEEDS

BY_NAME = {client.name: client for client in CLIENTS}
TOLD = [
    pytest.param(client, section, id=f"{client.name}-{section.scope}")
    for client in CLIENTS
    for section in client.sections
    if isinstance(section, Permissions)
]
UNTOLD = [
    pytest.param(client, section.scope, id=f"{client.name}-{section.scope}")
    for client in CLIENTS
    for section in client.sections
    if isinstance(section, NoPermissions)
]

NAMES = [
    "Bash",
    "Bash(git *)",
    "Bash(git push *)",
    "Bash(git push)",
    "Bash(rm *)",
    "Bash(pwd)",
    "Bash(a?)",
    "Bash('\"')",
    "Read(./src/**)",
    "Edit(./src/**)",
    "WebFetch(domain:docs.example.com)",
    "WebSearch",
    "mcp__docs",
    "mcp__docs__search",
    "mcp__my_docs__read_page",
    "Agent(explore)",
    "}",
]
SAID = {
    "claude": set(NAMES),
    "qwen": set(NAMES),
    "cursor": {
        "Bash(git *)",
        "Bash(rm *)",
        "Read(./src/**)",
        "Edit(./src/**)",
        "WebFetch(domain:docs.example.com)",
        "mcp__docs",
        "mcp__docs__search",
        "mcp__my_docs__read_page",
    },
    "opencode": {
        "Bash",
        "Bash(git *)",
        "Bash(git push *)",
        "Bash(git push)",
        "Bash(rm *)",
        "Bash(pwd)",
        "Bash('\"')",
        "WebSearch",
        "mcp__docs",
        "mcp__docs__search",
    },
    "rovodev": {"Bash(git push)", "Bash(pwd)", "Bash('\"')"},
}
"""What each client can be told to deny, of these."""

answers = st.sampled_from(["allow", "ask", "deny"])
plans = st.dictionaries(st.sampled_from(NAMES), st.none() | answers, max_size=5)
hostile = st.text(max_size=30) | st.builds("Bash({})".format, st.text(max_size=20))


def key(name: str) -> Key:
    return Key("permissions", name)


def elements_of(plan: Mapping[str, Answer | None]) -> Wanted:
    return {key(name): Permission(answer) if answer else None for name, answer in plan.items()}


def said_in(section: Permissions, files: Files) -> dict[str, Answer]:
    found = section.read(files).elements
    return {one.name: element.answer for one, element in found.items() if isinstance(element, Permission)}


def after(section: Permissions, files: Files, wanted: Wanted) -> tuple[dict[Location, bytes], tuple[Loss, ...]]:
    made = section.write(files, wanted)
    return {at: raw for at, raw in {**files, **made.files}.items() if raw is not None}, made.losses


def test_every_client_is_told_or_says_why_not_in_every_scope() -> None:
    for client in [one for one in CLIENTS if not one.shared]:
        scopes = {section.scope for section in client.sections}
        mine = [section.scope for section in client.sections if isinstance(section, Permissions | NoPermissions)]
        assert sorted(mine) == sorted(scopes), client.name


@pytest.mark.parametrize(("client", "scope"), UNTOLD)
def test_what_a_client_cannot_be_told_at_all_is_said(client: Client, scope: Scope) -> None:
    wanted = elements_of({"Bash(rm *)": "deny", "Bash(ls)": "allow", "Bash(pwd)": None})
    made = write(client, scope, {}, wanted)
    assert made.files == {}
    assert [(loss.key.name, loss.harmful) for loss in made.losses] == [("Bash(rm *)", True), ("Bash(ls)", True)]
    assert all(loss.why for loss in made.losses)


@pytest.mark.parametrize(("client", "section"), TOLD)
@pytest.mark.parametrize("name", NAMES)
def test_what_each_client_can_be_told(client: Client, section: Permissions, name: str) -> None:
    files, losses = after(section, {}, elements_of({name: "deny"}))
    assert said_in(section, files) == ({name: "deny"} if name in SAID[client.name] else {})
    assert [loss.key.name for loss in losses] == ([] if name in SAID[client.name] else [name])


@pytest.mark.parametrize(("client", "section"), TOLD)
@given(plan=st.dictionaries(st.sampled_from(NAMES), answers, max_size=5))
def test_what_is_written_and_not_lost_is_read_back(
    client: Client, section: Permissions, plan: dict[str, Answer]
) -> None:
    files, losses = after(section, {}, elements_of(plan))
    lost = {loss.key.name for loss in losses}
    assert said_in(section, files) == {name: answer for name, answer in plan.items() if name not in lost}
    assert lost <= plan.keys()
    assert lost or plan.keys() <= SAID[client.name]
    assert section.write(files, elements_of(plan)).files == {}


@pytest.mark.parametrize(("client", "section"), TOLD)
def test_from_every_client_to_every_other(client: Client, section: Permissions) -> None:
    plan = {key(name): Permission("deny") for name in SAID[client.name]}
    files, _ = after(section, {}, plan)
    said = section.read(files).elements
    assert said == plan
    for param in TOLD:
        other, there = param.values
        assert isinstance(other, Client)
        assert isinstance(there, Permissions)
        made, losses = after(there, {}, said)
        assert said_in(there, made).keys() == SAID[client.name] & SAID[other.name]
        assert {loss.key.name for loss in losses} == SAID[client.name] - SAID[other.name]


PROBES = [
    ("bash", "git push"),
    ("bash", "git push -f"),
    ("bash", "git log"),
    ("bash", "rm"),
    ("bash", "pwd"),
    ("bash", "ls"),
    ("docs_search", ""),
    ("docs_read", ""),
    ("websearch", ""),
]


@pytest.mark.parametrize(("client", "section"), TOLD)
@given(plan=plans, data=st.data())
def test_no_file_allows_what_is_not_wanted(
    client: Client, section: Permissions, plan: dict[str, Answer | None], data: st.DataObject
) -> None:
    before = data.draw(st.sampled_from(SEEDS.get(client.name, SEEDS["lists"]))).encode()
    at = section.file.locations[0]
    files = {at: before} if before else {}
    whole = {name: one for name, one in said_in(section, files).items() if name not in plan} | plan
    made, _ = after(section, files, elements_of(plan))
    asked = ASKED[client.name]
    for tool, what in PROBES:
        spoken_by = [one for name, one in whole.items() if spoken_of(name, tool, what) and one]
        strictest = max(spoken_by, key=lambda one: STRICTNESS[one], default=None)
        goes = any(one is None and spoken_of(name, tool, what) for name, one in plan.items())
        if asked(made.get(at, b""), tool, what) == "allow":
            assert strictest == "allow" or goes or asked(before, tool, what) == "allow"


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "as is": lambda raw: raw,
    "CRLF": lambda raw: raw.replace(b"\n", b"\r\n"),
    "BOM": lambda raw: b"\xef\xbb\xbf" + raw,
    "no final newline": lambda raw: raw.rstrip(b"\n"),
}


@pytest.mark.parametrize(("client", "section"), TOLD)
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("texts", [FILES, BARE], ids=["full", "bare"])
def test_in_and_out_again(client: Client, section: Permissions, spelling: str, texts: dict[str, str]) -> None:
    files = {section.file.locations[0]: SPELLINGS[spelling](texts.get(client.name, '{\n  "x": 1\n}\n').encode())}
    names = sorted(SAID[client.name] - said_in(section, files).keys() - {one.name for one in section.read(files).held})
    told: list[Answer] = ["allow", "deny"] if client.name == "cursor" else ["allow", "ask", "deny"]
    plan = {name: told[index % len(told)] for index, name in enumerate(names)}
    made, losses = after(section, files, elements_of(plan))
    assert len(losses) < len(plan)
    assert made != files
    out, _ = after(section, made, elements_of(dict.fromkeys(plan)))
    assert out == files
    assert section.write(files, dict.fromkeys(elements_of(plan))).files == {}


@pytest.mark.parametrize(("client", "section"), TOLD)
def test_what_is_there_stays_line_by_line(client: Client, section: Permissions) -> None:
    raw = FILES[client.name].encode()
    files = {section.file.locations[0]: raw}
    made, _ = after(section, files, elements_of({"Bash(pwd)": "deny", "mcp__docs": "deny"}))
    (now,) = made.values()
    assert now != raw
    for line in raw.splitlines():
        assert line.strip(b" ,]}").partition(b"] ")[0] in now


def test_a_list_that_was_empty_stays_beside_one_that_goes() -> None:
    section = next(one for one in BY_NAME["claude"].sections if isinstance(one, Permissions))
    files = {section.file.locations[0]: b'{"permissions": {"allow": [], "deny": ["Bash(x)"], "ask": []}}'}
    made, _ = after(section, files, elements_of({"Bash(x)": None}))
    assert list(made.values()) == [b'{"permissions": {"allow": [], "ask": []}}']


@pytest.mark.parametrize(("client", "section"), TOLD)
@settings(max_examples=30)
@given(names=st.lists(hostile, max_size=4, unique=True))
@example(names=["Bash(" + "x" * 100_000 + ")"])
def test_hostile_names_are_read_back_or_told_of(client: Client, section: Permissions, names: list[str]) -> None:
    wanted: Wanted = {key(name): Permission("deny") for name in names}
    files, losses = after(section, {}, wanted)
    for one in section.read(files).elements:
        assert path_of(section.scope, one)
    assert len(said_in(section, files)) >= len({loss.key for loss in losses} ^ wanted.keys()) - 1
    assert section.write(files, wanted).files == {}


def test_hostile_entries_are_held_or_read_and_stay() -> None:
    section = next(one for one in BY_NAME["claude"].sections if isinstance(one, Permissions))
    odd = ["Bash(" + "x" * 100_000 + ")", "a\nb\x00", "Bash(((", "*" * 3000, "Bash(ls)"]
    files = {section.file.locations[0]: json.dumps({"permissions": {"allow": odd}}).encode()}
    config = section.read(files)
    assert said_in(section, files) == {"a\nb\x00": "allow", "Bash(((": "allow", "Bash(ls)": "allow"}
    assert len(config.held) == 2
    for held in config.held:
        assert section.write(files, {held: None}).files == {}
    made, _ = after(section, files, elements_of({"Bash(ls)": None, "a\nb\x00": None}))
    assert json.loads(next(iter(made.values())))["permissions"]["allow"] == [odd[0], odd[2], odd[3]]


@pytest.mark.parametrize(("client", "section"), TOLD)
def test_a_secret_stays_where_it_is(client: Client, section: Permissions) -> None:
    token = "ghp_" + "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=36))
    name = f'Bash(curl -H "Authorization: Bearer {token}")'
    made = section.write({}, {key(name): Permission("allow")})
    assert made.files == {}
    if client.name not in {"claude", "qwen"}:
        return
    files = {section.file.locations[0]: json.dumps({"permissions": {"allow": [name, "Bash(ls)"]}}).encode()}
    config = section.read(files)
    assert config.elements == {key("Bash(ls)"): Permission("allow")}
    assert token not in repr(config)
    ((held, problem),) = config.held.items()
    assert held.name == 'Bash(curl -H "Authorization: Bearer ***'
    assert problem.place.position == Position(1, 28)
    assert "secret" in problem.why
    alike = {section.file.locations[0]: json.dumps({"permissions": {"allow": [name, held.name]}}).encode()}
    assert not section.read(alike).elements
    for one in (key(name), held):
        assert section.write(files, {one: None}) == ({}, ())
        assert section.write(files, {one: Permission("deny")}) == ({}, ())


def test_a_file_that_cannot_be_read_is_left() -> None:
    section = next(one for one in BY_NAME["claude"].sections if isinstance(one, Permissions))
    files = {section.file.locations[0]: b'{"permissions": {"allow": ["Bash(ls)",]}}'}
    (problem,) = section.read(files).unreadable
    assert problem.place.position.line == 1
    assert section.write(files, elements_of({"Bash(rm *)": "deny"})).files == {}


@pytest.mark.parametrize("name", ["opencode", "qwen"])
@pytest.mark.parametrize("scope", ["project", "user"])
def test_servers_and_permissions_in_one_file(name: str, scope: Scope) -> None:
    client = BY_NAME[name]
    both: Wanted = {
        Key("servers", "docs"): Server(transport="http", url="https://docs.example.com/mcp", enabled=False),
        key("Bash(git push *)"): Permission("deny"),
        key("Bash(git log *)"): Permission("allow"),
    }
    made = write(client, scope, {}, both)
    assert len(made.files) == 1
    files = {at: raw for at, raw in made.files.items() if raw is not None}
    assert read(client, scope, files).elements == both
    assert write(client, scope, files, both).files == {}
    only = write(client, scope, files, {Key("servers", "docs"): None})
    assert read(client, scope, {at: raw for at, raw in only.files.items() if raw}).elements == {
        one: element for one, element in both.items() if one.kind == "permissions"
    }


def test_comments_are_in_the_files_that_take_them() -> None:
    for client in CLIENTS:
        for section in client.sections:
            if isinstance(section, Permissions) and isinstance(section.file.format, Jsonc):
                assert ("//" in FILES[client.name]) is section.file.format.comments
