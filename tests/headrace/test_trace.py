"""`headrace trace`: a file is saved; what became of it, and when."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.headrace.conftest import Cli
from tests.headrace.process import KEY, Up, components, until

pytestmark = pytest.mark.slow
PATH = "model/a.py"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One with a file that was saved."""
    home = tmp_path_factory.mktemp("trace")
    components(home / "tree", [PATH])
    with Up(home, home / "tree") as running:
        until(lambda: len(archived(running)) == 5)
        yield running


def archived(up: Up) -> list[dict[str, str]]:
    return up.get(f"/api/events?subject=components/{PATH}") or []


def test_the_story_of_a_saved_file(up: Up, cli: Cli) -> None:
    for named in (archived(up)[0]["id"], archived(up)[-1]["id"], archived(up)[-1]["sequence"]):
        said = cli.good("trace", named, "--data", up.data, HEADRACE_API_KEY=KEY).splitlines()
        assert said[0].startswith(f"trace {archived(up)[0]['id']}, ")
        assert re.fullmatch(r" +-[0-9.]+ s  the file was seen so", said[1])
        steps = [
            re.fullmatch(r" +\+([0-9.]+) s  (\S+) +components/model/a\.py  by (\S+) .*", line) for line in said[2:]
        ]
        found = [step.groups() for step in steps if step]
        assert [kind for _, kind, _ in found] == [event["type"] for event in archived(up)]
        assert [float(after) for after, _, _ in found] == sorted(float(after) for after, _, _ in found)
        assert found[0][2].startswith("watcher/")


def test_as_json(up: Up, cli: Cli) -> None:
    trace = json.loads(cli.good("trace", archived(up)[0]["id"], "--json", "--data", up.data, HEADRACE_API_KEY=KEY))
    assert len(trace["steps"]) == 5


@pytest.mark.parametrize("named", ["xyz", "../status", "99999999", "00000000-0000-0000-0000-000000000000"])
def test_no_such_event(up: Up, cli: Cli, named: str) -> None:
    assert "error: " in cli.bad("trace", named, "--data", up.data, HEADRACE_API_KEY=KEY)
