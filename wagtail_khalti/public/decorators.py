"""What all visitor pages have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from wagtail_khalti.public.limits import rate_limited_page, seconds_to_wait

View = Callable[..., HttpResponse]


def visitor_page(view: View) -> View:
    """Never cached, never indexed, no referrer to other sites, and no login needed under ``LoginRequiredMiddleware``.

    A 404 keeps its own page: on a site with ``i18n_patterns`` Django's LocaleMiddleware turns it into a redirect to
    ``/en/…`` if the request's URLconf matches that path, as Wagtail's catch-all does.

    Runs outside ``ATOMIC_REQUESTS``: changes to a payment are committed before Khalti is called and before the site's
    receivers run.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.NOT_FOUND:
            request.urlconf = "wagtail_khalti.urls"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return login_not_required(transaction.non_atomic_requests(never_cache(wrapper)))


def limited_page(view: View) -> View:
    """Limit GET requests. A POST is left to the view, which must not lose what the visitor entered."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in ("GET", "HEAD") and (wait := seconds_to_wait(request, "page")):
            return rate_limited_page(request, wait)
        return view(request, *args, **kwargs)

    return wrapper
