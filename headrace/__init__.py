"""One event log, on Redis Streams, for everything that a vision team changes."""

from importlib.metadata import version

__version__ = version("headrace")
