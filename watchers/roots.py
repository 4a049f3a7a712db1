"""What a daemon watches."""

from pathlib import Path
from typing import NamedTuple


class Root(NamedTuple):
    """One tree. `path` may be relative to the working directory; `domain` is what a server is told of."""

    path: Path
    project: str = "default"
    domain: str = "components"
    gitignore: bool = False
