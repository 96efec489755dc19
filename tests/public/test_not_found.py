"""On a site in two languages a page of ours that isn't found stays ours, and isn't sent on to ``/en/…``."""

import pytest

from tests.doctor.conftest import only
from wagtail_khalti.actions import check_payment
from wagtail_khalti.conf import API_URLS
from wagtail_khalti.doctor.keys import keys
from wagtail_khalti.exceptions import PidxNotFound
from wagtail_khalti.models import KhaltiPayment

pytestmark = pytest.mark.urls("tests.public.i18n_urls")

NOT_FOUND = {"detail": "Not found.", "error_key": "validation_error"}
SIMULATOR = "/khalti-simulator"


@pytest.mark.parametrize("place", ["return/NOSUCHREFERENCE/", "payments/NOSUCHREFERENCE/continue/"])
def test_an_unknown_payment_keeps_its_page(client, khalti, place):
    response = client.get(f"/khalti/{place}")

    assert response.status_code == 404
    assert "Payment not found" in response.content.decode()


def test_an_offer_of_somebody_else_keeps_its_page(client, khalti):
    response = client.get("/khalti/checkout/nonsense/")

    assert response.status_code == 404
    assert "No longer available" in response.content.decode()


def test_what_is_not_ours_is_still_sent_on(client, khalti):
    assert client.get("/nowhere/").url == "/en/nowhere/"


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_simulator_says_not_found_as_khalti_does(client, khalti, slash):
    headers = {"authorization": "Key anybody"}

    response = client.post(
        f"{SIMULATOR}/api/v2/epayment/lookup{slash}", {"pidx": "x"}, "application/json", headers=headers
    )

    assert (response.status_code, response.json()) == (404, NOT_FOUND)


@pytest.mark.parametrize("place", ["/?pidx=nobodys", "/dashboard/", "/dashboard/nobodys/", "/control/payments/"])
def test_pages_of_the_simulator_say_not_found_too(client, khalti, place):
    assert client.get(SIMULATOR + place).status_code == 404


@pytest.mark.parametrize("place", ["/api/v9/", "/api/v9", "/api/v2/epayment/lookup/again", "/nowhere/", "/nowhere"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_khalti_lacks_is_not_found(client, khalti, settings, place, method):
    settings.DEBUG = True  # where Django refuses to add a slash to a POST

    response = getattr(client, method)(SIMULATOR + place)

    assert response.status_code == 404
    assert "pidx" not in response.content.decode()
    assert response["Content-Type"].startswith("text/html")


def test_our_own_client_learns_not_found(khalti, payment):
    KhaltiPayment.objects.filter(pk=payment.pk).update(pidx="nobodys")
    payment.refresh_from_db()

    with pytest.raises(PidxNotFound):
        check_payment(payment)


def test_the_doctor_finds_the_key_taken(khalti):
    assert only(keys(API_URLS)).name == "key_accepted"
