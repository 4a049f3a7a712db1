"""Report errors to Sentry, or to GlitchTip and whoever else speaks its protocol: where they arose, not about what.

Free text may quote what was at hand: a file's content, a key. So the words of exceptions and of the log stay on this
machine, as do variables and arguments; what goes is the kind of an error, the places in our code that it came by, and
the ids by which its event is found here.
"""

import linecache
from time import monotonic
from typing import TYPE_CHECKING, Any

import sentry_sdk
from loguru import logger
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import BadDsn, event_from_exception

from headrace import __version__
from schemas.errors import Misconfigured

if TYPE_CHECKING:
    from loguru import Message, Record

MOST = 10
WINDOW = 60.0
"""An error that is always the same is reported so often in so many seconds."""

SOURCE_LINES = 3


def report_errors(dsn: str) -> None:
    """Report what is logged as an error from now on, and what ends the process.

    Raises:
        Misconfigured: there is no such address.
    """
    try:
        sentry_sdk.init(
            dsn,
            release=f"headrace@{__version__}",
            default_integrations=False,
            integrations=[ExcepthookIntegration(), AtexitIntegration(callback=lambda *_: None)],
            before_send=without_words,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            send_client_reports=False,
            auto_session_tracking=False,
        )
    except BadDsn as error:
        raise Misconfigured(
            "HEADRACE_SENTRY_DSN is no such address", "https://KEY@HOST/PROJECT, as Sentry or GlitchTip shows it"
        ) from error
    logger.add(Reporter().report, level="ERROR", format="{message}", catch=True)


class Reporter:
    """Hands log records on; of those from one place, a few a minute."""

    def __init__(self) -> None:
        self._sent: dict[str, list[float]] = {}

    def report(self, message: "Message") -> None:
        """Report one record, if it is not one too many."""
        if self._may_go(_place(message.record)):
            sentry_sdk.capture_event(_event(message.record))

    def _may_go(self, place: str) -> bool:
        """Places are as many as there are calls of the logger."""
        at = monotonic()
        lately = [sent for sent in self._sent.get(place, ()) if sent > at - WINDOW]
        self._sent[place] = [*lately, at] if len(lately) < MOST else lately
        return len(lately) < MOST


def _place(record: "Record") -> str:
    return f"{record['name']}:{record['function']}:{record['line']}"


def _event(record: "Record") -> Event:
    error = record["exception"]
    event: Event = {}
    if error is not None and error.value is not None:
        event, _ = event_from_exception(error.value, sentry_sdk.get_client().options)
    else:
        event["message"] = _place(record)
        event["stacktrace"] = {"frames": [_frame(record)]}
    event["level"] = "error"
    event["logger"] = record["name"] or ""
    event["tags"] = {name: str(value) for name, value in record["extra"].items()}
    return event


def _frame(record: "Record") -> dict[str, Any]:
    """Where the log was called, with the lines of our source that stand there."""
    lines = [linecache.getline(record["file"].path, record["line"] + n).rstrip("\n") for n in range(SOURCE_LINES)]
    where = {"filename": record["file"].name, "abs_path": record["file"].path, "module": record["name"]}
    return {
        **where,
        "function": record["function"],
        "lineno": record["line"],
        "context_line": lines[0],
        "post_context": lines[1:],
    }


def without_words(event: Event, _: Hint) -> Event:
    """The event without what exceptions say of themselves."""
    for error in event.get("exception", {}).get("values", ()):
        error["value"] = "(see the log of this process)"
        for frame in (error.get("stacktrace") or {}).get("frames", ()):
            frame.pop("vars", None)
    return event
