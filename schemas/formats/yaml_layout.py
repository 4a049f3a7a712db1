"""Where the parts of YAML nodes stand in their text, down to dashes, colons and the ends of lines."""

import re

from schemas.errors import Rejected
from schemas.formats.edits import Path
from schemas.formats.yaml_nodes import Alias, Collection, Node
from schemas.formats.yaml_values import key_text, merges
from schemas.formats.yaml_writing import Style

EOL = re.compile(r"\r\n|\n|\r")

_GAP = re.compile(r"(?:[ \t\r\n\x85\u2028\u2029]+|#[^\r\n]*)*")
_WORD = re.compile(r"\S*")


class Layout:
    """A text and the nodes that were read in it."""

    def __init__(self, text: str, root: Node | None) -> None:
        self.text = text
        self.root = root

    def parts(self, container: Collection) -> list[tuple[int, int]]:
        """Where each entry or item begins, its dash or question mark included, and ends."""
        inner = members(container)
        if container.flow:
            return [(first.begin, last.end) for first, last in inner]
        begins = [self._first_part(container), *(self.skip(last.end) for _, last in inner[:-1])]
        return [(begin, last.end) for begin, (_, last) in zip(begins, inner, strict=True)]

    def _first_part(self, container: Collection) -> int:
        if container.mapping:
            explicit = self.text[container.begin] == "?"
            return container.begin if explicit else container.children[0].begin
        return self._dash(container, container.begin)

    def _dash(self, container: Collection, behind: int) -> int:
        while self.text[behind : behind + 1] in {"&", "!"}:
            behind = self.skip(self._word_end(behind))
        if self.text[behind : behind + 1] != "-":
            raise Rejected(f"the list in line {container.position.line} is not understood", "edit the file by hand")
        return behind

    def _word_end(self, start: int) -> int:
        match = _WORD.match(self.text, start)
        return match.end() if match else start

    def first(self, node: Node) -> int:
        """Where the first part of a block begins; of anything else, where it does."""
        block = isinstance(node, Collection) and not node.flow and node.children
        return self.parts(node)[0][0] if block and isinstance(node, Collection) else node.begin

    def key_column(self, parent: Collection, node: Node) -> int:
        """The column of the key that has this value."""
        parts = self.parts(parent)
        index = next(i for i, (_, value) in enumerate(members(parent)) if value is node)
        return self.column(parts[index][0])

    def colon(self, parent: Collection, node: Node) -> int:
        """Behind the colon before a value."""
        key = next(key for key, value in parent.entries if value is node)
        colon = self.skip(key.end)
        if self.text[colon : colon + 1] != ":":
            raise Rejected(f"the key in line {key.position.line} has no colon", "edit the file by hand")
        return colon + 1

    def style(self) -> Style:
        """How this file indents: as it first does."""
        found: dict[bool, int] = {}
        waiting: list[tuple[Node, int | None]] = [(self.root, None)] if self.root else []
        while waiting and len(found) < 2:
            node, outer = waiting.pop()
            if not isinstance(node, Collection) or node.flow or not node.children:
                continue
            column = self.column(self.parts(node)[0][0])
            if outer is not None and column >= outer:
                found.setdefault(node.mapping, column - outer)
            values = [(last, column if node.mapping else None) for _, last in members(node)]
            waiting.extend(reversed(values))
        mapping = found.get(True, 2) or 2
        return Style(mapping, found.get(False, mapping))

    def skip(self, start: int) -> int:
        """Behind the space and the comments that begin at `start`."""
        match = _GAP.match(self.text, start)
        return match.end() if match else start

    def line_start(self, place: int) -> int:
        """Where the line begins that holds `place`."""
        start = self.text.rfind("\n", 0, place) + 1
        return self.text.rfind("\r", start, place) + 1 or start

    def line_end(self, place: int) -> int:
        """Where that line ends, before its line end."""
        match = EOL.search(self.text, place)
        return match.start() if match else len(self.text)

    def eol(self, place: int) -> str:
        """How the line ends that holds `place`, or else the first of the file."""
        match = EOL.match(self.text, self.line_end(place)) or EOL.search(self.text)
        return match.group() if match else "\n"

    def column(self, place: int) -> int:
        """How many characters stand before `place` in its line."""
        return place - self.line_start(place)

    def alone(self, place: int) -> bool:
        """Whether nothing stands before it in its line."""
        return not self.text[self.line_start(place) : place].strip(" \t")


def find(root: Node | None, path: Path) -> list[Node]:
    """The nodes from the root to the last that there is on `path`."""
    chain: list[Node] = [root] if root else []
    for step in path if chain else ():
        inner = _child(chain[-1], step)
        if inner is None:
            break
        chain.append(inner)
    return chain


def members(container: Collection) -> list[tuple[Node, Node]]:
    """The first and the last node of each entry or item."""
    return list(container.entries) if container.mapping else [(item, item) for item in container.children]


def _child(node: Node, step: str | int) -> Node | None:
    """What stands below `node` at `step`, itself and not by a merge."""
    if isinstance(node, Alias):
        return _child(node.target, step)
    if not isinstance(node, Collection):
        return None
    if isinstance(step, int):
        return node.children[step] if not node.mapping and 0 <= step < len(node.children) else None
    if not node.mapping:
        return None
    return next((value for key, value in node.entries if not merges(key) and key_text(key) == step), None)
