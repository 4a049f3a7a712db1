"""`headrace clients` in a repository, as its user types it."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from headrace.clients import Place
from schemas.settings import Settings
from tests.faults import HEADRACE, environment
from tests.headrace.conftest import Cli
from tests.headrace.process import KEY, Up

pytestmark = pytest.mark.slow
CLAUDE, CURSOR, CODEX = ".mcp.json", ".cursor/mcp.json", ".codex/config.toml"
DOCS = {"type": "http", "url": "https://docs.example.com/mcp"}
FILES = {"command": "npx", "args": ["-y", "files-server"]}


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with Up(tmp_path_factory.mktemp("clients")) as running:
        yield running


class Repository:
    """A repository below a home, in which the command is typed."""

    def __init__(self, folder: Path, cli: Cli, url: str) -> None:
        self.home, self.root = folder / "home", folder / "home" / "work"
        self.root.mkdir(parents=True)
        subprocess.run(["git", "init", "-q", str(self.root)], check=True)
        self._cli = cli
        self._env = {"HOME": str(self.home), "XDG_STATE_HOME": str(folder / "state"), "HEADRACE_API_KEY": KEY}
        self._env["HEADRACE_URL"] = url

    def write(self, path: str, text: str) -> None:
        """Put a file there."""
        self.root.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        self.root.joinpath(path).write_text(text)

    def text(self, path: str) -> str:
        """What a file holds."""
        return self.root.joinpath(path).read_text()

    def files(self) -> dict[str, bytes]:
        """All of them."""
        found = [path for path in self.home.rglob("*") if path.is_file() and ".git" not in path.parts]
        return {str(path): path.read_bytes() for path in found}

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Type a command: exit status, output, complaints."""
        return self._cli.run("clients", *arguments, **self._env)

    def good(self, *arguments: str) -> str:
        """The output of a command that must succeed."""
        code, out, err = self.run(*arguments)
        assert (code, err) == (0, ""), (code, out, err)
        return out

    def json(self, *arguments: str) -> Any:
        """The same as JSON, whatever the status."""
        return json.loads(self.run(*arguments, "--json")[1])


@pytest.fixture
def repository(tmp_path: Path, cli: Cli, up: Up, monkeypatch: pytest.MonkeyPatch) -> Repository:
    found = Repository(tmp_path, cli, up.url)
    monkeypatch.chdir(found.root)
    found.write(CLAUDE, json.dumps({"mcpServers": {"docs": DOCS}}))
    found.write(CURSOR, '{\n  // team\n  "mcpServers": {}\n}\n')
    found.write(CODEX, '# mine\nmodel = "o"\n')
    return found


def claude(repository: Repository, **entries: Any) -> None:
    repository.write(CLAUDE, json.dumps({"mcpServers": entries}))


def test_a_dry_run_shows_and_does_nothing(repository: Repository) -> None:
    before = repository.files()
    out = repository.good("sync", "--dry-run")
    assert "waits  servers/docs of claude: a new server to call" in out
    assert repository.files() == before


def test_what_widens_waits_for_yes(repository: Repository) -> None:
    before = repository.files()
    code, out, _ = repository.run("sync")
    assert (code, repository.files()) == (4, before)
    assert "headrace clients sync --yes" in out
    out = repository.good("sync", "--yes")
    assert "+ cursor    servers/docs" in out
    assert "// team" in repository.text(CURSOR)
    assert 'url = "https://docs.example.com/mcp"' in repository.text(CODEX)
    assert "in step: agents, claude, codex, cursor" in repository.good("sync")


def test_ci_sees_drift(repository: Repository) -> None:
    assert repository.run("sync", "--check")[0] == 3
    repository.good("sync", "--yes")
    before = repository.files()
    assert repository.run("sync", "--check")[0] == 0
    claude(repository)
    assert repository.run("sync", "--check")[0] == 3
    assert repository.json("sync", "--check")["clients"]["cursor"]["changes"] == {"servers/docs": "removed"}
    repository.write(CLAUDE, before[str(repository.root / CLAUDE)].decode())
    assert repository.files() == before


