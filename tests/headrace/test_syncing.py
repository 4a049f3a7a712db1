"""`headrace sync` for those who use it: by hand on a terminal, in a script, at first and when somebody was faster."""

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.settings import Settings
from tests.build import hash_of
from tests.faults import HEADRACE, environment
from tests.headrace.conftest import Cli
from tests.headrace.process import KEY, Up, until

BASE = "/api/components"
CONFIG = "agent: train\nmodel: resnet(depth=18)\ntransform: resize | flip(p=0.5)\n"
FILES = {
    "agent/train.py": "agent\n",
    "model/resnet.py": "model\n",
    "transform/resize.py": "1\n",
    "transform/flip.py": "2\n",
}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with Up(tmp_path_factory.mktemp("syncing")) as running:
        yield running


class Lab:
    """A worker's checkout with a config, and a project of its own on the server."""

    def __init__(self, root: Path, up: Up, cli: Cli) -> None:
        self.root, self.up, self._cli = root, up, cli
        self.project = f"p{hash_of(str(root))}"
        self.config = root / "config.yaml"
        self.config.write_text(CONFIG)

    def sync(self, *arguments: object, config: Path | None = None) -> tuple[int, str, str]:
        return self.run("sync", config or self.config, "--base-path", self.root, *arguments)

    def run(self, *arguments: object) -> tuple[int, str, str]:
        where = ("--project", self.project, "--data", self.up.data)
        return self._cli.run(*arguments, *where, HEADRACE_API_KEY=KEY)

    def result(self, *arguments: object) -> Any:
        return json.loads(self.sync("--json", *arguments)[1])

    def upload(self, path: str, content: str) -> None:
        self.up.post(f"{BASE}/versions/upload?project={self.project}", {"path": path, "content": content})

    def active(self, path: str) -> str:
        category, name = path.removesuffix(".py").split("/")
        history = self.up.get(f"{BASE}/versions/{category}/{name}?project={self.project}")
        return next(str(one["hash"]) for one in history if one["is_active"])

    def file(self, path: str) -> Path:
        return self.root / "cvlabkit" / (path if path.startswith("agent/") else f"component/{path}")


@pytest.fixture
def lab(tmp_path: Path, up: Up, cli: Cli) -> Lab:
    """On whose server the components are."""
    made = Lab(tmp_path, up, cli)
    for path, content in FILES.items():
        made.upload(path, content)
    return made


def test_the_first_time_and_again(lab: Lab) -> None:
    code, out, err = lab.sync()
    assert (code, err) == (0, "")
    assert [out.count(f"downloaded {path}\n") for path in FILES] == [1, 1, 1, 1]
    assert {path: lab.file(path).read_text() for path in FILES} == FILES
    again = lab.result()
    assert (again["synced"], again["skipped"], again["component_hashes"]) == (
        [],
        list(FILES),
        {path: hash_of(content) for path, content in FILES.items()},
    )


def test_a_conflict_waits_and_is_decided(lab: Lab) -> None:
    lab.sync()
    lab.file("model/resnet.py").write_text("mine\n")
    code, out, _ = lab.sync()
    assert (code, "conflict   model/resnet.py: changed here\n" in out) == (2, True)
    (conflict,) = json.loads(lab.run("conflicts", "list", "--json")[1])
    lab.run("conflicts", "decide", conflict["id"], "upload")
    assert lab.sync()[0] == 0
    assert lab.active("model/resnet.py") == hash_of("mine\n")


def test_priority_to_what_is_here(lab: Lab) -> None:
    lab.sync()
    lab.file("model/resnet.py").write_text("mine\n")
    lab.upload("model/resnet.py", "theirs\n")
    code, out, _ = lab.sync("--strategy", "local_priority")
    assert (code, "uploaded   model/resnet.py" in out) == (0, True)
    theirs = hash_of("theirs\n")
    assert f"overridden model/resnet.py: took the place of {theirs}, which is kept" in out


def test_priority_to_the_server(lab: Lab) -> None:
    lab.sync()
    lab.file("model/resnet.py").write_text("mine\n")
    assert lab.sync("--strategy", "server_authoritative")[0] == 0
    assert lab.file("model/resnet.py").read_text() == "model\n"
    history = lab.up.get(f"{BASE}/versions/model/resnet?project={lab.project}")
    assert [one["hash"] for one in history] == [hash_of("mine\n"), hash_of("model\n")]


def test_nothing_is_done(lab: Lab) -> None:
    code, _, _ = lab.sync("--strategy", "dry_run")
    assert (code, lab.file("model/resnet.py").exists()) == (0, False)
    result = lab.result("--strategy", "dry_run")
    assert {one["path"]: one["conflict_type"] for one in result["conflicts"]} == dict.fromkeys(FILES, "server_only")


