"""One small program per framework: publish so many events, then be the one worker that handles them.

`python -m benchmarks.peers.workers.NAME URL EVENTS EVENT`, in an environment in which nothing of Headrace is
installed, prints one line of JSON, `{"name", "events", "cpu_s", "wall_s"}`, and ends.

The handler does what the bare loop does: it parses the event with orjson, and the framework acknowledges it. Nobody
keeps results or logs what succeeds; each docstring says the options, and they are those that were cheapest here.
"""
