"""What every page of one visitor has in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from wagtail_khalti.public.limits import seconds_to_wait, too_many

View = Callable[..., HttpResponse]


def visitor_page(view: View) -> View:
    """Never cached, never indexed, its address never passed on; open to all, also under ``LoginRequiredMiddleware``.

    "Not found" stays ours: on a site with ``i18n_patterns`` Django's LocaleMiddleware turns a 404 into a redirect to
    ``/en/…`` wherever the URLconf of the request knows that address, as Wagtail's catch-all does.

    Also outside of ``ATOMIC_REQUESTS``: the money facts are committed before Khalti is asked and before the site's
    code hears of them.
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
    """Who looks too often is asked to wait, at once. What is sent is the view's own matter: nothing may be lost."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in ("GET", "HEAD") and (wait := seconds_to_wait(request, "page")):
            return too_many(request, wait)
        return view(request, *args, **kwargs)

    return wrapper
