"""A `headrace up` as its user sees it: a process with a data directory, a port, and words on standard output."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from schemas.settings import Settings
from streams.embedded import free_port
from tests.conftest import QUICK
from tests.faults import HEADRACE, environment

T = TypeVar("T")

KEY = "key-of-an-administrator"
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def until(what: Callable[[], T], seconds: float = 60.0) -> T:
    """Wait until `what` gives something true; what it gave."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"not so after {seconds:g} s"
        time.sleep(0.02)
    return found


class Up:
    """One data directory, and the `up` on it. With `key` none, it makes its own."""

    def __init__(self, home: Path, *trees: Path, key: str | None = KEY, **env: str) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.data = home / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.key = key
        self.trees = trees
        self.env = environment(Settings(**QUICK), http_proxy="http://127.0.0.1:9", **env)  # type: ignore[arg-type]
        if key:
            self.env["HEADRACE_API_KEY"] = key
        self._out, self._err = home / "out", home / "err"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Up":
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.kill()

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The process that was started last."""
        assert self._process
        return self._process

    @property
    def out(self) -> str:
        """What it printed since its last start."""
        return self._out.read_text()

    @property
    def err(self) -> str:
        """What it complained of since its last start."""
        return self._err.read_text()

    def launch(self, *more: str) -> None:
        """Start it and wait for nothing."""
        trees = [part for tree in self.trees for part in ("--watch", str(tree))]
        command = [str(HEADRACE), "up", "--data", str(self.data), "--port", str(self.port), *trees, *more]
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(command, env=self.env, stdout=out, stderr=err, start_new_session=True)

    def start(self) -> None:
        """Start it and wait until it has said that it is ready, and all that follows."""
        self.launch()
        until(lambda: "  stop  " in self.out or self.process.poll() is not None)
        assert self.process.poll() is None, self.err

    def signal(self, number: signal.Signals) -> int:
        """Send it a signal; its exit code, once everything has ended."""
        family = self.family()
        self.process.send_signal(number)
        code = self.process.wait(60)
        until(lambda: not alive(family) and not self.strays())
        return code

    def kill(self) -> None:
        """Kill it, if it lives; all the rest must go by itself."""
        if self._process:
            if self._process.poll() is None:
                self.signal(signal.SIGKILL)
            self._process.wait()

    def family(self) -> set[tuple[int, str]]:
        """It and all its descendants."""
        return descendants(self.process.pid)

    def child(self, name: str) -> int:
        """The process id of a child: redis, postgres, worker, gateway or watch; 0 where there is none."""
        words = {"redis": "redis-server", "postgres": "bin/postgres"}.get(name, f"headrace {name} ")
        mine = [pid for pid, parent in parents().items() if parent == self.process.pid]
        return next((pid for pid in mine if words in command(pid)), 0)

    def strays(self) -> list[str]:
        """Processes that work on the data directory though they may have left the family."""
        pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
        return [
            command(pid) for pid in pids if str(self.data) in command(pid) or directory(pid).startswith(str(self.data))
        ]

    def request(self, method: str, path: str, body: object = None, key: str | None = None) -> tuple[int, Any]:
        """Status and data, or error, of a request; (0, why) where nobody answers."""
        headers = {"Content-Type": "application/json", "X-API-Key": key or self.key or ""}
        data = None if body is None else json.dumps(body).encode()
        try:
            request = urllib.request.Request(self.url + path, data, headers, method=method)
            with NO_PROXY.open(request, timeout=30) as response:
                return response.status, json.loads(response.read())["data"]
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())["error"]
        except OSError as error:
            return 0, str(error)

    def get(self, path: str) -> Any:
        """The data of an answer; None where there is none."""
        status, data = self.request("GET", path)
        return data if status == 200 else None

    def post(self, path: str, body: object) -> Any:
        """The data of an answer that must be a success."""
        status, data = self.request("POST", path, body)
        assert status == 200, data
        return data

    def upload(self, path: str, content: str) -> bool:
        """Whether an upload was carried through."""
        return self.request("POST", "/api/components/versions/upload", {"path": path, "content": content})[0] == 200

    def history(self, component: str) -> list[str]:
        """The contents of a component such as `model/resnet`, oldest first."""
        versions = self.get(f"/api/components/versions/{component}?include_content=true") or []
        return [version["content"] for version in reversed(versions)]

    def components(self) -> dict[str, str | None]:
        """The active hash of each component."""
        return {c["path"]: c["active_hash"] for c in self.get("/api/components/versions") or []}

    def servers(self) -> dict[str, str]:
        """The URLs of its Redis and PostgreSQL."""
        said: dict[str, str] = json.loads((self.data / "running.json").read_text())
        return said


def command(pid: int) -> str:
    """The command line of a process; empty where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def directory(pid: int) -> str:
    """The working directory of a process: a server's backends may have another command line."""
    try:
        return os.readlink(f"/proc/{pid}/cwd")  # noqa: PTH115 - as it stands
    except OSError:
        return ""


def _stat(pid: int) -> list[str]:
    """State, parent, …, of a process that has not ended. Source: proc(5)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
    return [] if fields[0] in "ZX" else fields


def parents() -> dict[int, int]:
    """Every living process, and its parent."""
    stats = {int(entry.name): _stat(int(entry.name)) for entry in Path("/proc").glob("[0-9]*")}
    return {pid: int(stat[1]) for pid, stat in stats.items() if stat}


def descendants(pid: int) -> set[tuple[int, str]]:
    """A process and all below it, each with the time of its start: a number alone may come to mean another."""
    tree, found, wanted = parents(), set(), [pid]
    while wanted:
        one = wanted.pop()
        if stat := _stat(one):
            found.add((one, stat[19]))
        wanted += [child for child, parent in tree.items() if parent == one]
    return found


def alive(family: set[tuple[int, str]]) -> list[int]:
    """Those that have not ended."""
    return [pid for pid, started in family if (stat := _stat(pid)) and stat[19] == started]


def link_in(text: str) -> str:
    """The one-time link that was printed."""
    found = re.search(r"http://\S+/login\?once=\S+", text)
    assert found
    return found[0]


def components(tree: Path, paths: Sequence[str]) -> None:
    """Write a component file for each wire path, as a CVLab-Kit checkout has them."""
    for path in paths:
        category = path.split("/")[0]
        file = tree / "cvlabkit" / ("" if category == "agent" else "component") / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'"""{path}"""\n')
