"""`headrace import-cvlab`: real SQLite files into a real gateway."""

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from headrace import imports
from headrace.imports import import_store
from headrace.remote import Remote, Server
from schemas.errors import Away
from streams.embedded import free_port
from tests.build import hash_of, until
from tests.gateway import conftest as gateway
from tests.gateway.conftest import KEY, Client
from tests.gateway.test_changes import change, send
from tests.gateway.test_imports import MANIFEST, VERSIONS, archived, history, texts

SCHEMA = """
create table component_versions (
    hash varchar(16) not null primary key, path varchar not null, category varchar not null, name varchar not null,
    content text not null, is_active boolean, created_at datetime
);
create index ix_component_versions_path on component_versions (path);
create table experiment_component_manifests (
    id integer not null primary key, experiment_uid varchar not null, component_path varchar not null,
    component_hash varchar not null, created_at datetime
);
"""  # as SQLAlchemy makes it of the seed's models
LOOSE = """
create table component_versions (hash, path, category, name, content, is_active, created_at);
create table experiment_component_manifests (experiment_uid, component_path, component_hash, created_at);
"""

client, idle = gateway.client, gateway.idle  # their fixtures

A, B = "model/a.py", "agent/b.py"


def day(number: int) -> str:
    """A time as SQLAlchemy writes it."""
    return f"2024-03-{number:02} 09:30:00.123456"


def utc(number: int) -> str:
    """The same as Headrace says it."""
    return f"2024-03-{number:02}T09:30:00.123456+00:00"


class Store:
    """A CVLab-Kit server's file."""

    def __init__(self, file: Path, schema: str = SCHEMA) -> None:
        self.file = file
        self.run(schema)

    def run(self, script: str) -> None:
        with closing(sqlite3.connect(self.file)) as db:
            db.executescript(script)

    def version(self, text: Any, time: Any, path: Any = A, *, active: Any = False, hash_: Any = None) -> str:
        """Add a version; its hash."""
        found = hash_of(text) if hash_ is None else hash_
        row = (found, path, "model", "a", text, active, time)
        self._add("component_versions (hash, path, category, name, content, is_active, created_at)", row)
        return str(found)

    def uses(self, uid: Any, hash_: Any, time: Any = "2024-03-20 09:30:00", path: Any = A) -> None:
        """Add what an experiment used."""
        columns = "experiment_uid, component_path, component_hash, created_at"
        self._add(f"experiment_component_manifests ({columns})", (uid, path, hash_, time))

    def _add(self, into: str, row: tuple[Any, ...]) -> None:
        with closing(sqlite3.connect(self.file)) as db, db:
            db.execute(f"insert into {into} values ({', '.join('?' * len(row))})", row)


@pytest.fixture
def store_file(tmp_path: Path) -> Store:
    """An empty one."""
    return Store(tmp_path / "web helper #1?.db")


@pytest.fixture
def loose(tmp_path: Path) -> Store:
    """One whose columns take anything."""
    return Store(tmp_path / "loose.db", LOOSE)


Import = Callable[..., Awaitable[Any]]


@pytest.fixture
async def remote(client: Client) -> AsyncIterator[Remote]:
    async with Remote(Server(str(client.raw.make_url("")).rstrip("/"), KEY["X-API-Key"])) as opened:
        yield opened


@pytest.fixture
def take(remote: Remote, capsys: pytest.CaptureFixture[str]) -> Import:
    """Import a file; what it says as JSON, with `status`."""

    async def run(store: Store, project: str | None = None, *, dry_run: bool = False) -> Any:
        status: Any = 0
        try:
            await import_store(remote, store.file, project=project, dry_run=dry_run, as_json=True)
        except SystemExit as ended:
            status = ended.code
        return json.loads(capsys.readouterr().out) | {"status": status}

    return run


def counts(said: Any) -> dict[str, tuple[int, int, int]]:
    return {kind: tuple(said[kind].values()) for kind in ("versions", "components", "experiments")}


def whys(said: Any) -> dict[str, str]:
    """Why things were skipped, by name."""
    return {f"{one['what']} {one['name']}": one["why"] for one in said["skipped"]}


