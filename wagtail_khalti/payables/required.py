"""Views for those who have paid."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import add_never_cache_headers

from wagtail_khalti.payables.links import pay_url
from wagtail_khalti.payables.paid import payment_that_paid

View = Callable[..., Any]


def payment_required(get_payable: Callable[..., Any]) -> Callable[[View], View]:
    """Show a view only once its payable is paid for; others are sent to the page on which they can pay.

    ``get_payable`` gets what the view gets, and returns what has to be paid for: an object for each user, if each has
    to pay. None shows the view to anybody. Afterwards the visitor comes back to the view. Its response is never cached.
    """

    def decorator(view: View) -> View:
        if iscoroutinefunction(view):
            return _async_view(view, get_payable)

        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return _uncached(_page_to_pay(get_payable, request, args, kwargs) or view(request, *args, **kwargs))

        return wrapper

    return decorator


def _async_view(view: View, get_payable: Callable[..., Any]) -> View:
    @wraps(view)
    async def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = await sync_to_async(_page_to_pay)(get_payable, request, args, kwargs)
        return _uncached(page or await view(request, *args, **kwargs))

    return wrapper


def _page_to_pay(
    get_payable: Callable[..., Any], request: HttpRequest, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse | None:
    """None if it is paid for. What was submitted is not kept, so only a GET request is the way back."""
    payable = get_payable(request, *args, **kwargs)
    if payable is None or payment_that_paid(payable, request):
        return None
    return HttpResponseRedirect(
        pay_url(payable, next_url=request.get_full_path() if request.method in ("GET", "HEAD") else "")
    )


def _uncached(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response
