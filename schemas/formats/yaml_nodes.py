"""YAML as nodes that know where they stand.

PyYAML reads the events; the nodes are composed here, because its own composer recurses in C as deep as a file asks for
and follows aliases without end. No constructor that a tag could call ever runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml
from yaml.reader import Reader
from yaml.resolver import Resolver

from schemas.formats.edits import DEEPEST, Position, Unreadable

MOST = 100_000
"""Nodes of the largest file that is read, counted as often as aliases repeat them; 64 characters count as one."""

_DIRECTIVES = 16  # each is compared with all before it
_LOADER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_RESOLVER = Resolver()


@dataclass(slots=True, eq=False)
class Scalar:
    """Text, and the tag that says what it is. `style` is its quote or block sign; plain text has none."""

    begin: int
    end: int
    position: Position
    text: str
    tag: str
    style: str
    used: bool = False
    size: int = 1
    height: int = 0


@dataclass(slots=True, eq=False)
class Alias:
    """A place where what stands elsewhere is said again."""

    begin: int
    end: int
    position: Position
    target: "Scalar | Collection"
    size: int
    height: int
    used: bool = False


@dataclass(slots=True, eq=False)
class Collection:
    """A mapping, whose children are keys and values by turns, or a sequence. Its `end` is that of its last child."""

    begin: int
    end: int
    position: Position
    flow: bool
    mapping: bool
    children: "list[Node]" = field(default_factory=list)
    used: bool = False
    size: int = 1
    height: int = 1

    @property
    def entries(self) -> "Iterator[tuple[Node, Node]]":
        """Keys and values of a mapping."""
        return zip(self.children[::2], self.children[1::2], strict=True)


Node: TypeAlias = Scalar | Alias | Collection
"""`begin` and `end` count characters; tags and anchors belong to what they stand before. `used`: an alias names it."""


def compose(text: str) -> Node | None:
    """The root of the only document; None where there is none. Raises Unreadable."""
    _check(text)
    loader = _LOADER(text if text.endswith(("\n", "\r")) else text + "\n")  # else a block at the end lacks a line end
    try:
        return _Composer(text, loader).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)
        raise Unreadable(error.problem or "this is not YAML", where) from None
    except yaml.YAMLError as error:
        raise Unreadable(f"this is not YAML: {error}") from None
    finally:
        loader.dispose()


def _check(text: str) -> None:
    strange = Reader.NON_PRINTABLE.search(text)
    if strange:
        before = text[: strange.start()]
        where = Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise Unreadable(f"the character U+{ord(strange.group()):04X} may not stand in YAML", where)
    if text.count("\n%") + text.count("\r%") > _DIRECTIVES:
        raise Unreadable(f"there are more than {_DIRECTIVES} directives")


class _Composer:
    """Makes nodes of events, within bounds."""

    def __init__(self, text: str, loader: yaml.SafeLoader | yaml.CSafeLoader) -> None:
        self._text = text
        self._loader = loader
        self._anchors: dict[str, Scalar | Collection] = {}
        self._open: list[Collection] = []
        self._size = 0

    def document(self) -> Node | None:
        root: Node | None = None
        documents = 0
        while self._loader.check_event():
            event = self._loader.get_event()
            match event:
                case yaml.DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise Unreadable("a second document begins here", _position(event))
                case yaml.CollectionEndEvent():
                    self._close(event)
                case yaml.NodeEvent():
                    node = self._node(event)
                    root = root or node
                    if isinstance(node, Collection):
                        self._open.append(node)
        return root

    def _node(self, event: yaml.NodeEvent) -> Node:
        node = self._made(event)
        self._size += node.size
        if self._size > MOST:
            raise Unreadable(f"there are more than {MOST} values, counting those that aliases repeat", node.position)
        if len(self._open) + node.height > DEEPEST:
            raise Unreadable(f"this is nested deeper than {DEEPEST} levels", node.position)
        if self._open:
            self._open[-1].children.append(node)
        if not isinstance(node, Alias) and event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _made(self, event: yaml.NodeEvent) -> Node:
        begin, end = event.start_mark.index, min(event.end_mark.index, len(self._text))  # type: ignore[union-attr]
        if isinstance(event, yaml.AliasEvent):
            target = self._target(event)
            return Alias(begin, end, _position(event), target, target.size, target.height)
        if isinstance(event, yaml.ScalarEvent):
            text, style = event.value, event.style or ""
            end = self._block_end(begin, end) if style in {"|", ">"} else end
            return Scalar(begin, end, _position(event), text, _tag(event), style, size=1 + len(text) // 64)
        mapping = isinstance(event, yaml.MappingStartEvent)
        tag, flow = event.tag, event.flow_style  # type: ignore[attr-defined]
        if tag not in {None, "!", _TAG + ("map" if mapping else "seq")}:
            raise Unreadable(f"the tag {tag} is not known here", _position(event))
        return Collection(begin, end, _position(event), bool(flow), mapping)

    def _target(self, event: yaml.AliasEvent) -> Scalar | Collection:
        target = self._anchors.get(event.anchor or "")
        if target is None:
            raise Unreadable(f"there is no anchor {event.anchor!r} before this alias", _position(event))
        if any(each is target for each in self._open):
            raise Unreadable(f"the alias {event.anchor!r} stands inside what it stands for", _position(event))
        target.used = True
        return target

    def _close(self, event: yaml.CollectionEndEvent) -> None:
        closed = self._open.pop()
        closed.size += sum(child.size for child in closed.children)
        closed.height = 1 + max((child.height for child in closed.children), default=0)
        if closed.flow:
            closed.end = event.end_mark.index  # type: ignore[union-attr]
        elif closed.children:
            closed.end = max(closed.end, closed.children[-1].end)

    def _block_end(self, begin: int, end: int) -> int:
        """Without the line end, nor the empty lines behind it, unless they are part of the text."""
        header, *_ = self._text[begin:end].split("\n", 1)
        content = self._text[begin:end]
        if "+" in header.split("#")[0]:
            return begin + len(content.removesuffix("\n").removesuffix("\r"))
        return begin + len(content.rstrip(" \t\r\n"))


def resolved(text: str, implicit: tuple[bool, bool] = (True, False)) -> str:
    """The tag of a scalar that has none, without its prefix: what YAML 1.1 takes it for."""
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, implicit)  # type: ignore[no-untyped-call]
    return tag.removeprefix(_TAG)


def _tag(event: yaml.ScalarEvent) -> str:
    tag = event.tag
    if tag is None or tag == "!":
        tag = resolved(event.value, event.implicit)
    return tag.removeprefix(_TAG)


def _position(event: yaml.Event) -> Position:
    mark = event.start_mark
    return Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)
