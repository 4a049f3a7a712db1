"""`headrace import-cvlab` of rows and files as they should not be: named and left out, and the rest goes on."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from headrace import imports
from headrace.imports import import_store
from headrace.remote import Remote, Server
from schemas.errors import HeadraceError, Misconfigured, NotFound
from tests.build import hash_of
from tests.gateway.conftest import Client
from tests.gateway.test_imports import MANIFEST, VERSIONS, history, texts
from tests.headrace import test_imports as whole
from tests.headrace.test_imports import SCHEMA, A, B, Import, Store, counts, day, utc, whys

client, idle, remote, take = whole.client, whole.idle, whole.remote, whole.take  # their fixtures
store_file, loose = whole.store_file, whole.loose


HOSTILE: list[tuple[Any, Any, str]] = [  # a path, a content, what is said of it
    ("../x.py", "1", "'..'"),
    ("core/x.py", "2", "is not CATEGORY/NAME.py"),
    ("model/a\0b.py", "3", "control character"),
    ("model/\x1b[31m.py", "4", "control character"),
    ("x" * 5000, "5", "longer"),
    (b"model/\xff.py", "6", "the path is no UTF-8 text"),
    (None, "7", "the path is no UTF-8 text"),
    (5, "8", "the path is no UTF-8 text"),
    ("model/h1.py", b"\xff\xfe", "the content is not UTF-8: byte 0 is 0xff"),
    ("model/h2.py", "a\0b", "NUL"),
    ("model/h3.py", None, "it has no content"),
    ("model/h4.py", 5, "it has no content"),
    ("model/h5.py", "x" * (1024 * 1024 + 1), "1048577 bytes"),
    ("model/h6.py", "x" * (5 << 20), "5242880 bytes"),
]


async def test_hostile_rows(client: Client, take: Import, loose: Store) -> None:
    for path, content, _ in HOSTILE:
        loose.version(content, day(1), path, hash_=None if isinstance(content, str) else "0" * 16)
    loose.version("good", day(2), "model/good.py", active=True)
    for dry_run in (True, False):
        said = await take(loose, dry_run=dry_run)
        whys = [one["why"] for one in said["skipped"]]
        for _, _, why in HOSTILE:
            assert [why in one for one in whys].count(True) == [why for _, _, why in HOSTILE].count(why), (why, whys)
        number = len(HOSTILE)
        assert counts(said) == {"versions": (1, 0, number), "components": (1, 0, number), "experiments": (0, 0, 0)}
        assert said["status"] == 1
    assert texts(await history(client, "model/good")) == "good*"
    assert len(await client.get(VERSIONS)) == 1


async def test_hashes_that_are_wrong(client: Client, take: Import, loose: Store) -> None:
    wrong = ["0" * 16, "", 7, b"\xff", hash_of("1").upper()]
    for hash_ in wrong:
        loose.version("1", day(1), active=True, hash_=hash_)
    loose.run("insert into component_versions values (null, 'model/a.py', 'model', 'a', '1', 1, '2024-03-01')")
    said = await take(loose)
    assert (said["status"], counts(said)["versions"]) == (1, (0, 0, 6))
    assert all("hash" in one["why"] for one in said["skipped"])
    assert await client.get(VERSIONS) == []


async def test_entries_that_name_nothing(client: Client, take: Import, store_file: Store) -> None:
    one = store_file.version("1", day(1))
    broken = store_file.version("2", day(2), hash_="f" * 16)
    huge = store_file.version("x" * (1024 * 1024 + 1), day(3), "model/huge.py")
    store_file.uses("e", "0" * 16, day(8), B)
    store_file.uses("e", one, day(9))
    store_file.uses("lost", broken)
    store_file.uses("large", huge, path="model/huge.py")
    store_file.uses("e", one, path="../x.py")
    said = await take(store_file)
    assert list(whys(said)) == [
        f"version {A} {broken}",
        f"version model/huge.py {huge}",
        f"entry e: {B} {'0' * 16}",
        f"entry e: ../x.py {one}",
        f"entry large: model/huge.py {huge}",
        "experiment large",
        f"entry lost: {A} {broken}",
        "experiment lost",
    ]
    assert (said["status"], counts(said)["experiments"]) == (1, (1, 0, 2))
    shown = await client.get(f"{MANIFEST}/e")
    assert (shown["components"], shown["created_at"]) == ({A: one}, utc(8))


async def test_what_is_no_uid(client: Client, take: Import, loose: Store) -> None:
    one = loose.version("1", day(1))
    for uid in ("a/b", "..", "", "a:b", b"\xff", None, 5, "x" * 300, "실험-1"):
        loose.uses(uid, one)
    said = await take(loose)
    assert (said["status"], counts(said)["experiments"], len(said["skipped"])) == (1, (1, 0, 8), 8)
    assert (await client.get(f"{MANIFEST}/실험-1"))["components"] == {A: one}


async def test_the_row_is_bad_and_its_bytes_are_good(client: Client, take: Import, store_file: Store) -> None:
    """A manifest that names them under a good path is whole."""
    one = store_file.version("1", day(1), "../a.py")
    store_file.uses("e", one, day(5))
    said = await take(store_file)
    assert (said["status"], counts(said)["experiments"]) == (1, (1, 0, 0))
    assert await history(client) == [("1", utc(5), False)]


NO_TIMES = ["yesterday", "", None, 1700000000, b"\xff", "0001-01-01 00:00:00+14:00"]


async def test_what_is_no_time(client: Client, take: Import, loose: Store) -> None:
    good = loose.version("good", day(2), active=True)
    loose.uses("some", good, day(3))
    for number, written in enumerate(NO_TIMES):
        loose.version(f"{number}", written)
        loose.uses("some", good, written)
        loose.uses(f"e{number}", good, written)
    said = await take(loose)
    assert counts(said) == {"versions": (1, 0, 6), "components": (1, 0, 0), "experiments": (1, 0, 6)}
    assert [one["what"] for one in said["skipped"]].count("entry") == 12
    assert all("time" in one["why"] for one in said["skipped"] if one["what"] != "experiment")
    assert texts(await history(client)) == "good*"
    assert (await client.get(f"{MANIFEST}/some"))["created_at"] == utc(3)


# Files that are none


def empty(file: Path) -> None:
    file.touch()


def text(file: Path) -> None:
    file.write_text("not a database, and long enough to be looked at " * 50)


def no_manifests(file: Path) -> None:
    Store(file, SCHEMA[: SCHEMA.index("create table experiment")])


def no_flag(file: Path) -> None:
    Store(file, SCHEMA.replace("is_active", "is_current"))


def locked(file: Path) -> None:
    Store(file)
    LOCKS.append(sqlite3.connect(file, isolation_level=None))
    LOCKS[-1].execute("begin exclusive")


LOCKS: list[sqlite3.Connection] = []
FILES: list[tuple[Callable[[Path], object], type[HeadraceError], str]] = [
    (lambda _: None, NotFound, "there is no file"),
    (Path.mkdir, NotFound, "there is no file"),
    (empty, Misconfigured, "it has no table component_versions"),
    (text, Misconfigured, "file is not a database"),
    (no_manifests, Misconfigured, "it has no table experiment_component_manifests"),
    (no_flag, Misconfigured, "its table component_versions has no is_active"),
    (locked, Misconfigured, "database is locked"),
]


@pytest.mark.parametrize(("make", "error", "says"), FILES, ids=range(len(FILES)))
async def test_what_is_no_store(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], object],
    error: type[HeadraceError],
    says: str,
) -> None:
    monkeypatch.setattr(imports, "BUSY_SECONDS", 0.05)
    file = tmp_path / "old.db"
    make(file)
    try:
        async with Remote(Server("http://127.0.0.1:9", None)) as nobody:
            with pytest.raises(error, match=says) as refused:
                await import_store(nobody, file, project=None, dry_run=False, as_json=False)
    finally:
        while LOCKS:
            LOCKS.pop().close()
    assert str(file) in refused.value.message
    assert refused.value.remedy


async def test_a_store_that_its_server_has_open(client: Client, take: Import, store_file: Store) -> None:
    """In either journal mode, with what is committed and not yet in the file itself; and the server may write on."""
    for mode in ("wal", "delete"):
        with closing(sqlite3.connect(store_file.file)) as db:
            db.execute(f"pragma journal_mode = {mode}")
            db.execute(
                "insert into component_versions values (?, ?, 'model', 'a', ?, 0, ?)", (hash_of(mode), A, mode, day(1))
            )
            db.commit()
            assert (await take(store_file))["status"] == 0
            db.execute("update component_versions set is_active = 0")
            db.commit()
    assert [text for text, _, _ in await history(client)] == ["wal", "delete"]


async def test_the_server_may_write_while_its_store_is_imported(
    take: Import, remote: Remote, store_file: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST", 1)
    one = store_file.version("1", day(1))
    for number in range(5):
        store_file.version(f"{number} more", day(2))
        store_file.uses(f"e{number}", one)
    whole = remote.call

    async def call_and_write(*arguments: Any, **options: Any) -> Any:
        with closing(sqlite3.connect(store_file.file, timeout=0)) as db, db:
            db.execute("update component_versions set is_active = 1 where hash = ?", (one,))
        return await whole(*arguments, **options)

    monkeypatch.setattr(remote, "call", call_and_write)
    assert counts(await take(store_file)) == {
        "versions": (6, 0, 0),
        "components": (1, 0, 0),
        "experiments": (5, 0, 0),
    }


def test_a_store_is_only_read(store_file: Store) -> None:
    with pytest.raises(Misconfigured, match="readonly"), imports._opened(store_file.file) as db:
        db.execute("delete from component_versions")


async def test_a_store_in_utf_16(client: Client, take: Import, tmp_path: Path) -> None:
    store = Store(tmp_path / "wide.db", f"pragma encoding = 'UTF-16le'; {SCHEMA}")
    store.version("# 한글\n", day(1), active=True)
    assert (await take(store))["status"] == 0
    assert texts(await history(client)) == "# 한글\n*"
