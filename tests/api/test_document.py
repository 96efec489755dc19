"""The OpenAPI document is what the API does: Schemathesis compares them."""

import pytest
import schemathesis
from django.contrib.auth import get_user_model
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import include, path
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup
from wagtail import urls as wagtail_urls

from tests.shop.models import Invoice
from wagtail_khalti.api import khalti_api
from wagtail_khalti.models import KhaltiPayment

ROOT = "/fuzzed/"


def whoever(request):
    """A superuser, so that requests get past the door."""
    return get_user_model().objects.filter(username="whoever").first()


api = khalti_api(urls_namespace="fuzzed", auth=[whoever])

urlpatterns = [
    path("khalti/", include("wagtail_khalti.urls")),
    path("khalti-simulator/", include("wagtail_khalti.simulator.urls")),
    path(ROOT[1:], api.urls),
    path("", include(wagtail_urls)),
]

schema = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix=ROOT))
schema.app = get_wsgi_application()
# A request that fits the document may be refused, since each offer asks for other things; and anybody may call, so
# that a request without authentication is not refused at once.
load_all_checks()
WITHOUT = [CHECKS.get_one(name) for name in ("positive_data_acceptance", "ignored_auth")]


@pytest.fixture
def one_connection(monkeypatch):
    """As with Django's test client, no request ends the transaction of the test."""
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


@pytest.fixture
def world(khalti, shop_page, token_of, one_connection):
    user = get_user_model().objects.create_superuser("whoever")
    return {"user": user, "token": token_of(shop_page(max_quantity=5)), "khalti": khalti}


def aimed(case, world):
    """Now and then at something that exists."""
    if isinstance(case.body, dict) and "offer" in case.body:
        case.body["offer"] = world["token"]
    if isinstance(case.body, dict) and isinstance(case.body.get("payable"), dict):
        case.body["payable"] |= {"type": "shop.invoice", "id": str(Invoice.objects.create(owner=world["user"]).pk)}
    if "reference" in (case.path_parameters or {}) and (payment := KhaltiPayment.objects.order_by("?").first()):
        case.path_parameters["reference"] = payment.reference
    if "token" in (case.path_parameters or {}):
        case.path_parameters["token"] = world["token"]


@pytest.mark.heavy
@pytest.mark.urls(__name__)
@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_every_answer_is_documented(case, world):
    if case.meta and case.meta.generation.mode.is_positive:
        aimed(case, world)
    case.call_and_validate(excluded_checks=WITHOUT)


@pytest.mark.urls(__name__)
def test_an_undocumented_answer_would_be_found(world):
    document = api.get_openapi_schema(path_prefix=ROOT)
    del document["paths"][f"{ROOT}offers/{{token}}/"]["get"]["responses"][404]
    wrong = schemathesis.openapi.from_dict(document)
    wrong.app = schema.app
    case = wrong[f"{ROOT}offers/{{token}}/"]["GET"].Case(path_parameters={"token": "nonsense"})

    with pytest.raises(FailureGroup, match="Undocumented status code"):
        case.call_and_validate()
