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


def brokers(url: str) -> list[str]:
    """The brokers that `kafka://host:port,host:port` names; a port is 9092 where it is not given.

    Raises:
        Misconfigured: it is no such address.
    """
    scheme, _, hosts = url.partition("://")
    try:
        parts = [urlsplit(f"//{host}") for host in hosts.rstrip("/").split(",")]
        plain = all(part.hostname and "@" not in part.netloc and not (part.path or part.query) for part in parts)
        if scheme == "kafka" and plain:
            return [part.netloc if part.port else f"{part.netloc}:9092" for part in parts]
    except ValueError:  # a port is no number
        pass
    raise Misconfigured(
        f"{url}: not the address of a log on Kafka",
        "such as kafka://host:9092,host:9092; leave HEADRACE_LOG unset for the log on Redis",
    )
