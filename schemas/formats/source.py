"""A file's bytes as text and back: what is the same for all formats, before any of them looks at it."""

from typing import NamedTuple

from schemas.errors import Rejected
from schemas.formats.edits import LARGEST, Position, Unreadable

MARK = b"\xef\xbb\xbf"
"""The byte order mark, with which Windows' editors begin a file."""

_TOO_LARGE = f"larger than {LARGEST // 1024 // 1024} MiB"


class Source(NamedTuple):
    """A file's text, and the byte order mark before it, if there is one."""

    mark: bytes
    text: str

    def with_text(self, text: str) -> bytes:
        """The file with another text. Raises Rejected where it would be too large to be read again."""
        raw = self.mark + text.encode()
        if len(raw) > LARGEST:
            raise Rejected(f"the edited file would be {_TOO_LARGE}")
        return raw


def opened(raw: bytes) -> Source:
    """A file. Raises Unreadable."""
    if len(raw) > LARGEST:
        raise Unreadable(_TOO_LARGE)
    mark = MARK if raw.startswith(MARK) else b""
    return Source(mark, decoded(raw.removeprefix(MARK)))


def decoded(raw: bytes) -> str:
    """Bytes as text. Raises Unreadable."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        where = position(before, len(before))
        raise Unreadable(f"not UTF-8: byte {raw[error.start]:#04x}", where) from None


def position(text: str, offset: int) -> Position:
    """The line and the column of an offset."""
    return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
