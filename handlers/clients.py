"""Clients: what is particular to the configuration of AI coding clients."""

from handlers.domain import Domain
from schemas.clients.documents import DOMAIN, key_of, read


def check(path: str, content: bytes | None) -> None:
    """An element is a server, a rule or a permission in its one spelling, without secrets. Raises ValueError."""
    if content is None:
        key_of(path)
    else:
        read(path, content)


CLIENTS = Domain(DOMAIN, check)
