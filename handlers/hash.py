"""Give content its identity: check the bytes against what the publisher said, and keep them once."""

from collections.abc import Sequence
from typing import NamedTuple

from handlers.domains import DOMAINS
from schemas.changes import ChangeHashed, ChangeObserved, ChangeRejected
from schemas.envelope import Envelope, Event
from schemas.errors import Retry
from schemas.hashing import Fingerprint, fingerprint
from streams.entry import Entry
from streams.handler import Deps, Handler, Outcome
from streams.store.blobs import Blob, Blobs


class Taken(NamedTuple):
    """A change with its bytes examined. `blob` is None when the document is gone."""

    change: ChangeObserved
    blob: Blob | None


async def take_in(batch: Sequence[Entry], deps: Deps) -> Outcome:
    """Hash what was observed. What cannot be true is rejected with its reason."""
    examined = [await _examine(entry.event, deps) for entry in batch]
    blobs = [taken.blob for taken in examined if isinstance(taken, Taken) and taken.blob]
    return Outcome([[_conclude(taken)] for taken in examined], [Blobs.put(blobs)] if blobs else [])


async def _examine(event: Envelope[Event], deps: Deps) -> Taken | ChangeRejected:
    change = event.data
    if not isinstance(change, ChangeObserved):
        raise TypeError(f"not a change: {event.type}")
    _, domain, path = event.document
    try:
        content = await _content(change, deps)
        if domain not in DOMAINS:
            raise ValueError(f"there is no domain {domain!r}")
        DOMAINS[domain].check(path, content)
        return Taken(change, None if content is None else Blob(_identify(change, content), content))
    except ValueError as error:
        return ChangeRejected(hash=change.hash, reason=str(error))


async def _content(change: ChangeObserved, deps: Deps) -> bytes | None:
    if change.hash is None:
        return None
    if change.content is not None:
        return change.content.bytes()
    content = await deps.store.blobs.get(change.hash)
    if content is None:
        raise Retry(f"the bytes of {change.hash} are not in the store yet")
    return content


def _identify(change: ChangeObserved, content: bytes) -> Fingerprint:
    found = fingerprint(content)
    if found.hash != change.hash:
        raise ValueError(f"the bytes are not what was announced: their hash is {found.hash}, not {change.hash}")
    return found


def _conclude(taken: Taken | ChangeRejected) -> Event:
    if isinstance(taken, ChangeRejected):
        return taken
    change, blob = taken
    found = blob.fingerprint if blob else None
    return ChangeHashed(
        hash=change.hash,
        digest=found.digest if found else None,
        size=found.size if found else 0,
        base=change.base,
        forced=change.forced,
        activate=change.activate,
        swap=change.swap,
        asker=change.asker,
        why=change.why,
        said=change.said,
        settles=change.settles,
    )


HANDLERS = (Handler("hash", ("changes",), take_in, tables=("blobs",)),)
