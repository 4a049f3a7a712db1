"""An archive in which somebody has been at work with a hex editor: the first thing that was done is named."""

import base64
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.archive import archive
from headrace.audit import _export
from schemas.base import Topic
from schemas.events import encode
from streams.audit import Crime
from streams.chain import GENESIS, Chain, link
from streams.checkpoints import make_key, private_key, public_key, public_pem, sign
from streams.entry import Entry, Place, Stream
from streams.handler import Deps
from streams.kafka.naming import place as on_kafka
from streams.store import Store
from streams.verify import Span, Verdict, verify
from tests.build import START, event, event_id, observed

STREAMS: tuple[Topic, ...] = ("changes", "hashed", "versions")
COUNT = 120


@pytest.fixture
def redis_url() -> str:
    """Not needed here."""
    return ""


async def fill(store: Store, count: int, first: int = 1) -> None:
    """Archive events in three streams in turn, in batches of seven, one of them unreadable."""
    entries = [entry(number) for number in range(first, first + count)]
    for at in range(0, count, 7):
        for batch in _alone(entries[at : at + 7]):
            await store.commit(*(await archive(batch, Deps(store))).writes)


def entry(number: int) -> Entry:
    raw = b"\xff nothing" if number == 50 else encode(event(observed(f"x = {number}\n"), id_=event_id(number)))
    return Entry((STREAMS[number % 3], number % 3), f"{number}-{(number + 2) // 3}".encode(), raw)


def _alone(batch: list[Entry]) -> list[list[Entry]]:
    """What cannot be read comes alone, as the runner would have it."""
    bad = [n for n, one in enumerate(batch) if one.parsed is None]
    cuts = [0, *(cut for n in bad for cut in (n, n + 1)), len(batch)]
    return [batch[a:b] for a, b in pairwise(cuts) if a < b]


