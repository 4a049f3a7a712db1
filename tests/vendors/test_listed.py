"""What is written for a client is accepted by the vendor's own program, which lists the servers that were meant."""

from collections.abc import Callable, Iterable, Mapping
from subprocess import CompletedProcess

import msgspec
import pytest

from schemas.clients.adapter import Files, Scope
from schemas.clients.configuration import read, write
from schemas.clients.servers import Servers
from schemas.clients.unified import Key, Loss, Server
from tests.schemas.clients.corpus import CASES, SPELLINGS, Case, spelled
from tests.schemas.clients.test_configuration import written
from tests.vendors.answers import VENDORS, Told, Vendor, facts
from tests.vendors.conftest import BY_NAME
from tests.vendors.programs import NOBODY_LISTENS, Sandbox

pytestmark = [pytest.mark.vendors, pytest.mark.timeout(600)]

Listed = Callable[[Vendor], dict[str, Told]]

SERVERS = {
    "local": Server(
        transport="stdio",
        command="true",
        args=("-x", "two words", "한국어 'q'", 'say "hi" \\ done', "--flag=값"),
        env={"LEVEL": "info", "EMPTY": "", "HANGUL": "결함"},
        call_timeout=30.0,
        start_timeout=7.5,
        cwd="/",
    ),
    "remote": Server(transport="http", url=f"{NOBODY_LISTENS}/mcp?a=1&b=한", headers={"X-Team": "vision"}),
    "with-token": Server(
        transport="http", url=f"{NOBODY_LISTENS}/token", headers={"Authorization": "Bearer ${NOT_SET}"}
    ),
    "with-tools": Server(transport="http", url=f"{NOBODY_LISTENS}/tools", tools=("search", "get")),
    "events": Server(transport="sse", url=f"{NOBODY_LISTENS}/sse"),
    "socket": Server(transport="ws", url="ws://127.0.0.1:9/ws"),
    "off": Server(transport="stdio", command="true", args=("off",), enabled=False),
    "off-remote": Server(transport="http", url=f"{NOBODY_LISTENS}/off", enabled=False),
    "off[1]": Server(transport="stdio", command="true", enabled=False),
    "acme.frames-mcp": Server(transport="stdio", command="cat", env={"NOT_SET": "${NOT_SET}"}),
    "scope/with space": Server(transport="stdio", command="cat", args=("-",)),
}
WHERE = [
    pytest.param(vendor, scope, id=f"{vendor.client.name}-{scope}")
    for vendor in VENDORS
    for scope in dict.fromkeys(section.scope for section in vendor.client.sections if isinstance(section, Servers))
]
OWN = [
    pytest.param(BY_NAME[case.client.name], case, id=str(case))
    for case in CASES
    if case.client.name in BY_NAME and str(case) != "cline/user/extension"
]
"""Files that people keep for these programs; Cline's extension has one of its own."""

RICHEST = {
    name: max((case for case in CASES if case.client.name == name), key=lambda case: len(b"".join(case.files.values())))
    for name in BY_NAME
}


def elements(servers: Mapping[str, Server]) -> dict[Key, Server]:
    return {Key("servers", name): server for name, server in servers.items()}


def kept(name: str, server: Server, losses: Iterable[Loss]) -> Server | None:
    """A server without what is lost of it; None where nothing of it was to be written."""
    plain = Server(transport=server.transport)
    for loss in losses:
        if loss.key != Key("servers", name):
            continue
        if loss.harmful:
            return None
        group, _, one = loss.field.partition(".")
        was = getattr(server, group)
        now = {key: value for key, value in was.items() if key != one} if one else getattr(plain, group)
        server = msgspec.structs.replace(server, **{group: now})
    return server


def settle(sandbox: Sandbox, vendor: Vendor, scope: Scope, files: Files) -> None:
    """Put files where the program finds them, and heeds them."""
    if vendor.trust is not None and scope == "project":
        path, text = vendor.trust(sandbox.project)
        sandbox.home.joinpath(path).parent.mkdir()
        sandbox.home.joinpath(path).write_text(text, encoding="utf-8")
    sandbox.put(files)


