"""What can go wrong, sorted by what the caller should do about it.

    HeadraceError
    ├── Retry                 the world may change: wait, then do the same again
    │   ├── Away              a server cannot be reached or cannot write now
    │   │   └── Unchecked     Redis has been started anew, and may have lost something
    │   ├── Busy              the log is full until its readers catch up
    │   └── RateLimited       the caller asks too often: wait first
    ├── Rejected              never: the input itself is wrong
    │   └── Collision         two contents with one public name
    ├── NotFound              there is no such thing
    ├── Overtaken             somebody else was first: look at what is there now, then decide again
    ├── Denied                no credential, or not one for this
    ├── Misconfigured         the set-up is wrong: a person must mend it
    └── Fenced                another process owns this partition now

Foreign errors are translated where they occur. `gateway.http` maps this tree to statuses, once; `streams.retry`
maps it to retry or dead letter, once.
"""


class HeadraceError(Exception):
    """Anything this program raises on purpose. `remedy` says what a person can do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class Retry(HeadraceError):
    """The same call may succeed later."""


class Away(Retry):
    """Redis, PostgreSQL or the gateway cannot be reached, or refuses to write for now."""


class Unchecked(Away):
    """This Redis process has not been found to have the whole log yet: see `streams.recovery`."""


class Busy(Retry):
    """The log holds as much unread work as it may. `after` is in seconds."""

    def __init__(self, message: str, after: float = 1.0) -> None:
        super().__init__(message, f"try again in {after:g} s")
        self.after = after


class RateLimited(Retry):
    """The caller asks too often. `after` is in seconds."""

    def __init__(self, message: str, after: float) -> None:
        super().__init__(message, f"try again in {max(1, round(after))} s")
        self.after = after


class Rejected(HeadraceError):
    """The input can never be accepted."""


class Collision(Rejected):
    """Two different contents have the same xxh3-64 hash."""


class NotFound(HeadraceError):
    """There is no such thing."""


class Overtaken(HeadraceError):
    """What the caller saw when asking for this is no longer so."""


class Denied(HeadraceError):
    """The caller gave no credential (`known` is false), or one that does not allow this."""

    def __init__(self, message: str, remedy: str = "", *, known: bool = False) -> None:
        super().__init__(message, remedy)
        self.known = known


class Misconfigured(HeadraceError):
    """The set-up is wrong, and only a person can mend it."""


class Fenced(HeadraceError):
    """Another process took this partition over: stop working on it and write nothing."""
