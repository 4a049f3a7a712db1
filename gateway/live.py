"""The live feed: one reader of the log, any number of viewers, none of whom can slow another.

A viewer is nothing but a place in the log. While its connection takes what is sent, events go to it as they come.
When it does not, it is left behind, and reads on by itself from where it was until it has caught up. So a slow
viewer, one that was away, and a new one are the same thing, and none of them misses an event.
"""

import asyncio
from collections import deque
from collections.abc import Iterable

from loguru import logger

from gateway.frames import Filter, Frame, frame
from schemas.changes import OUTCOMES
from schemas.errors import Away, HeadraceError
from streams.retry import Backoff, jittered
from streams.tail import Tail

RING = 4096
"""Frames kept in memory for those who are a little behind."""


class Viewer:
    """One connection that is sent events after number `seq`."""

    def __init__(self, transport: asyncio.WriteTransport, filter_: Filter, seq: int) -> None:
        self.transport = transport
        self.filter = filter_
        self.seq = seq
        self.behind = asyncio.Event()
        self.behind.set()
        self.left = asyncio.Event()
        self.stirred = asyncio.Event()

    @property
    def unsent(self) -> int:
        """Bytes that the connection has not taken yet."""
        return self.transport.get_write_buffer_size()

    @property
    def gone(self) -> bool:
        """Whether there is nobody to send to any more."""
        return self.left.is_set() or self.transport.is_closing()

    def leave(self) -> None:
        """The connection is over."""
        self.left.set()
        self.behind.set()
        self.stirred.set()

    def send(self, frames: Iterable[Frame], last: int) -> None:
        """Send those of the frames that are wanted; `last` is the number of the last of them all."""
        wire = b"".join([frame.wire for frame in frames if self.filter.takes(frame)])
        self.write(wire, last)

    def write(self, wire: bytes, last: int) -> None:
        """Send bytes that bring the viewer to event number `last`."""
        if wire:
            self.transport.write(wire)
        self.seq = last


class Hub:
    """Follows the log and hands on what comes."""

    def __init__(self, tail: Tail, buffer: int) -> None:
        self._tail = tail
        self._buffer = buffer
        self._ring: deque[Frame] = deque(maxlen=RING)
        self._viewers: set[Viewer] = set()
        self._outcomes: dict[str, list[asyncio.Future[Frame]]] = {}
        self.seq = 0
        self.connected = False

    @property
    def viewers(self) -> int:
        """How many are connected."""
        return len(self._viewers)

    async def run(self, start: int, stop: asyncio.Event) -> None:
        """Follow the log from event number `start`, through whatever happens, until `stop` is set."""
        self.seq = start
        patience, failures = Backoff(base=0.1, cap=5.0), 0
        while not stop.is_set():
            try:
                async for page in self._tail.follow(self.seq, stop):
                    self.connected, failures = True, 0
                    self._take([frame(logged) for logged in page])
            except HeadraceError as error:
                self.connected, failures = False, failures + 1
                logger.warning("live feed: {}", error)
                await asyncio.sleep(jittered(patience.delay(failures)))

    def _take(self, frames: list[Frame]) -> None:
        self._ring.extend(frames)
        self.seq = frames[-1].seq
        for found in frames:
            self._settle(found)
        wires: dict[Filter, bytes] = {}
        for viewer in self._viewers:
            if not viewer.behind.is_set():
                self._hand(viewer, frames, wires)

    def _settle(self, found: Frame) -> None:
        if found.header.type in OUTCOMES:
            for future in self._outcomes.pop(found.header.correlationid, ()):
                if not future.done():
                    future.set_result(found)

    def _hand(self, viewer: Viewer, frames: list[Frame], wires: dict[Filter, bytes]) -> None:
        if viewer.unsent > self._buffer:
            viewer.behind.set()
            return
        if viewer.filter not in wires:
            wires[viewer.filter] = b"".join([found.wire for found in frames if viewer.filter.takes(found)])
        viewer.write(wires[viewer.filter], frames[-1].seq)

    def find(self, event_id: str) -> int | None:
        """The number of a recent event."""
        return next((found.seq for found in reversed(self._ring) if found.header.id == event_id), None)

    def expect(self, story: str) -> asyncio.Future[Frame]:
        """What the story that begins with this event comes to. Ask before the event is published.

        Cancel it when you do not wait any more.
        """
        future: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._outcomes.setdefault(story, []).append(future)
        future.add_done_callback(lambda done: self._forget(story, done))
        return future

    def _forget(self, story: str, future: asyncio.Future[Frame]) -> None:
        waiting = self._outcomes.get(story, [])
        if future in waiting:
            waiting.remove(future)
        if not waiting:
            self._outcomes.pop(story, None)

    def stir(self) -> None:
        """Something has changed that no event tells of: let everybody hear of it who hears heartbeats."""
        for viewer in self._viewers:
            viewer.stirred.set()

    def dismiss(self) -> None:
        """Send everybody away."""
        for viewer in self._viewers:
            viewer.transport.close()

    async def serve(self, viewer: Viewer) -> None:
        """Keep a viewer supplied until it is gone."""
        self._viewers.add(viewer)
        try:
            while True:
                await self._catch_up(viewer)
                if viewer.gone:
                    return
                await viewer.behind.wait()
        finally:
            self._viewers.discard(viewer)

    async def _catch_up(self, viewer: Viewer) -> None:
        while viewer.seq < self.seq and not viewer.gone:
            if viewer.unsent > self._buffer // 2:
                await asyncio.sleep(0.02)
                continue
            frames = await self._after(viewer.seq)
            if frames:
                viewer.send(frames, frames[-1].seq)
            else:
                await asyncio.sleep(0.1)
        viewer.behind.clear()

    async def _after(self, seq: int) -> list[Frame]:
        if self._ring and self._ring[0].seq <= seq + 1:
            return [found for found in self._ring if found.seq > seq]
        try:
            return [frame(logged) for logged in await self._tail.page(seq)]
        except Away as error:
            logger.debug("live feed: {}", error)
            return []
