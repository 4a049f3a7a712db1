"""The commands that prove: against a running `up`, for people and as JSON; and for nonsense."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.build import hash_of
from tests.headrace.conftest import Cli
from tests.headrace.process import KEY, Up, until

SUBJECT = "components/model/a.py"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One for all these tests: a component with two versions."""
    with Up(tmp_path_factory.mktemp("trust"), HEADRACE_CHECKPOINT_MS="200") as running:
        for content in ("x = 1\n", "x = 2\n"):
            running.post("/api/components/versions/upload", {"path": "model/a.py", "content": content})
        until(lambda: running.get("/api/status")["archived"] >= 10)
        yield running


@pytest.fixture
def ask(up: Up, cli: Cli) -> Callable[..., str]:
    return lambda *arguments: cli.good(*arguments, "--data", up.data, HEADRACE_API_KEY=KEY)


@pytest.fixture
def refuse(up: Up, cli: Cli) -> Callable[..., str]:
    return lambda *arguments: cli.bad(*arguments, "--data", up.data, HEADRACE_API_KEY=KEY)


def test_an_audit(ask: Callable[..., str], up: Up) -> None:
    until(lambda: json.loads(ask("audit", "verify", "--json"))["unsigned"] == 0)
    assert "whole: 10 events" in ask("audit", "verify")
    assert "signed by this key" in ask("audit", "verify", "--key", up.data / "audit.pub")
    part = json.loads(ask("audit", "verify", "--from", "3", "--to", "6", "--json"))
    assert (part["events"], part["whole"]) == (4, True)
    assert json.loads(ask("audit", "verify", "--from", "2999-01-01", "--json"))["events"] == 0


def test_another_key_did_not_sign_it(up: Up, cli: Cli, ask: Callable[..., str], tmp_path: Path) -> None:
    until(lambda: json.loads(ask("audit", "verify", "--json"))["checkpoints"] > 0)
    cli.good("audit", "key", tmp_path / "other.pem")
    code, out, _ = cli.run("audit", "verify", "--key", tmp_path / "other.pub", "--data", up.data)
    assert (code, "not of this key" in out) == (1, True)
    assert "name a new file" in cli.bad("audit", "key", tmp_path / "other.pem")


def test_an_export(ask: Callable[..., str], refuse: Callable[..., str], tmp_path: Path) -> None:
    assert "wrote 10 events" in ask("audit", "export", tmp_path / "evidence")
    lines = (tmp_path / "evidence" / "events.jsonl").read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, 11))
    assert "not empty" in refuse("audit", "export", tmp_path / "evidence")


def test_a_replay(ask: Callable[..., str]) -> None:
    assert "identical: 10 events" in ask("replay")
    assert json.loads(ask("replay", "--verify", "--group", "resolve", "--json"))["identical"] is True


def test_the_past(ask: Callable[..., str]) -> None:
    now = [json.loads(line) for line in ask("replay", "--until", "0s", "--json").splitlines()]
    assert [(one["path"], one["number"], one["hash"]) for one in now] == [("model/a.py", 2, hash_of("x = 2\n"))]
    first = json.loads(ask("replay", "--subject", SUBJECT, "--json").splitlines()[0])["time"]
    assert "1 of 1" in ask("replay", "--until", first)
    assert "0 documents" in ask("replay", "--until", "1d", "--subject", "components/model/*")


def test_a_story(ask: Callable[..., str]) -> None:
    told = ask("replay", "--subject", SUBJECT)
    assert f"wrote {hash_of('x = 2' + chr(10))}  version 2, active" in told
    assert "nothing ever happened" in ask("replay", "--subject", "components/model/none.py")


def test_history_is_played(ask: Callable[..., str]) -> None:
    played = [json.loads(line) for line in ask("replay", "--to", "ws", "--speed", "0", "--json").splitlines()]
    assert [one["sequence"] for one in played] == [str(n) for n in range(1, 11)]
    assert ask("replay", "--to", "ws", "--speed", "0", "--since", "5").count("components/model/a.py") == 5


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["replay", "--group", "nobody"], "there is no group 'nobody'"),
        (["replay", "--until", "soon"], "not a time"),
        (["audit", "verify", "--from", "soon"], "not the number of an event"),
        (["audit", "verify", "--key", "/nonexistent"], "is no key"),
        (["replay", "--to", "ws", "--until", "soon"], "not a time"),
    ],
)
def test_nonsense(refuse: Callable[..., str], arguments: list[str], complaint: str) -> None:
    assert complaint in refuse(*arguments)
