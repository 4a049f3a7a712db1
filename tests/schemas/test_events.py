"""Events reach the other side as they were, and nothing else passes for one."""

from datetime import UTC, datetime
from typing import Any, get_args

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base import TOPICS, new_id
from schemas.changes import (
    OUTCOMES,
    ChangeObserved,
    Content,
    EventBuried,
    HeadMoved,
    VersionActivate,
    VersionCreated,
)
from schemas.envelope import Event, Origin, root
from schemas.errors import Rejected
from schemas.events import AnyEvent, decode, decode_body, derive, encode
from tests.build import document, event, observed

KINDS: tuple[type[Event], ...] = get_args(AnyEvent)
HASHES = st.text("0123456789abcdef", min_size=16, max_size=16)
TEXTS = st.text(st.characters(codec="utf-8"))
BODIES = st.one_of(
    st.builds(
        ChangeObserved,
        hash=HASHES,
        size=st.integers(0),
        base=st.none() | HASHES,
        content=st.builds(Content, text=TEXTS),
    ),
    st.builds(
        HeadMoved,
        move=st.integers(1),
        reason=st.just("first"),
        number=st.none() | st.integers(1),
        hash=st.none() | HASHES,
    ),
    st.builds(VersionActivate, hash=st.none() | HASHES, base=st.none() | HASHES, reason=TEXTS),
    st.builds(EventBuried, event=st.uuids().map(str), group=TEXTS, attempts=st.integers(0, 99), error=TEXTS),
)


@given(BODIES, TEXTS, st.datetimes(timezones=st.just(UTC)))
def test_round_trip(body: Event, actor: str, time: datetime) -> None:
    sent = root(body, document(), Origin(actor, "tests", time), new_id())
    assert decode(encode(sent)) == sent
    assert decode_body(encode(body)) == body


def test_it_is_a_cloud_event() -> None:
    sent = orjson.loads(encode(event(observed("x"))))
    assert sent["specversion"] == "1.0"
    assert sent["type"] == sent["data"]["kind"] == "change.observed"
    assert {"id", "source", "subject", "time"} <= sent.keys()


def test_derived_events_tell_their_story() -> None:
    cause = event(observed("x"))
    first, again = (derive(cause, "hash", 0, VersionCreated(1, "0" * 16, 3)) for _ in range(2))
    assert first == again
    assert first.causationid == first.correlationid == cause.id
    assert first.id != derive(cause, "hash", 1, VersionCreated(1, "0" * 16, 3)).id
    assert first.id != derive(cause, "persist", 0, VersionCreated(1, "0" * 16, 3)).id
    assert derive(first, "persist", 0, VersionCreated(1, "0" * 16, 3)).correlationid == cause.id
    assert (first.time, first.subject, first.project, first.actor) == (
        cause.time,
        cause.subject,
        cause.project,
        cause.actor,
    )


def _broken(**changes: Any) -> bytes:
    good = orjson.loads(encode(event(observed("x"))))
    return orjson.dumps({**good, **changes})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        _broken(data={"kind": "no.such.event"}),
        _broken(data={"kind": "change.observed", "surprise": 1}),
        _broken(data={"kind": "version.created", "number": 0, "hash": "0" * 16, "size": 1}),
        _broken(data={"kind": "version.created", "number": 1, "hash": "short", "size": 1}),
        _broken(time="2026-01-01T00:00:00"),
        _broken(id="1"),
        _broken(surprise=1),
    ],
)
def test_what_is_no_event_is_refused(raw: bytes) -> None:
    with pytest.raises(Rejected, match="not an event"):
        decode(raw)


def test_every_kind_has_a_topic_and_a_name_of_its_own() -> None:
    kinds = [str(kind.__struct_config__.tag) for kind in KINDS]
    assert len(set(kinds)) == len(kinds)
    assert all(kind.topic in TOPICS for kind in KINDS)
    assert set(kinds) >= OUTCOMES


@given(st.binary())
def test_content_keeps_its_bytes(content: bytes) -> None:
    assert Content.of(content).bytes() == content


@pytest.mark.parametrize("content", [Content(), Content(text="a", base64="YQ=="), Content(base64="not base64!")])
def test_malformed_content_is_refused(content: Content) -> None:
    with pytest.raises(ValueError, match=".+"):
        content.bytes()


def test_a_roll_back_of_before_there_were_reasons() -> None:
    raw = f'{{"kind":"version.activate","hash":"{"0" * 16}"}}'
    assert decode_body(raw) == VersionActivate(hash="0" * 16)
    assert encode(VersionActivate(hash="0" * 16)).decode() == raw
