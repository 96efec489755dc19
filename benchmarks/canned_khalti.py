"""A minimal Khalti: accepts each initiate and responds "Completed" to each lookup.

HTTP/1.1 with connections kept open; over TLS where it is given a certificate and its key, with an optional delay:
``python -m benchmarks.canned_khalti [--seconds 0.3] [certificate.pem key.pem]``.
"""

from __future__ import annotations

import argparse
import json
import secrets
import ssl
import threading
import time
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from benchmarks.neighbours import report_port_and_wait

NEPAL = timezone(timedelta(hours=5, minutes=45))
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


DEFAULT_AMOUNT = 150_000  # paisa, for payments that were not initiated here


def new_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(22))


class CannedKhalti(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # send head and body together; otherwise the body waits until the head is acknowledged
    disable_nagle_algorithm = True

    amounts: ClassVar[dict[str, int]] = {}
    seconds: ClassVar[float] = 0.0

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(self.seconds)
        body = self.initiate(question) if self.path.endswith("/initiate/") else self.lookup(question)

        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def initiate(self, question: Any) -> dict[str, Any]:
        pidx = new_id()
        self.amounts[pidx] = question["amount"]
        return {
            "pidx": pidx,
            "payment_url": f"https://test-pay.khalti.com/?pidx={pidx}",
            "expires_at": (datetime.now(NEPAL) + timedelta(minutes=30)).isoformat(timespec="microseconds"),
            "expires_in": 1800,
        }

    def lookup(self, question: Any) -> dict[str, Any]:
        return {
            "pidx": question["pidx"],
            "total_amount": self.amounts.get(question["pidx"], DEFAULT_AMOUNT),
            "status": "Completed",
            "transaction_id": new_id(),
            "fee": 0,
            "refunded": False,
        }

    def log_message(self, *words: object) -> None:
        """No log."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("certificate_and_key", nargs="*")
    given = parser.parse_args()

    CannedKhalti.seconds = given.seconds
    server = ThreadingHTTPServer(("127.0.0.1", 0), CannedKhalti)
    if given.certificate_and_key:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*given.certificate_and_key)
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    report_port_and_wait(server.server_port)


if __name__ == "__main__":
    main()
