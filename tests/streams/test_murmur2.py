"""The same key has the same partition here and in Kafka."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.murmur2 import murmur2

# Computed with Kafka's own org.apache.kafka.common.utils.Utils.murmur2, as its tests list them.
KAFKA = [
    (b"21", -973932308),
    (b"foobar", -790332482),
    (b"a-little-bit-long-string", -985981536),
    (b"a-little-bit-longer-string", -1486304829),
    (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
    (b"abc", 479470107),
]


@pytest.mark.parametrize(("key", "signed"), KAFKA)
def test_kafka_agrees(key: bytes, signed: int) -> None:
    assert murmur2(key) == signed & 0x7FFFFFFF


@given(st.binary())
def test_it_is_31_bits(key: bytes) -> None:
    assert 0 <= murmur2(key) < 2**31
