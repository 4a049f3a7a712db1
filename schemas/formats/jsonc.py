"""JSON, and JSON with comments: read as the client that owns a file does, edited in the file's own style."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from schemas.errors import Rejected
from schemas.formats.edits import (
    DEEPEST,
    Drop,
    Edit,
    Path,
    Put,
    Value,
    changes,
    same,
)
from schemas.formats.jsonc_members import Place, add, remove, replace, without_last_line
from schemas.formats.jsonc_text import Style, document_style
from schemas.formats.jsonc_tree import BREAKS, LINE_BREAK, Branch, Document, Node, Scanner, said
from schemas.formats.source import opened


@dataclass(frozen=True)
class Jsonc:
    """JSON as one client reads it. What the client would refuse is refused here, too.

    An empty file, and one of blanks and comments, says `{}`. An object at the root is made where it is needed, and
    counts as the last of the parents of a Drop. Of equal keys the last one counts, as in every parser; a Drop drops
    all of them.
    """

    comments: bool = False
    trailing_commas: bool = False

    def parse(self, raw: bytes) -> Document:
        """What a file says. Raises Unreadable."""
        return self._read(opened(raw).text)

    def _read(self, text: str) -> Document:
        return Scanner(text, comments=self.comments, trailing_commas=self.trailing_commas).document()

    def edit(self, raw: bytes, edits: Sequence[Edit]) -> bytes:
        """The file with these edits made, one after another. A file that says so already comes back as it is."""
        source = opened(raw)
        editor = _Editor(self._read(source.text))
        for edit in edits:
            editor.make(edit)
        return source.with_text(editor.document.text())


STRICT = Jsonc()
COMMENTED = Jsonc(comments=True)
LENIENT = Jsonc(comments=True, trailing_commas=True)


class _Editor:
    """Makes edits in a document, each in the tree that the one before has left."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.style = document_style(document)

    def make(self, edit: Edit) -> None:
        """Make one edit."""
        if isinstance(edit, Drop):
            self.drop(edit.path, edit.parents)
        elif isinstance(edit, Put):
            self.put(edit.path, edit.value)
        else:
            self.append(edit.path, edit.value)

    def put(self, path: Path, value: Value) -> None:
        """Let the value at `path` be this."""
        _check(value, DEEPEST - len(path))
        if not path:
            return self.put_all(value)
        place, depth = self.reach(path)
        step = path[depth]
        index = place.branch.find(step)
        if index is None:
            return self.put_new(place, path[depth:], value)
        old = said(place.branch.members[index].node)
        if isinstance(old, dict) and isinstance(value, dict):
            self.put_changes(old, value, path)
        elif isinstance(old, list) and old and isinstance(value, list):
            self.put_list(path, place.below(index), old, value)
        elif not same(old, value):
            replace(place, index, value, self.style)
        return None

    def put_all(self, value: Value) -> None:
        """Let the whole file say this."""
        if not isinstance(value, dict):
            raise Rejected("the whole of a JSON file must be an object")
        self.put_changes(self.document.value, value, ())

    def put_changes(self, old: Value, new: Value, path: Path) -> None:
        """Make one object say what another says. What goes goes last, so that none is empty on the way."""
        for change in sorted(changes(old, new, path), key=lambda change: isinstance(change, Drop)):
            self.make(change)

    def put_new(self, place: Place, path: Path, value: Value) -> None:
        """Make a member, and all that the path says below it."""
        for step in reversed(path[1:]):
            if isinstance(step, int) and step:
                raise Rejected(f"a list that is not there yet has no place {step}")
            value = [value] if isinstance(step, int) else {step: value}
        step, end = path[0], len(place.branch.members)
        if isinstance(step, str) and place.branch.brackets == "{}":
            add(place, end, step, value, self.style)
        elif step == end and place.branch.brackets == "[]":
            add(place, end, None, value, self.style)
        else:
            raise Rejected(f"{step!r} is no place in {'an object' if place.branch.brackets == '{}' else 'this list'}")

    def put_list(self, path: Path, place: Place, old: list[Value], new: list[Value]) -> None:
        """Make one list say what another says, with the lines of what stays left alone."""
        before, after = [[json.dumps(each, sort_keys=True) for each in values] for values in (old, new)]
        differences = SequenceMatcher(None, before, after)
        for _, begin, end, first, last in reversed(differences.get_opcodes()):  # from the end: indices stay
            both = min(end - begin, last - first)
            for n in range(both):
                self.put((*path, begin + n), new[first + n])
            for index in reversed(range(begin + both, end)):
                remove(place.branch, index)
            for n in range(both, last - first):
                add(place, begin + n, None, new[first + n], self.style)

    def append(self, path: Path, value: Value) -> None:
        """Let the list at `path` end with this."""
        _check(value, DEEPEST - len(path) - 1)
        if not path:
            raise Rejected("the whole of a JSON file must be an object, not a list")
        place, depth = self.reach(path)
        index = place.branch.find(path[depth])
        if index is None:
            return self.put_new(place, path[depth:], [value])
        place = place.below(index)
        members = place.branch.members
        if place.branch.brackets == "{}":
            raise Rejected(f"what is to end with a value is an object: {path[-1]!r}")
        if not members or not same(said(members[-1].node), value):
            add(place, len(members), None, value, self.style)
        return None

    def drop(self, path: Path, parents: int) -> None:
        """Let there be nothing at `path`, nor in as many of its parents as are left empty by that."""
        node: Node | None = self.document.root
        way: list[tuple[Branch, list[int]]] = []
        for step in path:
            places = node.all(step) if isinstance(node, Branch) else []
            if not places or not isinstance(node, Branch):
                return
            way.append((node, places))
            node = node.members[places[-1]].node
        while way and parents and len(way[-1][1]) == len(way[-1][0].members):
            way.pop()
            parents -= 1
        if way:
            branch, places = way[-1]
            for index in reversed(places):
                remove(branch, index)
        elif self.document.root:
            self.drop_root()

    def reach(self, path: Path) -> tuple[Place, int]:
        """As far as a path leads before its last step, and how many steps that are. There is a root from here on."""
        place = Place(self.root())
        for depth, step in enumerate(path[:-1]):
            index = place.branch.find(step)
            if index is None:
                return place, depth
            place = place.below(index)
        return place, len(path) - 1

    def root(self) -> Branch:
        """The root, behind what a file without one holds, and on a line of its own."""
        document = self.document
        if not document.root:
            document.root = Branch("{}")
            if document.before and not document.before.endswith(BREAKS):
                document.before += self.style.newline
            else:
                document.after = self.style.newline
        return document.root

    def drop_root(self) -> None:
        """Let the file hold nothing but what is before and behind the root: what `root` has found there."""
        document = self.document
        document.root = None
        if document.after.startswith(BREAKS) and (not document.before or document.before.endswith(BREAKS)):
            document.after = LINE_BREAK.sub("", document.after, count=1)
        elif not document.after:
            document.before = without_last_line(document.before)[0]


def _check(value: Value, levels: int) -> None:
    """Raise Rejected for a value that JSON cannot say, or that would be too deep to be read again."""
    if not _shallow(value, levels):
        raise Rejected(f"nested more than {DEEPEST} levels deep")
    Style().flat(value)


def _shallow(value: Value, levels: int) -> bool:
    """Whether a value is nested no deeper than this."""
    if not isinstance(value, dict | list):
        return True
    below = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_shallow(each, levels - 1) for each in below)
