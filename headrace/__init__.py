"""One event log, on Redis Streams, for everything that a vision team changes."""

__version__ = "0.1.0"
