"""Syncs: what is particular to the record of who takes part in syncs of clients, how, and what each sync did."""

from collections.abc import Sequence

from handlers.domain import Domain, New
from schemas.clients.records import DOMAIN, SCHEMA_VERSION, RunRecord, check, decode
from streams.store import Store
from streams.store.sync import TITLES, Adapter, Session, Syncs
from streams.store.write import Write


async def beside(news: Sequence[New], store: Store) -> Sequence[Write]:
    """Let what syncs did be found by client, by time and by what it says."""
    sessions: list[Session] = []
    adapters: dict[tuple[str, str], Adapter] = {}
    for new in news:
        run = decode(new.document.path, await new.content(store))
        if isinstance(run, RunRecord):
            sessions += [Session(new.document.project, run.trigger, one) for one in run.sessions]
            for name in [one.type for one in run.sessions]:
                adapters[name, run.version] = Adapter(name, run.version, SCHEMA_VERSION, TITLES[name])
    return Syncs.save(sessions, list(adapters.values()))


SYNCS = Domain(DOMAIN, check, beside, ("adapters", "sync_sessions", "sync_events", "artifacts"))
