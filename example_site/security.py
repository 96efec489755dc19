"""A strict Content-Security-Policy for everything that visitors see."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# Where Khalti takes the payer. A browser checks the redirect after a form, too, against form-action.
KHALTI_PAYMENT_HOSTS = {
    "simulator": "'self'",
    "sandbox": "'self' https://test-pay.khalti.com",
    "live": "'self' https://pay.khalti.com",
}

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
        f"form-action {KHALTI_PAYMENT_HOSTS[settings.KHALTI_MODE]}",
    ]
)


def content_security_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_debug_page = settings.DEBUG and response.status_code in (404, 500)
        if not request.path.startswith("/admin/") and not is_debug_page:
            response.setdefault("Content-Security-Policy", POLICY)
        return response

    return middleware
