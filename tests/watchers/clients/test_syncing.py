"""What one client's file says reaches all others, once; what is deleted stays deleted; nothing else is touched."""

import json
from collections.abc import Sequence
from itertools import count
from typing import Any

import msgspec
import pytest

from schemas.clients.planning import Plan
from schemas.clients.reconcile import nobody
from schemas.clients.unified import Key, Server
from tests.watchers.clients.conftest import Machine, Machines
from watchers.below.files import Unusable
from watchers.below.folder import Folder
from watchers.below.writing import Write
from watchers.clients.centre import ServedCentre
from watchers.clients.disk import Disk

CLAUDE, CURSOR, CODEX = ".mcp.json", ".cursor/mcp.json", ".codex/config.toml"
DOCS = {"type": "http", "url": "https://docs.example.com/mcp", "headers": {"Authorization": "Bearer ${DOCS_TOKEN}"}}
FILES = {"command": "npx", "args": ["-y", "files-server"]}
CODEX_TEXT = '# my own notes\nmodel = "o"   # the good one\n\n[mcp_servers.mine]\ncommand = "uvx"  # by hand\n'


def servers(**entries: Any) -> str:
    return json.dumps({"mcpServers": entries}, indent="\t") + "\n"


def in_step(plan: Plan) -> bool:
    return plan.in_step


@pytest.fixture
def team(machine: Machine) -> Machine:
    """A project with three clients."""
    machine.write(CLAUDE, servers(docs=DOCS, files=FILES))
    machine.write(CURSOR, '{\n  // team\n  "mcpServers": {}\n}\n')
    machine.write(CODEX, CODEX_TEXT)
    return machine


def names(machine: Machine, path: str) -> set[str]:
    text = machine.text(path) or "{}"
    without_comments = "\n".join(line for line in text.splitlines() if not line.strip().startswith("//"))
    return set(json.loads(without_comments)["mcpServers"])


async def test_everything_reaches_everybody_once(team: Machine) -> None:
    report = await team.sync()
    assert not report.plan.outcome.waiting
    assert names(team, CLAUDE) == names(team, CURSOR) == {"docs", "files", "mine"}
    codex = team.text(CODEX) or ""
    assert codex.startswith(CODEX_TEXT)
    assert 'bearer_token_env_var = "DOCS_TOKEN"' in codex
    assert "// team" in (team.text(CURSOR) or "")
    before = team.files()
    again = await team.sync()
    assert in_step(again.plan)
    assert team.files() == before


async def test_looking_changes_nothing(team: Machine) -> None:
    before = team.files()
    report = await team.look()
    assert not report.plan.in_step
    assert {decision.key.name for decision in report.plan.outcome.waiting} == {"docs", "files", "mine"}
    assert team.files() == before


async def test_what_is_not_approved_stays_where_it_is(team: Machine) -> None:
    before = team.files()
    report = await team.sync(nobody)
    assert {(one.client, one.key.name) for one in report.plan.outcome.waiting} == {
        ("claude", "docs"),
        ("claude", "files"),
        ("codex", "mine"),
    }
    assert team.files() == before
    assert not (await team.sync(nobody)).plan.in_step
    await team.sync()
    assert names(team, CURSOR) == {"docs", "files", "mine"}


async def test_what_is_deleted_goes_everywhere_and_stays_away(team: Machine, machines: Machines) -> None:
    await team.sync()
    other = machines("two")
    other.write(CURSOR, servers())
    await other.sync()
    old = other.text(CURSOR) or ""
    team.write(CLAUDE, servers(docs=DOCS, mine={"command": "uvx"}))
    await team.sync(nobody)
    assert "files" not in names(team, CURSOR)
    assert "files-server" not in (team.text(CODEX) or "")
    assert (team.text(CODEX) or "").startswith(CODEX_TEXT)
    assert other.text(CURSOR) == old
    await other.sync(nobody)
    assert names(other, CURSOR) == {"docs", "mine"}
    third = machines("three")
    third.write(CURSOR, old)
    report = await third.sync(nobody)
    assert names(third, CURSOR) == {"docs", "mine"}, "an old copy revives what was deleted"
    assert not report.plan.outcome.waiting


async def test_it_may_be_added_again_on_purpose(team: Machine) -> None:
    await team.sync()
    team.write(CLAUDE, servers(docs=DOCS, mine={"command": "uvx"}))
    await team.sync()
    assert "files" not in names(team, CURSOR)
    team.write(CLAUDE, servers(docs=DOCS, mine={"command": "uvx"}, files=FILES))
    await team.sync()
    assert "files" in names(team, CURSOR)


async def test_the_first_server_goes_without_a_trace(machine: Machine) -> None:
    machine.write(CLAUDE, servers())
    machine.write(".gemini/settings.json", '{\n  "theme": "dark"  // mine\n}\n')
    machine.write(CODEX, 'model = "o"\n')
    machine.write(".cursor/rules/own.mdc", "Be brief.\n")
    await machine.sync()
    before = machine.files()
    machine.write(CLAUDE, servers(docs=DOCS, files=FILES))
    await machine.sync()
    assert names(machine, CURSOR) == {"docs", "files"}
    machine.write(CLAUDE, servers())
    await machine.sync()
    assert machine.files() == before


