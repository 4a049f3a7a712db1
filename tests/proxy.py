"""A network between two processes that can be cut, stalled, slowed down and half closed."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

CHUNK = 4096


class Proxy:
    """Passes on what comes to `url`, as far as it is let."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self._writers: set[asyncio.StreamWriter] = set()
        self._open = asyncio.Event()
        self._open.set()
        self._dice = random.Random(1)
        self.port = 0
        self.delay = 0.0

    @property
    def url(self) -> str:
        """Where to connect instead."""
        where = self._target.netloc.rpartition("@")[0]
        return self._target._replace(
            netloc=f"{where}@127.0.0.1:{self.port}" if where else f"127.0.0.1:{self.port}"
        ).geturl()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        """Listen."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.resume()
            self.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection(self._target.hostname, self._target.port)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, there[1]}
        await asyncio.gather(self._pass_on(reader, there[1]), self._pass_on(there[0], writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._open.wait()
                if self.delay:
                    await asyncio.sleep(self._dice.uniform(0, self.delay))
                writer.write(data)
                await writer.drain()
        writer.close()
        self._writers.discard(writer)

    def cut(self) -> None:
        """End all connections, with whatever is on its way: a part of a message may have arrived."""
        for writer in list(self._writers):
            writer.transport.abort()
        self._writers.clear()

    def half_close(self) -> None:
        """Say on one side of each connection that no more will come, and go on listening."""
        for writer in list(self._writers):
            if self._dice.random() < 0.5 and writer.can_write_eof():
                with suppress(OSError):
                    writer.write_eof()

    def stall(self) -> None:
        """Pass nothing on, and do not say so."""
        self._open.clear()

    def resume(self) -> None:
        """Go on."""
        self._open.set()
