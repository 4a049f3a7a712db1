"""Moments as people name them on a command line: a time, or how long ago."""

import re
from datetime import datetime, timedelta

from schemas.base import now
from schemas.errors import Rejected

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def moment(text: str) -> datetime:
    """A time such as `2026-01-31T12:00`, here, or an age such as `10m`. Raises ValueError, OverflowError."""
    age = re.fullmatch(r"([0-9]+)([smhd])", text)
    when = now() - timedelta(seconds=int(age[1]) * _UNITS[age[2]]) if age else datetime.fromisoformat(text)
    return when.astimezone()


def given_moment(option: str, text: str) -> datetime:
    """The same, as the value of an option. Raises Rejected."""
    try:
        return moment(text)
    except (ValueError, OverflowError):
        raise Rejected(f"{option} {text}: not a time, nor an age", "such as 2026-01-31T12:00 or 10m") from None