async def test_two_machines_settle(machines: Machines) -> None:
    one, two = machines("one"), machines("two")
    one.write(CLAUDE, servers(docs=DOCS))
    two.write(CURSOR, servers(files=FILES))
    for machine in (one, two, one):
        await machine.sync()
    assert names(one, CLAUDE) == names(two, CURSOR) == {"docs", "files"}
    before = one.files() | two.files()
    for machine in (two, one, two):
        assert (await machine.sync(nobody)).plan.in_step
    assert one.files() | two.files() == before


async def test_a_client_that_rewrites_its_file_causes_nothing(team: Machine) -> None:
    await team.sync()
    entries = json.loads(team.text(CLAUDE) or "")
    team.write(CLAUDE, json.dumps(entries, indent=2, sort_keys=True))
    before = team.files()
    assert (await team.sync(nobody)).plan.in_step
    assert team.files() == before


async def test_two_fields_changed_in_two_clients_go_together(team: Machine) -> None:
    await team.sync()
    entries = json.loads(team.text(CLAUDE) or "")["mcpServers"]
    team.write(CLAUDE, servers(**entries | {"docs": DOCS | {"timeout": 5000}}))
    cursor = (team.text(CURSOR) or "").replace('"https://docs.example.com/mcp",', '"https://docs.example.com/mcp2",')
    team.write(CURSOR, cursor)
    await team.sync()
    claude = json.loads(team.text(CLAUDE) or "")["mcpServers"]["docs"]
    assert (claude["url"], claude["timeout"]) == ("https://docs.example.com/mcp2", 5000)
    assert 'url = "https://docs.example.com/mcp2"' in (team.text(CODEX) or "")
    assert "tool_timeout_sec = 5" in (team.text(CODEX) or "")


async def test_a_file_that_cannot_be_read_is_left_and_the_others_go_on(team: Machine) -> None:
    await team.sync()
    broken = (team.text(CURSOR) or "").replace("{", "{{", 1)
    team.write(CURSOR, broken)
    entries = json.loads(team.text(CLAUDE) or "")["mcpServers"]
    team.write(CLAUDE, servers(docs=entries["docs"], mine=entries["mine"]))
    report = await team.sync()
    assert [problem.place.position.line for problem in report.problems["cursor"]] == [1]
    assert team.text(CURSOR) == broken
    assert "files" not in (team.text(CODEX) or "").replace("# my own notes", "")
    team.write(CURSOR, broken.replace("{{", "{", 1))
    await team.sync()
    assert names(team, CURSOR) == {"docs", "mine"}


async def test_a_secret_reaches_nobody(team: Machine) -> None:
    token = "ghp_" + "0aB1" * 9
    team.write(CLAUDE, servers(docs=DOCS, github={"command": "gh", "env": {"GITHUB_TOKEN": token}}))
    report = await team.sync()
    (problem,) = report.problems["claude"]
    assert (problem.place.location.path, problem.place.position.line) == (CLAUDE, 10)
    assert "github" not in names(team, CURSOR)
    assert token in (team.text(CLAUDE) or "")
    assert token not in repr(report.problems)
    await team.sync()
    assert token in (team.text(CLAUDE) or "")


