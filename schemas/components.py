"""Components: what a path means, and the wire format that CVLab-Kit's workers speak."""

import re
from functools import lru_cache
from typing import Annotated, NamedTuple, Self

from pydantic import AfterValidator, Field, PositiveInt, StringConstraints, model_validator

from schemas.base import ContentHash, Document, Instant, Model
from schemas.changes import Reason
from schemas.errors import Rejected
from schemas.paths import relative_path

DOMAIN = "components"
CATEGORIES = (
    "agent",
    "model",
    "dataset",
    "dataloader",
    "transform",
    "optimizer",
    "loss",
    "metric",
    "scheduler",
    "sampler",
    "solver",
    "checkpoint",
    "logger",
)
_CATEGORY = "|".join(CATEGORIES)
_NAME = r"(?!_)[^/]+"
_WIRE = re.compile(rf"({_CATEGORY})/({_NAME})\.py")
_TREE = re.compile(rf"(?:cvlabkit/)?(?:(agent)|component/(?!agent/)({_CATEGORY}))/({_NAME})\.py")


class ComponentPath(NamedTuple):
    """A component's place: one of the 13 categories, and a name."""

    category: str
    name: str

    @classmethod
    def parse(cls, wire: str) -> Self:
        """Read `CATEGORY/NAME.py`. Raises ValueError where it is anything else."""
        return cls(*_parse(wire))

    @classmethod
    def in_tree(cls, path: str) -> Self | None:
        """Read a path below a CVLab-Kit checkout; None where no component lies there.

        `cvlabkit/core`, `cvlabkit/component/base` and names that begin with `_` are the framework's own.
        """
        match = _TREE.fullmatch(path)
        return cls(match[1] or match[2], match[3]) if match else None

    @property
    def wire(self) -> str:
        """`CATEGORY/NAME.py`."""
        return f"{self.category}/{self.name}.py"

    @property
    def on_disk(self) -> str:
        """Where it lies below a CVLab-Kit checkout."""
        return f"cvlabkit/{self.wire}" if self.category == "agent" else f"cvlabkit/component/{self.wire}"

    def document(self, project: str) -> Document:
        """The document that holds this component's versions."""
        return Document(project, DOMAIN, self.wire)


@lru_cache(maxsize=16384)
def _parse(wire: str) -> tuple[str, str]:
    match = _WIRE.fullmatch(relative_path(wire))
    if not match:
        raise ValueError(f"{wire!r} is not CATEGORY/NAME.py with one of the categories {', '.join(CATEGORIES)}")
    return match[1], match[2]


def check_content(content: bytes) -> None:
    """Refuse what no Python file can be. Raises ValueError, saying why.

    A file with a syntax error is accepted: it is what the author saved, and the history must show it.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"the content is not UTF-8: byte {error.start} is {content[error.start]:#04x}") from None
    if "\0" in text:
        raise ValueError("the content holds a NUL character")


def check_bytes(content: bytes, limit: int) -> None:
    """Refuse what is no Python file, or larger than `limit` bytes. Raises Rejected."""
    if len(content) > limit:
        raise Rejected(f"the content is {len(content)} bytes; a component may have {limit}")
    try:
        check_content(content)
    except ValueError as error:
        raise Rejected(str(error)) from None


def _check_wire(path: str) -> str:
    return ComponentPath.parse(path).wire


WirePath = Annotated[str, AfterValidator(_check_wire)]


class ComponentSummary(Model):
    """A component as the list shows it. `active_hash` and `active_number` are null when its file was deleted."""

    path: str
    category: str
    name: str
    active_hash: str | None
    active_number: PositiveInt | None
    version_count: PositiveInt
    updated_at: Instant


class ComponentVersion(Model):
    """One version. Numbers count from 1; `policy` is the rule by which it was taken.

    `content` is null unless it was asked for.
    """

    hash: str
    path: str
    category: str
    name: str
    number: PositiveInt
    author: str
    policy: Reason
    is_active: bool
    created_at: Instant
    content: str | None = None


class Upload(Model):
    """A new state of a component, from someone who has decided that it shall be the active one.

    With `base` it becomes the active one only where that is still `base` (null: there is none); else it is kept.
    """

    path: WirePath = Field(description="`agent/NAME.py` or `CATEGORY/NAME.py`")
    content: str
    activate: bool = True
    base: ContentHash | None = None


class Uploaded(Model):
    """What became of an upload. `is_new`: the history grew by it; `active_hash`: what is active now."""

    hash: str
    path: str
    category: str
    name: str
    is_new: bool
    is_active: bool
    active_hash: str | None = None


class Activate(Model):
    """Make the version with this hash the active one; null: let none be active, as when the file is deleted.

    `path` says whose, where two components share the bytes, or none shall be active. With `base`, only where that is
    still the active one (null: there is none). `reason`: why, kept in the log.
    """

    hash: Annotated[ContentHash, StringConstraints(to_lower=True)] | None
    path: WirePath | None = None
    base: ContentHash | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")] = ""

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if self.hash is None and self.path is None:
            raise ValueError("say with `path` which component shall have no active version")
        return self


class DiffRequest(Model):
    """Two versions, by hash."""

    from_hash: ContentHash
    to_hash: ContentHash


class Diff(Model):
    """Two versions, by content. `path` is the newer one's."""

    from_hash: str
    to_hash: str
    from_content: str
    to_content: str
    path: str


class Scanned(Model):
    """How many versions a scan of the server's own trees added."""

    registered: int


class Listed(Model):
    """How many, and the first of them."""

    count: int
    paths: list[str]


class ScanPlan(Model):
    """What a scan of the server's own trees would add, leave as it is, and not be able to take."""

    new_components: Listed
    new_versions: Listed
    unchanged: Listed
    refused: Listed
