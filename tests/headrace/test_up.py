"""`headrace up` from outside: what it prints, what it survives, what it leaves behind."""

import asyncio
import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from tests.build import ADMINISTRATOR
from tests.headrace.process import KEY, NO_PROXY, Up, components, link_in, until

pytestmark = pytest.mark.slow
A, B, C = "model/a.py", "model/b.py", "model/c.py"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    tree = tmp_path / "tree"
    components(tree, [A, B, C])
    return tree


def file(tree: Path, path: str) -> Path:
    return tree / "cvlabkit" / "component" / path


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One that runs all the time, with a tree that it watches."""
    home = tmp_path_factory.mktemp("up")
    components(home / "tree", [A])
    with Up(home, home / "tree") as running:
        yield running


def test_it_says_when_it_is_ready(up: Up) -> None:
    assert up.out.startswith(f"ready {up.url}\n")
    assert f"watch   {up.trees[0]} " in up.out
    assert up.get("/readyz") == []


def test_the_key_that_is_set_is_the_administrators(up: Up) -> None:
    assert up.get("/api/session") == ADMINISTRATOR
    assert up.request("GET", "/api/session", key="another")[0] == 401
    assert KEY not in up.out + up.err
    assert not (up.data / "admin-key").exists()


def test_the_link_logs_one_browser_in_once(up: Up) -> None:
    browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor())
    with browser.open(link_in(up.out), timeout=30) as page:
        assert (page.status, page.url) == (200, f"{up.url}/")
    with browser.open(f"{up.url}/api/session", timeout=30) as page:
        assert b'"admin"' in page.read()
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        NO_PROXY.open(link_in(up.out), timeout=30)
    refused.value.close()


def test_nobody_else_can_read_what_it_keeps(up: Up) -> None:
    open_to_others = [path for path in [up.data, *up.data.iterdir()] if path.stat().st_mode & 0o077]
    assert open_to_others == []


@pytest.mark.parametrize("victim", ["redis", "postgres", "worker", "gateway", "watch"])
def test_a_killed_child_is_back_and_the_flow_goes_on(up: Up, victim: str) -> None:
    before, history, told = up.child(victim), until(lambda: up.history("model/a")), len(restarts(up))
    os.kill(before, signal.SIGKILL)
    file(up.trees[0], A).write_text(text := f"# saved when {victim} was killed\n")
    until(lambda: up.child(victim) not in {0, before})
    until(lambda: up.history("model/a") == [*history, text])
    assert up.upload("loss/uploaded.py", text)
    assert f"{victim} ended (-9)" in up.err
    until(lambda: len(restarts(up)) > told)
    assert restarts(up)[told:] == [(f"system/services/{victim}", "headrace up", -9, "")]


def test_a_worker_that_is_killed_again_and_again_works_on(tmp_path: Path) -> None:
    """What its earlier lives had leased is its own."""
    with Up(tmp_path, HEADRACE_LEASE_MS="600000") as up:
        for number in range(3):
            accepted(up, "loss/uploaded.py", f"# {number}\n")
            replaced(up, "worker")
        accepted(up, "loss/uploaded.py", "# last\n")


def accepted(up: Up, path: str, content: str) -> None:
    """Upload while a worker may still be starting (the answer is 202 then), and wait until it is carried through."""
    status, answer = up.request("POST", "/api/components/versions/upload", {"path": path, "content": content})
    assert status in {200, 202}, answer
    until(lambda: (up.history(path.removesuffix(".py")) or [""])[-1] == content)


def replaced(up: Up, victim: str) -> None:
    """Kill a process of its, and wait for the one that follows."""
    before = up.child(victim)
    os.kill(before, signal.SIGKILL)
    until(lambda: up.child(victim) not in {0, before})


def restarts(up: Up) -> list[tuple[str, str, int, str]]:
    """What the log says of services that came back, oldest first."""
    events = up.get("/api/events?type=service.restarted") or []
    return [(e["subject"], e["actor"], e["data"]["code"], e["data"].get("words", "")) for e in events]


def test_a_backend_of_postgresql_is_killed(up: Up) -> None:
    """PostgreSQL ends all its processes then, and recovers; its own log alone says so."""
    history, told, server = until(lambda: up.history("model/a")), len(restarts(up)), up.child("postgres")
    victim = asyncio.run(backend(up))
    os.kill(victim, signal.SIGKILL)
    file(up.trees[0], A).write_text(text := "# saved when a backend was killed\n")
    until(lambda: up.history("model/a") == [*history, text])
    until(lambda: len(restarts(up)) > told)
    words = f"client backend (PID {victim}) was terminated by signal 9: Killed"
    assert restarts(up)[told:] == [("system/services/postgres", "headrace up", -9, words)]
    assert up.child("postgres") == server


async def backend(up: Up) -> int:
    """The process that serves one of our connections to PostgreSQL."""
    connection = await asyncpg.connect(up.servers()["postgres_url"])
    try:
        query = "select pid from pg_stat_activity where application_name = 'headrace' limit 1"
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


def test_everything_is_killed_at_once(up: Up) -> None:
    history, told, victims = until(lambda: up.history("model/a")), len(restarts(up)), up.family()
    for pid, _ in victims:
        if pid != up.process.pid:
            with suppress(ProcessLookupError):  # a backend goes with its server
                os.kill(pid, signal.SIGKILL)
    file(up.trees[0], A).write_text(text := "# saved when everything was killed\n")
    until(lambda: up.history("model/a") == [*history, text])
    until(lambda: len(restarts(up)) == told + 5)
    assert {code for _, _, code, _ in restarts(up)[told:]} == {-9}


def test_ctrl_c_loses_nothing_and_leaves_nothing(tmp_path: Path, tree: Path) -> None:
    up = Up(tmp_path / "up", tree, key=None)
    with up:
        made = (up.data / "admin-key").read_text()
        up.key = made
        assert up.out.count(made) == 1
        until(lambda: len(up.components()) == 3)
        file(tree, A).write_text("saved just before\n")
        until(lambda: len(up.history("model/a")) == 2)
        assert up.signal(signal.SIGINT) == 0
        assert not (up.data / "running.json").exists()
        assert "stopped after" in (up.data / "logs" / "worker.log").read_text()
        assert "database system is shut down" in (up.data / "logs" / "postgres.log").read_text()
    before = file(tree, B).read_text()
    file(tree, A).write_text("while it was down\n")
    file(tree, B).unlink()
    with up:
        assert made not in up.out + up.err
        until(lambda: up.history("model/a")[1:] == ["saved just before\n", "while it was down\n"])
        until(lambda: up.components()[B] is None)
        assert up.history("model/b") == [before]
        assert up.signal(signal.SIGTERM) == 0


def test_kill_9_leaves_no_process_and_loses_nothing(tmp_path: Path, tree: Path) -> None:
    up = Up(tmp_path / "up", tree)
    with up:
        until(lambda: len(up.components()) == 3)
        assert up.upload("loss/l.py", "1")
        assert up.signal(signal.SIGKILL) == -signal.SIGKILL
    # A process that has to do with us may bear the number of the PostgreSQL that was killed.
    pidfile = up.data / "postgres" / "data" / "postmaster.pid"
    pidfile.write_text(f"{os.getpid()}\n{pidfile.parent}\n0\n1\n\n127.0.0.1\n        0         0\nready   \n")
    with up:
        assert up.history("loss/l") == ["1"]
        assert set(up.components()) == {A, B, C, "loss/l.py"}
        file(tree, A).write_text("afterwards\n")
        until(lambda: up.history("model/a")[1:] == ["afterwards\n"])


def test_stopped_before_it_is_ready(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes a connection and says nothing
        deaf.settimeout(60)
        url = f"postgresql://127.0.0.1:{deaf.getsockname()[1]}/x"
        up = Up(tmp_path, HEADRACE_POSTGRES_URL=url, HEADRACE_POSTGRES_TIMEOUT="1000")
        try:
            up.launch()
            with deaf.accept()[0]:
                assert up.signal(signal.SIGTERM) == 0
        finally:
            up.kill()
    assert "ready" not in up.out


def refusal(up: Up, *more: str) -> str:
    """What it says when it does not start."""
    up.launch(*more)
    try:
        assert up.process.wait(60) == 1
    finally:
        up.kill()
    assert up.strays() == []
    assert "Traceback" not in up.err
    return up.err


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        up = Up(tmp_path, key=None)
        up.port = taken.getsockname()[1]
        assert f"cannot listen on 127.0.0.1:{up.port}: Address already in use" in refusal(up)
    assert "--port" in up.err
    with up:  # the key that nobody has seen yet is shown now
        assert up.out.count((up.data / "admin-key").read_text()) == 1


def test_a_second_one_on_the_same_data(up: Up, tmp_path: Path) -> None:
    second = Up(tmp_path)
    second.data = up.data
    second.launch()
    try:
        assert second.process.wait(60) == 1
    finally:
        second.process.kill()
    assert f"already runs on {up.data} (process {up.process.pid}, at {up.url})" in second.err.replace("\n", " ")


def test_a_tree_that_is_not_there(tmp_path: Path) -> None:
    up = Up(tmp_path, tmp_path / "nowhere")
    assert "there is no directory" in refusal(up)
    assert not up.data.exists()


def test_a_server_that_is_away_is_named(tmp_path: Path) -> None:
    up = Up(tmp_path, HEADRACE_REDIS_URL="redis://127.0.0.1:9/0", HEADRACE_POSTGRES_URL="postgresql://127.0.0.1:9/x")
    assert "mend HEADRACE_REDIS_URL" in refusal(up)


def test_any_free_port(tmp_path: Path, redis_url: str, unmigrated: str) -> None:
    """Port 0, and servers of others."""
    up = Up(tmp_path, HEADRACE_REDIS_URL=redis_url, HEADRACE_POSTGRES_URL=unmigrated, HEADRACE_PREFIX="up0")
    try:
        up.launch("--port", "0")
        up.url = until(lambda: up.out.partition("ready ")[2].partition("\n")[0])
        assert up.get("/api/session") == ADMINISTRATOR
        assert (up.child("redis"), up.child("postgres")) == (0, 0)
        assert up.upload("loss/l.py", "1")
        assert up.signal(signal.SIGINT) == 0
    finally:
        up.kill()
