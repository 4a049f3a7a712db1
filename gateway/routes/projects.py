"""The projects there are, as far as one may read them."""

from gateway.route import Call, Route
from schemas.access import ProjectShown


async def every(call: Call[None, None]) -> list[ProjectShown]:
    """The projects that have something in them and that you may read, by name."""
    access = call.principal.access
    found = await call.services.store.projects.all()
    return [
        ProjectShown(name=name, role=role, domains=domains)
        for name, domains in found.items()
        if (role := access.role_in(name))
    ]


ROUTES = (Route("GET", "/api/v1/projects", every, list[ProjectShown], "viewer", scope="anywhere"),)
