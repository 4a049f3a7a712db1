"""The addresses that people give."""

from urllib.parse import urlsplit

from schemas.errors import Misconfigured


def server_address(url: str, given_by: str = "") -> str:
    """The address of a gateway without a slash at its end. `given_by`: the option or variable it came from.

    Raises:
        Misconfigured: it is none.
    """
    try:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return url.rstrip("/")
    except ValueError:  # the port is no number
        pass
    raise Misconfigured(f"{given_by} {url}: not the address of a server".lstrip(), "such as http://127.0.0.1:8000")
