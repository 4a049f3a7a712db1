"""The client of a CVLab-Kit worker, written after the seed document alone: `urllib`, `xxhash`, and nothing of ours.

It is what existing workers run, so it must go on working: do not teach it anything that they do not know.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xxhash
import yaml

CATEGORIES = (
    "agent",
    "model",
    "dataset",
    "dataloader",
    "transform",
    "optimizer",
    "loss",
    "metric",
    "scheduler",
    "sampler",
    "solver",
    "checkpoint",
    "logger",
)


class ServerError(Exception):
    """An answer that is no success: its status, and what the server says."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


@dataclass
class SyncResult:
    """What a synchronisation did."""

    synced: list[str] = field(default_factory=list)
    uploaded: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


class ComponentManager:
    """The worker's side of component versions. `strategy` is one of the seed's four, in lower case."""

    def __init__(self, server_url: str, root: Path, api_key: str, strategy: str = "interactive") -> None:
        self.base = f"{server_url}/api/components/versions"
        self.root = root
        self.strategy = strategy
        self._headers = {"X-API-Key": api_key, "Content-Type": "application/json"}
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    # The server

    def call(self, method: str, path: str = "", body: object = None) -> Any:
        """The data of an answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, headers=self._headers, method=method)
        try:
            with self._open(request, timeout=30) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                answer = json.load(error)
                assert answer["success"] is False
                raise ServerError(error.code, answer["error"]["message"]) from error
        assert answer["success"] is True
        assert isinstance(answer["meta"]["message"], str)
        return answer["data"]

    def active(self) -> dict[str, str]:
        """The hash of the active version of every component."""
        return {one["path"]: one["active_hash"] for one in self.call("GET") if one["active_hash"]}

    def history(self, path: str) -> list[dict[str, Any]]:
        """All versions of a component, newest first."""
        versions: list[dict[str, Any]] = self.call("GET", f"/{path.removesuffix('.py')}?include_content=true")
        return versions

    def by_hash(self, hash_: str) -> dict[str, Any] | None:
        """One version with its content; None where the server does not know it."""
        try:
            version: dict[str, Any] = self.call("GET", f"/hash/{hash_}")
        except ServerError as error:
            if error.status == 404:
                return None
            raise
        return version

    def upload(self, path: str, content: str, *, activate: bool = True) -> dict[str, Any]:
        """Add a version."""
        body = {"path": path, "content": content, "activate": activate}
        uploaded: dict[str, Any] = self.call("POST", "/upload", body)
        return uploaded

    # The checkout

    def file(self, path: str) -> Path:
        """Where a component lies."""
        return self.root / "cvlabkit" / ("" if path.startswith("agent/") else "component") / path

    def needed(self, config: Path) -> list[str]:
        """The components that an experiment names."""
        wanted = yaml.safe_load(config.read_text())
        names = [(category, name) for category in CATEGORIES for name in _names(wanted.get(category))]
        return [f"{category}/{name}.py" for category, name in names]

    def sync_with_strategy(self, config: Path) -> SyncResult:
        """Bring what an experiment needs and what the server has together."""
        result, active = SyncResult(), self.active()
        for path in self.needed(config):
            self._sync(path, active.get(path), result)
        return result

    def _sync(self, path: str, active: str | None, result: SyncResult) -> None:
        """The seed's "Sync Decision Flow"."""
        file = self.file(path)
        if self.strategy == "dry_run":
            result.skipped.append(path)
        elif not file.exists():
            self._download(path, active, result)
        elif (local := content_hash(file.read_bytes())) != active:
            if self.strategy == "server_authoritative" or self.by_hash(local):
                self._download(path, active, result)
            elif self.strategy == "local_priority":
                self.upload(path, file.read_bytes().decode())
                result.uploaded.append(path)
            else:
                result.conflicts.append(path)

    def _download(self, path: str, active: str | None, result: SyncResult) -> None:
        version = self.by_hash(active or "")
        assert version, f"the server has no {path}"
        content = version["content"].encode()
        assert content_hash(content) == active == version["hash"]
        self.file(path).parent.mkdir(parents=True, exist_ok=True)
        self.file(path).write_bytes(content)
        result.synced.append(path)


def content_hash(content: bytes) -> str:
    """A version's name."""
    return xxhash.xxh3_64_hexdigest(content)


def _names(value: Any) -> Iterator[str]:
    """`resnet`, `resnet(depth=18)`, `resize | normalize`, and lists and mappings of such."""
    if isinstance(value, str):
        yield from (match[1] for part in value.split("|") if (match := re.match(r"\s*(\w+)", part)))
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _names(one)
