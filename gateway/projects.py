"""Which project a request means, and whether the caller may do there what it asks for."""

from collections.abc import Iterable
from typing import Any

from gateway.auth import check_role
from gateway.route import Call, Principal, Route
from schemas.access import Role
from schemas.base import Model, Project


class ProjectQuery(Model):
    """Which project is meant; the server's own where none is named."""

    project: Project | None = None


def project_of(call: Call[Any, ProjectQuery]) -> str:
    """The project that the request means."""
    return call.query.project or call.services.settings.project


def check_access(principal: Principal, route: Route, query: Model | None, default: str) -> None:
    """Raises Denied where the caller may not use this endpoint: in its project, on the server, or anywhere."""
    if isinstance(query, ProjectQuery):
        check_projects(principal, route.role, [query.project or default])
    elif route.scope == "anywhere":
        check_role(principal, principal.access.highest, route.role)
    elif route.scope == "server":
        check_role(principal, principal.access.role, route.role, " in all projects")


def check_projects(principal: Principal, role: Role, projects: Iterable[str]) -> None:
    """Raises Denied where the caller has not this role in all of these."""
    for project in projects:
        check_role(principal, principal.access.role_in(project), role, f" in the project {project}")
