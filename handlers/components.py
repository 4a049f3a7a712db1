"""Components: what is particular to experiment code."""

from handlers.domain import Domain
from schemas.components import DOMAIN, ComponentPath, check_content


def check(path: str, content: bytes | None) -> None:
    """A component is a UTF-8 file at `CATEGORY/NAME.py`. Raises ValueError."""
    ComponentPath.parse(path)
    if content is not None:
        check_content(content)


COMPONENTS = Domain(DOMAIN, check)
