"""The commands about components, against a running `up`: for people, as JSON, and when they are asked for nonsense."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.access import ADMINISTRATOR
from schemas.base import new_id
from tests.build import hash_of
from tests.headrace.conftest import Cli
from tests.headrace.process import KEY, Up, until

BASE = "/api/components"
REASON = "better on \u202e screws"
OLD, NEW = "x = 1\ny = 2\n", "x = 1\ny = 3\n"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One for all these tests: two components, of which one has a history, and two experiments."""
    with Up(tmp_path_factory.mktemp("components")) as running:
        for path, content in (("model/a.py", OLD), ("model/a.py", NEW), ("agent/b.py", "b")):
            running.post(f"{BASE}/versions/upload", {"path": path, "content": content})
        running.post(f"{BASE}/manifest/good", {"model/a.py": hash_of(OLD), "agent/b.py": hash_of("b")})
        running.post(f"{BASE}/manifest/bad", {"model/a.py": hash_of(NEW)})
        yield running


@pytest.fixture
def ask(up: Up, cli: Cli) -> Callable[..., str]:
    return lambda *arguments: cli.good(*arguments, "--data", up.data, HEADRACE_API_KEY=KEY)


@pytest.fixture
def refuse(up: Up, cli: Cli) -> Callable[..., str]:
    return lambda *arguments: cli.bad(*arguments, "--data", up.data, HEADRACE_API_KEY=KEY)


def test_the_list(ask: Callable[..., str]) -> None:
    listed = ask("components", "list")
    assert [line.split()[:3] for line in listed.splitlines()[1:]] == [
        ["agent/b.py", hash_of("b"), "1"],
        ["model/a.py", hash_of(NEW), "2"],
    ]
    assert [one["path"] for one in json.loads(ask("components", "list", "model", "--json"))] == ["model/a.py"]
    assert ask("components", "list", "--project", "empty") == "no components\n"


@pytest.mark.parametrize("name", ["model/a", "model/a.py", "cvlabkit/component/model/a.py"])
def test_a_source(ask: Callable[..., str], name: str) -> None:
    assert ask("components", "show", name) == NEW
    assert ask("components", "show", hash_of(OLD)) == OLD
    assert json.loads(ask("components", "show", name, "--json"))["content"] == NEW


def test_a_history(ask: Callable[..., str]) -> None:
    lines = ask("components", "history", "model/a").splitlines()[1:]
    assert [(line.split()[0], "active" in line) for line in lines] == [(hash_of(NEW), True), (hash_of(OLD), False)]
    assert ask("components", "history", hash_of(OLD)).count("active") == 1
    assert [line.split()[-2:] for line in lines] == [[ADMINISTRATOR, "forced"]] * 2


def test_what_differs(ask: Callable[..., str]) -> None:
    expected = (
        f"--- model/a.py {hash_of(OLD)}\n+++ model/a.py {hash_of(NEW)}\n@@ -1,2 +1,2 @@\n x = 1\n-y = 2\n+y = 3\n"
    )
    assert ask("components", "diff", "model/a") == expected
    assert ask("components", "diff", hash_of(OLD)) == expected
    assert ask("components", "diff", hash_of(OLD), hash_of(NEW)) == expected
    assert json.loads(ask("components", "diff", "model/a", "--json"))["from_content"] == OLD


def test_a_roll_back(ask: Callable[..., str]) -> None:
    assert ask("components", "activate", hash_of(OLD)) == f"model/a.py is {hash_of(OLD)} again\n"
    assert ask("components", "show", "model/a") == OLD
    assert json.loads(ask("components", "activate", hash_of(NEW), "--path", "model/a", "--json"))["is_active"]


def test_a_reason(up: Up, ask: Callable[..., str]) -> None:
    ask("components", "activate", hash_of(OLD), "--reason", REASON)
    ask("components", "activate", hash_of(NEW))
    story = "/api/replay/story?subject=components/model/a.py"
    until(lambda: [(one["reason"], one["active"]) for one in up.get(story)][-2:] == [(REASON, True), (None, True)])
    assert "better on \\u202e screws" in ask("replay", "--subject", "components/model/a.py")