async def test_a_whole_store(client: Client, take: Import, store_file: Store) -> None:
    one, two = store_file.version("1", day(1)), store_file.version("2", day(2), active=True)
    other = store_file.version("b", "2024-03-03 09:30:00", B, active=True)
    store_file.version("3", day(4))
    for uid, hash_ in (("e1", one), ("e2", two)):
        store_file.uses(uid, hash_, day(11))
        store_file.uses(uid, other, day(10), B)
    before = store_file.file.read_bytes()
    said = await take(store_file)
    assert said == {
        "dry_run": False,
        "versions": {"added": 4, "present": 0, "skipped": 0},
        "components": {"added": 2, "present": 0, "skipped": 0},
        "experiments": {"added": 2, "present": 0, "skipped": 0},
        "skipped": [],
        "notes": [],
        "status": 0,
    }
    assert await history(client) == [("1", utc(1), False), ("2", utc(2), True), ("3", utc(4), False)]
    assert await history(client, "agent/b") == [("b", "2024-03-03T09:30:00+00:00", True)]
    shown = await client.get(f"{MANIFEST}/e1")
    assert (shown["components"], shown["created_at"]) == ({A: one, B: other}, utc(10))
    assert store_file.file.read_bytes() == before
    assert [file.name for file in store_file.file.parent.iterdir()] == [store_file.file.name]


async def test_twice_is_once(client: Client, take: Import, store_file: Store) -> None:
    store_file.uses("e", store_file.version("1", day(1), active=True))
    store_file.version("2", day(2))
    await take(store_file)
    events = await archived(client)
    said = await take(store_file)
    assert counts(said) == {"versions": (0, 2, 0), "components": (0, 1, 0), "experiments": (0, 1, 0)}
    assert (said["status"], said["notes"], await archived(client)) == (0, [], events)


async def test_what_was_added_since(client: Client, take: Import, store_file: Store) -> None:
    store_file.version("1", day(1), active=True)
    await take(store_file)
    store_file.run("update component_versions set is_active = 0")
    two = store_file.version("2", day(2), active=True)
    said = await take(store_file)
    assert counts(said)["versions"] == (1, 1, 0)
    assert said["notes"] == [f"{A}: {two} was active there; what is active here stays"]
    assert texts(await history(client)) == "1* 2"


