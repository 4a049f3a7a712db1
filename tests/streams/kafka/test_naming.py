"""The numbers that Kafka's offsets stand for."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.base import TOPICS
from streams.entry import Stream
from streams.kafka.naming import MAX_PARTITIONS, Names, Numbers, entry, place

STREAMS = st.tuples(st.sampled_from(TOPICS), st.integers(0, MAX_PARTITIONS - 1))
OFFSETS = st.integers(1, 2**40)


@given(STREAMS, OFFSETS, STREAMS, OFFSETS)
def test_a_number_belongs_to_one_place(one: Stream, offset: int, other: Stream, other_offset: int) -> None:
    same = (one, offset) == (other, other_offset)
    assert (place(one, offset).seq == place(other, other_offset).seq) == same


@given(STREAMS, OFFSETS, OFFSETS)
def test_numbers_grow_within_a_stream_and_fit_into_the_store(stream: Stream, one: int, other: int) -> None:
    assert (place(stream, one).seq < place(stream, other).seq) == (one < other)
    assert place(stream, other).seq < 2**63


@given(STREAMS, OFFSETS, st.integers(0, 100))
def test_the_numbers_of_a_range(stream: Stream, first: int, count: int) -> None:
    numbers = range(*Numbers.of(stream, first, first + count))
    assert list(numbers) == [place(stream, offset).seq for offset in range(first, first + count)]


def test_what_lies_in_kafka_is_an_entry() -> None:
    found = entry(("versions", 3), 0, b"bytes")
    assert found.place == place(("versions", 3), 1)
    assert found.raw == b"bytes"
    assert entry(("versions", 3), 0, None).raw == b""
    assert Names("hr").stream("hr.versions", 3) == ("versions", 3)
