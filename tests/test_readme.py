"""What the README says is so: its table, its links, and every command in it, as somebody would type it."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import pytest

from schemas.base import EventId, new_id
from schemas.settings import Settings
from streams.appender import Message
from streams.connection import connect
from streams.embedded import free_port
from streams.log import Log
from streams.store import Store
from tests.conftest import Servers

T = TypeVar("T")

ROOT = Path(__file__).parent.parent
README = ROOT.joinpath("README.md").read_text(encoding="utf-8")
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


# --- words


def default_of(value: object) -> str:
    """A default as one would write it in the environment."""
    return "—" if value in {None, ""} else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def settings_table() -> list[str]:
    """The README's table of settings, as it must be."""
    rows = [
        f"| `HEADRACE_{name.upper()}` | {default_of(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return ["| variable | default | meaning |", "| --- | --- | --- |", *rows]


def test_the_table_of_settings_is_complete() -> None:
    found = [line for line in README.splitlines() if line.startswith("| ")]
    assert found == settings_table(), "README.md's table is now:\n" + "\n".join(settings_table())


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_lead_somewhere(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = paper.parent / path if path else paper
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def anchors(paper: Path) -> set[str]:
    """The places in a text that a link may name."""
    headings = re.findall(r"^#+ (.+)$", paper.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_pictures_are_some() -> None:
    pictures = sorted(ROOT.joinpath("docs", "images").iterdir())
    assert len(pictures) >= 9
    for picture in pictures:
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size < 250_000


def recipe(target: str) -> str:
    """What `make` would do, once all is installed."""
    command = ["make", "--dry-run", "--no-print-directory", target]
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


def test_the_make_commands_are_what_the_readme_says() -> None:
    assert recipe("run") == ".venv/bin/headrace up --watch examples/cvlab"
    assert recipe("test") == ".venv/bin/pytest -n 3 --dist loadfile"
    assert "\nmake test\n" in ROOT.joinpath(".ci", "run").read_text(encoding="utf-8")


def test_the_make_commands_of_a_contributor_exist() -> None:
    commands = re.findall(r"^make (\w+)", ROOT.joinpath("CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) == 5
    assert all(recipe(command) for command in commands if command != "install")


# --- commands


class Block(NamedTuple):
    """Something to type, and the heading above it."""

    heading: str
    language: str
    text: str


def blocks() -> list[Block]:
    """All code in the README, in order."""
    found: list[Block] = []
    parts = re.split(r"^(#+ .+|```\w+\n(?:.*\n)*?```)$", README, flags=re.MULTILINE)
    heading = ""
    for part in parts:
        if part.startswith("#"):
            heading = part.lstrip("# ")
        elif part.startswith("```"):
            language, _, text = part.removeprefix("```").removesuffix("```").partition("\n")
            found.append(Block(heading, language, text.strip()))
    return found


def until(what: Callable[[], T], seconds: float = 30.0) -> T:
    """Wait until `what` gives something true; what it gave."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"not so after {seconds:g} s"
        time.sleep(0.02)
    return found


class Terminal:
    """A shell to type into, in a folder that looks like a checkout. What it started ends with it."""

    def __init__(self, folder: Path, **env: str) -> None:
        self._folder = folder
        self._jobs: list[tuple[int, Path]] = []
        keep = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        home = folder / "home"
        home.mkdir(parents=True)
        self.checkout = folder / "headrace"
        shutil.copytree(ROOT / "examples", self.checkout / "examples")
        self.checkout.joinpath(".venv").symlink_to(ROOT / ".venv")
        self._shell = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=self.checkout,
            env=keep | {"HOME": str(home), "NO_COLOR": "1", "COLUMNS": "200"} | env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.run("set -mE; trap 'echo FAILED: $BASH_COMMAND' ERR; PATH=$PWD/.venv/bin:$PATH")

    def run(self, text: str) -> str:
        """Type something and wait for its end; what was said. Every command in it must succeed."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{text}\nprintf '\\n__end__\\n'\n")
        self._shell.stdin.flush()
        said = ""
        while (line := self._shell.stdout.readline()) != "__end__\n":
            assert line, f"the shell has ended: {said}"
            said += line
        assert "FAILED: " not in said, said
        return said

    def start(self, text: str, expected: str) -> Path:
        """Type something that goes on, and wait until it says what is expected; where it says more."""
        said = self._folder / f"said-{len(self._jobs)}"
        said.touch()
        job = int(self.run(f"{{ exec {text}; }} > {said} 2>&1 & echo $!"))
        self._jobs.append((job, said))
        until(lambda: self.has_said(said, expected))
        return said

    def has_said(self, said: Path, expected: str) -> bool:
        """Whether something that goes on has said something."""
        return re.search(expected, said.read_text(encoding="utf-8"), re.MULTILINE) is not None

    def close(self) -> None:
        """Stop everything, the last first, as Ctrl-C does."""
        for job, said in reversed(self._jobs):
            self.run(f"kill -INT -- -{job} || {{ cat {said}; false; }}; wait {job} || true")
        self._shell.communicate("exit\n")


@pytest.fixture
def terminals() -> Iterator[ExitStack]:
    """Where terminals are closed."""
    with ExitStack() as stack:
        yield stack


EXPECTED = {
    "headrace status": r"(?s)archive.*resolve.*16",
    "headrace events --since": r"version\.created +components/model/resnet\.py",
    "headrace events --limit 3": r'(?m)^\{.*"sequence"',
    "api components/versions$": r'(?s)"path":"model/resnet.py".*"version_count":2',
    "api components/versions/upload": r'"is_new":true.*"content":"GAMMA = 2\\n"',
    "first=": r'"is_active":true',
    "headrace sync": r"(?s)downloaded model/resnet\.py.*active.*component +used +now.*no conflicts wait",
    "git init": r"(?s)\+ cursor +servers/docs.*servers/docs  version 1.*\.cursor/mcp\.json",
    "headrace audit verify": r"whole: \d+ events in \d+ chains",
    "headrace replay --verify": r"identical: \d+ events replayed",
    "headrace replay --subject": r"wrote [0-9a-f]{16}  version 2, active",
    "headrace replay --until": r"0 documents at 20",
    "headrace dead list": r"no dead letters|not an event",
    "headrace migrate": r"took 0001_first_flow\.sql",
    "headrace doctor": r"(?s)redis.*postgres",
}
"""What is said when lines that begin so are typed."""

GOES_ON = {
    "headrace up": r"^ready http",
    "headrace events --follow": r"head\.moved",
    "headrace worker": r"working for",
    "headrace gateway": r"serving on",
    "headrace watch": r"watching .*\(16 files\)",
}
"""What is said by what goes on, once it works."""


def type_in(terminal: Terminal, block: Block) -> None:
    """Type a block, and check what is said."""
    text = block.text
    for start, expected in GOES_ON.items():
        if text.startswith(start):
            terminal.start(text, expected)
            return
    if text.startswith("headrace doctor"):
        text += " || true"  # it says what is wrong with this very machine
    said = terminal.run(text)
    for start, expected in EXPECTED.items():
        if re.search(f"^{start}", text, re.MULTILINE):
            assert re.search(expected, said), said


@pytest.mark.timeout(300)
def test_the_tour(terminals: ExitStack, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, HEADRACE_PORT=str(free_port()))
    terminals.callback(terminal.close)
    terminal.start(recipe("run"), "^ready http")
    tour = [block for block in blocks() if block.heading not in {"Headrace", "On several machines"}]
    assert len(tour) == 15
    for block in tour:
        if block.language == "bash":
            HOW.get(block.text.splitlines()[0], type_in)(terminal, block)
        elif block.language == "python":
            terminal.checkout.joinpath("feed.py").write_text(block.text, encoding="utf-8")
            feed = terminal.start("python feed.py", r'"type":"version.created"')
            json.loads(feed.read_text(encoding="utf-8").splitlines()[0])


def show_status(terminal: Terminal, block: Block) -> None:
    """The watcher says how it does once it runs; what it found at the start is in the log soon after."""
    until(lambda: re.search(EXPECTED["headrace status"], terminal.run(block.text)))
    until(lambda: terminal.run("headrace events --type version.created").count("version.created") >= 16)


def follow_and_edit(terminal: Terminal, block: Block) -> None:
    """Look on while a file is edited."""
    edit = next(block for block in blocks() if block.text.startswith("echo "))
    said = terminal.start(block.text, "head.moved")
    terminal.run(edit.text)
    story = ["change.observed", "change.hashed", "change.accepted", "version.created", "head.moved"]
    until(lambda: terminal.has_said(said, r"head\.moved +components/model/resnet\.py  2 "))
    assert re.findall(r"(\S+) +components/model/resnet\.py", said.read_text(encoding="utf-8"))[-5:] == story


def nothing(terminal: Terminal, block: Block) -> None:
    """It was typed already."""


def decide(terminal: Terminal, block: Block) -> None:
    """Every line with the id of an event that no group can read."""
    lines = block.text.splitlines()
    redis_url = terminal.run("echo $HEADRACE_REDIS_URL").strip()
    asyncio.run(publish_garbage(redis_url, len(lines)))
    letters = until(lambda: waiting(terminal, len(lines)))
    assert "not an event" in terminal.run("headrace dead list")
    for line, letter in zip(lines, letters, strict=True):
        assert "ID" in line
        terminal.run(line.replace("ID", letter))


def waiting(terminal: Terminal, number: int) -> list[str]:
    """The ids of the dead letters, once there are so many."""
    letters = [letter["id"] for letter in json.loads(terminal.run("headrace dead list --group hash --json"))]
    return letters if len(letters) == number else []


async def publish_garbage(redis_url: str, number: int) -> None:
    """Put bytes into the log that are no events."""
    log = Log(connect(redis_url, 5.0), Settings())
    await log.open()
    await log.publish([Message("changes", n, EventId(new_id()), b"garbage") for n in range(number)])
    await log.close()


def look_at_the_watcher(terminal: Terminal, block: Block) -> None:
    """It says how it does a moment after it began."""
    until(lambda: "16 files of project default" in terminal.run("headrace watch status || true"))
    said = terminal.run(block.text)
    assert "a server is told of it as model/resnet.py" in said
    assert "Type=notify" in said


HOW: dict[str, Callable[[Terminal, Block], None]] = {
    ". .venv/bin/activate": show_status,
    "headrace events --follow": follow_and_edit,
    'echo "# a remark" >> examples/cvlab/cvlabkit/component/model/resnet.py': nothing,
    "headrace dead show ID": decide,
    "headrace watch status": look_at_the_watcher,
}
"""Blocks that are more than typed, by their first line."""


@pytest.fixture
def database(servers: Servers) -> Iterator[str]:
    """An empty database, and its URL."""
    name = f"readme_{os.getpid()}"
    asyncio.run(administer(servers.postgres, f"create database {name}"))
    yield urlsplit(servers.postgres)._replace(path=f"/{name}").geturl()
    asyncio.run(administer(servers.postgres, f"drop database {name} with (force)"))


async def administer(url: str, command: str) -> None:
    store = await Store.connect(url, Settings())
    await store.db.execute(command)
    await store.close()


@pytest.mark.timeout(120)
def test_several_machines(tmp_path: Path, redis_url: str, database: str, terminals: ExitStack) -> None:
    url = f"http://127.0.0.1:{(port := free_port())}"
    prefix = f"readme-{os.getpid()}"
    terminal = Terminal(tmp_path, HEADRACE_PORT=str(port), HEADRACE_PREFIX=prefix)
    terminals.callback(terminal.close)
    shutil.copytree(ROOT / "examples" / "cvlab", tmp_path / "home" / "lab")
    here = {
        "redis://:password@redis.example:6379/0": redis_url,
        "postgresql://headrace:password@postgres.example:5432/headrace": database,
        "http://headrace.example:8000": url,
    }
    typed = [block for block in blocks() if block.heading == "On several machines"]
    assert [block.text.split()[:2] for block in typed[1:]] == [
        line.split() for line in ("headrace worker", "headrace gateway", "headrace watch", "headrace watch")
    ]
    for block in typed:
        text = block.text
        for example, address in here.items():
            text = text.replace(example, address)
        assert ".example" not in text
        HOW.get(block.text.splitlines()[0], type_in)(terminal, block._replace(text=text))
    terminal.run(f"export HEADRACE_URL={url}")
    until(lambda: terminal.run("headrace events --type version.created").count("version.created") == 16)


def test_every_command_is_typed_by_a_test() -> None:
    """Nothing that a reader could type is left out above."""
    languages = {block.language for block in blocks()}
    assert languages == {"bash", "python", "text"}
    assert [block.text for block in blocks() if block.heading == "Headrace"] == ["make run", "make test"]
    assert all(block.heading for block in blocks())
    known = {"Headrace", "Tour", "Over HTTP", "Roll back", "The live feed", "Workers and experiments", "Prove it"}
    known.add("AI coding clients")
    assert {block.heading for block in blocks()} == known | {"When something goes wrong", "On several machines"}