async def test_killed_in_the_middle(
    client: Client, take: Import, remote: Remote, store_file: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST", 2)
    hashes = [store_file.version(f"{number}", day(number), active=number == 4) for number in range(1, 6)]
    store_file.uses("e", hashes[0])
    whole, sent = remote.call, 0

    async def dies(*arguments: Any, **options: Any) -> Any:
        nonlocal sent
        sent += 1
        answer = await whole(*arguments, **options)
        if sent == 2:
            raise KeyboardInterrupt  # the server has taken this, and nobody hears of it
        return answer

    monkeypatch.setattr(remote, "call", dies)
    with pytest.raises(KeyboardInterrupt):
        await import_store(remote, store_file.file, project=None, dry_run=False, as_json=True)
    assert texts(await history(client)) == "1 2 3 4*"
    said = await take(store_file)
    assert counts(said) == {"versions": (1, 4, 0), "components": (0, 1, 0), "experiments": (1, 0, 0)}
    assert await history(client) == [(f"{number}", utc(number), number == 4) for number in range(1, 6)]


async def test_nothing_that_happened_here_since_is_overridden(client: Client, take: Import, store_file: Store) -> None:
    one, two = store_file.version("1", day(1)), store_file.version("2", day(2), active=True)
    gone = store_file.version("b", day(1), B, active=True)
    store_file.uses("e", one)
    store_file.uses("gone", gone, path=B)
    await take(store_file)
    await client.post(f"{VERSIONS}/activate", {"hash": one})
    await send(client, change(B, None, "b"))
    await client.post(f"{MANIFEST}/e", {A: two})
    await until(lambda: _is_gone(client))
    events = await archived(client)
    said = await take(store_file)
    assert (counts(said)["experiments"], said["status"]) == ((0, 2, 0), 0)
    assert await archived(client) == events
    assert texts(await history(client)) == "1* 2"
    assert texts(await history(client, "agent/b")) == "b"
    assert (await client.get(f"{MANIFEST}/e"))["components"] == {A: two}


async def _is_gone(client: Client) -> bool:
    return texts(await history(client, "agent/b")) == "b"


async def test_an_experiment_that_is_another_here(client: Client, take: Import, store_file: Store) -> None:
    store_file.uses("e", store_file.version("1", day(1)))
    here = (await client.upload(A, "here"))["hash"]
    await client.post(f"{MANIFEST}/e", {A: here})
    said = await take(store_file)
    assert (said["status"], counts(said)["experiments"]) == (1, (0, 0, 1))
    assert whys(said) == {"experiment e": "there is another manifest of this experiment here, which stays"}
    assert (await client.get(f"{MANIFEST}/e"))["components"] == {A: here}


async def test_the_same_bytes_at_two_paths(client: Client, take: Import, store_file: Store) -> None:
    """The old store has them once, and manifests know better."""
    one, two = store_file.version("same", day(1), active=True), store_file.version("b", day(3), B, active=True)
    for uid, when in (("late", 9), ("early", 2)):
        store_file.uses(uid, one, day(when), B)
    store_file.uses("late", one, day(9))
    said = await take(store_file)
    assert (said["status"], counts(said)["versions"], len(said["notes"])) == (0, (3, 0, 0), 1)
    assert await history(client, "agent/b") == [("same", utc(2), False), ("b", utc(3), True)]
    assert (await client.get(f"{MANIFEST}/late"))["components"] == {A: one, B: one}
    assert two != one


ACTIVE: dict[str, tuple[list[Any], str]] = {  # flags, and what the history then says
    "middle": ([False, True, False], "1 2* 3"),
    "none": ([False, False, False], "1 2 3"),
    "null": ([None, None, None], "1 2 3"),
    "two": ([True, True, False], "1 2* 3"),
    "all": ([True, True, True], "1 2 3*"),
    "words": (["0", "true", "false"], "1 2* 3"),
}


async def test_which_is_active(client: Client, take: Import, loose: Store) -> None:
    for name, (flags, _) in ACTIVE.items():
        for number, active in reversed(list(enumerate(flags, 1))):
            loose.version(f"{number} # {name}", day(number), f"model/{name}.py", active=active)
    said = await take(loose)
    assert sorted(note.partition(":")[0] for note in said["notes"]) == ["model/all.py", "model/two.py"]
    assert said["status"] == 0
    for name, (_, expected) in ACTIVE.items():
        assert texts(await history(client, f"model/{name}")).replace(f" # {name}", "") == expected


TIMES = {
    "2024-03-01 09:30:00.123456": utc(1),
    "2024-03-01 09:30:00": "2024-03-01T09:30:00+00:00",
    "2024-03-01T09:30:00.123456": utc(1),
    "2024-03-01T09:30:00.123456Z": utc(1),
    "2024-03-01 18:30:00.123456+09:00": utc(1),
}


async def test_times(client: Client, take: Import, loose: Store) -> None:
    for number, written in enumerate(TIMES):
        path = f"model/m{number}.py"
        loose.uses(f"e{number}", loose.version(written, written, path), written, path)
    await take(loose)
    for number, expected in enumerate(TIMES.values()):
        assert (await history(client, f"model/m{number}"))[0][1] == expected
        assert (await client.get(f"{MANIFEST}/e{number}"))["created_at"] == expected


async def test_an_experiment_that_names_two_versions(client: Client, take: Import, store_file: Store) -> None:
    one, two = store_file.version("1", day(1)), store_file.version("2", day(2))
    for hash_, when in ((one, 5), (two, 7), (one, 6)):
        store_file.uses("e", hash_, day(when))
    said = await take(store_file)
    assert (said["status"], said["notes"]) == (0, [f"e: it names several versions of {A}; the latest, {two}, counts"])
    shown = await client.get(f"{MANIFEST}/e")
    assert (shown["components"], shown["created_at"]) == ({A: two}, utc(5))


async def test_a_dry_run_sends_nothing(client: Client, take: Import, store_file: Store) -> None:
    store_file.uses("e", store_file.version("1", day(1)))
    store_file.uses("x", "0" * 16)
    said = await take(store_file, dry_run=True)
    assert counts(said) == {"versions": (1, 0, 0), "components": (1, 0, 0), "experiments": (1, 0, 1)}
    assert (said["dry_run"], said["status"], (await client.get("/api/status"))["events"]) == (True, 1, 0)


async def test_a_dry_run_needs_no_server(capsys: pytest.CaptureFixture[str], store_file: Store) -> None:
    store_file.version("1", day(1))
    async with Remote(Server(f"http://127.0.0.1:{free_port()}", None)) as nobody:
        await import_store(nobody, store_file.file, project=None, dry_run=True, as_json=False)
    rows = [row.split() for row in capsys.readouterr().out.splitlines()]
    assert rows[:2] == [["to", "import", "skipped"], ["versions", "1", "0"]]


async def test_for_people(remote: Remote, capsys: pytest.CaptureFixture[str], loose: Store) -> None:
    loose.version("1", day(1), active=True)
    loose.version("2", day(2), active=True)
    loose.version("3", day(3), "model/[bold]\x1b[31mx.py")
    with pytest.raises(SystemExit, match="1"):
        await import_store(remote, loose.file, project="other", dry_run=False, as_json=False)
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert [row.split() for row in lines[:4]] == [
        ["added", "already", "there", "skipped"],
        ["versions", "2", "0", "1"],
        ["components", "1", "0", "1"],
        ["experiments", "0", "0", "0"],
    ]
    assert lines[4] == f"note: {A}: 2 versions are active there; the newest, {hash_of('2')}, counts"
    assert lines[5].startswith(r"skipped: version model/[bold]\x1b[31mx.py ")
    assert (len(lines), "\x1b" in said) == (6, False)


async def test_another_project(client: Client, take: Import, store_file: Store) -> None:
    store_file.uses("e", store_file.version("1", day(1), active=True))
    await take(store_file, "other")
    assert await client.get(VERSIONS) == []
    assert len(await client.get(f"{VERSIONS}?project=other")) == 1
    assert len(await client.get(f"{MANIFEST}s?project=other")) == 1


async def test_parts_that_one_request_can_hold(
    client: Client, take: Import, store_file: Store, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH_BYTES", 1000)
    sizes: list[int] = []
    whole = remote.call

    async def measured(*arguments: Any, **options: Any) -> Any:
        sizes.append(len(options["data"].getvalue()))
        return await whole(*arguments, **options)

    monkeypatch.setattr(remote, "call", measured)
    for number in range(1, 9):
        store_file.version(f"{number}" * (3000 if number == 5 else 100), day(number), active=number == 3)
    assert counts(await take(store_file))["versions"] == (8, 0, 0)
    assert len(sizes) > 2
    assert [size for size in sizes if size > 1100] == [max(sizes)]
    assert [text[0] for text, _, _ in await history(client)] == list("12345678")


async def test_a_server_that_goes_and_comes_back(
    client: Client,
    remote: Remote,
    store_file: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(imports, "MOST", 1)
    monkeypatch.setattr(imports, "PATIENCE", (0.0, 0.0))
    for number in (1, 2, 3):
        store_file.version(f"{number}", day(number))
    whole, asked = remote.call, 0

    async def comes_and_goes(*arguments: Any, **options: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked in {2, 3}:
            raise Away("it is away")
        return await whole(*arguments, **options)

    monkeypatch.setattr(remote, "call", comes_and_goes)
    await import_store(remote, store_file.file, project=None, dry_run=False, as_json=True)
    assert capsys.readouterr().err.count("it is away") == 2
    assert texts(await history(client)) == "1 2 3"


async def test_no_server_is_said_at_once(
    store_file: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "PATIENCE", (0.0,))
    store_file.version("1", day(1))
    async with Remote(Server(f"http://127.0.0.1:{free_port()}", None)) as nobody:
        with pytest.raises(Away, match="no answer") as refused:
            await import_store(nobody, store_file.file, project=None, dry_run=False, as_json=False)
    assert "counts once" in refused.value.remedy
    assert capsys.readouterr().err == ""
