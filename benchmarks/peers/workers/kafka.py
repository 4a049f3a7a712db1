"""The Kafka that Faust is measured on: librdkafka's mock cluster, until standard input ends."""

import sys

from confluent_kafka import Producer


def main() -> None:
    """Print the address, and be there."""
    cluster = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "mock"})
    broker = next(iter(cluster.list_topics(timeout=10).brokers.values()))
    print(f"{broker.host}:{broker.port}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
