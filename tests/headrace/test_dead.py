"""The commands about dead letters, asked of a running `up`."""

import asyncio
import json
import os
import pty
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from schemas.settings import Settings
from streams.appender import Message
from streams.connection import connect
from streams.log import Log
from tests.build import event_id
from tests.conftest import QUICK
from tests.faults import HEADRACE
from tests.headrace.conftest import Cli
from tests.headrace.process import KEY, Up, until

pytestmark = pytest.mark.slow

_numbers = count(7000)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One for all these tests."""
    with Up(tmp_path_factory.mktemp("dead")) as running:
        yield running


@pytest.fixture
def ask(up: Up, cli: Cli) -> Callable[..., str]:
    """The output of a command about dead letters."""
    return lambda *arguments: cli.good("dead", *arguments, "--data", up.data, HEADRACE_API_KEY=KEY)


@pytest.fixture
def refuse(up: Up, cli: Cli) -> Callable[..., str]:
    """The complaint of one."""
    return lambda *arguments: cli.bad("dead", *arguments, "--data", up.data, HEADRACE_API_KEY=KEY)


async def publish_garbage(up: Up, number: int) -> None:
    log = Log(connect(up.servers()["redis_url"], 5.0), Settings(**QUICK))  # type: ignore[arg-type]
    try:
        await log.open()
        ids = [event_id(next(_numbers)) for _ in range(number)]
        await log.publish([Message("changes", 0, id_, b"\xff[bold]\x1b[31m") for id_ in ids])
    finally:
        await log.close()


def buried(up: Up, number: int) -> list[dict[str, Any]]:
    """New letters, of bytes that are no event."""
    before = {one["id"] for one in up.get("/api/dead?state=all&limit=1000")}
    asyncio.run(publish_garbage(up, number))

    def new() -> list[dict[str, Any]]:
        found = [one for one in up.get("/api/dead?limit=1000&group=hash") or [] if one["id"] not in before]
        return found if len(found) == number else []

    return until(new)


def waiting(up: Up) -> list[str]:
    return [one["id"] for one in up.get("/api/dead?limit=1000&group=hash")]


def test_look(ask: Callable[..., str], up: Up) -> None:
    (letter,) = buried(up, 1)
    assert letter["id"] in {one["id"] for one in json.loads(ask("list", "--json"))}
    assert letter["id"] in ask("list", "--group", letter["group"])
    for filters in (["--group", "nobody"], ["--kind", "x*"], ["--error", "nonsense"], ["--state", "retried"]):
        assert ask("list", *filters) == "no dead letters\n"
    assert letter["id"] in ask("list", "--error", "NOT AN event", "--since", "1h", "--project", "?", "--subject", "?")
    assert json.loads(ask("show", letter["id"], "--json"))["id"] == letter["id"]
    shown = ask("show", letter["id"])
    assert "[bold]" in shown
    assert "\x1b" not in shown
    assert "Traceback" in shown
    assert "buried by hash: Rejected: not an event" in shown


def test_decide_about_named_ones(ask: Callable[..., str], refuse: Callable[..., str], up: Up) -> None:
    one, other = (letter["id"] for letter in buried(up, 2))
    assert ask("retry", one, other).count("tried again: ? ?") == 2
    assert until(lambda: {one, other} <= set(waiting(up)))  # they are no events now either
    (done,) = json.loads(ask("discard", one.upper(), "--reason", "not ours", "--json"))
    assert (done["state"], done["reason"]) == ("discarded", "not ours")
    assert "discarded: ? ?" in ask("discard", other, "--reason", "not ours")
    assert "was discarded already" in refuse("retry", other)
    history = [line.split("  ")[1] for line in ask("show", other).splitlines() if " by admin" in line]
    assert history == ["retried by admin", "discarded by admin: not ours"]
    assert other in ask("list", "--state", "discarded")


def test_decide_about_all_that_a_filter_names(ask: Callable[..., str], refuse: Callable[..., str], up: Up) -> None:
    new = [letter["id"] for letter in buried(up, 3)]
    wanted = ["--all", "--group", "hash"]
    said = refuse("discard", *wanted, "--reason", "not ours")
    assert f"discard {len(waiting(up))} dead letters?" in said
    assert "--yes" in said
    assert set(new) <= set(waiting(up))
    assert "tried again: 0 of 0" in ask("retry", "--all", "--group", "nobody", "--yes")
    answer = json.loads(ask("discard", *wanted, "--reason", "not ours", "--yes", "--json"))
    assert set(new) <= set(answer["decided"])
    assert answer["matched"] == len(answer["decided"])
    assert waiting(up) == []
    assert ask("list", "--group", "hash") == "no dead letters\n"


@pytest.mark.parametrize(("answer", "status"), [("n", 1), ("y", 0)])
def test_whoever_sits_there_is_asked(up: Up, answer: str, status: int) -> None:
    new = {letter["id"] for letter in buried(up, 2)}
    ours, theirs = pty.openpty()
    command = [str(HEADRACE), "dead", "discard", "--all", "--group", "hash", "--reason", "x", "--data", str(up.data)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("HEADRACE_")}
    env |= {"HEADRACE_API_KEY": KEY}
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    os.write(ours, f"{answer}\n".encode())
    out, err = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert b"dead letters? [y/N]" in err
    assert (process.returncode, bool(new & set(waiting(up)))) == (status, answer == "n"), (out, err)
    if status:
        subprocess.run([*command, "--yes"], env=env, check=True, capture_output=True)


WRONG = [
    (["retry"], "name dead letters by their ids, or say --all"),
    (["retry", "--group", "hash"], "name dead letters by their ids, or say --all"),
    (["retry", event_id(404), "--all"], "name dead letters by their ids, or say --all"),
    (["retry", event_id(404), "--group", "hash"], "filters go with --all"),
    (["retry", "--all", "--since", "yesterday"], "--since yesterday: not a time or an age"),
    (["list", "--since", "yesterday"], "--since yesterday: not a time or an age"),
    (["discard", "--all", "--reason", " ", "--yes"], "reason"),
]


@pytest.mark.parametrize(("words", "complaint"), WRONG)
def test_what_is_not_understood(cli: Cli, up: Up, words: list[str], complaint: str) -> None:
    code, out, err = cli.run("dead", *words, "--data", up.data, HEADRACE_API_KEY=KEY)
    assert (code, out) == (1, "")
    assert complaint in err


@pytest.mark.parametrize("act", [["show"], ["retry"], ["discard", "--reason", "x"]])
@pytest.mark.parametrize("letter", ["xyz", "../status", "", event_id(404)])
def test_what_is_no_dead_letter(refuse: Callable[..., str], act: list[str], letter: str) -> None:
    assert "headrace dead list" in refuse(*act, letter)


def test_a_list_that_is_cut_short_says_so(cli: Cli, up: Up) -> None:
    buried(up, 3)
    code, out, err = cli.run("dead", "list", "--limit", "2", "--json", "--data", up.data, HEADRACE_API_KEY=KEY)
    assert (code, len(json.loads(out))) == (0, 2)
    assert "there are more than 2" in err
