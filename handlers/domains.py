"""The domains there are."""

from handlers.components import COMPONENTS
from handlers.domain import Domain

DOMAINS: dict[str, Domain] = {domain.name: domain for domain in (COMPONENTS,)}
