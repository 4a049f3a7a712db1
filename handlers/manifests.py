"""Manifests: what is particular to the record of what an experiment used."""

from collections.abc import Sequence

from handlers.domain import Domain, New
from schemas.manifests import DOMAIN, read
from streams.store import Store
from streams.store.manifests import Manifests, Used
from streams.store.write import Write


def check(_path: str, content: bytes | None) -> None:
    """A manifest maps component paths to hashes, and is never deleted. Raises ValueError."""
    if content is None:
        raise ValueError("a manifest is never deleted")
    read(content)


async def beside(news: Sequence[New], store: Store) -> Sequence[Write]:
    """Let each version that is named be found with the experiments that used it."""
    used: list[Used] = []
    for new in news:
        document, number = new.version.document, new.version.number
        used += [Used(document, number, path, hash_) for path, hash_ in read(await new.content(store)).items()]
    return [Manifests.add(used)] if used else []


MANIFESTS = Domain(DOMAIN, check, beside, ("manifest_entries",))
