"""How callers identify themselves: a token, a session, or the access token of one payment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security.base import AuthBase
from ninja.utils import check_csrf
from wagtail import VERSION

from wagtail_khalti.api.caller import ACCESS_HEADER, ANONYMOUS, Caller, reference_of_access
from wagtail_khalti.api.problems import Problem

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

Authentication = Callable[[HttpRequest], Any]


class KhaltiSession(AuthBase):
    """The session of a browser. An unsafe request also needs the CSRF token of Django."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Caller | None:
        user = getattr(request, "user", ANONYMOUS)
        if has_token(request) or not user.is_authenticated:
            return None
        if request.method not in SAFE_METHODS and check_csrf(request):
            raise Problem("csrf-failed", _("Send the CSRF token in the header X-CSRFToken."))
        return Caller(user=user, reference=reference_of_access(request))


class KhaltiAccess(AuthBase):
    """The signed reference of a payment that was started anonymously."""

    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = ACCESS_HEADER

    def __call__(self, request: HttpRequest) -> Caller | None:
        reference = "" if has_token(request) else reference_of_access(request)
        return Caller(user=ANONYMOUS, reference=reference) if reference else None


def anonymous(request: HttpRequest) -> Caller | None:
    """Nobody known. Without cookies and CSRF: it permits no more than anybody may do from anywhere."""
    return None if has_token(request) else Caller(user=ANONYMOUS)


def authentications(own: Sequence[Authentication] = ()) -> list[Authentication]:
    """Those of the site first. A token that nobody accepts is an error, whatever else was sent."""
    return [*own, *_wagtail_tokens(), KhaltiSession(), KhaltiAccess(), anonymous]


def has_token(request: HttpRequest) -> bool:
    return "Authorization" in request.headers


def _wagtail_tokens() -> list[Authentication]:
    """Wagtail 8 has tokens of its own."""
    if VERSION < (8, 0):
        return []
    from wagtail.api.v3.auth import BearerTokenAuth

    return [BearerTokenAuth()]
