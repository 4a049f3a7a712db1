"""The domains there are."""

from handlers.clients import CLIENTS
from handlers.components import COMPONENTS
from handlers.domain import Domain
from handlers.manifests import MANIFESTS

DOMAINS: dict[str, Domain] = {domain.name: domain for domain in (COMPONENTS, MANIFESTS, CLIENTS)}
