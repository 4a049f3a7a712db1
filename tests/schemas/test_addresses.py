"""Which addresses can be a server's."""

import pytest

from schemas.addresses import brokers, server_address
from schemas.errors import Misconfigured


@pytest.mark.parametrize("url", ["http://a", "https://a.b:1/c", "http://[::1]:8000"])
def test_addresses(url: str) -> None:
    assert server_address(url) == server_address(f"{url}/") == url


@pytest.mark.parametrize("url", ["", "a:8000", "ftp://a", "http://", "http://a:b", "http://a:0", "http://a:70000"])
def test_no_addresses(url: str) -> None:
    with pytest.raises(Misconfigured, match="^--server .*: not the address") as refused:
        server_address(url, "--server")
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("kafka://a", ["a:9092"]),
        ("kafka://a:1,b.c,[::1]:2/", ["a:1", "b.c:9092", "[::1]:2"]),
    ],
)
def test_brokers(url: str, expected: list[str]) -> None:
    assert brokers(url) == expected


@pytest.mark.parametrize(
    "url", ["", "a:9092", "kafka://", "kafka://a,", "kafka://a:b", "kafka://me:secret@a", "kafka://a/b", "redis://a"]
)
def test_no_brokers(url: str) -> None:
    with pytest.raises(Misconfigured, match="not the address of a log on Kafka") as refused:
        brokers(url)
    assert refused.value.remedy
