"""The commands about users and keys, asked of a running `up`."""

import json
import os
import pty
import subprocess
from collections.abc import Callable, Iterator

import pytest

from headrace.access import Roles
from tests.faults import HEADRACE
from tests.headrace.conftest import Cli
from tests.headrace.process import KEY, Up

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One for all these tests."""
    with Up(tmp_path_factory.mktemp("access")) as running:
        yield running


@pytest.fixture
def ask(up: Up, cli: Cli) -> Callable[..., str]:
    """The output of a command."""
    return lambda *arguments, key=KEY: cli.good(*arguments, "--data", up.data, HEADRACE_API_KEY=key)


@pytest.fixture
def refuse(up: Up, cli: Cli) -> Callable[..., str]:
    """The complaint of one."""
    return lambda *arguments, key=KEY: cli.bad(*arguments, "--data", up.data, HEADRACE_API_KEY=key)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A password on standard input."""
    path = tmp_path_factory.mktemp("typed") / "password"
    path.write_text("correct horse\n")
    with path.open() as file:
        monkeypatch.setattr("sys.stdin", file)
        yield


@pytest.mark.usefixtures("typed")
def test_users(ask: Callable[..., str], refuse: Callable[..., str]) -> None:
    assert (
        ask("users", "add", "kim", "--in", "a=user", "--in", "b=viewer", "--stdin") == "kim: a=user b=viewer, active\n"
    )
    (listed,) = json.loads(ask("users", "list", "--json"))
    assert (listed["username"], listed["role"], listed["projects"]) == ("kim", None, {"a": "user", "b": "viewer"})
    changed = ask("users", "set", "kim", "--role", "viewer", "--in", "b=none", "--disable")
    assert changed == "kim: viewer a=user, disabled\n"
    assert "never" in ask("users", "list")
    assert "nothing is to be changed" in refuse("users", "set", "kim")
    assert "at least 8 characters" in refuse("users", "add", "lee", "--stdin")  # there is no further line
    assert "nobody is there" in refuse("users", "password", "kim")
    assert ask("users", "remove", "kim") == "removed kim\n"
    assert "headrace users list" in refuse("users", "remove", "kim")
    assert ask("users", "list") == "no users\n"


def test_keys(ask: Callable[..., str], refuse: Callable[..., str]) -> None:
    made = json.loads(ask("keys", "create", "ci", "--project", "a", "--days", "30", "--json"))
    assert (made["name"], made["role"], made["projects"]) == ("admin:ci", "user", ["a"])
    assert "takes the role admin" in refuse("users", "list", key=made["secret"])
    assert made["id"] in ask("keys", "list")
    assert ask("keys", "revoke", "admin:ci") == "revoked admin:ci\n"
    assert "not known here" in refuse("keys", "list", key=made["secret"])
    assert "there is no key" in refuse("keys", "revoke", made["id"])
    said, secret = ask("keys", "create", "ci").splitlines()
    assert said.startswith("admin:ci: user")
    assert ask("keys", "list", key=secret).count("admin:ci") == 1
    assert ask("keys", "revoke", "admin:ci")


def test_a_password_is_asked_for_twice(up: Up) -> None:
    def add(name: str, *lines: str) -> tuple[int, bytes]:
        ours, theirs = pty.openpty()
        command: list[str] = [str(HEADRACE), "users", "add", name, "--role", "viewer", "--data", str(up.data)]
        with subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=up.env, start_new_session=True
        ) as one:
            os.close(theirs)
            for text in lines:
                read_until(ours, b": ")
                os.write(ours, text.encode() + b"\n")
            said = read_until(ours, None)
            return one.wait(), said

    assert add("lee", "correct horse", "correct horse")[0] == 0
    code, said = add("max", "correct horse", "battery staple")
    assert (code, b"two passwords" in said) == (1, True)


def read_until(terminal: int, words: bytes | None) -> bytes:
    """What a terminal shows up to some words, or to the end."""
    shown = b""
    while words is None or not shown.endswith(words):
        try:
            piece = os.read(terminal, 1024)
        except OSError:
            piece = b""
        if not piece:
            break
        shown += piece
    return shown


@pytest.mark.parametrize("text", ["lab", "=viewer", "lab=", "="])
def test_what_is_no_role_in_a_project(cli: Cli, text: str) -> None:
    assert "such as --in lab=viewer" in cli.bad("users", "set", "kim", "--in", text)


def test_roles_are_added_to_those_that_there_are() -> None:
    roles = Roles.read(None, ["a=none", "b=user", "c=admin"])
    assert roles.over({"a": "viewer", "b": "viewer", "d": "user"}) == {
        "projects": {"b": "user", "c": "admin", "d": "user"}
    }
    assert Roles.read("none", None).over({"a": "user"}) == {"role": None}
