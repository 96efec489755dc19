"""A slow network between two ports of this machine: ``python -m benchmarks.slow_line PORT MILLISECONDS``.

Whatever is sent arrives half a round trip later, in each direction, in order, and without taking up the line: what is
sent together arrives together. Opening a connection costs a whole round trip more (SYN and SYN-ACK). This machine's
kernel has answered the SYN before we can delay it, so the first bytes of the caller are held for that round trip
instead; since the caller speaks first, the answer comes exactly as late. Closing costs nobody anything.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio import Queue, StreamReader, StreamWriter
from contextlib import suppress

from benchmarks.neighbours import report_port_and_wait

CHUNK = 64 * 1024
Parcel = tuple[float, bytes]
"""When it arrives, and what."""


class SlowLine:
    def __init__(self, port: int, round_trip: float) -> None:
        self.port = port
        self.round_trip = round_trip

    async def connect(self, caller: StreamReader, to_caller: StreamWriter) -> None:
        host, to_host = await asyncio.open_connection("127.0.0.1", self.port)
        with suppress(asyncio.CancelledError):  # at the end of a run, connections are still open
            await asyncio.sleep(self.round_trip)  # SYN there, SYN-ACK back
            await asyncio.gather(self.carry(caller, to_host), self.carry(host, to_caller))

    async def carry(self, source: StreamReader, destination: StreamWriter) -> None:
        under_way: Queue[Parcel] = Queue()
        arrivals = asyncio.create_task(self.arrive(under_way, destination))
        with suppress(ConnectionError):  # closed without a word
            while sent := await source.read(CHUNK):
                under_way.put_nowait((self.now() + self.round_trip / 2, sent))
        under_way.put_nowait((self.now() + self.round_trip / 2, b""))
        await arrivals

    async def arrive(self, under_way: Queue[Parcel], destination: StreamWriter) -> None:
        while True:
            moment, sent = await under_way.get()
            await asyncio.sleep(moment - self.now())
            if not sent:
                return destination.close()
            destination.write(sent)

    @staticmethod
    def now() -> float:
        return asyncio.get_running_loop().time()


async def main(port: str, milliseconds: str) -> None:
    line = SlowLine(int(port), int(milliseconds) / 1000)
    server = await asyncio.start_server(line.connect, "127.0.0.1", 0)
    await asyncio.to_thread(report_port_and_wait, server.sockets[0].getsockname()[1])
    server.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
