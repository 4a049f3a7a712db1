"""Celery in the solo pool: one process, no child to hand tasks to. No results, no events, 100 prefetched."""

from importlib.metadata import version

import orjson
from celery import Celery

from benchmarks.peers.workers.meter import Meter, arguments

AT_ONCE = 100


def main() -> None:
    """Publish, then work."""
    url, events, event = arguments()
    meter = Meter(f"Celery {version('celery')}", events)
    app = Celery(broker=url)
    app.conf.update(
        task_acks_late=True,
        task_ignore_result=True,
        worker_disable_rate_limits=True,
        worker_prefetch_multiplier=AT_ONCE,
        worker_redirect_stdouts=False,
    )

    def handle(raw: str) -> None:
        orjson.loads(raw)
        meter.handled()

    task = app.task(name="handle")(handle)
    for _ in range(events):
        task.delay(event)
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    app.worker_main(["worker", "--pool=solo", "--concurrency=1", "--loglevel=WARNING", *quiet])


if __name__ == "__main__":
    main()
