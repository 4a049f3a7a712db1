"""Passwords: argon2id, and as much time for a user that nobody knows as for a password that is wrong."""

import asyncio
import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from pydantic import SecretStr

_AT_ONCE = 2
"""Each takes 64 MiB and some of a core for a moment."""

_hasher = PasswordHasher()


class Passwords:
    """Hashes passwords, beside the event loop."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._nobody = _nobodys()

    async def hash(self, password: SecretStr) -> str:
        """What is kept of a password."""
        async with self._free:
            return await asyncio.to_thread(_hasher.hash, _plain(password))

    async def matches(self, kept: str | None, password: SecretStr) -> bool:
        """Whether it is the password; never, and after as much work, where nothing is kept."""
        async with self._free:
            is_right = await asyncio.to_thread(_verify, kept or self._nobody, _plain(password))
        return is_right and kept is not None


def _plain(password: SecretStr) -> str:
    """The same whichever way a keyboard composes its letters."""
    return unicodedata.normalize("NFC", password.get_secret_value())


def _verify(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError, UnicodeEncodeError):
        return False


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has."""
    return _hasher.hash(secrets.token_urlsafe(32))
