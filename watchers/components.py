"""Components: which files of a tree are some, and what they are called to the server."""

from loguru import logger

from schemas.components import DOMAIN, ComponentPath
from schemas.paths import relative_path

__all__ = ["DOMAIN", "Components"]

CONTENT_LIMIT = 1 << 20  # the server takes no larger component


class Components:
    """The component files of one tree."""

    def __init__(self) -> None:
        self._refused: set[bytes] = set()

    def is_wanted(self, path: bytes) -> bool:
        """Whether the file at this path below the root is a component."""
        return self.wire_path(path) is not None

    def wire_path(self, path: bytes) -> str | None:
        """The component's name on the wire, `CATEGORY/NAME.py`; None where there is no component."""
        component = ComponentPath.in_tree(path.decode(errors="surrogateescape"))
        if component is None:
            return None
        try:
            return relative_path(component.wire)
        except ValueError as error:
            self._refuse(path, str(error))
            return None

    def _refuse(self, path: bytes, reason: str) -> None:
        if path not in self._refused:
            self._refused.add(path)
            logger.warning("{!r} is not published: {}", path, reason)