def test_json_says_all_of_it(repository: Repository) -> None:
    claude(repository, docs=DOCS, gone={"type": "sse", "url": "https://sse.example"})
    found = repository.json("sync", "--yes")
    assert found["done"]
    assert found["clients"]["cursor"]["changes"] == {"servers/docs": "added", "servers/gone": "added"}
    assert found["clients"]["codex"]["losses"] == [
        {"element": "servers/gone", "field": "*", "why": "it has no sse servers"}
    ]
    assert {one["element"] for one in found["decisions"]} == {"servers/docs", "servers/gone"}


def test_a_broken_file_is_named_with_its_place(repository: Repository) -> None:
    repository.write(CURSOR, '{\n  "mcpServers": {,}\n}\n')
    code, out, err = repository.run("sync", "--yes")
    assert code == 1
    assert ".cursor/mcp.json:2:18" in err
    assert "mend .cursor/mcp.json" in err
    assert "+ codex     servers/docs" in out


def test_a_secret_is_told_and_stays(repository: Repository) -> None:
    token = "ghp_" + "0aB1" * 9
    claude(repository, gh={"command": "gh", "env": {"GITHUB_TOKEN": token}})
    code, out, err = repository.run("sync", "--yes")
    assert code == 0
    assert "env.GITHUB_TOKEN holds a secret (a GitHub token)" in err
    assert "${NAME}" in err
    assert token not in out + err
    assert "gh" not in repository.text(CURSOR)


def test_history_why_and_back(repository: Repository) -> None:
    repository.good("sync", "--yes")
    claude(repository, docs=DOCS | {"url": "https://two.example"})
    repository.good("sync", "--yes")
    history = repository.json("history", "servers/docs")
    assert [one["version"] for one in history] == [2, 1]
    assert "https://two.example" in repository.good("history", "servers/docs")
    why = repository.json("why", "servers/docs")
    assert why["centre"]["author"].endswith("/claude")
    assert why["decision"]["client"].startswith("claude@")
    assert why["decision"]["payload"]["how"] == "taken"
    assert "changed, decided by: taken" in repository.good("why", "servers/docs")
    assert why["clients"]["codex"] == {"where": f"{CODEX}:4", "said": "as in the centre"}
    repository.good("rollback", "servers/docs", "--to", "1")
    assert "https://docs.example.com/mcp" in repository.text(CODEX)
    assert "two.example" not in repository.text(CLAUDE)
    then = history[0]["at"]
    repository.good("rollback", "--to", then)
    assert "two.example" in repository.text(CURSOR)
    code, _, err = repository.run("rollback", "servers/docs", "--to", "9")
    assert (code, "has no version 9" in err) == (1, True)


def test_back_for_what_one_client_has_done(repository: Repository) -> None:
    repository.write(CURSOR, '{"mcpServers": {}}')
    repository.good("sync", "--yes")
    then = repository.json("history", "servers/docs")[0]["at"]
    claude(repository, docs=DOCS | {"headers": {"X-Team": "one"}})
    repository.good("sync", "--yes")
    cursor = json.loads(repository.text(CURSOR))
    cursor["mcpServers"]["more"] = FILES
    repository.write(CURSOR, json.dumps(cursor))
    repository.good("sync", "--yes")
    repository.good("rollback", "--to", then, "--client", "cursor")
    assert "more" not in repository.text(CLAUDE)
    assert "X-Team" in repository.text(CURSOR)
    code, _, err = repository.run("rollback", "--to", then, "--client", "emacs")
    assert (code, "there is no client 'emacs'" in err) == (1, True)


def test_import_of_a_file_overrides_nothing(repository: Repository, tmp_path: Path) -> None:
    repository.good("sync", "--yes")
    entries = {"docs": {"url": "https://other.example"}, "more": {"command": "uvx", "args": ["more-server"]}}
    (tmp_path / "theirs.json").write_text(json.dumps({"mcpServers": entries}))
    path = str(tmp_path / "theirs.json")
    code, out, _ = repository.run("import", path, "--client", "cursor")
    assert (code, "not taken in  servers/more: a new command to run" in out) == (4, True)
    assert "more-server" not in repository.text(CODEX)
    found = repository.json("import", path, "--client", "cursor", "--yes")["imported"]
    assert (found["taken"], found["kept"]) == (["servers/more"], ["servers/docs"])
    assert "more-server" in repository.text(CODEX)
    assert "other.example" not in repository.text(CLAUDE)
    assert repository.json("import", path, "--client", "cursor", "--yes")["imported"]["taken"] == []
    claude(repository, docs=DOCS, more=entries["more"], unasked={"command": "evil"})
    repository.run("import", path, "--client", "cursor", "--yes")
    assert "evil" not in repository.text(CODEX), "only what was imported was approved of"


