"""What every address of the simulator has in common."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]


def simulator_view(view: View) -> View:
    """Open to all, outside of ``ATOMIC_REQUESTS``, and with a "not found" that stays the simulator's own.

    On a site with ``i18n_patterns`` Django's LocaleMiddleware turns a 404 into a redirect to ``/en/…`` wherever the
    URLconf of the request knows that address, as Wagtail's catch-all does.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.urlconf = "wagtail_khalti.simulator.urls"
        return view(request, *args, **kwargs)

    return login_not_required(transaction.non_atomic_requests(wrapper))
