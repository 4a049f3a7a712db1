"""Manifests: what is particular to the record of what an experiment used."""

from collections.abc import Sequence

from handlers.domain import Domain
from schemas.errors import Retry
from schemas.manifests import DOMAIN, read
from streams.store import Store
from streams.store.manifests import Manifests, Used
from streams.store.versions import NewVersion
from streams.store.write import Write


def check(_path: str, content: bytes | None) -> None:
    """A manifest maps component paths to hashes, and is never deleted. Raises ValueError."""
    if content is None:
        raise ValueError("a manifest is never deleted")
    read(content)


async def beside(versions: Sequence[NewVersion], store: Store) -> Sequence[Write]:
    """Let each version that is named be found with the experiments that used it."""
    used: list[Used] = []
    for new in versions:
        content = await store.blobs.get(new.hash)
        if content is None:
            raise Retry(f"the bytes of {new.hash} are not in the store yet")
        used += [Used(new.document, new.number, path, hash_) for path, hash_ in read(content).items()]
    return [Manifests.add(used)] if used else []


MANIFESTS = Domain(DOMAIN, check, beside)
