"""Where the bytes of a YAML file change when one value is put or dropped.

Everything here is spans: a splice cuts one span of the text and lets other text stand there. Whether the outcome says
what it should is not judged here, but by `schemas.formats.yaml`, which reads it again.
"""

import re
from collections.abc import Sequence
from typing import cast

from schemas.errors import Rejected
from schemas.formats.edits import Path, Value, at
from schemas.formats.outcome import spelled as path_spelled
from schemas.formats.yaml_nodes import Alias, Collection, Node, Scalar
from schemas.formats.yaml_values import key_text, merges
from schemas.formats.yaml_writing import (
    Style,
    block_lines,
    entry_lines,
    flow_text,
    item_lines,
    key_spelled,
    quoted,
    restyled,
    spelled,
)

_EOL = re.compile(r"\r\n|\n|\r")
_GAP = re.compile(r"(?:[ \t\r\n\x85\u2028\u2029]+|#[^\r\n]*)*")
_LAST_IN_LINE = re.compile(r"[ \t]*,[ \t]*(#[^\r\n]*)?(\r\n|\n|\r)")


class Splicer:
    """A text and its nodes, of which one thing is changed."""

    def __init__(self, text: str, root: Node | None) -> None:
        self._text = text
        self._root = root

    def put(self, path: Path, outcome: Value) -> str:
        """The text that says at `path` what `outcome` says there."""
        chain = self._chain(path)
        if not chain:
            return self._begun(outcome)
        if len(chain) > len(path):
            return self._replaced(chain, at(outcome, path))
        way, content = path[: len(chain) - 1], at(outcome, path[: len(chain)])
        container, step = chain[-1], path[len(chain) - 1]
        if not isinstance(container, Collection):
            return self._replaced(chain, at(outcome, way))
        if container.children and not container.flow:
            return self._added(container, step, content)
        if container.children:
            return self._added_in_flow(container, step, content)
        if self._opens(chain):
            return self._replaced(chain, at(outcome, way))
        return self._first_in_flow(container, step, content)

    def drop(self, path: Path) -> str:
        """The text without what stands at `path`."""
        chain = self._chain(path)
        if len(chain) <= len(path):
            raise Rejected(f"{path_spelled(path)} comes from a mapping that is merged by <<", "change it there")
        container = _holder(chain)
        parts = self._parts(container)
        index = next(i for i, (_, node) in enumerate(_members(container)) if node is chain[-1])
        if container.flow:
            return self._dropped_in_flow(parts, index)
        if len(parts) > 1 or len(chain) == 2:
            return self._splice(*self._lines(parts, index))
        return self._emptied(container, _holder(chain[:-1]))

    # Ways in the tree

    def _chain(self, path: Path) -> list[Node]:
        """The nodes from the root to the last that there is on `path`. Raises Rejected where aliases repeat one."""
        if isinstance(self._root, Scalar):
            return []
        chain = find(self._root, path)
        repeated = any(isinstance(node, Alias) for node in chain[: len(path)])
        if repeated or any(node.used for node in chain):
            raise Rejected(f"{path_spelled(path)} is said in more than one place by an anchor", "edit the file by hand")
        return chain

    def _parts(self, container: Collection) -> list[tuple[int, int]]:
        """Where each entry or item begins, its dash or question mark included, and ends."""
        members = _members(container)
        if container.flow:
            return [(first.begin, last.end) for first, last in members]
        begins = [self._first_part(container), *(self._skip(last.end) for _, last in members[:-1])]
        return [(begin, last.end) for begin, (_, last) in zip(begins, members, strict=True)]

    def _first_part(self, container: Collection) -> int:
        if container.mapping:
            explicit = self._text[container.begin] == "?"
            return container.begin if explicit else container.children[0].begin
        return self._dash(container, container.begin)

    def _dash(self, container: Collection, behind: int) -> int:
        while self._text[behind : behind + 1] in {"&", "!"}:
            behind = self._skip(re.compile(r"\S*").match(self._text, behind).end())  # type: ignore[union-attr]
        if self._text[behind : behind + 1] != "-":
            raise Rejected(f"the list in line {container.position.line} is not understood", "edit the file by hand")
        return behind

    def _colon(self, parent: Collection, node: Node) -> int:
        """Behind the colon before a value."""
        key = next(key for key, value in parent.entries if value is node)
        colon = self._skip(key.end)
        if self._text[colon : colon + 1] != ":":
            raise Rejected(f"the key in line {key.position.line} has no colon", "edit the file by hand")
        return colon + 1

    def _opens(self, chain: Sequence[Node]) -> bool:
        """Whether an empty `{}` or `[]` can become a block below its key, and come back from that as it was."""
        node, parent = chain[-1], chain[-2] if len(chain) > 1 else None
        if not isinstance(parent, Collection) or parent.flow or not parent.mapping:
            return False
        colon = self._colon(parent, node)
        return self._text[colon : node.end] in {" {}", " []"}

    # Lines

    def _skip(self, start: int) -> int:
        match = _GAP.match(self._text, start)
        return match.end() if match else start

    def _line_start(self, place: int) -> int:
        start = self._text.rfind("\n", 0, place) + 1
        return self._text.rfind("\r", start, place) + 1 or start

    def _line_end(self, place: int) -> int:
        match = _EOL.search(self._text, place)
        return match.start() if match else len(self._text)

    def _eol(self, place: int) -> str:
        """How the line ends that holds `place`, or else the first of the file."""
        match = _EOL.match(self._text, self._line_end(place)) or _EOL.search(self._text)
        return match.group() if match else "\n"

    def _column(self, place: int) -> int:
        return place - self._line_start(place)

    def _alone(self, place: int) -> bool:
        """Whether nothing stands before it in its line."""
        return not self._text[self._line_start(place) : place].strip(" \t")

    def _below(self, place: int, indent: int, lines: Sequence[str]) -> tuple[int, str]:
        """Where to write lines below the one that holds `place`, and what."""
        eol = self._eol(place)
        return self._line_end(place), "".join(eol + " " * indent + line for line in lines)

    def _splice(self, begin: int, end: int, text: str = "") -> str:
        return self._text[:begin] + text + self._text[end:]

    def _style(self) -> Style:
        """How this file indents: as it first does."""
        found: dict[bool, int] = {}
        waiting: list[tuple[Node, int | None]] = [(self._root, None)] if self._root else []
        while waiting and len(found) < 2:
            node, outer = waiting.pop()
            if not isinstance(node, Collection) or node.flow or not node.children:
                continue
            column = self._column(self._parts(node)[0][0])
            if outer is not None and column >= outer:
                found.setdefault(node.mapping, column - outer)
            values = [(last, column if node.mapping else None) for _, last in _members(node)]
            waiting.extend(reversed(values))
        mapping = found.get(True, 2) or 2
        return Style(mapping, found.get(False, mapping))

    # Putting

    def _begun(self, outcome: Value) -> str:
        """The first entries of a file that says nothing yet."""
        if not isinstance(outcome, dict):
            raise Rejected("the whole of a file can only be a mapping of keys to values", "put keys and values")
        eol = self._eol(0)
        lines = eol.join(block_lines(outcome, Style()))
        if not self._text or self._text.endswith(("\n", "\r")):
            return self._text + lines + eol
        return self._text + eol + lines

    def _replaced(self, chain: Sequence[Node], value: Value) -> str:
        node, parent = chain[-1], chain[-2] if len(chain) > 1 else None
        if not isinstance(parent, Collection):
            raise Rejected("the whole of a file can only be a mapping of keys to values", "put keys and values")
        if parent.flow:
            return self._replaced_in_flow(parent, node, value)
        if not parent.mapping:
            return self._replaced_item(node, value)
        if isinstance(value, dict | list) and value:
            return self._replaced_by_block(parent, node, value)
        colon = self._colon(parent, node)
        if self._line_end(colon) < self._first(node) and isinstance(node, Collection) and not node.flow:
            text = " " + self._inline(value) + self._text[colon : self._line_end(colon)]
            return self._splice(colon, self._line_end(node.end), text)
        if node.begin == node.end:
            return self._splice(colon, colon, " " + self._inline(value))
        return self._splice(node.begin, node.end, self._scalar(node, value, flow=False))

    def _replaced_by_block(self, parent: Collection, node: Node, value: Value) -> str:
        """Lines below the key in the place of what it held; the comment behind the key stays."""
        style = self._style()
        indent = self._key_column(parent, node) + (style.mapping if isinstance(value, dict) else style.sequence)
        lines = block_lines(value, style)
        colon = self._colon(parent, node)
        if self._line_end(colon) < self._first(node):
            return self._splice(self._line_end(colon), self._line_end(node.end), self._below(colon, indent, lines)[1])
        place, text = self._below(node.end, indent, lines)
        return self._text[:colon] + self._text[node.end : place] + text + self._text[place:]

    def _first(self, node: Node) -> int:
        """Where the first part of a block begins; of anything else, where it does."""
        block = isinstance(node, Collection) and not node.flow and node.children
        return self._parts(node)[0][0] if block and isinstance(node, Collection) else node.begin

    def _key_column(self, parent: Collection, node: Node) -> int:
        parts = self._parts(parent)
        index = next(i for i, (_, value) in enumerate(_members(parent)) if value is node)
        return self._column(parts[index][0])

    def _replaced_item(self, node: Node, value: Value) -> str:
        if not isinstance(value, dict | list) or not value:
            text = self._scalar(node, value, flow=False)
        else:
            column = self._column(node.begin) + (node.begin == node.end)
            text = (self._eol(node.begin) + " " * column).join(block_lines(value, self._style()))
        return self._splice(node.begin, node.end, " " + text if node.begin == node.end else text)

    def _replaced_in_flow(self, parent: Collection, node: Node, value: Value) -> str:
        text = self._scalar(node, value, flow=True, as_json=self._is_json(parent))
        if node.begin == node.end:
            text = " " + text if self._text[node.begin - 1] == ":" else ": " + text
        return self._splice(node.begin, node.end, text)

    def _inline(self, value: Value) -> str:
        return flow_text(value) if isinstance(value, dict | list) else spelled(value)

    def _scalar(self, node: Node, value: Value, flow: bool, as_json: bool = False) -> str:
        """A value in the place of another, in its quotes if it has some."""
        if isinstance(value, str) and isinstance(node, Scalar) and node.style:
            return restyled(value, node.style, self._text[node.begin : node.end], self._eol(node.begin), flow)
        return flow_text(value, as_json) if flow else self._inline(value)

    # Adding

    def _added(self, container: Collection, step: str | int, content: Value) -> str:
        begin, end = self._parts(container)[-1]
        if isinstance(step, str):
            lines = entry_lines(step, content, self._style())
        else:
            gap = container.children[-1].begin - begin - 1
            on_one_line = "\n" not in self._text[begin : begin + gap] and gap > 0
            lines = item_lines(content, self._style(), gap if on_one_line else 1)
        place, text = self._below(end, self._column(begin), lines)
        return self._splice(place, place, text)

    def _added_in_flow(self, container: Collection, step: str | int, content: Value) -> str:
        begin, end = self._parts(container)[-1]
        start = self._line_start(begin)
        between = "," + self._eol(begin) + self._text[start:begin] if self._alone(begin) else ", "
        return self._splice(end, end, between + self._member(container, step, content))

    def _first_in_flow(self, container: Collection, step: str | int, content: Value) -> str:
        bracket = self._text.index("{" if container.mapping else "[", container.begin) + 1
        return self._splice(bracket, bracket, self._member(container, step, content))

    def _member(self, container: Collection, step: str | int, content: Value) -> str:
        as_json = self._is_json(container)
        text = flow_text(content, as_json)
        if isinstance(step, int):
            return text
        return f"{quoted(step) if as_json else key_spelled(step, flow=True)}: {text}"

    def _is_json(self, container: Collection) -> bool:
        """Whether what stands first in it is in double quotes, as in JSON."""
        first = container.children[0] if container.children else None
        return isinstance(first, Scalar) and first.style == '"'

    # Dropping

    def _lines(self, parts: list[tuple[int, int]], index: int) -> tuple[int, int]:
        """The span that goes with one of several entries of a block."""
        begin, end = parts[index]
        line_end = self._line_end(end)
        if self._alone(begin):
            behind = _EOL.match(self._text, line_end)
            if behind:
                return self._line_start(begin), behind.end()
            before = self._text[: self._line_start(begin)]
            return len(before.removesuffix("\n").removesuffix("\r")), line_end
        following = parts[index + 1][0] if index + 1 < len(parts) else line_end
        if self._text[line_end:following].strip():
            return len(self._text[:begin].rstrip(" ")), line_end
        return begin, following

    def _emptied(self, node: Collection, parent: Collection) -> str:
        """Without the only entry of a block, which is empty from now on."""
        empty = "{}" if node.mapping else "[]"
        parts = self._parts(node)
        if not parent.mapping or not self._alone(parts[0][0]):
            return self._splice(node.begin, node.end, empty)
        colon = self._colon(parent, node)
        begin, end = self._lines(parts, 0)
        return self._text[:colon] + " " + empty + self._text[colon:begin] + self._text[end:]

    def _dropped_in_flow(self, parts: list[tuple[int, int]], index: int) -> str:
        begin, end = parts[index]
        if len(parts) == 1:
            return self._splice(begin, end)
        comma = _LAST_IN_LINE.match(self._text, end)
        if self._alone(begin) and comma:
            return self._splice(self._line_start(begin), comma.end())
        if index + 1 < len(parts):
            return self._splice(begin, parts[index + 1][0])
        before = parts[index - 1][1]
        if "#" not in self._text[before:begin]:
            return self._splice(before, end)
        return self._splice(self._line_start(begin) if self._alone(begin) else begin, end)


def find(root: Node | None, path: Path) -> list[Node]:
    """The nodes from the root to the last that there is on `path`."""
    chain: list[Node] = [root] if root else []
    for step in path if chain else ():
        inner = _child(chain[-1], step)
        if inner is None:
            break
        chain.append(inner)
    return chain


def _holder(chain: Sequence[Node]) -> Collection:
    """What holds the last node of a chain."""
    return cast("Collection", chain[-2])  # nothing else holds nodes


def _members(container: Collection) -> list[tuple[Node, Node]]:
    """The first and the last node of each entry or item."""
    return list(container.entries) if container.mapping else [(item, item) for item in container.children]


def _child(node: Node, step: str | int) -> Node | None:
    """What stands below `node` at `step`, itself and not by a merge."""
    if isinstance(node, Alias):
        return _child(node.target, step)
    if not isinstance(node, Collection):
        return None
    if isinstance(step, int):
        return node.children[step] if not node.mapping and step < len(node.children) else None
    if not node.mapping:
        return None
    return next((value for key, value in node.entries if not merges(key) and key_text(key) == step), None)
