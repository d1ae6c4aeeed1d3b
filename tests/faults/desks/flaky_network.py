"""A network between desks and their server that can be cut, stand still, and lose an answer."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from dataclasses import dataclass, field

_COMMIT = b"COMMIT\0"


@dataclass(frozen=True, slots=True)
class CommitFaults:
    """How often, of all commits, each thing happens to one on its way.

    ``answer_lost``: it is done and the answer never comes. ``never_sent``: it does not arrive.
    ``late``: the desk is cut off first, and the server hears it a while after. ``then_gone``: all
    of the network goes with it.
    """

    answer_lost: float = 0.0
    never_sent: float = 0.0
    late: float = 0.0
    then_gone: bool = False


@dataclass(eq=False)
class _Link:
    to_desk: asyncio.StreamWriter
    to_server: asyncio.StreamWriter
    may_flow: asyncio.Event = field(default_factory=asyncio.Event)
    swallow: bool = False
    is_answered: bool = True

    def cut(self) -> None:
        self.to_desk.transport.abort()
        self.to_server.transport.abort()


class _UnderWay:
    """What comes from a desk, each part of it so much later; the parts do not wait in turn."""

    def __init__(self, desk: asyncio.StreamReader, delay_s: float) -> None:
        self._parts: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        self._delay_s = delay_s
        self._task = asyncio.create_task(self._take(desk))

    async def read(self, _most: int) -> bytes:
        due_s, data = await self._parts.get()
        await asyncio.sleep(max(0.0, due_s - asyncio.get_running_loop().time()))
        return data

    async def _take(self, desk: asyncio.StreamReader) -> None:
        data = b""
        try:
            while data := await desk.read(65536):
                self._put(data)
        finally:
            self._put(b"")

    def _put(self, data: bytes) -> None:
        due_s = asyncio.get_running_loop().time() + self._delay_s
        self._parts.put_nowait((due_s, data))


class FlakyNetwork:
    """Listens at ``port`` of this machine and passes on to a server's socket. A context manager.

    ``delay_s`` is what a question takes on its way to the server.
    """

    def __init__(self, socket: str, seed: int = 1, *, delay_s: float = 0.0) -> None:
        self.port = 0
        self.questions: list[bytes] | None = None
        """What goes to the server before an answer is awaited, each; None: nothing is kept."""
        self.happened: Counter[str] = Counter()
        self.commit_faults = CommitFaults()
        self._socket = socket
        self._delay_s = delay_s
        self._random = random.Random(seed)
        self._links: set[_Link] = set()
        self._is_down = False
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="flaky network", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> FlakyNetwork:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def cut_one(self) -> None:
        """Cut one desk's connection, in the middle of whatever it does."""
        self._loop.call_soon_threadsafe(self._cut_one)

    def stall_one(self, seconds: float) -> None:
        """Let nothing of one connection through for a while; nothing of it is lost."""
        self._loop.call_soon_threadsafe(self._stall_one, seconds)

    def go(self) -> None:
        """Cut everything off until :meth:`come_back`."""
        self._loop.call_soon_threadsafe(self._set_down, True)

    def stand_still(self, *, still: bool = True) -> None:
        """Let nothing through any connection, as where a cable is pulled and nobody is told."""
        self._loop.call_soon_threadsafe(self._stand_still, still)

    def come_back(self) -> None:
        """Let everything through again."""
        self._loop.call_soon_threadsafe(self._set_down, False)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._accept, "127.0.0.1", 0, limit=2**20)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for link in self._links:
            link.cut()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    async def _accept(self, desk: asyncio.StreamReader, to_desk: asyncio.StreamWriter) -> None:
        if self._is_down:
            to_desk.transport.abort()
            return
        try:
            server, to_server = await asyncio.open_unix_connection(self._socket, limit=2**20)
        except OSError:
            to_desk.transport.abort()  # the server is not there, as after a crash
            return
        link = _Link(to_desk, to_server)
        link.may_flow.set()
        self._links.add(link)
        try:
            await asyncio.gather(self._to_server(link, desk), self._to_desk(link, server))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            link.cut()
            self._links.discard(link)

    async def _to_server(self, link: _Link, desk: asyncio.StreamReader) -> None:
        under_way = _UnderWay(desk, self._delay_s) if self._delay_s else desk
        while data := await under_way.read(65536):
            await link.may_flow.wait()
            self._keep(link, data)
            if _COMMIT in data and await self._is_struck(link, data):
                return
            link.to_server.write(data)
            await link.to_server.drain()
        link.to_server.close()

    def _keep(self, link: _Link, data: bytes) -> None:
        if self.questions is not None:
            if link.is_answered:
                self.questions.append(b"")
            self.questions[-1] += data
        link.is_answered = False

    async def _to_desk(self, link: _Link, server: asyncio.StreamReader) -> None:
        while data := await server.read(65536):
            await link.may_flow.wait()
            if link.swallow:
                self.happened["answer lost"] += 1
                self._end(link)
                return
            link.is_answered = True
            link.to_desk.write(data)
            await link.to_desk.drain()
        link.to_desk.close()

    async def _is_struck(self, link: _Link, data: bytes) -> bool:
        """Let something happen to a commit, now and then; tell whether it is dealt with."""
        faults, drawn = self.commit_faults, self._random.random()
        if drawn < faults.answer_lost:
            link.swallow = True
            return False
        drawn -= faults.answer_lost
        if drawn < faults.never_sent:
            self.happened["commit never sent"] += 1
            self._end(link)
            return True
        drawn -= faults.never_sent
        if drawn < faults.late:
            self.happened["commit late"] += 1
            link.swallow = False
            link.to_desk.transport.abort()
            await asyncio.sleep(self._random.uniform(0.1, 1.0))
            link.to_server.write(data)
            await link.to_server.drain()
            await asyncio.sleep(0.2)
            link.cut()
            return True
        return False

    def _end(self, link: _Link) -> None:
        if self.commit_faults.then_gone:
            self._set_down(True)
        link.cut()

    def _cut_one(self) -> None:
        if self._links:
            self.happened["cut"] += 1
            self._random.choice(list(self._links)).cut()

    def _stall_one(self, seconds: float) -> None:
        if self._links:
            self.happened["stalled"] += 1
            link = self._random.choice(list(self._links))
            link.may_flow.clear()
            self._loop.call_later(seconds, link.may_flow.set)

    def _set_down(self, is_down: bool) -> None:
        self._is_down = is_down
        if is_down:
            for link in self._links:
                link.cut()

    def _stand_still(self, still: bool) -> None:
        for link in self._links:
            if still:
                link.may_flow.clear()
            else:
                link.may_flow.set()
