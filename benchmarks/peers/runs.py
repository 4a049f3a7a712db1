"""One run: a worker of a framework, in a process and an environment of its own, on a broker that waits full."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from benchmarks.machine import environment
from benchmarks.peers.environments import ROOT, Unavailable, complaint, python_with

LIMIT = 300.0
"""Seconds after which a worker counts as stuck: each needs less than one minute."""

KAFKA = "confluent-kafka"


class Peer(NamedTuple):
    """A framework, its program in `workers/`, and how many events tell enough of its cost."""

    title: str
    worker: str
    distribution: str
    events: int
    options: tuple[str, ...] = ()
    on_kafka: bool = False


PEERS = (
    Peer("FastStream, batch", "faststream", "faststream", 40_000, ("batch",)),
    Peer("FastStream, single", "faststream", "faststream", 5_000, ("single",)),
    Peer("taskiq-redis", "taskiq", "taskiq-redis", 5_000),
    Peer("arq", "arq", "arq", 5_000),
    Peer("Celery", "celery", "celery", 3_000),
    Peer("Faust", "faust", "faust-streaming", 20_000, on_kafka=True),
)


class Run(NamedTuple):
    """What a worker says of itself."""

    name: str
    events: int
    cpu_s: float
    wall_s: float


def read(output: str) -> Run:
    """What a worker printed: its figures are the last line.

    Raises:
        Unavailable: it printed none.
    """
    try:
        return Run(**json.loads(output.strip().rpartition("\n")[2]))
    except (ValueError, TypeError):
        raise Unavailable("printed no figures") from None


def run(peer: Peer, redis_url: str, event: str) -> Run:
    """Publish `event` as often as the peer needs, and have its worker handle them all.

    Raises:
        Unavailable: it cannot be installed, fails, or does not come to an end.
    """
    if not peer.on_kafka:
        return _work(peer, redis_url, event)
    with _kafka() as address:
        return _work(peer, address, event)


def _work(peer: Peer, url: str, event: str) -> Run:
    program = [str(python_with(peer.distribution)), "-m", f"benchmarks.peers.workers.{peer.worker}"]
    command = [*program, url, str(peer.events), event, *peer.options]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False, timeout=LIMIT
        )
    except subprocess.TimeoutExpired:
        raise Unavailable(f"did not handle {peer.events} events in {LIMIT:.0f} s") from None
    if done.returncode:
        raise Unavailable(complaint(done.stderr) or f"ended with {done.returncode}")
    return read(done.stdout)


@contextmanager
def _kafka() -> Iterator[str]:
    command = [str(python_with(KAFKA)), "-m", "benchmarks.peers.workers.kafka"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as cluster:
        assert cluster.stdin
        assert cluster.stdout
        address = cluster.stdout.readline().strip()
        try:
            if not address:
                raise Unavailable("the mock Kafka did not start")
            yield address
        finally:
            cluster.stdin.close()
