"""``control`` over HTTP, for tests in other processes and languages. Requires a token."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from wagtail_khalti.simulator import control, ledger
from wagtail_khalti.simulator.conf import simulator_settings
from wagtail_khalti.simulator.decorators import View, simulator_view
from wagtail_khalti.simulator.disturbance.faults import ENDPOINTS
from wagtail_khalti.simulator.models import SimulatedPayment, Trouble

TROUBLE = {"endpoint": str, "fault": str, "times": int, "pidx": str, "order_id": str, "seconds": float}

Data = dict[str, Any]
Action = Callable[..., Data]
Answer = Callable[..., HttpResponse]

MOVES: Mapping[str, tuple[Callable[..., SimulatedPayment], Mapping[str, type]]] = {
    "begin": (control.begin, {}),
    "pay": (control.pay, {"mobile": str, "bank": bool}),
    "cancel": (control.cancel, {}),
    "expire": (control.expire, {}),
    "fail": (control.fail, {}),
    "refund": (control.refund, {"amount": int, "partial": bool}),
}
"""The actions on a payment, with their options."""


def control_view(**actions: Action) -> View:
    """A view with an action for each HTTP method, protected by the token."""

    @simulator_view
    @csrf_exempt
    def view(request: HttpRequest, **where: str) -> HttpResponse:
        token = simulator_settings().control_token
        if not token:
            return _refusal(404, "KHALTI_SIMULATOR has no CONTROL_TOKEN, so remote control is disabled.")
        if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}"):
            return _refusal(
                401, "The token is missing or wrong: Authorization: Bearer …", **{"WWW-Authenticate": "Bearer"}
            )
        action = actions.get(request.method or "")
        if action is None:
            return _refusal(405, f"Allowed methods: {', '.join(actions)}.", Allow=", ".join(actions))
        return answered(action)(request, **where)

    return view


def answered(action: Action) -> Answer:
    @wraps(action)
    def view(request: HttpRequest, **where: str) -> HttpResponse:
        try:
            return JsonResponse(action(request, **where))
        except SimulatedPayment.DoesNotExist:
            return _refusal(404, "There is no such payment.")
        except ValueError as wrong:
            return _refusal(400, str(wrong))

    return view


def list_troubles(request: HttpRequest) -> Data:
    return {"troubles": [_waiting(trouble) for trouble in control.troubles()]}


def make_trouble(request: HttpRequest) -> Data:
    data = _read_body(request, TROUBLE)
    return _waiting(control.trouble(data.pop("endpoint", ""), data.pop("fault", ""), **data))


def forget_troubles(request: HttpRequest) -> Data:
    control.forget_troubles()
    return {"troubles": []}


def list_payments(request: HttpRequest) -> Data:
    entries, next_after = ledger.page(request.GET.get("after", ""))
    return {"payments": [asdict(entry) for entry in entries], "next": next_after}


def read_payment(request: HttpRequest, pidx: str) -> Data:
    return asdict(ledger.Entry.of(SimulatedPayment.objects.get(pidx=pidx)))


def move_payment(request: HttpRequest, pidx: str, move: str) -> Data:
    if move not in MOVES:
        raise ValueError(f"Unknown move {move!r}, must be one of: {', '.join(MOVES)}")
    act, options = MOVES[move]
    return asdict(ledger.Entry.of(act(pidx, **_read_body(request, options))))


def send_back(request: HttpRequest, pidx: str) -> Data:
    return {"addresses": control.returns(pidx, request.GET.get("how", "once"))}


def count_calls(request: HttpRequest) -> Data:
    about = {name: request.GET.get(name, "") for name in ("pidx", "order_id")}
    if "endpoint" in request.GET:
        return {"count": control.calls(request.GET["endpoint"], **about)}  # type: ignore[arg-type] # checked there
    if any(about.values()):
        raise ValueError(f"The endpoint is missing, must be one of: {', '.join(ENDPOINTS)}")
    return {"count": {endpoint: control.calls(endpoint) for endpoint in ENDPOINTS}}


def _read_body(request: HttpRequest, legal: Mapping[str, type]) -> Data:
    """The JSON object of the body, with known members of the right type."""
    try:
        data = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as wrong:
        raise ValueError(f"The body isn't JSON: {wrong}") from wrong
    if not isinstance(data, dict):
        raise ValueError("The body isn't a JSON object")  # noqa: TRY004 - the caller's value, not our type
    for name, value in data.items():
        if name not in legal:
            raise ValueError(f"Unknown option {name!r}, must be one of: {', '.join(legal) or 'none'}")
        if type(value) is not legal[name] and not (type(value) is int and legal[name] is float):
            raise ValueError(f"{name} is {value!r}; it must be of type {legal[name].__name__}")
    return data


def _waiting(trouble: Trouble) -> Data:
    names = ("endpoint", "fault", "subject", "seconds", "times_left")
    return {name: getattr(trouble, name) for name in names}


def _refusal(status: int, detail: str, **headers: str) -> JsonResponse:
    return JsonResponse({"detail": detail}, status=status, headers=headers)
