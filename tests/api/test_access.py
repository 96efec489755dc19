"""Who is who: sessions, tokens, and access tokens of payments."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from wagtail import VERSION

from tests.api.conftest import Program, make_user, start
from tests.shop.models import Invoice
from wagtail_khalti.api import khalti_api
from wagtail_khalti.api.caller import _signer, caller_of

has_tokens = pytest.mark.skipif(VERSION < (8, 0), reason="Wagtail 7.4 has no tokens of its own")
UNKNOWN = {"Authorization": "Bearer wagtail_nobody"}


def by_name(request):
    """An authentication of the site's own."""
    name = request.headers.get("Authorization", "").removeprefix("Name ")
    return get_user_model().objects.filter(username=name).first()


urlpatterns = [
    path("khalti/", include("wagtail_khalti.urls")),
    path("api/khalti/", khalti_api(auth=[by_name]).urls),
    path("other/", khalti_api(urls_namespace="other", openapi_url=None).urls),
]


def bearer(user, *, revoked=False):
    from wagtail.models import APIToken

    token, text = APIToken.create_token(user=user, name="shop")
    if revoked:
        token.revoke()
    return {"Authorization": f"Bearer {text}"}


@pytest.mark.parametrize("path", ["payments/", "payments/X/verify/", "payments/X/cancel/", "payments/X/retry/"])
def test_a_session_needs_the_csrf_token(program, invoice, path):
    program.headers = {}

    assert program.post(path, start(invoice)).problem == (403, "csrf-failed")
    assert program.get("payments/").status == 200


@has_tokens
def test_a_token_needs_no_cookie(khalti, sita, invoice):
    program = Program()

    program.post("payments/", start(invoice), **bearer(sita))

    assert program.status == 201
    assert program.payment.user == sita


@has_tokens
@pytest.mark.parametrize("how", ["revoked", "inactive", "unknown"])
def test_a_token_that_is_not_valid_any_more(program, sita, how):
    headers = UNKNOWN if how == "unknown" else bearer(sita, revoked=how == "revoked")
    if how == "inactive":
        sita.is_active = False
        sita.save()

    # Also with the session of a user beside it.
    assert program.get("payments/", **headers).problem == (401, "authentication-required")
    assert program.response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer x", "Basic eDp5", "", "x"])
def test_no_session_beside_a_token_that_nobody_accepts(program, invoice, header):
    assert program.get("payments/", Authorization=header).problem == (401, "authentication-required")
    assert program.post("payments/", start(invoice), Authorization=header).problem[0] == 401


def test_an_access_token_expires(anybody, db):
    reference = anybody.post("payments/", start(Invoice.objects.create())).json["reference"]
    access = {"Khalti-Access": anybody.json["access"]}

    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert anybody.get(f"payments/{reference}/", **access).problem == (401, "access-invalid")


@pytest.mark.parametrize("access", ["x", "a.b.c", "{reference}", "\x7f"])
def test_a_forged_access_token(anybody, db, access):
    reference = anybody.post("payments/", start(Invoice.objects.create())).json["reference"]
    forged = {"Khalti-Access": access.format(reference=reference)}

    assert anybody.get(f"payments/{reference}/", **forged).problem == (401, "access-invalid")


def test_a_users_payment_has_no_access_token(program, invoice):
    payment = program.post("payments/", start(invoice)).payment
    leaked = {"Khalti-Access": _signer.sign(payment.reference)}

    assert Program().get(f"payments/{payment.reference}/", **leaked).problem == (404, "not-found")


@pytest.mark.urls(__name__)
def test_a_site_has_authentications_of_its_own(khalti, sita, hari, invoice):
    program = Program(hari)

    program.post("payments/", start(invoice), Authorization="Name sita")

    assert program.payment.user == sita
    assert program.get("payments/", Authorization="Name nobody").problem == (401, "authentication-required")
    make_user("gone")
    get_user_model().objects.filter(username="gone").update(is_active=False)
    assert program.get("payments/", Authorization="Name gone").problem == (401, "authentication-required")


@pytest.mark.urls(__name__)
def test_several_are_mounted_on_one_site(khalti, sita):
    client = Client()
    client.force_login(sita)

    assert client.get("/other/payments/").json() == {"items": [], "next": None}
    assert client.get("/api/khalti/openapi.json").json()["openapi"] == "3.1.0"
    assert client.get("/other/openapi.json").status_code == 404


def test_a_staff_member_sees_what_the_permission_says(program, khalti, invoice, manager, sita):
    reference = program.post("payments/", start(invoice)).json["reference"]

    manager = Program(manager)
    assert manager.get(f"payments/{reference}/").status == 200
    assert manager.post(f"payments/{reference}/cancel/").problem == (403, "not-permitted")


def test_no_transaction_around_a_request(program, invoice):
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        assert program.post("payments/", start(invoice)).status == 201
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False


def test_a_user_may_have_a_user(rf, sita, hari):
    """Of a user model with a column or a relation of that name."""
    sita.user = hari
    request = rf.get("/")
    request.auth = sita

    assert caller_of(request).user == sita
