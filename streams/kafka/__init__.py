"""The log on Kafka, for who has outgrown one Redis: the same groups, as agents of Faust. See docs/scaling.md."""
