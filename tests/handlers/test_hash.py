"""Bytes are what was announced, kept once, or refused with the reason."""

import re

import pytest

from schemas.changes import ChangeHashed, ChangeObserved, ChangeRejected, Content
from schemas.errors import Collision, Retry
from schemas.hashing import fingerprint
from streams.store import Store
from streams.store.blobs import Blob
from tests.build import event, hash_of, observed
from tests.handlers.stage import handle


@pytest.fixture
def redis_url() -> str:
    """Not needed here."""
    return ""


async def one(body: ChangeObserved, store: Store, path: str = "model/resnet.py") -> ChangeHashed | ChangeRejected:
    (derived,) = await handle("hash", [event(body, path)], store)
    assert isinstance(derived.data, ChangeHashed | ChangeRejected)
    return derived.data


async def test_content_is_kept(store: Store) -> None:
    derived = await one(observed("x = 1\n", base=hash_of("old")), store)
    assert isinstance(derived, ChangeHashed)
    assert (derived.hash, derived.base, derived.size) == (hash_of("x = 1\n"), hash_of("old"), 6)
    assert derived.digest == fingerprint(b"x = 1\n").digest
    assert await store.blobs.get(hash_of("x = 1\n")) == b"x = 1\n"


async def test_the_same_content_twice_in_one_batch(store: Store) -> None:
    derived = await handle("hash", [event(observed("x"), "model/a.py"), event(observed("x"), "loss/b.py")], store)
    assert [e.type for e in derived] == ["change.hashed"] * 2
    assert await store.db.fetchval("select count(*) from blobs") == 1


async def test_bytes_that_are_not_what_was_announced(store: Store) -> None:
    lie = ChangeObserved(hash=hash_of("a"), size=1, content=Content(text="b"))
    derived = await one(lie, store)
    assert isinstance(derived, ChangeRejected)
    assert hash_of("b") in derived.reason
    assert await store.blobs.get(hash_of("b")) is None


async def test_a_forged_collision_is_refused(store: Store) -> None:
    text = "x = 1\n"
    await store.db.execute(
        "insert into blobs values ($1, $2, 3, $3)", hash_of(text), "f" * 64, b"another content with this hash"
    )
    with pytest.raises(Collision, match="another content"):
        await one(observed(text), store)


@pytest.mark.parametrize(
    ("content", "path", "why"),
    [
        (Content(base64="gA=="), "model/a.py", "UTF-8"),
        (Content(text="a\0"), "model/a.py", "NUL"),
        (Content(text="a"), "nosuch/a.py", "CATEGORY"),
        (Content(text="a"), "model/../../a.py", r"\.\."),
        (Content(base64="!"), "model/a.py", "ase64|ytes"),
        (Content(), "model/a.py", "either"),
    ],
)
async def test_what_the_domain_cannot_take(store: Store, content: Content, path: str, why: str) -> None:
    try:
        name = fingerprint(content.bytes()).hash
    except ValueError:
        name = "0" * 16
    derived = await one(ChangeObserved(hash=name, size=1, content=content), store, path)
    assert isinstance(derived, ChangeRejected)
    assert re.search(why, derived.reason), derived.reason


async def test_large_content_lies_in_the_store_already(store: Store) -> None:
    content = b"#" * 100_000
    await store.commit(store.blobs.put([Blob(fingerprint(content), content)]))
    derived = await one(ChangeObserved(hash=fingerprint(content).hash, size=len(content)), store)
    assert isinstance(derived, ChangeHashed)
    assert derived.size == len(content)


async def test_content_that_is_not_there_yet_is_waited_for(store: Store) -> None:
    with pytest.raises(Retry):
        await one(ChangeObserved(hash="0" * 16, size=1), store)


async def test_a_deletion_has_no_bytes(store: Store) -> None:
    derived = await one(observed(None, base=hash_of("a")), store)
    assert derived == ChangeHashed(base=hash_of("a"))
