"""The command: every subcommand against a running `up`, and one clear line with a remedy where it cannot."""

import json
import os
import shlex
import signal
import subprocess
import sys
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

from headrace import __version__
from headrace.cli import app
from schemas.base import now
from schemas.errors import Misconfigured
from tests.build import event_id
from tests.faults import HEADRACE
from tests.headrace.conftest import Cli
from tests.headrace.process import KEY, NO_PROXY, Up, components, until

STORY = ["change.observed", "change.hashed", "change.accepted", "version.created", "head.moved"]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One for all these tests, with a tree of one component."""
    home = tmp_path_factory.mktemp("cli")
    components(home / "tree", ["model/a.py"])
    with Up(home, home / "tree") as running:
        until(lambda: len(archived(running, "components/model/a.py")) == 5)
        yield running


def archived(up: Up, subject: str) -> list[dict[str, Any]]:
    return up.get(f"/api/events?subject={subject}&limit=1000") or []


@pytest.fixture
def ask(up: Up, cli: Cli) -> Callable[..., str]:
    """The output of a command that is asked of the running `up`."""
    return lambda *arguments: cli.good(*arguments, "--data", up.data, HEADRACE_API_KEY=KEY)


@pytest.fixture
def refuse(up: Up, cli: Cli) -> Callable[..., str]:
    """The complaint of a command that is asked of the running `up`."""
    return lambda *arguments: cli.bad(*arguments, "--data", up.data, HEADRACE_API_KEY=KEY)


def jsonl(text: str) -> list[Any]:
    return [json.loads(row) for row in text.splitlines()]


def commands(group: Any, *path: str) -> Iterator[tuple[str, ...]]:
    """All subcommands, with the way to them."""
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, *path, name)


COMMANDS = list(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help(cli: Cli, path: tuple[str, ...]) -> None:
    out = cli.good(*path, "--help")
    assert f"headrace {' '.join(path)}".strip() in " ".join(out.split())
    assert "--help" in out


def test_all_commands_are_there() -> None:
    named = {" ".join(path) for path in COMMANDS}
    assert named >= {"up", "watch", "worker", "gateway", "events", "status", "env", "doctor", "migrate", "login-link"}
    assert named >= {"dead list", "dead show", "dead retry", "dead discard"}


def test_version(cli: Cli) -> None:
    assert cli.good("--version") == f"{__version__}\n"


WRONG_SETTINGS = [
    ({"HEADRACE_PORT": "abc"}, [], "HEADRACE_PORT is wrong: it should be a valid integer", "listens on"),
    ({}, ["--port", "99999"], "--port is wrong: it should be less than or equal to 65535", "listens on"),
    ({"HEADRACE_BATCH": "0"}, [], "HEADRACE_BATCH is wrong", "at once"),
    ({"HEADRACE_PREFIX": "A B"}, [], "HEADRACE_PREFIX is wrong", "Redis key"),
    ({"HEADRACE_REDIS_URL": "localhost:6379"}, [], "HEADRACE_REDIS_URL is not such an address", "redis://"),
    ({"HEADRACE_REDIS_URL": "redis://:secret@h:x"}, [], "HEADRACE_REDIS_URL is not such an address", "redis://"),
    ({"HEADRACE_POSTGRES_URL": "mysql://secret@h"}, [], "HEADRACE_POSTGRES_URL is not such an", "postgresql://"),
]


@pytest.mark.parametrize(("env", "arguments", "complaint", "remedy"), WRONG_SETTINGS)
def test_a_wrong_setting(
    cli: Cli, tmp_path: Path, env: dict[str, str], arguments: list[str], complaint: str, remedy: str
) -> None:
    said = cli.bad("up", "--data", tmp_path / "data", *arguments, **env)
    assert complaint in said
    assert remedy in said
    assert "secret" not in said
    assert not (tmp_path / "data").exists()


NO_SERVER = [["status"], ["events"], ["dead", "list"], ["login-link"], ["env"], ["worker"], ["gateway"], ["migrate"]]


@pytest.mark.parametrize("command", NO_SERVER, ids=" ".join)
def test_no_server(cli: Cli, tmp_path: Path, command: list[str]) -> None:
    said = cli.bad(*command, "--data", tmp_path)
    assert str(tmp_path) in said
    assert "headrace up" in said


def test_no_server_to_watch_for(cli: Cli, tmp_path: Path) -> None:
    assert "no server runs on" in cli.bad("watch", tmp_path, "--data", tmp_path / "data")


def test_a_server_that_is_none(cli: Cli) -> None:
    assert "not the address of a server" in cli.bad("status", "--server", "localhost")
    assert "no answer from http://127.0.0.1:9" in cli.bad("status", "--server", "http://127.0.0.1:9")


def test_paths_that_are_not_there(cli: Cli, refuse: Callable[..., str], tmp_path: Path) -> None:
    assert "there is no directory" in cli.bad("up", "--watch", tmp_path / "nowhere", "--data", tmp_path / "data")
    assert "is not a directory" in refuse("watch", tmp_path / "nowhere")
    (tmp_path / "file").touch()
    assert "cannot write to the data directory" in cli.bad("up", "--data", tmp_path / "file" / "below")


def test_an_unknown_group(refuse: Callable[..., str]) -> None:
    assert "there is no group 'nope'" in (said := refuse("worker", "--group", "hash", "--group", "nope"))
    assert "hash, resolve, persist, archive" in said


def test_a_key_that_is_wrong_or_missing(up: Up, cli: Cli) -> None:
    assert "set HEADRACE_API_KEY" in cli.bad("status", "--data", up.data)
    assert "set HEADRACE_API_KEY" in cli.bad("status", "--server", up.url, HEADRACE_API_KEY="wrong")
    assert cli.good("status", "--server", up.url, CVLABKIT_API_KEY=KEY)


def test_what_only_a_server_needs_is_not_installed(tmp_path: Path) -> None:
    code = "import sys; sys.modules['asyncpg'] = None; sys.argv[1:] = ['up', '--data', sys.argv[1]]; "
    done = subprocess.run(
        [sys.executable, "-c", f"{code}from headrace.cli import main; main()", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "error: asyncpg is not installed",
        "  try: pip install 'headrace[server,embedded]'",
    ]


def test_status(ask: Callable[..., str], up: Up) -> None:
    until(lambda: up.get("/api/watchers"))
    status = json.loads(ask("status", "--json"))
    assert (status["ready"], status["problems"]) == (True, [])
    assert {group["group"] for group in status["groups"]} == {"hash", "resolve", "persist", "archive"}
    assert status["watchers"][0]["report"]["roots"][0]["path"] == str(up.trees[0])
    table = ask("status")
    for word in ("persist", "lag", "watcher", "events, archived up to"):
        assert word in table


def test_events_of_one_subject(ask: Callable[..., str]) -> None:
    found = jsonl(ask("events", "--subject", "components/model/a.py", "--json"))
    assert [event["type"] for event in found] == STORY
    assert [event["type"] for event in jsonl(ask("events", "--subject", "components/mod*", "--type", "*.*", "--json"))]
    assert jsonl(ask("events", "--subject", "components/nothing", "--json")) == []


def test_events_of_one_type(ask: Callable[..., str]) -> None:
    for type_, among in (("version.created", {"version.created"}), ("change.*", set(STORY[:3]))):
        found = jsonl(ask("events", "--type", type_, "--json"))
        assert {event["type"] for event in found} == among


def test_events_by_actor_text_and_time(ask: Callable[..., str], refuse: Callable[..., str], up: Up) -> None:
    story = archived(up, "components/model/a.py")
    actor, path = story[0]["actor"], ("--subject", "components/model/a.py", "--json")
    assert [event["id"] for event in jsonl(ask("events", "--actor", actor, *path))] == [one["id"] for one in story]
    assert jsonl(ask("events", "--actor", "nobody*", *path)) == []
    assert [event["type"] for event in jsonl(ask("events", "--text", "HEAD.MOVED", *path))] == ["head.moved"]
    assert jsonl(ask("events", "--text", "%", *path)) == []
    assert jsonl(ask("events", "--until", story[0]["time"], "--since", "0", *path)) == []
    assert len(jsonl(ask("events", "--until", "0s", "--since", "0", *path))) == len(story)
    assert "--until soon: not a time" in refuse("events", "--until", "soon")
    assert "--follow has no end" in refuse("events", "--until", "1h", "--follow")


def test_events_since(ask: Callable[..., str], up: Up) -> None:
    story = archived(up, "components/model/a.py")
    for since in (story[2]["sequence"], story[2]["id"], story[2]["id"].upper()):
        found = jsonl(ask("events", "--since", since, "--subject", "components/model/a.py", "--json"))
        assert [event["sequence"] for event in found] == [event["sequence"] for event in story[3:]]
    for since, is_there in (("1h", True), ("0s", False), ((now() + timedelta(days=1)).isoformat(), False)):
        assert bool(ask("events", "--since", since, "--subject", "components/model/a.py")) == is_there
    assert ask("events", "--since", "2020-01-01", "--type", "version.created")


def test_events_are_limited(ask: Callable[..., str]) -> None:
    assert len(ask("events", "--limit", "3").splitlines()) == 3


def test_more_events_than_a_page(ask: Callable[..., str], up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headrace.events._PAGE", 2)
    story = archived(up, "components/model/a.py")
    found = jsonl(ask("events", "--since", "0", "--subject", "components/model/a.py", "--json"))
    assert [event["id"] for event in found] == [event["id"] for event in story]


@pytest.mark.parametrize("since", ["bogus", "10y", "99999999999999d", "9" * 30, "2026-13-01", "", "-1", "1_0", "٣"])
def test_a_bad_since(refuse: Callable[..., str], since: str) -> None:
    assert "not a sequence, an id, a time or an age" in refuse("events", f"--since={since}")


def test_a_since_that_names_no_event(refuse: Callable[..., str]) -> None:
    assert f"--since {event_id(404)}: the archive has no event" in refuse("events", "--since", event_id(404))


def test_a_bad_limit(cli: Cli, up: Up) -> None:
    code, _, err = cli.run("events", "--limit", "5000", "--data", up.data, HEADRACE_API_KEY=KEY)
    assert (code, "--limit" in err, "Traceback" in err) == (2, True, False)


@contextmanager
def following(up: Up, output: Path, *more: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [str(HEADRACE), "events", "--follow", "--json", "--data", str(up.data), *more]
    with output.open("wb") as file, subprocess.Popen(command, env=up.env, stdout=file, stderr=file) as process:
        try:
            yield process
        finally:
            process.kill()


def heard(output: Path) -> list[dict[str, Any]]:
    """The whole lines of JSON so far."""
    return [json.loads(row) for row in output.read_text().splitlines() if row.startswith("{") and row.endswith("}")]


def test_following_through_the_death_of_the_gateway(up: Up, tmp_path: Path) -> None:
    output, subject = tmp_path / "heard", "components/loss/follow.py"
    assert up.upload("loss/follow.py", "1")
    until(lambda: len(archived(up, subject)) == 5)
    with following(up, output, "--subject", subject, "--limit", "2") as process:
        until(lambda: [event["type"] for event in heard(output)] == STORY[3:])
        assert up.upload("loss/follow.py", "2")
        until(lambda: len(heard(output)) == 7)
        gateway = up.child("gateway")
        os.kill(gateway, signal.SIGKILL)
        until(lambda: up.upload("loss/follow.py", "3"))
        until(lambda: len(heard(output)) >= 12)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert [event["sequence"] for event in heard(output)] == [e["sequence"] for e in archived(up, subject)[3:]]
    assert "Traceback" not in output.read_text()


def test_following_from_somewhere(up: Up, tmp_path: Path) -> None:
    output, story = tmp_path / "heard", archived(up, "components/model/a.py")
    with following(up, output, "--subject", "components/model/a.py", "--since", story[1]["sequence"]):
        until(lambda: [event["id"] for event in heard(output)] == [event["id"] for event in story[2:]])
    with following(up, output, "--subject", "components/model/a.py", "--since", "1h"):
        until(lambda: [event["id"] for event in heard(output)] == [event["id"] for event in story])


def test_env_is_for_the_shell(up: Up, cli: Cli) -> None:
    out = cli.good("env", "--data", up.data)
    script = f'eval $(printf %s {shlex.quote(out)} | tr "\\n" " "); echo "$HEADRACE_URL"; echo "$HEADRACE_REDIS_URL"'
    shell = subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    assert shell.stdout.splitlines() == [up.url, up.servers()["redis_url"]]
    assert f"HEADRACE_POSTGRES_URL={up.servers()['postgres_url']}" in out


def test_env_with_addresses_that_a_shell_would_take_apart(cli: Cli, tmp_path: Path) -> None:
    url = "postgresql://me:$(id)&'\"@h/db?a=1&b=2;c"
    env = {"HEADRACE_REDIS_URL": "redis://h", "HEADRACE_POSTGRES_URL": url}
    out = cli.good("env", "--data", tmp_path, **env)
    shell = subprocess.run(
        ["sh", "-c", f'eval {shlex.quote(out)}; printf %s "$HEADRACE_POSTGRES_URL"'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shell.stdout == url


def test_a_directory_that_is_given_comes_before_addresses_that_are_set(up: Up, cli: Cli) -> None:
    env = {"HEADRACE_REDIS_URL": "redis://elsewhere", "HEADRACE_POSTGRES_URL": "postgresql://elsewhere/x"}
    assert "elsewhere" not in cli.good("env", "--data", up.data, **env)
    assert "elsewhere" in cli.good("env", HEADRACE_DATA=str(up.data), **env)


def test_a_login_link(ask: Callable[..., str], up: Up) -> None:
    link = ask("login-link").strip()
    with NO_PROXY.open(link, timeout=30) as page:
        assert page.url == f"{up.url}/"
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        NO_PROXY.open(link, timeout=30)
    refused.value.close()


@contextmanager
def watching(up: Up, folder: Path, *, nohup: bool = False) -> Iterator["subprocess.Popen[bytes]"]:
    """A watcher of `folder / "tree"` that writes lines to `folder / "lines"`, under `nohup` where that is asked for."""
    (folder / "tree").mkdir()
    (folder / "tree" / "a.txt").write_text("x")
    command = ["nohup"] if nohup else ["env", "--default-signal=HUP"]
    command += [str(HEADRACE), "watch", "tree", "--emit", "jsonl", "--initial", "--data", str(folder / "data")]
    with (
        (folder / "lines").open("wb") as file,
        (folder / "words").open("wb") as words,
        subprocess.Popen(command, env=up.env, cwd=folder, stdin=words, stdout=file, stderr=words) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("farewell", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_watch_prints_and_sends_nothing(up: Up, tmp_path: Path, farewell: signal.Signals) -> None:
    with watching(up, tmp_path) as process:
        assert until(lambda: heard(tmp_path / "lines"))[0]["path"] == "a.txt"
        process.send_signal(farewell)
        assert process.wait(30) == 0


def test_a_terminal_that_is_closed_is_no_reason_under_nohup(up: Up, tmp_path: Path) -> None:
    with watching(up, tmp_path, nohup=True) as process:
        until(lambda: heard(tmp_path / "lines"))
        process.send_signal(signal.SIGHUP)
        (tmp_path / "tree" / "b.txt").write_text("x")
        until(lambda: [one["path"] for one in heard(tmp_path / "lines")] == ["a.txt", "b.txt"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_our_own_errors_among_those_of_tasks(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = ExceptionGroup("tasks", [ExceptionGroup("more", [Misconfigured("it is so", "do this")])])

    def fail() -> None:
        raise errors

    monkeypatch.setattr("headrace.cli.app", fail)
    errors: Exception = ours
    assert cli.bad("worker") == "error: it is so\n  try: do this\n"
    for errors in (ExceptionGroup("tasks", [ours, KeyError("a bug")]), ModuleNotFoundError("x", name="x")):
        with pytest.raises(type(errors)):
            cli.run("worker")


def test_a_closed_pipe_ends_it_quietly(up: Up) -> None:
    command = f"{HEADRACE} events --data {up.data} --since 0 --json | head -n 1"
    done = subprocess.run(["sh", "-c", command], env=up.env, capture_output=True, text=True, check=False)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