def test_import_of_a_directory_and_of_what_was_exported(repository: Repository, tmp_path: Path, up: Up) -> None:
    repository.write(CURSOR, '{"mcpServers": {}}')
    theirs = tmp_path / "theirs"
    (theirs / ".cursor").mkdir(parents=True)
    secret = {"command": "x", "env": {"TOKEN": "ghp_0123456789abcdefghijklmnop"}}
    (theirs / CURSOR).write_text(json.dumps({"mcpServers": {"far": FILES, "own": secret}}))
    found = repository.json("import", str(theirs), "--yes")["imported"]
    assert found["taken"] == ["servers/far"]
    assert "secret" in found["problems"]["cursor"][0]
    project = Place.find(Settings(), repository.root, None).project
    for format_ in ("json", "zip"):
        request = Request(f"{up.url}/api/v1/export?format={format_}&project={project}", headers={"X-API-Key": KEY})
        with urlopen(request) as answer:
            (tmp_path / format_).write_bytes(answer.read())
    for format_ in ("json", "zip"):
        cursor = json.loads(repository.text(CURSOR))
        del cursor["mcpServers"]["far"]
        repository.write(CURSOR, json.dumps(cursor))
        repository.good("sync", "--yes")
        assert "files-server" not in repository.text(CODEX)
        found = repository.json("import", str(tmp_path / format_), "--yes")["imported"]
        assert found["taken"] == ["servers/far"]
        assert "files-server" in repository.text(CODEX)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"configurations": {"../x": {}}}', b"PK\x03\x04"])
