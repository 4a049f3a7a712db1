"""Errors are reported to whoever speaks Sentry's protocol: found again by their ids, and without a word of content.

The receiver is a server on loopback that takes envelopes. Source: https://develop.sentry.dev/sdk/data-model/envelopes
"""

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from schemas.settings import Settings
from streams.log import Log
from streams.store import Store
from tests.build import document, event, event_id, observed, until
from tests.faults import environment, process
from tests.headrace.conftest import Cli

pytestmark = pytest.mark.slow
CONTENT = "the_content_of_a_file = 'with a secret'\n"


class Receiver:
    """Takes what is sent, and keeps it as it came."""

    def __init__(self) -> None:
        self.bodies = bodies = list[bytes]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                bodies.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.dsn = f"http://public@127.0.0.1:{self._server.server_address[1]}/7"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def all(self) -> bytes:
        return b"".join(self.bodies)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The errors that were reported."""
        items = [body.split(b"\n")[1:] for body in self.bodies]
        return [json.loads(lines[at + 1]) for lines in items for at in range(0, len(lines) - 1, 2)]

    async def has(self, number: int) -> bool:
        return len(self.events) >= number


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.close()


SCRIPT = """
import sys
from loguru import logger
from headrace.logs import set_up_logging
set_up_logging("INFO", as_json=False, sentry_dsn=sys.argv[1])
{}
"""


def run(dsn: str, body: str) -> "subprocess.CompletedProcess[str]":
    """A program that logs, and ends."""
    command = [sys.executable, "-c", SCRIPT.format(body), dsn]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


async def test_a_group_that_fails_over_and_over(
    receiver: Receiver, log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    """PostgreSQL's own words quote the row that it refuses, with the content."""
    urls = {"HEADRACE_REDIS_URL": redis_url, "HEADRACE_POSTGRES_URL": postgres_url}
    env = environment(settings, HEADRACE_SENTRY_DSN=receiver.dsn, HEADRACE_API_KEY="key-of-the-tests", **urls)
    await store.db.execute("alter table blobs add constraint broken check (size is null)")
    said = tmp_path / "worker.log"
    try:
        with process(["worker"], env, said):
            await log.publish([log.message(event(observed(CONTENT, forced=True), "model/a.py", event_id(1)))])
            await until(lambda: receiver.has(1), 60)
    finally:
        await store.db.execute("alter table blobs drop constraint broken")
    report = receiver.events[0]
    partition = log.partition(document("model/a.py").key)
    ids = {"event": event_id(1), "trace": event_id(1), "group": "hash", "partition": str(partition)}
    assert report["tags"].items() >= ids.items()
    assert report["level"] == "error"
    assert [error["type"] for error in report["exception"]["values"]][-1] == "CheckViolationError"
    frames = report["exception"]["values"][-1]["stacktrace"]["frames"]
    assert "streams.effects" in {frame["module"] for frame in frames}
    quoted = CONTENT.encode().hex()[:40]
    assert quoted in said.read_text()  # the log has it all
    secrets = [
        quoted,
        CONTENT[:20],
        "with a secret",
        "key-of-the-tests",
        *(urlsplit(url).password for url in urls.values()),
    ]
    assert [secret for secret in secrets if secret and secret.encode() in receiver.all] == []


async def test_what_ends_a_program(receiver: Receiver) -> None:
    done = run(receiver.dsn, f"content = {CONTENT!r} + 'x'\nraise ValueError(content) from KeyError(content)")
    assert done.returncode == 1
    assert "ValueError: the_content" in done.stderr
    (report,) = receiver.events
    assert [error["type"] for error in report["exception"]["values"]] == ["KeyError", "ValueError"]
    assert b"with a secret" not in receiver.all


async def test_an_error_without_an_exception_says_where_it_was_logged(receiver: Receiver) -> None:
    done = run(
        receiver.dsn, "logger.bind(trace='t-1').error('{} is wrong', " + repr(CONTENT) + ")\nlogger.warning('no')"
    )
    assert done.returncode == 0
    assert "with a secret" in done.stderr
    (report,) = receiver.events
    assert report["message"] == "__main__:<module>:6"
    assert report["tags"]["trace"] == "t-1"
    assert b"with a secret" not in receiver.all


async def test_a_million_of_them_are_few_reports(receiver: Receiver) -> None:
    done = run(
        receiver.dsn,
        "logger.remove(1)\nfor n in range(100_000): logger.error('the same {}', n)\nlogger.error('another')",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [report["message"].rpartition(":")[2] for report in receiver.events] == ["7"] * 10 + ["8"]


def test_nobody_is_there(cli: Cli) -> None:
    """Nothing waits for it, and the program ends as it would."""
    done = run("http://public@127.0.0.1:9/7", "logger.error('oh no')")
    assert done.returncode == 0
    assert [line[-5:] for line in done.stderr.splitlines()] == ["oh no"]


@pytest.mark.parametrize("dsn", ["nonsense", "https://hidden@", "https://example.org/7"])
def test_no_such_address(cli: Cli, tmp_path: Path, dsn: str) -> None:
    said = cli.bad("worker", "--data", tmp_path, HEADRACE_SENTRY_DSN=dsn)
    assert "HEADRACE_SENTRY_DSN is no such address" in said
    assert "hidden" not in said


def test_it_is_not_even_loaded_where_nobody_asked() -> None:
    script = """
import sys
import gateway.app, headrace.run, streams.worker
from headrace.logs import set_up_logging
set_up_logging("INFO", as_json=False)
raise SystemExit("sentry_sdk" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
