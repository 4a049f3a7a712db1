"""What every request may use, made once."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from gateway.live import Hub
from gateway.metrics import Metrics
from gateway.proofs import Proofs
from gateway.schedule import Schedule
from schemas.settings import Settings
from streams.log import Log
from streams.publisher import Publisher
from streams.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """The log, the store, and what stands between them and the requests."""

    settings: Settings
    log: Log
    store: Store
    publisher: Publisher
    hub: Hub
    metrics: Metrics
    proofs: Proofs
    schedule: Schedule


SERVICES: Final = web.AppKey("services", Services)
TABLE: Final = web.AppKey("table", tuple)
