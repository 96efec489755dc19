"""Finds the trouble that waits for a call, and lets it happen."""

from collections.abc import Callable

from django.http import HttpResponse

from wagtail_khalti.simulator import wire
from wagtail_khalti.simulator.disturbance.distortion import AFTERWARDS, INSTEAD
from wagtail_khalti.simulator.disturbance.faults import Endpoint, fault_named
from wagtail_khalti.simulator.models import Trouble

Truth = Callable[[], HttpResponse]


def answered(endpoint: Endpoint, subject: str, truth: Truth) -> HttpResponse:
    """The truth, or what the next trouble, used up by this call, makes of it."""
    trouble = _take(endpoint, subject)
    if trouble is None:
        return truth()
    if not trouble.fault:
        return _verbatim(trouble)
    fault = fault_named(trouble.fault, endpoint)
    if fault in INSTEAD:
        return INSTEAD[fault](trouble.seconds)
    return AFTERWARDS[fault](truth(), trouble.seconds)


def _take(endpoint: Endpoint, subject: str) -> Trouble | None:
    waiting = Trouble.objects.filter(endpoint=endpoint, subject__in={"", subject}, times_left__gt=0)
    for trouble in waiting.order_by("pk"):
        # Compared once more: MariaDB compares without regard to case.
        if trouble.subject in ("", subject) and trouble.take_one():
            return trouble
    return None


def _verbatim(trouble: Trouble) -> HttpResponse:
    response = HttpResponse(trouble.body, status=trouble.status, content_type=trouble.content_type)
    for name, value in trouble.headers.items():
        response[name] = value
    if trouble.seconds:
        response[wire.DELAY] = f"{trouble.seconds:g}"
    return response
