"""Answers that a test has put in an endpoint's mouth."""

import json
import time
from typing import Literal

from django.http import HttpRequest, HttpResponse

from .models import ScriptedAnswer

Endpoint = Literal["initiate", "lookup"]

NO_SLEEP = "X-Simulator-No-Sleep"
DELAY = "X-Simulator-Delay"


def scripted_response(endpoint: Endpoint, request: HttpRequest) -> HttpResponse | None:
    """The next scripted answer of this endpoint, used up by this call; ``None``: tell the truth."""
    script = _take(endpoint, request)
    if script is None:
        return None

    response = HttpResponse(script.body, status=script.status, content_type=script.content_type)
    for name, value in script.headers.items():
        response[name] = value
    if script.delay and request.headers.get(NO_SLEEP) == "1":
        response[DELAY] = f"{script.delay:g}"
    elif script.delay:
        time.sleep(script.delay)
    return response


def _take(endpoint: Endpoint, request: HttpRequest) -> ScriptedAnswer | None:
    waiting = ScriptedAnswer.objects.filter(endpoint=endpoint, times_left__gt=0).order_by("pk")
    for script in waiting:
        if script.pidx in ("", _pidx_in(request)) and script.take_one():
            return script
    return None


def _pidx_in(request: HttpRequest) -> str:
    try:
        return str(json.loads(request.body)["pidx"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return request.POST.get("pidx", "")