def test_no_such_component(refuse: Callable[..., str]) -> None:
    assert "model/a.py" in refuse("components", "show", "model/aa")
    assert "CATEGORY/NAME" in refuse("components", "show", "core/a")
    assert "no component has a version" in refuse("components", "show", "0" * 16)
    assert "no hash" in refuse("components", "activate", "model/a")
    assert "no tree to scan" in refuse("components", "scan")
    assert "no tree to scan" in refuse("components", "scan", "--dry-run")
    assert "no version before" in refuse("components", "diff", "agent/b")
    assert "no category" in refuse("components", "list", "core")


def test_experiments(ask: Callable[..., str]) -> None:
    assert [line.split()[:3] for line in ask("manifests", "list").splitlines()[1:3]] == [
        ["bad", "1", "1"],
        ["good", "2", "1"],
    ]
    shown = ask("manifests", "show", "good")
    assert (f"model/a.py  {hash_of(OLD)}" in shown, "revision 1 of 1" in shown) == (True, True)
    assert json.loads(ask("manifests", "show", "good", "--revision", "1", "--json"))["revision"] == 1
    assert "the same" in ask("manifests", "since", "good")
    assert ask("components", "users", hash_of(NEW)).splitlines()[1].startswith("bad ")
    assert ask("components", "users", "0" * 16) == "no experiment used it\n"


def test_a_good_and_a_bad_one(ask: Callable[..., str]) -> None:
    differ = ask("manifests", "diff", "good", "bad", "--code")
    assert [line.split() for line in differ.splitlines()[1:3]] == [
        ["agent/b.py", hash_of("b"), "-"],
        ["model/a.py", hash_of(OLD), hash_of(NEW)],
    ]
    assert "-y = 2\n+y = 3\n" in differ
    assert ask("manifests", "diff", "good", "good") == "both used the same\n"


def test_a_manifest_is_saved(ask: Callable[..., str], refuse: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "used.json"
    file.write_text(json.dumps({"agent/b.py": hash_of("b")}))
    assert ask("manifests", "save", "another one-ü", file) == "another one-ü: 1 components, revision 1\n"
    assert "was known already" in ask("manifests", "save", "another one-ü", file)
    file.write_text("{")
    assert "no JSON" in refuse("manifests", "save", "e", file)
    file.write_text('{"model/a.py": "0000000000000000"}')
    assert "no such version" in refuse("manifests", "save", "e", file)
    assert "no experiment" in refuse("manifests", "show", "a/b")
    assert "headrace manifests list" in refuse("manifests", "show", "none")


def conflict(up: Up, content: str, worker: str) -> Any:
    question = {"id": new_id(), "path": "agent/b.py", "content": content}
    return up.post(f"{BASE}/conflicts", {"worker": worker, "conflicts": [question]})[0]


def test_conflicts(up: Up, ask: Callable[..., str], refuse: Callable[..., str]) -> None:
    assert ask("conflicts", "list") == "no conflicts wait\n"
    id_ = conflict(up, "mine\n", "w1")["id"]
    assert ask("conflicts", "list").splitlines()[1].split()[:3] == [id_[-12:], "agent/b.py", "w1"]
    assert "-b\n+mine\n" in ask("conflicts", "show", id_[-12:])
    assert json.loads(ask("conflicts", "show", id_, "--json"))["local_content"] == "mine\n"
    assert ask("conflicts", "decide", id_, "upload") == "agent/b.py: the worker's side\n"
    assert ask("components", "show", "agent/b") == "mine\n"
    assert "decided already" in refuse("conflicts", "decide", id_, "skip")
    assert "no conflict has an id" in refuse("conflicts", "show", "zzz")
    assert json.loads(ask("conflicts", "list", "--all", "--worker", "w1", "--json"))[0]["state"] == "upload"