async def test_whoever_is_first_wins_and_the_other_merges(
    team: Machine, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody changes another field of the same server between our look and our word."""
    await team.sync()
    docs = Key("servers", "docs")
    put = ServedCentre.put

    async def be_late(self: ServedCentre, scope: Any, news: Any) -> Any:
        monkeypatch.undo()
        async with ServedCentre(self.address) as first:
            standing = (await first.standing(scope))[docs]
            assert isinstance(standing.element, Server)
            element = msgspec.structs.replace(standing.element, call_timeout=7.0)
            assert await first.put(scope, {docs: standing._replace(element=element, author="zed")}) == []
        return await put(self, scope, news)

    monkeypatch.setattr(ServedCentre, "put", be_late)
    entries = json.loads(team.text(CLAUDE) or "")["mcpServers"]
    team.write(CLAUDE, servers(**entries | {"docs": entries["docs"] | {"url": "https://other.example"}}))
    await team.sync()
    claude = json.loads(team.text(CLAUDE) or "")["mcpServers"]["docs"]
    assert (claude["url"], claude["timeout"]) == ("https://other.example", 7000)


async def test_a_file_that_changes_meanwhile_is_read_again(team: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Disk.write

    def be_late(self: Disk, files: Any, judged: Any) -> None:
        monkeypatch.undo()
        team.write(CURSOR, servers(late={"command": "late"}))
        write(self, files, judged)

    monkeypatch.setattr(Disk, "write", be_late)
    await team.sync()
    assert names(team, CURSOR) == names(team, CLAUDE) == {"docs", "files", "mine", "late"}


async def test_rules_reach_everybody_and_go_again(machine: Machine) -> None:
    machine.write("CLAUDE.md", "# Rules\n\nUse uv.\n")
    machine.write(".gemini/settings.json", "{}")
    machine.write(CURSOR, "{}")
    machine.write(".cursor/rules/py.mdc", "---\nglobs: *.py\nalwaysApply: false\n---\nType everything.\n")
    await machine.sync()
    assert machine.text("AGENTS.md") == machine.text("GEMINI.md") == "# Rules\n\nUse uv.\n"
    assert machine.text(".claude/rules/py.md") == '---\npaths:\n  - "*.py"\n---\nType everything.\n'
    machine.write("GEMINI.md", "# Rules\n\nUse pip.\n")
    machine.root.joinpath(".cursor/rules/py.mdc").unlink()
    await machine.sync(nobody)
    assert machine.text("AGENTS.md") == machine.text("CLAUDE.md") == "# Rules\n\nUse pip.\n"
    assert machine.text(".claude/rules/py.md") is None
    before = machine.files()
    assert (await machine.sync(nobody)).plan.in_step
    assert machine.files() == before


async def test_who_leaves_and_comes_back_deletes_nothing(team: Machine) -> None:
    await team.sync()
    team.root.joinpath(CURSOR).unlink()
    assert (await team.sync(nobody)).plan.in_step
    team.write(CURSOR, "{}")
    await team.sync(nobody)
    assert names(team, CURSOR) == names(team, CLAUDE) == {"docs", "files", "mine"}


async def test_of_permissions_the_strictest_reaches_everybody(machine: Machine) -> None:
    rule = "Bash(git push *)"
    machine.write(".claude/settings.json", json.dumps({"permissions": {"allow": [rule], "deny": ["Read(./.env)"]}}))
    machine.write(".qwen/settings.json", json.dumps({"permissions": {"deny": [rule]}}))
    await machine.sync()
    claude, qwen = (
        json.loads(machine.text(f".{name}/settings.json") or "")["permissions"] for name in ("claude", "qwen")
    )
    assert sorted(claude["deny"]) == sorted(qwen["deny"]) == [rule, "Read(./.env)"]
    assert rule not in claude.get("allow", [])
    machine.write(".qwen/settings.json", json.dumps({"permissions": {"allow": [rule], "deny": ["Read(./.env)"]}}))
    report = await machine.sync(nobody)
    assert [one.widens for one in report.plan.outcome.waiting] == ["deny becomes allow"]
    assert rule in json.loads(machine.text(".claude/settings.json") or "")["permissions"]["deny"]


class Crash(BaseException):
    """A process that dies: no `except Exception` stops it."""


@pytest.mark.parametrize("where", ["before the centre", "behind the centre", "at the first file", "at the third file"])
@pytest.mark.parametrize("deletes", [False, True], ids=["adding", "deleting"])
async def test_a_death_at_any_point_changes_nothing(
    team: Machine, monkeypatch: pytest.MonkeyPatch, where: str, deletes: bool
) -> None:
    wanted = {"docs", "mine"} if deletes else {"docs", "files", "mine", "more"}
    await team.sync()
    entries = json.loads(team.text(CLAUDE) or "")["mcpServers"] | {"more": {"command": "more"}}
    team.write(CLAUDE, servers(**{name: entries[name] for name in wanted}))
    deaths = count()

    async def die_at_the_centre(self: ServedCentre, scope: Any, news: Any) -> Any:
        if where == "behind the centre":
            await put(self, scope, news)
        raise Crash

    def die_at_a_file(self: Disk, files: Any, judged: Any) -> None:
        if next(deaths) == (0 if where == "at the first file" else 2):
            raise Crash
        write(self, files, judged)

    put, write = ServedCentre.put, Disk.write
    with monkeypatch.context() as patch:
        if "centre" in where:
            patch.setattr(ServedCentre, "put", die_at_the_centre)
        else:
            patch.setattr(Disk, "write", die_at_a_file)
        with pytest.raises(Crash):
            await team.sync()
    await team.sync()
    assert names(team, CLAUDE) == names(team, CURSOR) == wanted
    assert (await team.sync(nobody)).plan.in_step


async def test_a_disk_that_refuses_one_client_holds_no_other_up(team: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Folder.write_all

    def refuse(self: Folder, writes: Sequence[Write]) -> Any:
        is_full = any(one.path == CURSOR for one in writes)
        return [Unusable("the disk is full") for _ in writes] if is_full else write(self, writes)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "write_all", refuse)
        report = await team.sync()
    assert set(report.failed) == {"cursor"}
    assert "bearer_token_env_var" in (team.text(CODEX) or "")
    await team.sync()
    assert names(team, CURSOR) == {"docs", "files", "mine"}
