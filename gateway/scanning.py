"""The server's own trees: which components lie there, and what adding them would come to."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from schemas.components import ComponentPath, Listed, ScanPlan, check_content
from schemas.hashing import Fingerprint, fingerprint
from schemas.judge import Accept, Side, judge
from streams.store import Store

NAMED = 10
"""Paths that a plan names of each kind."""

Fate: TypeAlias = Literal["new_component", "new_version", "unchanged", "refused"]


class File(NamedTuple):
    """A component's file, as it lies there."""

    path: ComponentPath
    content: bytes
    found: Fingerprint


def read_trees(roots: Sequence[Path], limit: int) -> list[File]:
    """The components that lie in some trees; links, and what is no component, are passed over."""
    found: list[File] = []
    for root in roots:
        for file in sorted([*root.glob("cvlabkit/agent/*.py"), *root.glob("cvlabkit/component/*/*.py")]):
            path = _component(file.relative_to(root).as_posix())
            if path is None or file.is_symlink() or not file.is_file() or file.stat().st_size > limit:
                continue
            content = file.read_bytes()
            found.append(File(path, content, fingerprint(content)))
    return found


def _component(name: str) -> ComponentPath | None:
    """What lies there; None where its name is one that no component may have."""
    path = ComponentPath.in_tree(name)
    try:
        return path and ComponentPath.parse(path.wire)
    except ValueError:
        return None


async def foreseen(store: Store, project: str, files: Sequence[File]) -> ScanPlan:
    """What adding these files would come to, by the judge's own rule. Nothing is written."""
    documents = [file.path.document(project).id for file in files]
    asked = [(document, file.found.hash) for document, file in zip(documents, files, strict=True)]
    heads = {id_: head.hash for id_, head in (await store.versions.heads(documents)).items()}
    trial = _Trial(heads, set(await store.versions.newest(asked)))
    fates = [(file.path.wire, trial.fate(document, file)) for document, file in zip(documents, files, strict=True)]
    return ScanPlan(
        new_components=_listed(path for path, fate in fates if fate == "new_component"),
        new_versions=_listed(path for path, fate in fates if fate == "new_version"),
        unchanged=_listed(path for path, fate in fates if fate == "unchanged"),
        refused=_listed(path for path, fate in fates if fate == "refused"),
    )


def _listed(paths: Iterable[str]) -> Listed:
    every = list(paths)
    return Listed(count=len(every), paths=every[:NAMED])


class _Trial:
    """The heads and hashes of the documents, as they would change file by file: trees may hold the same component."""

    def __init__(self, heads: dict[str, str | None], known: set[tuple[str, str]]) -> None:
        self._heads = heads
        self._known = known

    def fate(self, document: str, file: File) -> Fate:
        """What would become of a file."""
        try:
            check_content(file.content)
        except ValueError:
            return "refused"
        hash_ = file.found.hash
        side = Side(hash_, base=None)
        verdict = judge(side, self._heads.get(document), known=(document, hash_) in self._known)
        if not isinstance(verdict, Accept):
            return "unchanged"
        fate: Fate = "new_version" if document in self._heads else "new_component"
        self._heads[document] = hash_
        self._known.add((document, hash_))
        return fate
