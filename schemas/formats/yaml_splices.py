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
from schemas.formats.yaml_layout import EOL, Layout, find, members
from schemas.formats.yaml_nodes import Alias, Collection, Node, Scalar
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

_COMMA = re.compile(r"[ \t]*,")
_LAST_IN_LINE = re.compile(r"[ \t]*,[ \t]*(#[^\r\n]*)?(\r\n|\n|\r)")


class Splicer:
    """A text and its nodes, of which one thing is changed."""

    def __init__(self, text: str, root: Node | None) -> None:
        self._text = text
        self._layout = Layout(text, root)

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
        parts = self._layout.parts(container)
        index = next(i for i, (_, node) in enumerate(members(container)) if node is chain[-1])
        if container.flow:
            return self._dropped_in_flow(parts, index)
        if len(parts) > 1 or len(chain) == 2:
            return self._splice(*self._lines(parts, index))
        return self._emptied(container, _holder(chain[:-1]))

    # Ways in the tree

    def _chain(self, path: Path) -> list[Node]:
        """The nodes from the root to the last that there is on `path`. Raises Rejected where aliases repeat one."""
        if isinstance(self._layout.root, Scalar):
            return []
        chain = find(self._layout.root, path)
        repeated = any(isinstance(node, Alias) for node in chain[: len(path)])
        if repeated or any(node.used for node in chain):
            raise Rejected(f"{path_spelled(path)} is said in more than one place by an anchor", "edit the file by hand")
        return chain

    def _opens(self, chain: Sequence[Node]) -> bool:
        """Whether an empty `{}` or `[]` can become a block below its key, and come back from that as it was."""
        node, parent = chain[-1], chain[-2] if len(chain) > 1 else None
        if not isinstance(parent, Collection) or parent.flow or not parent.mapping:
            return False
        colon = self._layout.colon(parent, node)
        return self._text[colon : node.end] in {" {}", " []"}

    # Lines

    def _below(self, place: int, indent: int, lines: Sequence[str]) -> tuple[int, str]:
        """Where to write lines below the one that holds `place`, and what."""
        eol = self._layout.eol(place)
        return self._layout.line_end(place), "".join(eol + " " * indent + line for line in lines)

    def _splice(self, begin: int, end: int, text: str = "") -> str:
        return self._text[:begin] + text + self._text[end:]

    # Putting

    def _begun(self, outcome: Value) -> str:
        """The first entries of a file that says nothing yet."""
        if not isinstance(outcome, dict):
            raise Rejected("the whole of a file can only be a mapping of keys to values", "put keys and values")
        eol = self._layout.eol(0)
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
        colon = self._layout.colon(parent, node)
        if self._layout.line_end(colon) < self._layout.first(node) and isinstance(node, Collection) and not node.flow:
            text = " " + self._inline(value) + self._text[colon : self._layout.line_end(colon)]
            return self._splice(colon, self._layout.line_end(node.end), text)
        if node.begin == node.end:
            return self._splice(colon, colon, " " + self._inline(value))
        return self._splice(node.begin, node.end, self._scalar(node, value, flow=False))

    def _replaced_by_block(self, parent: Collection, node: Node, value: Value) -> str:
        """Lines below the key in the place of what it held; the comment behind the key stays."""
        style = self._layout.style()
        indent = self._layout.key_column(parent, node) + (style.mapping if isinstance(value, dict) else style.sequence)
        lines = block_lines(value, style)
        colon = self._layout.colon(parent, node)
        if self._layout.line_end(colon) < self._layout.first(node):
            return self._splice(
                self._layout.line_end(colon), self._layout.line_end(node.end), self._below(colon, indent, lines)[1]
            )
        place, text = self._below(node.end, indent, lines)
        return self._text[:colon] + self._text[node.end : place] + text + self._text[place:]

    def _replaced_item(self, node: Node, value: Value) -> str:
        if not isinstance(value, dict | list) or not value:
            text = self._scalar(node, value, flow=False)
        else:
            column = self._layout.column(node.begin) + (node.begin == node.end)
            text = (self._layout.eol(node.begin) + " " * column).join(block_lines(value, self._layout.style()))
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
            return restyled(value, node.style, self._text[node.begin : node.end], self._layout.eol(node.begin), flow)
        return flow_text(value, as_json) if flow else self._inline(value)

    # Adding

    def _added(self, container: Collection, step: str | int, content: Value) -> str:
        begin, end = self._layout.parts(container)[-1]
        if isinstance(step, str):
            lines = entry_lines(step, content, self._layout.style())
        else:
            gap = container.children[-1].begin - begin - 1
            on_one_line = gap > 0 and not EOL.search(self._text[begin : begin + gap])
            lines = item_lines(content, self._layout.style(), gap if on_one_line else 1)
        place, text = self._below(end, self._layout.column(begin), lines)
        return self._splice(place, place, text)

    def _added_in_flow(self, container: Collection, step: str | int, content: Value) -> str:
        begin, end = self._layout.parts(container)[-1]
        start = self._layout.line_start(begin)
        between = "," + self._layout.eol(begin) + self._text[start:begin] if self._layout.alone(begin) else ", "
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
        line_end = self._layout.line_end(end)
        if self._layout.alone(begin):
            behind = EOL.match(self._text, line_end)
            if behind:
                return self._layout.line_start(begin), behind.end()
            before = self._text[: self._layout.line_start(begin)]
            return len(before.removesuffix("\n").removesuffix("\r")), line_end
        following = parts[index + 1][0] if index + 1 < len(parts) else line_end
        if self._text[line_end:following].strip():
            return len(self._text[:begin].rstrip(" ")), line_end
        return begin, following

    def _emptied(self, node: Collection, parent: Collection) -> str:
        """Without the only entry of a block, which is empty from now on."""
        empty = "{}" if node.mapping else "[]"
        parts = self._layout.parts(node)
        if not parent.mapping or not self._layout.alone(parts[0][0]):
            return self._splice(node.begin, node.end, empty)
        colon = self._layout.colon(parent, node)
        begin, end = self._lines(parts, 0)
        return self._text[:colon] + " " + empty + self._text[colon:begin] + self._text[end:]

    def _dropped_in_flow(self, parts: list[tuple[int, int]], index: int) -> str:
        begin, end = parts[index]
        if len(parts) == 1:
            comma = _COMMA.match(self._text, end)
            return self._splice(begin, comma.end() if comma else end)
        comma = _LAST_IN_LINE.match(self._text, end)
        if self._layout.alone(begin) and comma:
            return self._splice(self._layout.line_start(begin), comma.end())
        if index + 1 < len(parts):
            return self._splice(begin, parts[index + 1][0])
        before = parts[index - 1][1]
        if "#" not in self._text[before:begin]:
            return self._splice(before, end)
        return self._splice(self._layout.line_start(begin) if self._layout.alone(begin) else begin, end)


def _holder(chain: Sequence[Node]) -> Collection:
    """What holds the last node of a chain."""
    return cast("Collection", chain[-2])  # nothing else holds nodes
