"""Experiment configs on disk: YAML from anyone, of which nothing is executed.

Documents are composed into nodes, and nodes are read as plain mappings, lists and text here. PyYAML's constructors,
which give tags their power, never run: neither `!!python/object/apply` nor an impossible date means anything.
"""

import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from schemas.components import ComponentPath
from schemas.errors import Misconfigured, NotFound, Rejected
from schemas.needs import Bounds, needs

MAX_BYTES = 1 << 20

_NULL = "tag:yaml.org,2002:null"
_NAMES_NOTHING = frozenset({_NULL, *(f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float"))})
_TEXT = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"


def read_needs(path: Path) -> list[ComponentPath]:
    """The components that the config at `path` names, in its order, each once; of all its documents.

    Raises:
        NotFound: there is no such file.
        Misconfigured: it is no file, or cannot be read.
        Rejected: it is not YAML, or names what can be no component; the message says where.
    """
    with _rejecting(path, "a config is YAML in UTF-8, of at most 1 MiB: mend the file"):
        documents = _documents(_text(_content(path)))
    with _rejecting(path, 'name components as in: transform: "resize(size=256) | normalize"'):
        return needs(documents[0] if len(documents) == 1 else documents)


@contextmanager
def _rejecting(path: Path, remedy: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise Rejected(f"{path}: {error}", remedy) from error


def _content(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would make the read wait
            raise Misconfigured(f"{path} is not a file", "name a config file")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"there is no config {path}", "name one that exists") from None
    except OSError as error:
        raise Misconfigured(
            f"{path} cannot be read: {error.strerror}", "mend its permissions, or name another"
        ) from error


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8: byte {content[error.start]:#04x} at {error.start}") from None


class _Composer(yaml.SafeLoader):
    """Composes nodes, within bounds."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._bounds = Bounds()
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._bounds.enter(self._depth)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


_Composer.add_implicit_resolver(  # a number to people, and to YAML 1.2
    "tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+$"), list("-+0123456789")
)
_RESOLVER = _Composer("")


def _documents(text: str) -> list[object]:
    """Every document, as mappings, lists, text and None."""
    try:
        nodes = list(_nodes(text))
    except yaml.YAMLError as error:
        raise ValueError(_said(error)) from error
    bounds = Bounds()
    return [_data(node, 0, bounds) for node in nodes]


def _nodes(text: str) -> Iterator[yaml.Node]:
    composer = _Composer(text)
    try:
        while composer.check_node() and (node := composer.get_node()):
            yield node
    except (ValueError, OverflowError) as error:  # PyYAML lets through what chr and int say of an escape or a version
        raise ValueError(f"line {composer.line + 1}: {error}") from error


def _said(error: yaml.YAMLError) -> str:
    if not isinstance(error, yaml.MarkedYAMLError):
        return str(error).partition("\n")[0]
    said = ", ".join(part for part in (error.context, error.problem) if part)
    mark = error.problem_mark
    return f"line {mark.line + 1}, column {mark.column + 1}: {said:.200}" if mark else f"{said:.200}"


def _data(node: yaml.Node, depth: int, bounds: Bounds) -> object:
    """What a node holds, whatever its tag says that it were. Aliases are written out."""
    bounds.enter(depth)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, depth + 1, bounds)
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    return [_data(item, depth + 1, bounds) for item in node.value]


def _scalar(node: yaml.ScalarNode) -> str | int | None:
    """A scalar's text; of numbers and booleans, which name nothing, only that there is one."""
    tag = node.tag
    if tag != _TEXT and tag not in _NAMES_NOTHING:
        implicit = (node.style is None, False)  # only what stands without quotes can be a number
        tag = _RESOLVER.resolve(yaml.ScalarNode, node.value, implicit)  # type: ignore[no-untyped-call]  # the stubs'
    if tag == _NULL:
        return None
    return 0 if tag in _NAMES_NOTHING else str(node.value)


def _mapping(node: yaml.MappingNode, depth: int, bounds: Bounds) -> dict[str, object]:
    merged: dict[str, object] = {}
    own: dict[str, object] = {}
    for key, value in node.value:
        if key.tag == _MERGE:
            merged.update(_merged(value, depth, bounds))
            continue
        name = _key(key)
        if name in own:
            raise ValueError(f"line {_line(key)}: the key {name!r:.60} stands here a second time")
        own[name] = _data(value, depth, bounds)
    return merged | own


def _merged(node: yaml.Node, depth: int, bounds: Bounds) -> dict[str, object]:
    """What `<<` adds. Of several mappings the first has the say."""
    data = _data(node, depth, bounds)
    merged: dict[str, object] = {}
    for source in reversed(data) if isinstance(data, list) else [data]:
        if not isinstance(source, dict):
            raise ValueError(f"line {_line(node)}: << merges mappings only")
        merged.update(source)
    return merged


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError(f"line {_line(node)}: a key is a mapping or a list")
    return str(node.value)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
