"""The endpoints. A new domain adds its own file, and its line here."""

from gateway.route import Route
from gateway.routes import (
    bundles,
    changes,
    clients,
    components,
    conflicts,
    dead,
    events,
    imports,
    manifests,
    replay,
    sync,
    system,
    traces,
)

ROUTES: tuple[Route, ...] = (
    *components.ROUTES,
    *bundles.ROUTES,
    *conflicts.ROUTES,
    *manifests.ROUTES,
    *clients.ROUTES,
    *imports.ROUTES,
    *sync.ROUTES,
    *changes.ROUTES,
    *events.ROUTES,
    *traces.ROUTES,
    *dead.ROUTES,
    *replay.ROUTES,
    *system.ROUTES,
)
