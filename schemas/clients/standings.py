"""What stands in the centre, from how it is kept and told."""

from datetime import datetime

from schemas.clients.documents import key_of
from schemas.clients.reconcile import Standing
from schemas.clients.unified import Element, Key, decode


def standing_of(
    path: str, content: str | bytes | None, last: str | bytes | None, author: str, changed_at: datetime
) -> tuple[Key, Standing]:
    """The element of a path, and how it stands. Raises ValueError and msgspec.DecodeError."""
    _, key = key_of(path)
    return key, Standing(_element(key, content), author.rpartition("/")[2], changed_at.timestamp(), _element(key, last))


def _element(key: Key, content: str | bytes | None) -> Element | None:
    return None if content is None else decode(key.kind, content)
