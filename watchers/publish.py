"""From changes of files to changes of documents: what the server is told."""

from collections.abc import Sequence

from watchers.change import Change
from watchers.components import DOMAIN, Components
from watchers.server import Outgoing, Server


class Publisher:
    """Publishes the components among the changes of one tree."""

    def __init__(self, server: Server, project: str, components: Components) -> None:
        self._server = server
        self._project = project
        self._components = components

    async def publish(self, changes: Sequence[Change]) -> None:
        """Return when the server is done with all of them. Files that are no components are passed over."""
        named = [(change, self._components.wire_path(change.path)) for change in changes]
        await self._server.deliver([Outgoing(change, self._project, DOMAIN, path) for change, path in named if path])
