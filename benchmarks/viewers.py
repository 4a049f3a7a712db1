"""A thousand viewers in one process: enough of a WebSocket client to count what arrives, and no more."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

import xxhash

_TEXT = 1


class Viewer(asyncio.Protocol):
    """Counts and digests the text frames that it is sent. (RFC 6455: a server's frames are not masked.)"""

    def __init__(self, url: str, key: str, enough: int, done: Callable[[], None]) -> None:
        self.frames = 0
        self.digest = xxhash.xxh3_64()
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._url = urlsplit(url)
        self._key = key
        self._enough = enough
        self._done = done
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        head = (
            f"GET {self._url.path}?{self._url.query} HTTP/1.1",
            f"Host: {self._url.netloc}",
            f"X-API-Key: {self._key}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: bm90aGluZyBzZWNyZXQhIQ==",
        )
        transport.write("\r\n".join([*head, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        if not self.open.done():
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.open.set_exception(ConnectionError(head.decode()[:200]))
                return
            self.open.set_result(None)
        self._rest = self._read(data)

    def _read(self, data: bytes) -> bytes:
        at = 0
        while len(data) - at >= 2:
            start, length = at + 2, data[at + 1] & 127
            if length >= 126:
                wide = 2 if length == 126 else 8
                length = int.from_bytes(data[start : start + wide], "big")
                start += wide
            if start + length > len(data):
                break
            if data[at] & 15 == _TEXT:
                self._take(data[start : start + length])
            at = start + length
        return data[at:]

    def _take(self, payload: bytes) -> None:
        self.digest.update(payload)
        self.frames += 1
        if self.frames == self._enough:
            self._done()


async def watch(url: str, key: str, viewers: int, events: int, ready: Callable[[], None]) -> tuple[int, int]:
    """Connect many viewers, then wait until each has had `events`, or for half a minute after the last one came.

    Returns how many frames came in all, and how many different things the viewers were told.
    """
    left, everyone = viewers, asyncio.Event()

    def done() -> None:
        nonlocal left
        left -= 1
        if not left:
            everyone.set()

    host, _, port = urlsplit(url).netloc.partition(":")
    loop = asyncio.get_running_loop()
    all_: list[Viewer] = []
    for _ in range(viewers):
        _, viewer = await loop.create_connection(lambda: Viewer(url, key, events, done), host, int(port))
        await viewer.open
        all_.append(viewer)
    ready()
    came = -1
    while not everyone.is_set() and came != sum(viewer.frames for viewer in all_):
        came = sum(viewer.frames for viewer in all_)
        try:
            await asyncio.wait_for(everyone.wait(), 30)
        except TimeoutError:
            continue
    return sum(viewer.frames for viewer in all_), len({viewer.digest.hexdigest() for viewer in all_})
