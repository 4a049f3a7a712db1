"""What Prometheus scrapes. Labels are groups, topics and partitions, and routes: never a path, a project, an id."""

import asyncio

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from schemas.wire import GroupStatus, Status

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class PartitionGauges:
    """How each group does in each partition."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, help_: str, *labels: str) -> Gauge:
            return Gauge(f"headrace_partition_{name}", help_, ("group", "partition", *labels), registry=registry)

        self._lag = gauge("lag", "Entries of a stream that a group has still to handle", "topic")
        self._oldest = gauge("oldest_seconds", "Age of the oldest of them", "topic")
        self._held = gauge("held", "Events held for another try")
        self._dead = gauge("dead", "Events given up, waiting for a person")
        self._deaths = gauge("deaths", "Workers that ended with what is still there in their hands")
        self._owned = gauge("owned", "Whether a process works there")

    def show(self, group: GroupStatus) -> None:
        """Set all of one group's."""
        for one in group.partitions:
            where = group.group, str(one.partition)
            self._held.labels(*where).set(one.held)
            self._dead.labels(*where).set(one.dead)
            self._deaths.labels(*where).set(one.deaths)
            self._owned.labels(*where).set(one.owner is not None)
            for topic, backlog in one.topics.items():
                self._lag.labels(*where, topic).set(backlog.lag)
                self._oldest.labels(*where, topic).set(backlog.oldest or 0)


class Metrics:
    """The gateway's own figures, and those of the groups as they are when somebody asks."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "headrace_http_requests", "Requests answered", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "headrace_http_request_seconds",
            "Time to answer",
            ("method", "route"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._lag = self._gauge("headrace_group_lag", "Events a group has still to handle", "group")
        self._held = self._gauge("headrace_group_held", "Events held for another try", "group")
        self._dead = self._gauge("headrace_group_dead", "Events given up, waiting for a person", "group")
        self._oldest = self._gauge("headrace_group_oldest_seconds", "Age of the oldest event not handled", "group")
        self._workers = self._gauge("headrace_group_workers", "Processes that work for a group", "group")
        self._partitions = PartitionGauges(self._registry)
        self._fullest = self._gauge("headrace_log_fullest_entries", "Entries of the fullest stream")
        self._high_water = self._gauge("headrace_log_high_water", "Entries at which publishers must wait")
        self._memory = self._gauge("headrace_redis_memory_bytes", "Memory that Redis uses")
        self._memory_limit = self._gauge("headrace_redis_memory_limit_bytes", "Memory that Redis may use; 0: no limit")
        self._events = self._gauge("headrace_events", "Events the log has taken")
        self._archived = self._gauge("headrace_events_archived", "Number of the newest archived event")
        self._viewers = self._gauge("headrace_live_viewers", "Connected live viewers")

    def _gauge(self, name: str, help_: str, *labels: str) -> Gauge:
        return Gauge(name, help_, labels, registry=self._registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer. `route` is the pattern, never the path."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)

    async def render(self, status: Status, viewers: int) -> bytes:
        """Everything, in Prometheus's text format."""
        for group in status.groups:
            self._lag.labels(group.group).set(group.lag)
            self._oldest.labels(group.group).set(group.oldest or 0)
            self._held.labels(group.group).set(group.held)
            self._dead.labels(group.group).set(group.dead)
            self._workers.labels(group.group).set(len(group.workers))
            self._partitions.show(group)
        self._fullest.set(status.pressure.length)
        self._high_water.set(status.pressure.high_water)
        self._memory.set(status.pressure.memory)
        self._memory_limit.set(status.pressure.memory_limit)
        self._events.set(status.events)
        self._archived.set(status.archived)
        self._viewers.set(viewers)
        return await asyncio.to_thread(generate_latest, self._registry)
