"""What a process logs, for people or as JSON, with the ids that lead from one process to the next."""

import json
import sys
import traceback
from importlib.util import find_spec
from typing import TYPE_CHECKING

from loguru import logger

from schemas.errors import Misconfigured

if TYPE_CHECKING:
    from loguru import Message, Record


def set_up_logging(level: str, *, as_json: bool, sentry_dsn: str | None = None) -> None:
    """Log to standard error, and report errors where somebody is to hear of them. Raises Misconfigured."""
    logger.remove()
    if as_json:
        logger.add(_write_json, level=level, format="{message}")
    else:
        logger.add(sys.stderr, level=level, format=_for_people, backtrace=False, diagnose=False)
    if sentry_dsn:
        _report_errors(sentry_dsn)


def _report_errors(sentry_dsn: str) -> None:
    if find_spec("sentry_sdk") is None:
        raise Misconfigured(
            "HEADRACE_SENTRY_DSN is set, and sentry-sdk is not installed", "pip install 'headrace[sentry]', or unset it"
        )
    from headrace.sentry import report_errors

    report_errors(sentry_dsn)


def _for_people(record: "Record") -> str:
    trace = " <dim>(trace {extra[trace]})</>" if "trace" in record["extra"] else ""
    return f"<dim>{{time:HH:mm:ss.SSS}}</> <level>{{level: <7}}</> {{message}}{trace}\n{{exception}}"


def _write_json(message: "Message") -> None:
    sys.stderr.write(json_line(message.record))
    sys.stderr.flush()


def json_line(record: "Record") -> str:
    """One line. What is bound to a record, such as `event`, `trace` and `group`, stands beside the rest."""
    fields: dict[str, object] = {
        "time": record["time"].isoformat(),
        "level": record["level"].name,
        "message": record["message"],
        "logger": f"{record['name']}:{record['function']}:{record['line']}",
        "process": record["process"].id,
        **record["extra"],
    }
    if (error := record["exception"]) is not None and error.value is not None:
        fields["error"] = error.type.__name__ if error.type else ""
        fields["traceback"] = "".join(traceback.format_exception(error.value))
    return f"{json.dumps(fields, default=str)}\n"  # not orjson: a file's name may hold what is not UTF-8
