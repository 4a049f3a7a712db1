"""Which addresses can be a server's."""

import pytest

from schemas.addresses import server_address
from schemas.errors import Misconfigured


@pytest.mark.parametrize("url", ["http://a", "https://a.b:1/c", "http://[::1]:8000"])
def test_addresses(url: str) -> None:
    assert server_address(url) == server_address(f"{url}/") == url


@pytest.mark.parametrize("url", ["", "a:8000", "ftp://a", "http://", "http://a:b", "http://a:0", "http://a:70000"])
def test_no_addresses(url: str) -> None:
    with pytest.raises(Misconfigured, match="^--server .*: not the address") as refused:
        server_address(url, "--server")
    assert refused.value.remedy
