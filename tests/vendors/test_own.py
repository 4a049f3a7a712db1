"""What the vendors' programs write themselves is read as the servers that were meant, and needs no change."""

from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from schemas.clients.adapter import Scope
from schemas.clients.configuration import read, write
from schemas.clients.unified import Key, Server
from tests.schemas.clients.corpus import CASES, Case
from tests.vendors.answers import Vendor
from tests.vendors.conftest import BY_NAME
from tests.vendors.programs import NOBODY_LISTENS, Sandbox

pytestmark = [pytest.mark.vendors, pytest.mark.timeout(600)]

Call = Callable[..., "CompletedProcess[str]"]

URL = f"{NOBODY_LISTENS}/mcp"
LOCAL = Server(transport="stdio", command="true", args=("-x", "two words", "한국어"), env={"LEVEL": "info"})
LINE = ("true", "-x", "two words", "한국어")
HTTP = Server(transport="http", url=URL, headers={"X-Team": "vision"})
HEADER = ("--header", "X-Team: vision")
SSE = Server(transport="sse", url=URL)

ADDED: list[tuple[str, Scope, tuple[str, ...], Server]] = [
    ("claude", "user", ("-s", "user", "new", "-e", "LEVEL=info", "--", *LINE), LOCAL),
    ("claude", "project", ("-s", "project", "-t", "http", "new", URL, *HEADER), HTTP),
    ("claude", "project", ("-s", "project", "-t", "sse", "new", URL), SSE),
    ("codex", "user", ("new", "--env", "LEVEL=info", "--", *LINE), LOCAL),
    (
        "codex",
        "user",
        ("new", "--url", URL, "--bearer-token-env-var", "TOKEN"),
        Server(transport="http", url=URL, headers={"Authorization": "Bearer ${TOKEN}"}),
    ),
    ("qwen", "user", ("-s", "user", "new", "-e", "LEVEL=info", LINE[0], "--", *LINE[1:]), LOCAL),
    ("qwen", "project", ("-s", "project", "-t", "http", "new", URL, *HEADER), HTTP),
    (
        "qwen",
        "project",
        ("-s", "project", "-t", "sse", "new", URL, "--timeout", "4000", "--trust", "--exclude-tools", "rm"),
        Server(transport="sse", url=URL, call_timeout=4.0, hidden_tools=("rm",), approved_tools=("*",)),
    ),
    ("gemini", "user", ("-s", "user", "new", "-e", "LEVEL=info", LINE[0], "--", *LINE[1:]), LOCAL),
    ("gemini", "project", ("-s", "project", "-t", "http", "new", URL, *HEADER), HTTP),
    (
        "gemini",
        "project",
        ("-s", "project", "-t", "sse", "new", URL, "--timeout", "4000", "--trust", "--include-tools", "get"),
        Server(transport="sse", url=URL, call_timeout=4.0, tools=("get",), approved_tools=("*",)),
    ),
    ("copilot", "user", ("new", "--env", "LEVEL=info", "--", *LINE), LOCAL),
    (
        "copilot",
        "user",
        ("--transport", "http", *HEADER, "--timeout", "4000", "--tools", "get,put", "new", URL),
        Server(transport="http", url=URL, headers={"X-Team": "vision"}, call_timeout=4.0, tools=("get", "put")),
    ),
    ("copilot", "user", ("--transport", "sse", "new", URL), SSE),
    ("opencode", "user", ("new", "--env", "LEVEL=info", "--", *LINE), LOCAL),
    ("opencode", "user", ("new", "--url", URL, "--header", "X-Team=vision"), HTTP),
]
NEW = Key("servers", "new")
REPRINTED = [
    pytest.param(case, arguments, server, id=str(case))
    for case in CASES
    for name, scope, arguments, server in {(one[0], one[1]): one for one in ADDED}.values()
    if (case.client.name, case.scope) == (name, scope) and str(case) != "gemini/project/tabs"
]
"""Files that people keep, into which a program adds a server; see below of what Gemini makes of references."""


def added(vendor: Vendor, scope: Scope, arguments: tuple[str, ...], sandbox: Sandbox, call: Call) -> dict[Key, object]:
    """What the files say when the program has added a server, and nothing is to be changed in them."""
    answer = call(vendor, "mcp", "add", *arguments)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    files = sandbox.files(vendor.client, scope)
    config = read(vendor.client, scope, files)
    assert not config.unreadable
    assert write(vendor.client, scope, files, config.elements).files == {}
    return dict(config.elements)


@pytest.mark.parametrize(
    ("name", "scope", "arguments", "server"),
    [pytest.param(*one, id=f"{one[0]}-{one[1]}-{one[3].transport}") for one in ADDED],
)
def test_what_a_program_adds_is_read_as_it_was_meant(
    name: str, scope: Scope, arguments: tuple[str, ...], server: Server, sandbox: Sandbox, call: Call
) -> None:
    assert added(BY_NAME[name], scope, arguments, sandbox, call) == {NEW: server}


@pytest.mark.parametrize(("case", "arguments", "server"), REPRINTED)
def test_a_file_that_its_program_reprints_says_the_same(
    case: Case, arguments: tuple[str, ...], server: Server, sandbox: Sandbox, call: Call
) -> None:
    before = read(case.client, case.scope, case.files).elements
    sandbox.put(case.files)
    after = added(BY_NAME[case.client.name], case.scope, arguments, sandbox, call)
    assert after == {**before, NEW: server}


def test_what_copilot_switches_off_is_off(sandbox: Sandbox, call: Call) -> None:
    vendor = BY_NAME["copilot"]
    added(vendor, "user", ("new", "--", "true"), sandbox, call)
    assert call(vendor, "mcp", "disable", "new").returncode == 0
    files = sandbox.files(vendor.client, "user")
    assert read(vendor.client, "user", files).elements == {
        NEW: Server(transport="stdio", command="true", enabled=False)
    }


def test_gemini_prints_a_token_where_its_name_stood_and_it_goes_no_further(sandbox: Sandbox, call: Call) -> None:
    vendor, token = BY_NAME["gemini"], "ghp_" + "0aB1" * 9
    (case,) = [case for case in CASES if str(case) == "gemini/project/tabs"]
    sandbox.put(case.files)
    call(vendor, "mcp", "add", "new", "true", LABELS_TOKEN=token)
    files = sandbox.files(vendor.client, "project")
    assert any(token.encode() in raw for raw in files.values())
    config = read(vendor.client, "project", files)
    assert set(config.held) == {Key("servers", "labels")}
    assert token not in repr(config)
