"""What a domain brings to the pipeline that all of them share."""

from collections.abc import Callable
from typing import NamedTuple


class Domain(NamedTuple):
    """One domain. `check(path, content)` raises ValueError, saying why, where the domain cannot take the content."""

    name: str
    check: Callable[[str, bytes | None], None]
