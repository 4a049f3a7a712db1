"""What the next sync would do, from what the last one left."""

import orjson
import pytest

from schemas.clients import configuration
from schemas.clients.adapter import Client
from schemas.clients.adapters import CLIENTS
from schemas.clients.documents import path_of
from schemas.clients.foresight import Said, foresee, said_in
from schemas.clients.reconcile import Standing
from schemas.clients.unified import Element, Key, Permission, Rule, Server, encode

BY_NAME = {client.name: client for client in CLIENTS}
DOCS, STYLE, GIT = Key("servers", "docs"), Key("rules", "style"), Key("permissions", "Bash(git push *)")
ONE, TWO = Server(transport="http", url="https://one.example"), Server(transport="http", url="https://two.example")
ALL: dict[Key, Element] = {DOCS: ONE, STYLE: Rule(body="Be brief.\n"), GIT: Permission(answer="deny")}


def centre(**elements: Element | None) -> dict[Key, Standing]:
    return {Key("servers", name): Standing(one, "claude", 0.0) for name, one in elements.items()}


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_once_done_there_is_nothing_left_to_do(client: Client) -> None:
    everything = {key: Standing(one, "claude", 0.0) for key, one in ALL.items()}
    (first,) = foresee("project", everything, [Said(client, {})])
    assert {change.key: change.after for change in first.changes} == dict(first.after)
    (second,) = foresee("project", everything, [Said(client, first.after)])
    assert (second.changes, second.after) == ((), first.after)


def test_what_was_changed_and_deleted_elsewhere() -> None:
    said = Said(BY_NAME["cursor"], {DOCS: ONE, Key("servers", "old"): ONE, Key("servers", "own"): TWO})
    (found,) = foresee("project", centre(docs=TWO, old=None), [said])
    assert [(one.key.name, one.before, one.after) for one in found.changes] == [("docs", ONE, TWO), ("old", ONE, None)]


def test_what_a_client_reads_in_anothers_file_is_not_written_twice() -> None:
    claude, qwen = foresee("project", centre(docs=ONE), [Said(BY_NAME["claude"], {}), Said(BY_NAME["qwen"], {})])
    assert ([one.key for one in claude.changes], qwen.changes) == ([DOCS], ())


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_what_a_sync_left_is_read_again(client: Client) -> None:
    written = configuration.write(client, "project", {}, ALL)
    files = {at: raw for at, raw in written.files.items() if raw is not None}
    said = configuration.read(client, "project", files).elements
    left = {path_of("project", key): orjson.loads(encode(one)) for key, one in said.items()}
    assert said_in(orjson.dumps(left)) == said


def test_what_is_not_ours_is_left_out() -> None:
    assert said_in(b'{"": 1, "project/servers/a": {"no": 1}, "project/hats/b": {}, "project/rules/%2": 2}') == {}
