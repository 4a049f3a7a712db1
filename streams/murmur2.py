"""Kafka's default partitioner, so that a key has the same partition on both hosts."""

_M = 0x5BD1E995
_SEED = 0x9747B28C
_32 = 0xFFFFFFFF


def murmur2(data: bytes) -> int:
    """The 32-bit murmur2 of `data` with Kafka's seed, made non-negative as Kafka does.

    Source: A. Appleby's MurmurHash2; seed and masking as in org.apache.kafka.common.utils.Utils.
    """
    length = len(data)
    h = _SEED ^ length
    whole = length & ~3
    for at in range(0, whole, 4):
        k = int.from_bytes(data[at : at + 4], "little") * _M & _32
        k = (k ^ k >> 24) * _M & _32
        h = (h * _M & _32) ^ k
    if length > whole:
        h = (h ^ int.from_bytes(data[whole:], "little")) * _M & _32
    h = (h ^ h >> 13) * _M & _32
    return (h ^ h >> 15) & 0x7FFFFFFF
