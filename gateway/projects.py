"""Which project a request means."""

from typing import Any

from gateway.route import Call
from schemas.base import Model, Project


class ProjectQuery(Model):
    """Which project is meant; the server's own where none is named."""

    project: Project | None = None


def project_of(call: Call[Any, ProjectQuery]) -> str:
    """The project that the request means."""
    return call.query.project or call.services.settings.project
