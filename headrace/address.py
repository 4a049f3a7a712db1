"""Where the gateway listens."""

import socket

from schemas.errors import Misconfigured

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - where to reach who listens so


def free_port(host: str, port: int) -> int:
    """The port, if one can listen on it; some free one for 0.

    Raises:
        Misconfigured: one cannot.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            found: int = probe.getsockname()[1]
            return found
    except OSError as error:
        raise Misconfigured(
            f"cannot listen on {host}:{port}: {error.strerror}",
            "end the program that uses this port, or choose another with --port",
        ) from error


def url_of(host: str, port: int) -> str:
    """How to reach, from this machine, who listens there."""
    host = _ANYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
