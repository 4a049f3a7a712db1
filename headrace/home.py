"""The data directory: what `up` keeps there, and how everything else finds a running `up` by it."""

import os
import secrets
import socket
from pathlib import Path

import orjson
from platformdirs import user_data_path

from schemas.base import Model, new_id
from schemas.errors import Misconfigured
from schemas.settings import Settings
from watchers.lock import claim
from watchers.system import is_held


class Running(Model):
    """What a running `up` says of itself. One that is `brief` is up for a single command: do not count on it."""

    pid: int
    url: str
    redis_url: str
    postgres_url: str
    brief: bool = False


class Home:
    """One data directory."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self.redis = self.path / "redis"
        self.postgres = self.path / "postgres"
        self.watch = self.path / "watch"
        self.logs = self.path / "logs"
        self.audit_key = self.path / "audit.pem"
        self._lock = self.path / "lock"
        self._running = self.path / "running.json"
        self._key = self.path / "admin-key"
        self._key_shown = self.path / "admin-key.shown"
        self._worker_name = self.path / "worker-name"

    @classmethod
    def of(cls, data: Path | None, settings: Settings) -> "Home":
        """The directory that is meant: the one given, else the one set, else the platform's."""
        return cls(data or settings.data or user_data_path("headrace", appauthor=False))

    def make(self) -> None:
        """Create what is missing. Raises Misconfigured where that cannot be done."""
        try:
            for folder in (self.path, self.logs, self.watch):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = self.path / ".probe"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise Misconfigured(
                f"cannot write to the data directory {self.path}: {error.strerror}", "choose another with --data"
            ) from error

    def lock(self) -> int:
        """Claim the directory for this process; the descriptor that holds the claim, however the process ends.

        Raises:
            Misconfigured: another `up` has it.
        """
        self._lock.touch(0o600)
        try:
            lock = claim(self._lock)
        except BlockingIOError:
            raise self._taken() from None
        self.withdraw()  # what a killed one has said of itself
        return lock

    def _taken(self) -> Misconfigured:
        running = self.running()
        who = f" (process {running.pid}, at {running.url})" if running else ""
        remedy = "use it, end it, or give this one another --data"
        return Misconfigured(f"headrace up already runs on {self.path}{who}", remedy)

    def running(self) -> Running | None:
        """The `up` that works on this directory; None where none does.

        Its claim tells, not its process id: after a restart of the machine that may be anybody's, and the ports too.
        """
        try:
            running = Running.model_validate(orjson.loads(self._running.read_bytes()))
            return running if is_held(self._lock) else None
        except (OSError, ValueError):
            return None

    def announce(self, running: Running) -> None:
        """Tell others where this `up` is."""
        self._write(self._running, running.model_dump_json())

    def withdraw(self) -> None:
        """There is no `up` any more."""
        self._running.unlink(missing_ok=True)

    def admin_key(self) -> str | None:
        """The administrator's key, if one was made."""
        return self._key.read_text(encoding="utf-8") if self._key.exists() else None

    def make_admin_key(self) -> str:
        """Make the administrator's key."""
        key = f"hr_{secrets.token_urlsafe(32)}"
        self._write(self._key, key)
        return key

    def key_was_shown(self) -> bool:
        """Whether somebody has been shown the key that was made."""
        return self._key_shown.exists()

    def remember_key_was_shown(self) -> None:
        """Show it no more."""
        self._write(self._key_shown, "")

    def worker_name(self) -> str:
        """The name of the one worker of this directory's `up`, in all its lives."""
        if not self._worker_name.exists():
            self._write(self._worker_name, f"{socket.gethostname()}:up:{new_id()[-12:]}")
        return self._worker_name.read_text(encoding="utf-8")

    def _write(self, path: Path, text: str) -> None:
        unfinished = path.with_name(f"{path.name}.unfinished")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        unfinished.replace(path)