def agree(vendor: Vendor, told: Mapping[str, Told], servers: Mapping[str, Server]) -> None:
    """The program tells of these servers, each as it is, and of no others."""
    here = {name: server for name, server in servers.items() if server.enabled or vendor.lists_off}
    assert set(told) == set(here)
    meant = {name: facts(server, vendor.shown) for name, server in here.items()}
    assert told == {name: {fact: meant[name][fact] for fact in told[name]} for name in told}


@pytest.mark.parametrize(("vendor", "scope"), WHERE)
def test_servers_of_every_kind(vendor: Vendor, scope: Scope, sandbox: Sandbox, listed: Listed) -> None:
    wanted = elements(SERVERS)
    settle(sandbox, vendor, scope, written(vendor.client, scope, {}, wanted))
    losses = write(vendor.client, scope, {}, wanted).losses
    expected = {name: left for name, one in SERVERS.items() if (left := kept(name, one, losses))}
    agree(vendor, listed(vendor), expected)


@pytest.mark.parametrize(("vendor", "scope"), WHERE)
def test_the_whole_corpus_converted(vendor: Vendor, scope: Scope, sandbox: Sandbox, listed: Listed) -> None:
    """Of every command only `true` is left, since some of the programs start what they list, and no server whose files
    are not there, since opencode refuses all where one is missing.
    """
    servers = {
        f"{number}-{key.name}": msgspec.structs.replace(one, command="true") if one.command else one
        for number, case in enumerate(CASES)
        for key, one in read(case.client, case.scope, case.files).elements.items()
        if isinstance(one, Server) and "${:file:" not in repr(one)
    }
    assert len(servers) > 90
    wanted = elements(servers)
    settle(sandbox, vendor, scope, written(vendor.client, scope, {}, wanted))
    losses = write(vendor.client, scope, {}, wanted).losses
    expected = {name: left for name, one in servers.items() if (left := kept(name, one, losses))}
    agree(vendor, listed(vendor), expected)


def check_beside_what_is_there(vendor: Vendor, case: Case, files: Files, sandbox: Sandbox, listed: Listed) -> None:
    """Write servers into files that people keep: the program tells of both, but for what is held."""
    after = written(vendor.client, case.scope, files, elements(SERVERS))
    settle(sandbox, vendor, case.scope, after)
    config = read(vendor.client, case.scope, after)
    held = {key.name for key in config.held}
    servers = {key.name: one for key, one in config.elements.items() if isinstance(one, Server)}
    assert {"local", "remote"} <= set(servers)
    told = listed(vendor)
    agree(vendor, {name: told[name] for name in told if name not in held}, servers)


@pytest.mark.parametrize(("vendor", "case"), OWN)
def test_files_that_people_keep(vendor: Vendor, case: Case, sandbox: Sandbox, listed: Listed) -> None:
    check_beside_what_is_there(vendor, case, case.files, sandbox, listed)


OTHERWISE = [
    pytest.param(vendor, spelling, id=f"{vendor.client.name}-{spelling}")
    for vendor in VENDORS
    for spelling in SPELLINGS
    if spelling != "as is" and (vendor.client.name, spelling) not in {("gemini", "BOM"), ("cline", "BOM")}
]
"""A byte order mark is refused by two of them, whatever the file says."""


@pytest.mark.parametrize(("vendor", "spelling"), OTHERWISE)
def test_files_in_other_spellings(vendor: Vendor, spelling: str, sandbox: Sandbox, listed: Listed) -> None:
    case = RICHEST[vendor.client.name]
    check_beside_what_is_there(vendor, case, spelled(case.files, spelling), sandbox, listed)


def test_qwen_starts_none_that_is_off(sandbox: Sandbox, call: Callable[..., "CompletedProcess[str]"]) -> None:
    """Its list does not tell; so a session is begun, which ends where it would call a model."""
    vendor = BY_NAME["qwen"]
    marks = {name: sandbox.project / name for name in ("on", "off", "off[1]")}
    servers = {
        name: Server(transport="stdio", command="touch", args=(str(mark),), enabled=name == "on")
        for name, mark in marks.items()
    }
    settle(sandbox, vendor, "user", written(vendor.client, "user", {}, elements(servers)))
    nowhere = {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": NOBODY_LISTENS, "OPENAI_MODEL": "none"}
    call(vendor, "--auth-type", "openai", "-p", "hello", **nowhere)
    assert [name for name, mark in marks.items() if mark.exists()] == ["on"]
