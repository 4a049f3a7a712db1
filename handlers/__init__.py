"""The consumer groups: each a function of the event and the store."""

from handlers.archive import HANDLERS as ARCHIVE
from handlers.hash import HANDLERS as HASH
from handlers.persist import HANDLERS as PERSIST
from handlers.resolve import HANDLERS as RESOLVE
from streams.handler import Handler

HANDLERS: tuple[Handler, ...] = (*HASH, *RESOLVE, *PERSIST, *ARCHIVE)
