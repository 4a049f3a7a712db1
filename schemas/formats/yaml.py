"""YAML as people keep it: read as PyYAML's safe loader does, and edited by splices between what its marks say.

After every edit the text is read again. It is the outcome only if it says what the edit means, and nothing else.
Keys that stand twice make a file unreadable: readers do not agree on which of them counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.errors import Rejected
from schemas.formats.edits import Drop, Edit, Path, Position, Put, Unreadable, Value, at, changes, same
from schemas.formats.outcome import appended, dropped, outcome, spelled, stands
from schemas.formats.source import opened
from schemas.formats.yaml_layout import find
from schemas.formats.yaml_nodes import Node, compose
from schemas.formats.yaml_splices import Splicer
from schemas.formats.yaml_values import said


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was parsed."""

    text: str
    root: Node | None
    value: dict[str, Value]

    def position(self, path: Path) -> Position:
        """Where the value at `path` begins, or else the nearest of those around it that is there."""
        nodes = find(self.root, path)
        return nodes[-1].position if nodes else Position(1, 1)


def parse(raw: bytes) -> Document:
    """What a file says. Raises Unreadable."""
    return _read(opened(raw).text)


def edit(raw: bytes, edits: Sequence[Edit]) -> bytes:
    """The file with these edits made, one after another. A file that says so already comes back as it is.

    Raises Unreadable where `raw` is, and Rejected where an edit cannot be made.
    """
    source = opened(raw)
    document = _read(source.text)
    for each in edits:
        document = _edited(document, each)
    return source.with_text(document.text)


def _read(text: str) -> Document:
    root = compose(text)
    return Document(text, root, said(root))


def _edited(document: Document, edit: Edit) -> Document:
    """The document with one edit made, by as many splices as that takes."""
    for step in list(_steps(document.value, edit)):
        document = _spliced(document, step)
    return document


def _spliced(document: Document, step: Put | Drop) -> Document:
    wanted = outcome(document.value, step)
    splicer = Splicer(document.text, document.root)
    try:
        made = _read(splicer.put(step.path, wanted) if isinstance(step, Put) else splicer.drop(step.path))
    except Unreadable as error:
        raise _impossible(step.path) from error
    if not same(made.value, wanted):
        raise _impossible(step.path)
    return made


def _impossible(path: Path) -> Rejected:
    return Rejected(f"{spelled(path)} cannot be changed without changing what else the file says", "edit it by hand")


def _steps(value: Value, edit: Edit) -> Iterator[Put | Drop]:
    """What has to be put and dropped, one by one; nothing where the file says so already."""
    if isinstance(edit, Drop):
        path = dropped(value, edit)
        if path:
            yield Drop(path)
        return
    path = edit.path if isinstance(edit, Put) else appended(value, edit)
    if stands(value, path):
        yield from _fewest(at(value, path), edit.value, path)
    else:
        yield Put(path, edit.value)


def _fewest(old: Value, new: Value, path: Path) -> Iterator[Put | Drop]:
    """As `changes`, but of lists, too, only what differs."""
    for each in changes(old, new, path):
        match each:
            case Put(way, list(new_items)) if isinstance(old_items := _old(old, way[len(path) :]), list):
                yield from _list_changes(old_items, new_items, way)
            case Put() | Drop():
                yield each


def _old(value: Value, path: Path) -> Value:
    return at(value, path) if stands(value, path) else None


def _list_changes(old: list[Value], new: list[Value], path: Path) -> Iterator[Put | Drop]:
    """What is gone, from the end, and then what is new behind what stayed; or one for one, where that is less."""
    gone = _gone(old, new)
    differing = [index for index, (one, other) in enumerate(zip(old, new, strict=False)) if not same(one, other)]
    if len(gone) == len(old) or (len(old) == len(new) and len(differing) <= len(gone)):
        for index in differing:
            yield from _fewest(old[index], new[index], (*path, index))
        gone = list(range(len(new), len(old)))
    yield from (Drop((*path, index)) for index in reversed(gone))
    yield from (Put((*path, index), new[index]) for index in range(len(old) - len(gone), len(new)))


def _gone(old: list[Value], new: list[Value]) -> list[int]:
    """The items of `old` that are not, in their order, what `new` begins with."""
    gone: list[int] = []
    for index, item in enumerate(old):
        kept = index - len(gone)
        if kept == len(new) or not same(item, new[kept]):
            gone.append(index)
    return gone
