"""What each fault makes of an answer. Most distort the simulator's own true answer of that moment."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse

from wagtail_khalti.simulator import responses, wire
from wagtail_khalti.simulator.disturbance.faults import Fault
from wagtail_khalti.simulator.identifiers import id_from
from wagtail_khalti.simulator.models import Status

PADDING = 1024 * 1024
AMOUNTS = ("total_amount", "fee")


def _too_many(seconds: float) -> HttpResponse:
    wait = f"{seconds:.0f}"
    words = {"detail": f"Request was throttled. Expected available in {wait} seconds."}
    return JsonResponse(words, status=429, headers={"Retry-After": wait})


def _server_error(_seconds: float) -> HttpResponse:
    return HttpResponse("<!doctype html><h1>Server Error (500)</h1>", status=500)


def _bad_gateway(_seconds: float) -> HttpResponse:
    page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
    return HttpResponse(page, status=502)


def _redirect(_seconds: float) -> HttpResponse:
    return HttpResponse("<h1>Moved</h1>", status=302, headers={"Location": "/maintenance/"})


def _reset(_seconds: float) -> HttpResponse:
    return HttpResponse(headers={wire.RESET: "1"})


def _not_found(_seconds: float) -> HttpResponse:
    return responses.not_found().response()


def _late(truth: HttpResponse, seconds: float) -> HttpResponse:
    truth[wire.DELAY] = f"{seconds:g}"
    return truth


def _lost(truth: HttpResponse, _seconds: float) -> HttpResponse:
    truth[wire.RESET] = "1"
    return truth


def _dripping(truth: HttpResponse, seconds: float) -> HttpResponse:
    truth[wire.DRIP] = f"{seconds:g}"
    return truth


def _empty(truth: HttpResponse, _seconds: float) -> HttpResponse:
    truth.content = b""
    return truth


def _truncated(truth: HttpResponse, _seconds: float) -> HttpResponse:
    truth.content = truth.content[: len(truth.content) // 2]
    return truth


def _huge(truth: HttpResponse, _seconds: float) -> HttpResponse:
    truth.content += b" " * PADDING
    return truth


Said = dict[str, Any]


def _told(change: Callable[[Said], Said]) -> Callable[[HttpResponse, float], HttpResponse]:
    """The truth about a payment with some members changed; an answer without a status is left as it is."""

    def distorted(truth: HttpResponse, _seconds: float) -> HttpResponse:
        said = json.loads(truth.content or b"{}")
        if "status" in said:
            truth.content = json.dumps(said | change(said)).encode()
        return truth

    return distorted


def _still_pending(truth: HttpResponse, _seconds: float) -> HttpResponse:
    said = json.loads(truth.content or b"{}")
    if said.get("status", Status.INITIATED) == Status.INITIATED:  # nobody did anything that could be missed
        return truth
    said.pop("error_key", None)
    unnoticed = {"status": Status.PENDING.value, "transaction_id": None, "fee": 0, "refunded": False}
    return JsonResponse(said | unnoticed)


INSTEAD: Mapping[Fault, Callable[[float], HttpResponse]] = {
    Fault.RESET_BEFORE: _reset,
    Fault.TOO_MANY_REQUESTS: _too_many,
    Fault.SERVER_ERROR: _server_error,
    Fault.BAD_GATEWAY: _bad_gateway,
    Fault.REDIRECT: _redirect,
    Fault.NOT_FOUND: _not_found,
}
"""Nothing happens."""

AFTERWARDS: Mapping[Fault, Callable[[HttpResponse, float], HttpResponse]] = {
    Fault.TIMEOUT: _late,
    Fault.RESET_AFTER: _lost,
    Fault.SLOW_DRIP: _dripping,
    Fault.EMPTY_BODY: _empty,
    Fault.TRUNCATED_JSON: _truncated,
    Fault.HUGE_BODY: _huge,
    Fault.UNKNOWN_STATUS: _told(lambda said: {"status": "Under Review"}),
    Fault.OTHER_CASE: _told(lambda said: {"status": said["status"].upper()}),
    Fault.WRONG_AMOUNT: _told(lambda said: {"total_amount": said["total_amount"] - 1}),
    Fault.STRING_AMOUNT: _told(lambda said: {name: str(said[name]) for name in AMOUNTS}),
    Fault.FLOAT_AMOUNT: _told(lambda said: {name: float(said[name]) for name in AMOUNTS}),
    Fault.WRONG_PIDX: _told(lambda said: {"pidx": id_from(said["pidx"])}),
    Fault.STILL_PENDING: _still_pending,
}
"""It happens; what the merchant hears of it is distorted."""
