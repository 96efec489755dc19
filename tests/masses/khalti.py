"""A fast Khalti in a process of its own that answers by the name of the pidx, and counts.

A pidx that begins with ``late`` gets no answer in time, ``busy`` gets HTTP 500, ``page`` a page of HTML, any other
Completed. The key ``another-key`` may be refused. ``python -m tests.masses.khalti`` says its port; then each line on
standard input is an order: ``count``, ``forget``, ``down``, ``up``, ``refuse``, ``hang``.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOO_LATE = 2.0  # seconds; the runs of these tests wait for one, which no busy machine exceeds by itself


class Khalti(ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Line)
        self.asked: Counter[str] = Counter()
        self.is_down = self.is_refusing = self.is_hanging = False
        self.lock = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever was killed in the middle of a question."""


class Line(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Khalti

    def do_POST(self) -> None:
        pidx = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["pidx"]
        with self.server.lock:
            self.server.asked[pidx] += 1
        if pidx.startswith("late") or self.server.is_hanging:
            time.sleep(TOO_LATE)
            self.close_connection = True
        elif self.server.is_refusing and "another-key" in self.headers["Authorization"]:
            self.answer(401, '{"detail": "Invalid token."}')
        elif pidx.startswith("busy") or self.server.is_down:
            self.answer(500, "<h1>Server Error</h1>")
        elif pidx.startswith("page"):
            self.answer(200, "<!doctype html><title>Khalti</title>")
        else:
            self.answer(200, json.dumps(truth(pidx)))

    def answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *words: object) -> None:
        """Nobody reads it."""


def truth(pidx: str) -> dict[str, object]:
    paid = {"transaction_id": f"T-{pidx}", "fee": 0, "refunded": False}
    return {"pidx": pidx, "total_amount": 150_000, "status": "Completed", **paid}


def count(khalti: Khalti) -> dict[str, int]:
    with khalti.lock:
        times = list(khalti.asked.values())
    return {"requests": sum(times), "payments": len(times), "most": max(times, default=0)}


def main() -> None:
    khalti = Khalti()
    threading.Thread(target=khalti.serve_forever, daemon=True).start()
    print(khalti.server_port, flush=True)
    for order in sys.stdin:
        match order.strip():
            case "forget":
                with khalti.lock:
                    khalti.asked.clear()
            case "down":
                khalti.is_down = True
            case "refuse":
                khalti.is_refusing = True
            case "hang":
                khalti.is_hanging = True
            case "up":
                khalti.is_down = khalti.is_refusing = khalti.is_hanging = False
        print(json.dumps(count(khalti)), flush=True)


if __name__ == "__main__":
    main()
