"""A client's program refuses its new files before they are written; nothing that it does reaches further."""

import json
import os
import signal
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest

from schemas.clients.reconcile import Elements
from tests.watchers.clients.conftest import Machine
from watchers.clients.checking import MOST_TOLD, Programs

CODEX, CURSOR, OPENCODE = ".codex/config.toml", ".cursor/mcp.json", "opencode.json"
OLD = '# mine\nmodel = "o"\n'
NEW = f'{OLD}\n[mcp_servers.docs]\nurl = "https://docs.example.com/mcp"\n'
DOCS = {"type": "http", "url": "https://docs.example.com/mcp"}
REFUSES_DOCS = 'grep -q docs "$CODEX_HOME/config.toml" || exit 0\n'

Install = Callable[..., None]


@pytest.fixture
def team(machine: Machine, tmp_path: Path) -> Machine:
    """A project with three clients, and a place for their programs."""
    machine.write(".mcp.json", json.dumps({"mcpServers": {"docs": DOCS}}))
    machine.write(CURSOR, '{"mcpServers": {}}')
    machine.write(CODEX, OLD)
    machine.programs = Programs({"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}, limit=60)
    return machine


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Install a client's program; `OUT` in its script is a folder of the test's."""

    def written(script: str, name: str = "codex", shell: str = "/bin/sh") -> None:
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!{shell}\n" + script.replace("OUT", str(tmp_path)))
        program.chmod(0o755)

    return written


def base(team: Machine) -> Elements | None:
    """What Codex said when it was last in step."""
    return team.scene().state.bases().get("codex")


async def test_a_program_that_accepts_is_asked_once(team: Machine, install: Install, tmp_path: Path) -> None:
    install('echo "$@" >> OUT/asked')
    report = await team.sync()
    assert (report.failed, report.unchecked) == ({}, {})
    assert team.text(CODEX) == NEW
    assert (tmp_path / "asked").read_text() == "mcp list --json\n"
    await team.sync()
    assert (tmp_path / "asked").read_text() == "mcp list --json\n", "it is asked though nothing changes"


async def test_a_refused_file_is_not_written_and_the_others_go_on(team: Machine, install: Install) -> None:
    install(REFUSES_DOCS + 'echo "url is not supported" >&2; exit 7')
    for _ in range(2):
        report = await team.sync()
        failed = report.failed["codex"]
        assert (
            failed.message == "`codex mcp list --json` refuses the new files with exit status 7: url is not supported"
        )
        assert "--no-validate" in failed.remedy
        assert set(report.failed) == {"codex"}
        assert (team.text(CODEX), base(team)) == (OLD, None)
        assert "docs" in (team.text(CURSOR) or "")
    install("exit 0")
    assert not (await team.sync()).failed
    assert team.text(CODEX) == NEW


async def test_what_a_client_said_last_stays_known(team: Machine, install: Install) -> None:
    await team.sync()
    before = base(team)
    install('grep -q docs "$CODEX_HOME/config.toml" && exit 0\nexit 1')
    team.write(".mcp.json", '{"mcpServers": {}}')
    assert set((await team.sync()).failed) == {"codex"}
    assert (team.text(CODEX), base(team)) == (NEW, before)
    install("exit 0")
    await team.sync()
    assert "docs" not in (team.text(CODEX) or ""), "what was deleted has come back"


async def test_a_program_that_refuses_the_old_files_too_does_not_block(team: Machine, install: Install) -> None:
    install("echo 'log in first'; exit 3")
    report = await team.sync()
    assert report.failed == {}
    assert "exit status 3: log in first" in report.unchecked["codex"].why
    assert team.text(CODEX) == NEW


async def test_a_program_that_cannot_be_started_does_not_block(team: Machine, install: Install) -> None:
    install("", shell="/nowhere/node")
    report = await team.sync()
    assert report.failed == {}
    assert "`codex mcp list --json` cannot be run" in report.unchecked["codex"].why
    assert team.text(CODEX) == NEW


async def test_a_client_that_is_not_installed_is_written(team: Machine) -> None:
    report = await team.sync()
    assert (report.failed, report.unchecked) == ({}, {})
    assert team.text(CODEX) == NEW


async def test_whoever_only_looks_runs_nothing(team: Machine, install: Install, tmp_path: Path) -> None:
    install("touch OUT/asked")
    assert not (await team.look()).plan.in_step
    assert not (tmp_path / "asked").exists()


def is_alive(process: Path) -> bool:
    """Whether the process of this id lives; one whose parent has not noticed its end does not."""
    try:
        return Path("/proc", process.read_text().strip(), "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_gone(process: Path) -> None:
    assert process.exists()
    deadline = monotonic() + 30
    while is_alive(process):
        assert monotonic() < deadline, f"{process.name} still lives"
        sleep(0.02)


async def test_a_program_that_hangs_is_ended_with_its_children(team: Machine, install: Install, tmp_path: Path) -> None:
    install("sleep 1000 & echo $! > OUT/child; echo $$ > OUT/parent; exec sleep 1000")
    assert team.programs
    team.programs = team.programs._replace(limit=3)
    report = await team.sync()
    assert "did not end within 3 s" in report.unchecked["codex"].why
    assert team.text(CODEX) == NEW
    wait_until_gone(tmp_path / "parent")
    wait_until_gone(tmp_path / "child")


async def test_a_child_that_outlives_its_program_is_ended(team: Machine, install: Install, tmp_path: Path) -> None:
    install("sleep 1000 & echo $! > OUT/child; exit 0")
    report = await team.sync()
    assert (report.failed, report.unchecked) == ({}, {})
    wait_until_gone(tmp_path / "child")


async def test_a_child_that_left_its_group_holds_nobody_up(team: Machine, install: Install, tmp_path: Path) -> None:
    leave = "setsid sh -c 'touch OUT/left; exec sleep 1000' & echo $! > OUT/child"
    install(f"{leave}; until [ -e OUT/left ]; do sleep 0.05; done")
    report = await team.sync()
    assert (report.failed, report.unchecked) == ({}, {})
    assert is_alive(tmp_path / "child"), "it holds nothing open"
    os.kill(int((tmp_path / "child").read_text()), signal.SIGKILL)


@pytest.mark.parametrize("status", [0, 1])
async def test_a_program_may_say_much(team: Machine, install: Install, status: int) -> None:
    install(f"yes headrace | tr -d '\\n' | head -c 100000000; {REFUSES_DOCS} exit {status}")
    tracemalloc.start()
    report = await team.sync()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50_000_000
    assert report.unchecked == {}
    assert [len(error.message) < MOST_TOLD + 200 for error in report.failed.values()] == [True] * status


async def test_it_is_told_as_a_person_reads_it(team: Machine, install: Install) -> None:
    token = "ghp_" + "0aB1" * 9
    says = (r"\033[31m'$PWD'/opencode.json\033[0m\n\n", f"of '$HOME'/x: {token}\\n", *(f"{i}\\n" for i in range(9)))
    install(f"{REFUSES_DOCS} printf '{''.join(says)}'; exit 1")
    message = (await team.sync()).failed["codex"].message
    assert message.partition("status 1: ")[2].splitlines() == ["opencode.json", "of ~/x: ***", *"0123"]


async def test_it_sees_the_new_files_and_nothing_else(team: Machine, install: Install, tmp_path: Path) -> None:
    team.write("private", "of the person", at="home")
    team.write("src.py", "of the project")
    install('cp -r "$HOME/.." OUT/seen; pwd > OUT/where')
    await team.sync()
    seen = tmp_path / "seen"
    assert {str(path.relative_to(seen)): path.read_text() for path in seen.rglob("*") if path.is_file()} == {
        f"project/{CODEX}": NEW
    }
    where = Path((tmp_path / "where").read_text().strip())
    assert where.name == "project"
    assert not where.parent.exists(), "its copy is still there"


async def test_nobody_types_into_it(team: Machine, install: Install, tmp_path: Path) -> None:
    install("cat > OUT/heard")
    source, keyboard = os.pipe()
    os.write(keyboard, b"typed")
    os.close(keyboard)
    ours = os.dup(0)
    os.dup2(source, 0)
    try:
        await team.sync()
    finally:
        os.dup2(ours, 0)
        os.close(ours)
        os.close(source)
    assert (tmp_path / "heard").read_bytes() == b""


async def test_it_sees_a_persons_files_in_its_home(team: Machine, install: Install, tmp_path: Path) -> None:
    team.write(CODEX, OLD, at="home")
    team.write(".claude.json", json.dumps({"mcpServers": {"docs": DOCS}}), at="home")
    install('cp "$HOME/.codex/config.toml" OUT/home; cp "$CODEX_HOME/config.toml" OUT/codex')
    await team.sync(scope="user")
    assert (tmp_path / "home").read_text() == (tmp_path / "codex").read_text() == NEW


async def test_what_it_does_to_its_copy_is_undone(team: Machine, install: Install) -> None:
    install('echo broken > "$CODEX_HOME/config.toml"; touch "$HOME/new" new; mkdir locked; chmod 0 locked')
    before = team.files().keys()
    await team.sync()
    assert team.text(CODEX) == NEW
    assert team.files().keys() == before


async def test_it_knows_no_key_of_ours(
    team: Machine, install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "ours")
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "/ours")
    install("env > OUT/env")
    await team.sync()
    variables = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
    xdg = {f"XDG_{name}_HOME" for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    of_the_shell = {"PWD", "OLDPWD", "SHLVL", "_"}
    assert set(variables) - of_the_shell == {"PATH", "LANG", "HOME", "TMPDIR", "CODEX_HOME", "OPENCODE_PURE", *xdg}
    sandbox = variables["TMPDIR"].removesuffix("/tmp")
    assert {variables[name].startswith(f"{sandbox}/") for name in ("HOME", "CODEX_HOME", *xdg)} == {True}
    assert not sandbox.startswith(str(team.home))


async def test_programs_run_at_the_same_time(team: Machine, install: Install) -> None:
    team.write(OPENCODE, '{"mcp": {}}')
    wait = "until [ -e OUT/{} ]; do sleep 0.05; done"
    install(f"touch OUT/one; {wait.format('two')}", "codex")
    install(f"touch OUT/two; {wait.format('one')}", "opencode")
    report = await team.sync()
    assert (report.failed, report.unchecked) == ({}, {})
    assert "docs" in (team.text(OPENCODE) or "")
