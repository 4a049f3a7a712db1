"""The endpoints. A new domain adds its own file, and its line here."""

from gateway.route import Route
from gateway.routes import (
    bundles,
    changes,
    clients,
    components,
    conflicts,
    dead,
    elements,
    events,
    imports,
    logs,
    manifests,
    replay,
    sites,
    sync,
    syncs,
    system,
    traces,
    waiting,
)

ROUTES: tuple[Route, ...] = (
    *components.ROUTES,
    *bundles.ROUTES,
    *conflicts.ROUTES,
    *manifests.ROUTES,
    *elements.ROUTES,
    *clients.ROUTES,
    *syncs.ROUTES,
    *sites.ROUTES,
    *waiting.ROUTES,
    *logs.ROUTES,
    *imports.ROUTES,
    *sync.ROUTES,
    *changes.ROUTES,
    *events.ROUTES,
    *traces.ROUTES,
    *dead.ROUTES,
    *replay.ROUTES,
    *system.ROUTES,
)
