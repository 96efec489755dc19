"""What an answer tells whoever carries it: to be late, to drip, or to be lost.

A carrier that can do so itself says ``X-Simulator-No-Sleep: 1``: our own server on a real socket, the transport of the
tests without a pause. For all others a view does what it can.
"""

import time
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

NO_SLEEP = "X-Simulator-No-Sleep"
DELAY = "X-Simulator-Delay"
"""Seconds before the first byte."""
DRIP = "X-Simulator-Drip"
"""Seconds between two bytes of the body."""
RESET = "X-Simulator-Reset"
"""Nothing is sent: the connection is reset."""


def deliver_response(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    if request.headers.get(NO_SLEEP) == "1":
        return response
    time.sleep(float(response.headers.get(DELAY, 0)))
    if RESET in response:
        return HttpResponse(status=500)  # a view can't reset a connection; an empty 500 tells as little
    if DRIP in response:
        return _dripping(response)
    return response


def _dripping(response: HttpResponse) -> StreamingHttpResponse:
    pause = float(response[DRIP])
    headers = {**response.headers, "Content-Length": str(len(response.content))}
    return StreamingHttpResponse(drops(response.content, pause), status=response.status_code, headers=headers)


def drops(content: bytes, pause: float) -> Iterator[bytes]:
    for byte in content:
        yield bytes([byte])
        time.sleep(pause)
