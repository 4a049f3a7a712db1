"""The names of everything in Redis. What belongs to one partition carries its number as a hash tag: one slot."""

from typing import NamedTuple

from schemas.base import Topic


class Keys(NamedTuple):
    """Key names below one prefix."""

    prefix: str

    @property
    def meta(self) -> str:
        """What was fixed when the log was made."""
        return f"{self.prefix}:meta"

    @property
    def clock(self) -> str:
        """How many events the log has taken."""
        return f"{self.prefix}:clock"

    @property
    def server(self) -> str:
        """The run id of the Redis process that was found to have the whole log."""
        return f"{self.prefix}:server"

    def stream(self, topic: Topic, partition: int) -> str:
        """The entries of one partition of a topic."""
        return f"{self.prefix}:{{{partition}}}:{topic}"

    def seen(self, partition: int) -> tuple[str, str]:
        """The ids of the newest events of a partition, and of those before."""
        return f"{self.prefix}:{{{partition}}}:seen", f"{self.prefix}:{{{partition}}}:seen-before"

    def lease(self, group: str, partition: int) -> str:
        """Who handles a partition for a group."""
        return f"{self.prefix}:{{{partition}}}:lease:{group}"

    def suspects(self, group: str, partition: int, kind: str) -> str:
        """What was at hand when a group's processes ended."""
        return f"{self.prefix}:{{{partition}}}:suspects:{kind}:{group}"

    def members(self, group: str) -> str:
        """The processes that offer to work for a group."""
        return f"{self.prefix}:members:{group}"

    @property
    def troubles(self) -> str:
        """What keeps groups from working."""
        return f"{self.prefix}:troubles"

    def errand(self, name: str) -> str:
        """Who does a job that one process at a time does for all."""
        return f"{self.prefix}:errand:{name}"

    def watcher(self, name: str) -> str:
        """What a watcher last said of itself."""
        return f"{self.prefix}:watcher:{name}"

    def rate(self, who: str) -> str:
        """When the requests of somebody are due."""
        return f"{self.prefix}:rate:{who}"

    def failures(self, kind: str, name: str) -> str:
        """The log-ins of a user, or from an address, that have failed lately."""
        return f"{self.prefix}:failures:{kind}:{name}"
