"""The API that a site mounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import URLPattern, re_path
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema

from wagtail_khalti import __version__
from wagtail_khalti.api.access import Authentication, authentications
from wagtail_khalti.api.body import StrictParser
from wagtail_khalti.api.document import complete
from wagtail_khalti.api.failures import add_handlers
from wagtail_khalti.api.routes.listing import add_listing
from wagtail_khalti.api.routes.offers import offers_router
from wagtail_khalti.api.routes.payments import add_payment
from wagtail_khalti.api.routes.refunds import refunds_router
from wagtail_khalti.api.routes.starting import add_starting
from wagtail_khalti.api.views import program_view, unknown_address

NAMESPACE = "khalti_api"


class KhaltiAPI(NinjaAPI):
    """ninja's, with what all addresses have in common, and a complete document."""

    @property
    def urls(self) -> tuple[list[Any], str, str]:
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = program_view(pattern.callback, pattern.name)
        rest = re_path(r"^(?P<path>.*)$", program_view(unknown_address, None))
        return [*patterns, rest], app_name, namespace

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        complete(document)
        return document


def khalti_api(
    *, urls_namespace: str = NAMESPACE, auth: Sequence[Authentication] = (), openapi_url: str | None = "openapi.json"
) -> KhaltiAPI:
    """For ``path("api/khalti/", khalti_api().urls)``. A second one needs another ``urls_namespace``.

    ``auth``: callables of the site, as django-ninja has them, which return a user or an object with one. They come
    first. Wagtail's tokens (from Wagtail 8 on), sessions, and access tokens of payments are always accepted.
    """
    api = KhaltiAPI(
        title="Khalti payments",
        version=__version__,
        description="Take payments with Khalti. Amounts are in paisa. Errors are problems of RFC 9457.",
        urls_namespace=urls_namespace,
        auth=authentications(auth),
        openapi_url=openapi_url,
        docs_url=None,
        parser=StrictParser(),
    )
    add_handlers(api)
    payments = Router(tags=["payments"])
    for add in (add_starting, add_listing, add_payment):
        add(payments)
    for prefix, router in (("/payments", payments), ("/payments", refunds_router()), ("/offers", offers_router())):
        api.add_router(prefix, router)
    return api
