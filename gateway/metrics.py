"""What Prometheus scrapes. No label can take more than a few dozen values."""

import asyncio

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from schemas.wire import Status

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


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
        self._workers = self._gauge("headrace_group_workers", "Processes that work for a group", "group")
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
            self._held.labels(group.group).set(group.held)
            self._dead.labels(group.group).set(group.dead)
            self._workers.labels(group.group).set(len(group.workers))
        self._events.set(status.events)
        self._archived.set(status.archived)
        self._viewers.set(viewers)
        return await asyncio.to_thread(generate_latest, self._registry)