def test_what_is_no_export_is_said(repository: Repository, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    code, _, err = repository.run("import", str(tmp_path / "x"), "--yes")
    assert (code, "Traceback" in err) == (1, False)
    assert repository.run("import", str(tmp_path / "nowhere"))[0] == 1


def test_a_conflict_waits_and_is_settled(repository: Repository) -> None:
    repository.good("sync", "--yes")
    claude(repository, docs=DOCS | {"headers": {"X-Team": "one"}})
    cursor = repository.text(CURSOR).replace('mcp"', 'mcp",\n      "headers": {"X-Team": "two"}')
    repository.write(CURSOR, cursor)
    code, out, _ = repository.run("sync", "--yes", "--policy", "manual-review")
    assert code == 4
    assert "conflict  servers/docs of cursor: headers.X-Team" in out
    assert '"one"' in repository.text(CLAUDE)
    assert '"two"' in repository.text(CURSOR)
    repository.good("resolve", "servers/docs", "--take", "cursor")
    assert '"two"' in repository.text(CLAUDE)
    assert 'X-Team = "two"' in repository.text(CODEX)
    assert repository.run("sync", "--check", "--policy", "manual-review")[0] == 0


def test_what_waits_is_merged_by_hand(repository: Repository, tmp_path: Path) -> None:
    repository.good("sync", "--yes")
    claude(repository, docs=DOCS | {"headers": {"X-Team": "one"}})
    repository.write(CURSOR, repository.text(CURSOR).replace('mcp"', 'mcp",\n      "headers": {"X-Team": "two"}'))
    assert repository.run("sync", "--yes", "--policy", "manual-review")[0] == 4
    made = tmp_path / "made.json"
    made.write_text(json.dumps({"transport": "http", "url": 3}))
    code, _, err = repository.run("resolve", "servers/docs", "--merged", str(made))
    assert (code, "url (line 1): it must be text" in err) == (1, True)
    both = {"transport": "http", "url": DOCS["url"], "headers": {"X-Team": "one and two"}, "approved_tools": ["look"]}
    made.write_text(json.dumps(both))
    out = repository.good("resolve", "servers/docs", "--merged", str(made))
    assert "lets agents do more  servers/docs: more tools that run unasked" in out
    for path in (CLAUDE, CURSOR, CODEX):
        assert "one and two" in repository.text(path)
    assert repository.run("sync", "--check", "--policy", "manual-review")[0] == 0
    code, _, err = repository.run("resolve", "servers/docs", "--merged", str(made))
    assert (code, "nothing waits about servers/docs" in err) == (1, True)


def test_what_is_no_way_to_resolve(repository: Repository, tmp_path: Path) -> None:
    for options in ([], ["--take", "centre", "--merged", "x"], ["--merged", str(tmp_path / "nowhere")]):
        code, _, err = repository.run("resolve", "servers/docs", *options)
        assert (code, "--take CLIENT" in err or "cannot be read" in err) == (1, True)


def test_the_policy_is_kept_for_everybody(repository: Repository) -> None:
    repository.good("sync", "--yes")
    assert repository.json("policy") == {"strategy": "last-write-wins", "priorities": {}, "kinds": {}}
    repository.good("policy", "--policy", "manual-review", "--kind", "servers")
    repository.good("policy", "--priority", "codex=3", "--policy", "central-authoritative")
    shown = repository.good("policy")
    assert re.search(r"all others +central-authoritative +codex=3", shown)
    assert re.search(r"servers +manual-review +codex=3", shown)
    claude(repository, docs=DOCS | {"headers": {"X-Team": "one"}})
    repository.write(CURSOR, repository.text(CURSOR).replace('mcp"', 'mcp",\n      "headers": {"X-Team": "two"}'))
    code, out, _ = repository.run("sync", "--yes")
    assert (code, "conflict  servers/docs of cursor" in out) == (4, True)
    assert repository.run("policy", "--priority", "emacs=1")[0] == 1


def test_priorities_come_before_the_policy(repository: Repository) -> None:
    repository.good("sync", "--yes")
    cursor = repository.text(CURSOR).replace('mcp"', 'mcp",\n      "headers": {"X-Team": "two"}')
    repository.write(CURSOR, cursor)
    claude(repository, docs=DOCS | {"headers": {"X-Team": "one"}})
    os.utime(repository.root / CURSOR, (1, 1))
    repository.good("sync", "--yes", "--priority", "cursor=5")
    assert '"two"' in repository.text(CLAUDE)


def test_who_is_there_and_who_shall_be(repository: Repository) -> None:
    assert [one["client"] for one in repository.json("list")] == ["agents", "claude", "codex", "cursor"]
    assert {one["name"] for one in repository.json("detect")} >= {"claude", "codex", "cursor"}
    repository.good("add", "gemini")
    repository.good("sync", "--yes")
    assert "docs.example.com" in repository.text(".gemini/settings.json")
    code, _, err = repository.run("add", "emacs")
    assert (code, "there is no client 'emacs'" in err) == (1, True)


def test_a_diff_shows_the_lines(repository: Repository) -> None:
    out = repository.good("diff", "codex")
    assert "+[mcp_servers.docs]" in out
    assert "cursor" not in out


@pytest.mark.parametrize("wrong", [["why", "docs"], ["history", "tools/x"], ["rollback", "--to", "3"]])
def test_what_is_no_element_is_said(repository: Repository, wrong: list[str]) -> None:
    code, _, err = repository.run(*wrong)
    assert (code, "such as servers/docs" in err) == (1, True)


def test_clones_of_one_repository_are_one_project(tmp_path: Path) -> None:
    names = []
    for name, remote in (("a", "git@host:team/app.git"), ("b", "https://user:token@host/team/app"), ("c", "")):
        root = tmp_path / name
        subprocess.run(["git", "init", "-q", str(root)], check=True)
        if remote:
            subprocess.run(["git", "-C", str(root), "remote", "add", "origin", remote], check=True)
        names.append(Place.find(Settings(), root, None).project)
    assert names[0] == names[1]
    assert names[0].startswith("app-")
    assert names[2].startswith("c-")
    assert Place.find(Settings(project="mine"), tmp_path / "a", None).project == "mine"


def test_it_needs_no_server(tmp_path: Path, cli: Cli) -> None:
    """It brings one up and takes it down; two at once share it, or take turns."""
    running = []
    for name in ("one", "two"):
        one = Repository(tmp_path / name, cli, "")
        one.write(CLAUDE, json.dumps({"mcpServers": {"docs": DOCS}}))
        one.write(CURSOR, "{}")
        env = environment(Settings(data=tmp_path / "data"), HOME=str(one.home), XDG_STATE_HOME=str(tmp_path / "state"))
        command = [str(HEADRACE), "clients", "sync", "--yes", "--root", str(one.root)]
        running.append((one, subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)))
    for one, process in running:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, (out, err)
        assert "docs.example.com" in one.text(CURSOR)
    assert not (tmp_path / "data" / "running.json").exists()