def test_what_is_nowhere(lab: Lab) -> None:
    config = lab.root / "other.yaml"
    config.write_text("model: resnt\n")
    code, _, err = lab.sync(config=config)
    assert (code, "failed     model/resnt.py" in err, "model/resnet.py" in err) == (1, True, True)


@pytest.mark.parametrize("text", ["model: [", "model: 'resnet('", "\0"])
def test_no_config(lab: Lab, text: str) -> None:
    config = lab.root / "other.yaml"
    config.write_text(text)
    code, out, err = lab.sync(config=config)
    assert (code, out, err.startswith("error: ")) == (1, "", True)


def test_an_experiment_is_kept_and_restored(lab: Lab) -> None:
    lab.sync("--experiment", "exp-1")
    lab.upload("model/resnet.py", "later\n")
    lab.sync()
    assert lab.file("model/resnet.py").read_text() == "later\n"
    assert "later" not in lab.run("manifests", "show", "exp-1")[1]
    code, out, _ = lab.run("manifests", "restore", "exp-1", "--base-path", lab.root)
    assert (code, "downloaded model/resnet.py\n" in out) == (0, True)
    assert {path: lab.file(path).read_text() for path in FILES} == FILES


def test_the_server_is_away(lab: Lab) -> None:
    lab.sync()
    code, out, err = lab._cli.run(
        "sync", lab.config, "--base-path", lab.root, "--server", "http://127.0.0.1:1", HEADRACE_API_KEY=KEY
    )
    assert (code, out, "4 components are used as they are here" in err) == (1, "", True)


def on_a_terminal(lab: Lab, answer: bytes) -> tuple[int, str]:
    """What `headrace sync` says to somebody who answers so."""
    ours, theirs = pty.openpty()
    where = ("--base-path", lab.root, "--project", lab.project, "--server", lab.up.url)
    env = environment(Settings(), TERM="xterm", COLUMNS="200", HEADRACE_API_KEY=KEY)
    seen = b""
    with subprocess.Popen(
        [str(HEADRACE), "sync", *map(str, (lab.config, *where))], env=env, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        while b"decide [l]ater?" not in seen:
            seen += os.read(ours, 4096)
        os.write(ours, answer)
        with pytest.raises(OSError):  # noqa: PT011 - a terminal nobody holds any more
            while True:
                seen += os.read(ours, 4096)
    os.close(ours)
    return process.returncode, seen.decode()


@pytest.mark.parametrize(
    ("answer", "code", "here", "there"),
    [
        (b"u\n", 0, "mine\n", "mine\n"),
        (b"what?\nd\n", 0, "model\n", "model\n"),
        (b"s\n", 0, "mine\n", "model\n"),
        (b"later\n", 2, "mine\n", "model\n"),
    ],
)
def test_a_choice_is_made_where_both_sides_are_seen(lab: Lab, answer: bytes, code: int, here: str, there: str) -> None:
    lab.sync()
    lab.file("model/resnet.py").write_text("mine\n")
    ended, seen = on_a_terminal(lab, answer)
    assert ended == code, seen
    assert "-model" in seen
    assert "+mine" in seen
    assert (lab.file("model/resnet.py").read_text(), lab.active("model/resnet.py")) == (here, hash_of(there))


def test_two_workers_at_the_same_time(lab: Lab, tmp_path: Path, up: Up, cli: Cli) -> None:
    """Both write, both are kept, and the one who is second is told."""
    (tmp_path / "other").mkdir()
    other = Lab(tmp_path / "other", up, cli)
    other.project = lab.project
    lab.sync()
    other.sync()
    for one, text in ((lab, "one\n"), (other, "two\n")):
        one.file("model/resnet.py").write_text(text)
    processes = [_syncing(one) for one in (lab, other)]
    results = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    until(lambda: len(up.get(f"{BASE}/versions/model/resnet?project={lab.project}")) == 3)
    assert [result["uploaded"] for result in results] == [["model/resnet.py"]] * 2
    assert sum(len(result["overridden"]) for result in results) == 1


def _syncing(lab: Lab) -> "subprocess.Popen[bytes]":
    command: list[Any] = [HEADRACE, "sync", lab.config, "--base-path", lab.root, "--strategy", "local_priority"]
    command += ["--json", "--project", lab.project, "--server", lab.up.url]
    env = environment(Settings(), HEADRACE_API_KEY=KEY)
    return subprocess.Popen(list(map(str, command)), env=env, stdout=subprocess.PIPE)
