"""What all addresses of the API have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from wagtail_khalti.api.access import SAFE_METHODS
from wagtail_khalti.api.body import require_readable
from wagtail_khalti.api.problems import Problem, not_found
from wagtail_khalti.public.decorators import visitor_page
from wagtail_khalti.public.limits import rate_limit_message, seconds_to_wait
from wagtail_khalti.rate_limits import Limited

View = Callable[..., HttpResponse]

LIKE_A_RETURN = ("verify", "cancel")
"""Names of addresses that may ask Khalti, and write little."""


def program_view(view: View, name: str | None) -> View:
    """As ``visitor_page``; limited, before anything is read, and with a problem for each error.

    Sessions are protected against CSRF by their authentication: other callers have no cookie.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            _require_within_limits(request, name)
            if request.method not in SAFE_METHODS:
                require_readable(request)
            response = view(request, *args, **kwargs)
        except Problem as problem:
            return problem.as_response()
        except Http404:
            return not_found().as_response()
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return _not_allowed(response["Allow"])
        return response

    return csrf_exempt(visitor_page(wrapper))


def unknown_address(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """Also for an address without its slash at the end, where Django would redirect, and a POST lose its body."""
    raise not_found()


def _require_within_limits(request: HttpRequest, name: str | None) -> None:
    kind: Limited = "checkout"
    if request.method in SAFE_METHODS:
        kind = "page"
    elif name in LIKE_A_RETURN:
        kind = "return"
    if wait := seconds_to_wait(request, kind):
        raise Problem("rate-limited", rate_limit_message(wait), headers={"Retry-After": str(wait)})


def _not_allowed(methods: str) -> HttpResponse:
    return Problem("method-not-allowed", _("This is not possible here."), headers={"Allow": methods}).as_response()
