"""What a process logs: found by event and trace, whoever reads it."""

import json
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from headrace.logs import set_up_logging
from schemas.settings import Settings
from streams.entry import Entry
from streams.log import Log
from streams.store import Store
from tests.build import document, event, event_id, observed, until
from tests.conftest import log_to_stderr
from tests.faults import environment, process


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """What was logged."""
    yield lambda: capsys.readouterr().err
    log_to_stderr()


def test_as_json_what_is_bound_stands_beside_the_rest(said: Any) -> None:
    set_up_logging("INFO", as_json=True)
    with logger.contextualize(group="hash"):
        logger.bind(event=event_id(1), trace=event_id(2), partition=3).warning("{}: it {}", "hash", "failed")
    logger.debug("too little")
    (line,) = said().splitlines()
    found = json.loads(line)
    assert (found["level"], found["message"]) == ("WARNING", "hash: it failed")
    assert (found["event"], found["trace"]) == (event_id(1), event_id(2))
    assert (found["group"], found["partition"]) == ("hash", 3)
    assert found["logger"].startswith("tests.headrace.test_logs:test_as_json")


def test_an_exception_is_one_line(said: Any) -> None:
    set_up_logging("INFO", as_json=True)
    try:
        raise KeyError("no\nsuch")
    except KeyError:
        logger.exception("oh\nno")
    (line,) = said().splitlines()
    assert json.loads(line)["error"] == "KeyError"
    assert "raise KeyError" in json.loads(line)["traceback"]


def test_a_name_that_is_not_utf_8(said: Any) -> None:
    set_up_logging("INFO", as_json=True)
    logger.info("read {}", b"caf\xe9".decode(errors="surrogateescape"))
    assert json.loads(said())["message"] == "read caf\udce9"


def test_people_see_the_trace(said: Any) -> None:
    set_up_logging("INFO", as_json=False)
    logger.bind(trace=event_id(2)).info("braces: {{}} <red>")
    logger.info("nothing bound")
    first, second = said().splitlines()
    assert first.endswith(f"braces: {{{{}}}} <red> (trace {event_id(2)})")
    assert second.endswith("INFO    nothing bound")


def test_what_cannot_be_read_has_a_place_alone() -> None:
    assert Entry(("changes", 3), b"7-5", b"{}").ids == {"topic": "changes", "partition": 3, "sequence": 7}


@pytest.mark.slow
async def test_a_failure_names_event_and_trace(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    """A worker of several groups; one of them cannot take what another concluded."""
    env = environment(settings, HEADRACE_REDIS_URL=redis_url, HEADRACE_POSTGRES_URL=postgres_url, HEADRACE_LOG_JSON="1")
    lines = tmp_path / "worker.log"
    await store.db.execute("alter table judged add constraint broken check (head is null)")
    try:
        with process(["worker"], env, lines):
            await log.publish([log.message(event(observed("a = 1\n", forced=True), "model/a.py", event_id(1)))])
            found = await until(lambda: _failure(lines))
    finally:
        await store.db.execute("alter table judged drop constraint broken")
    assert (found["group"], found["trace"]) == ("resolve", event_id(1))
    assert found["event"] not in {None, event_id(1)}
    assert found["partition"] == log.partition(document("model/a.py").key)
    assert found["error"] == "CheckViolationError"


async def _failure(lines: Path) -> Any:
    records = [json.loads(line) for line in lines.read_text().splitlines()]
    return next((record for record in records if "error" in record), None)
