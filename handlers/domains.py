"""The domains there are."""

from handlers.clients import CLIENTS
from handlers.components import COMPONENTS
from handlers.domain import Domain
from handlers.manifests import MANIFESTS
from handlers.sync import SYNCS

DOMAINS: dict[str, Domain] = {domain.name: domain for domain in (COMPONENTS, MANIFESTS, CLIENTS, SYNCS)}
