"""`headrace reinject`: says what it would be, asks, and is watched to its end."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.build import hash_of
from tests.headrace.conftest import Cli
from tests.headrace.process import KEY, Up, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One for all these tests: a component with two versions."""
    with Up(tmp_path_factory.mktemp("reinject")) as running:
        for content in ("x = 1\n", "x = 2\n"):
            running.post("/api/components/versions/upload", {"path": "model/a.py", "content": content})
        until(lambda: running.get("/api/status")["archived"] >= 10)
        yield running


@pytest.fixture
def ask(up: Up, cli: Cli) -> Callable[..., str]:
    return lambda *arguments: cli.good("reinject", *arguments, "--data", up.data, HEADRACE_API_KEY=KEY)


@pytest.fixture
def refuse(up: Up, cli: Cli) -> Callable[..., str]:
    return lambda *arguments: cli.bad("reinject", *arguments, "--data", up.data, HEADRACE_API_KEY=KEY)


def test_it_is_said_and_then_done(up: Up, ask: Callable[..., str]) -> None:
    said = ask("--since", "1h", "--subject", "components/model/*", "--dry-run", "--rate", "1")
    assert "2 events of 1 documents: 2 into changes" in said
    assert "at 1 a second: 2 s" in said
    assert "not replayed: 2 version.created" in said
    plan = json.loads(ask("--since", "1h", "--dry-run", "--json"))
    assert json.loads(ask("--before", int(plan["first"]["sequence"]) + 1, "--dry-run", "--json"))["count"] == 1
    assert len(up.get("/api/events?type=change.observed")) == 2
    assert "done: 1 of 1 events" in ask(plan["first"]["id"], "--yes")
    until(lambda: up.get("/api/components/versions")[0]["active_hash"] == hash_of("x = 1\n"))
    until(lambda: len(up.get("/api/events?type=change.observed")) == 3)
    again = json.loads(ask(plan["first"]["id"], "--yes", "--json"))
    assert (again["state"], again["published"]) == ("done", 1)


def test_nobody_is_there_to_be_asked(refuse: Callable[..., str]) -> None:
    assert "say it beforehand: --yes" in refuse("--since", "1h")
    assert "say which events" in refuse()
    assert "not a time" in refuse("--since", "soon")
    assert "nothing in this selection" in refuse("--subject", "components/none/*", "--yes")
