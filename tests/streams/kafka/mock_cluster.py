"""A process that speaks Kafka's protocol: librdkafka's mock cluster. It ends with its standard input."""

import sys
import time
from typing import Any


def let_followers_be_first() -> None:
    """The mock cluster refuses a member that asks for its share after the leader has dealt out all shares.

    A broker does not. So where a test has several workers, their leaders take a moment.
    """
    from faust.assignor.partition_assignor import PartitionAssignor

    assign = PartitionAssignor.assign

    def slowly(self: PartitionAssignor, *args: Any) -> Any:
        time.sleep(0.3)
        return assign(self, *args)

    PartitionAssignor.assign = slowly  # type: ignore[method-assign, assignment]


def main() -> None:
    """Say where it listens, and listen."""
    from confluent_kafka import Producer

    producer = Producer({"test.mock.num.brokers": 1, "log_level": 0})
    brokers = producer.list_topics(timeout=10).brokers.values()
    sys.stdout.write(",".join(f"{broker.host}:{broker.port}" for broker in brokers) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