@pytest.fixture
async def archived(store: Store) -> Store:
    """A store with an archive."""
    await fill(store, COUNT)
    return store


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A signing key."""
    make_key(tmp_path / "audit.pem")
    return tmp_path / "audit.pem"


async def audit(store: Store, key: Path | None = None, span: Span = Span()) -> Verdict:  # noqa: B008 - a tuple
    return await verify(store, public_key(key) if key else None, span, lambda *_: None)


async def test_what_nobody_touched_is_whole(archived: Store, key: Path) -> None:
    assert (await audit(archived))[:2] == (COUNT, 3)
    await sign(archived, private_key(key), START)
    await fill(archived, 30, COUNT + 1)
    verdict = await audit(archived, key)
    assert verdict.whole
    assert (verdict.events, verdict.checkpoints, verdict.unsigned) == (COUNT + 30, 1, 30)


@given(st.binary(max_size=200), st.integers(0, 2**40), st.integers(1, 2**40))
def test_a_digest_hangs_on_everything(raw: bytes, seq: int, offset: int) -> None:
    place = Place("changes", 3, seq, offset)
    digest = link(GENESIS, place, raw)
    others = [
        link(bytes([1] * 32), place, raw),
        link(GENESIS, place, raw + b"x"),
        link(GENESIS, place._replace(seq=seq + 1), raw),
        link(GENESIS, place._replace(offset=offset + 1), raw),
        link(GENESIS, place._replace(partition=33), raw),
        link(GENESIS, place._replace(topic="hashed"), raw),
    ]
    assert digest not in others
    assert Chain(place.stream, GENESIS).add(place.entry_id.encode(), raw) == digest


_SWAP = """
with two as (select seq, entry_offset, time from events where seq in (40, 43))
update events e set {}
from two where e.seq in (40, 43) and two.seq = 83 - e.seq
"""

_COPY = """
insert into events
select {}, id, kind, project, subject, actor, {}, correlation, event, digest from events where seq = 40
"""

CRIMES: dict[str, tuple[str, Crime, int]] = {
    "one byte": ("update events set event = replace(event, 'x = 40', 'x = 41') where seq = 40", "altered", 40),
    "a digest": ("update events set digest = sha256(digest) where seq = 40", "altered", 40),
    "a subject": ("update events set subject = 'components/model/other.py' where seq = 40", "altered", 40),
    "an actor": ("update events set actor = 'nobody' where seq = 40", "altered", 40),
    "a time": ("update events set time = time + interval '1 hour' where seq = 40", "altered", 40),
    "an id": ("update events set id = gen_random_uuid() where seq = 40", "altered", 40),
    "hidden": ("update events set kind = '?' where seq = 40", "altered", 40),
    "unreadable made readable": ("update events set kind = 'change.observed' where seq = 50", "altered", 50),
    "one removed": ("delete from events where seq = 40", "removed", 43),
    "the first removed": ("delete from events where seq = 1", "removed", 4),
    "many removed": ("delete from events where seq between 40 and 60", "removed", 61),
    "the last removed": (f"delete from events where seq = {COUNT}", "removed", COUNT),
    "all of a stream removed": ("delete from events where topic = 'hashed'", "removed", COUNT - 2),
    "two contents swapped": (_SWAP.format("event = (select event from events where seq = two.seq)"), "reordered", 40),
    "a copy in another month": (
        "select make_events_month('2030-01-01Z'); "
        + _COPY.format("seq, topic, partition, entry_offset", "'2030-01-05Z'"),
        "inserted",
        40,
    ),
    "one more at the end": (
        _COPY.format("seq + 1000, topic, partition, entry_offset + 1000", "time"),
        "inserted",
        1040,
    ),
    "one of a stream that is none": (
        _COPY.format("seq + 1000, 'bogus', partition, 1", "time"),
        "inserted",
        1040,
    ),
}


@pytest.mark.parametrize("crime", CRIMES)
async def test_what_was_done_is_named(archived: Store, crime: str) -> None:
    sql, what, seq = CRIMES[crime]
    for statement in sql.split(";"):
        await archived.db.execute(statement)
    verdict = await audit(archived)
    assert verdict.finding
    assert (verdict.finding.crime, verdict.finding.seq) == (what, seq)


async def rewrite(store: Store, seq: int) -> None:
    """Alter an event as one who knows how the chain is made: all digests after it are made anew."""
    await store.db.execute(
        "update events set event = replace(event, 'tester', 'nobody'), actor = 'nobody' where seq = $1", seq
    )
    digests: dict[tuple[str, int], bytes] = {}
    for row in await store.db.fetch("select * from events order by seq"):
        stream = row["topic"], row["partition"]
        place = Place(row["topic"], row["partition"], row["seq"], row["entry_offset"])
        digests[stream] = link(digests.get(stream, GENESIS), place, row["event"].encode())
        await store.db.execute("update events set digest = $2 where seq = $1", row["seq"], digests[stream])
    for (topic, partition), digest in digests.items():
        await store.db.execute(
            "update chains set digest = $3 where topic = $1 and partition = $2", topic, partition, digest
        )


async def test_who_makes_the_whole_chain_anew_must_forge_a_signature(archived: Store, key: Path) -> None:
    await sign(archived, private_key(key), START)
    await fill(archived, 30, COUNT + 1)
    await rewrite(archived, 40)
    verdict = await audit(archived, key)
    assert verdict.finding
    assert verdict.finding.crime == "rewritten"
    assert "checkpoint 1" in verdict.finding.says


async def test_who_signs_with_another_key_is_seen(archived: Store, key: Path, tmp_path: Path) -> None:
    make_key(tmp_path / "other.pem")
    await rewrite(archived, 40)
    await sign(archived, private_key(tmp_path / "other.pem"), START)
    verdict = await audit(archived, key)
    assert verdict.broken
    assert not verdict.whole
    assert (await audit(archived, tmp_path / "other.pub")).whole


@pytest.mark.parametrize(
    "crime",
    [
        "delete from checkpoints where number = 2",
        "delete from checkpoints where number = 1",
        "update checkpoints set statement = replace(statement, '2026-01-01', '2026-01-02') where number = 2",
        "update checkpoints set signature = sha256(signature) || sha256(statement::bytea) where number = 2",
        "update checkpoints set statement = 'nothing' where number = 3",
    ],
)
async def test_a_checkpoint_that_was_tampered_with(archived: Store, key: Path, crime: str) -> None:
    for n in range(3):
        await fill(archived, 10, COUNT + 1 + n * 10)
        await sign(archived, private_key(key), START)
    await archived.db.execute(crime)
    assert (await audit(archived, key)).broken


async def test_nothing_new_is_not_signed_again(archived: Store, key: Path) -> None:
    assert await sign(archived, private_key(key), START)
    assert await sign(archived, private_key(key), START) is None


async def test_an_archive_of_kafka_may_have_holes_and_tells_of_what_was_taken_out(store: Store) -> None:
    stream: Stream = ("changes", 2)
    for offset in (1, 2, 4, 5, 9):
        one = Entry(stream, on_kafka(stream, offset).entry_id.encode(), encode(event(observed(f"{offset}"))))
        await store.commit(*(await archive([one], Deps(store))).writes)
    assert (await audit(store)).whole
    await store.db.execute("delete from events where entry_offset = 4")
    finding = (await audit(store)).finding
    assert finding
    assert finding.offset == 5


async def test_a_part_of_it(archived: Store) -> None:
    await archived.db.execute("delete from events where seq = 100")
    assert (await audit(archived, span=Span(20, 99))).whole
    assert (await audit(archived, span=Span(103, None))).events == 17
    finding = (await audit(archived, span=Span(30, None))).finding
    assert finding
    assert (finding.crime, finding.seq) == ("removed", 103)


async def test_the_script_for_outsiders(archived: Store, key: Path, tmp_path: Path) -> None:
    """The very script of docs/audit.md, run on what was exported: it needs nothing of ours."""
    await sign(archived, private_key(key), START)
    await fill(archived, 9, COUNT + 1)
    folder = tmp_path / "export"
    folder.mkdir()
    assert await _export(archived, folder) == (COUNT + 9, 1)
    (folder / "public.pem").write_bytes(public_pem(public_key(key)))
    text = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")
    script = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert script
    (tmp_path / "verify.py").write_text(script[1], encoding="utf-8")

    def run() -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-I", str(tmp_path / "verify.py"), str(folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = run()
    assert (done.returncode, done.stdout) == (0, f"whole: {COUNT + 9} events, 1 checkpoints\n")
    events = folder / "events.jsonl"
    lines = events.read_text().splitlines(keepends=True)
    for bad in ([*lines[:30], *lines[31:]], [*lines[:30], lines[33], *lines[31:33], lines[30], *lines[34:]]):
        events.write_text("".join(bad))
        assert run().returncode == 1
    events.write_text("".join(lines))
    one = json.loads((folder / "checkpoints.jsonl").read_text())
    one["signature"] = base64.b64encode(bytes(64)).decode()
    (folder / "checkpoints.jsonl").write_text(json.dumps(one) + "\n")
    assert run().returncode == 1
