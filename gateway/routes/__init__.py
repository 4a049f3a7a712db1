"""The endpoints. A new domain adds its own file, and its line here."""

from gateway.route import Route
from gateway.routes import changes, components, dead, events, system

ROUTES: tuple[Route, ...] = (
    *components.ROUTES,
    *changes.ROUTES,
    *events.ROUTES,
    *dead.ROUTES,
    *system.ROUTES,
)
