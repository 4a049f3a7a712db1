"""What every request may use, made once."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from gateway.live import Hub
from gateway.metrics import Metrics
from gateway.passwords import Passwords
from gateway.proofs import Proofs
from gateway.rates import Rates
from gateway.reinjections import Reinjections
from gateway.schedule import Schedule
from gateway.tokens import Tokens
from schemas.settings import Settings
from streams.limits import Limits
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
    reinjections: Reinjections
    schedule: Schedule
    limits: Limits
    passwords: Passwords
    tokens: Tokens
    rates: Rates


SERVICES: Final = web.AppKey("services", Services)
TABLE: Final = web.AppKey("table", tuple)
