"""Who is paid, on which site, and where the visitor comes back to: known, or an error."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory
from wagtail.models import Site

from tests.staff.sites import MUSEUM, SIMULATED, TWO, museum  # noqa: F401 - a fixture
from wagtail_khalti.actions import start_payment
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings

pytestmark = pytest.mark.django_db
LIVE = {"MODE": "live", "SECRET_KEY": "k", "API_URL": "https://khalti.test/khalti-simulator"}


def start(**terms):
    return start_payment(150_000, purpose="Order", **terms)


def visit(host="testserver", *, path="/pay/", secure=False):
    return RequestFactory(headers={"host": host}).get(path, secure=secure)


@pytest.fixture
def one_site(home, khalti):
    return Site.objects.get()


@pytest.fixture
def two_sites(one_site, museum, settings):  # noqa: F811
    """The second has an account of its own."""
    settings.WAGTAIL_KHALTI = TWO
    KhaltiSettings.objects.create(site=museum, merchant="museum")
    return one_site, museum


class TestOfTwoSites:
    def test_the_request_says_which_one_is_paid(self, two_sites):
        payment = start(request=visit("museum.example"))

        assert (payment.site, payment.merchant) == (two_sites[1], "museum")
        assert payment.return_url.startswith("http://museum.example/khalti/return/")

    def test_the_argument_outranks_the_request(self, two_sites):
        payment = start(request=visit("museum.example"), site=two_sites[0])

        assert (payment.site, payment.merchant) == (two_sites[0], "default")
        assert payment.website_url == "http://museum.example/"

    def test_the_account_that_is_named_outranks_that_of_the_site(self, two_sites):
        assert start(request=visit("museum.example"), merchant="default").merchant == "default"

    def test_nobody_is_paid_where_nothing_says_which(self, two_sites):
        with pytest.raises(ValueError, match="pass request=request, or site=, or merchant="):
            start(base_url="http://museum.example")

        assert not KhaltiPayment.objects.exists()

    def test_an_account_that_is_named_needs_no_site(self, two_sites):
        payment = start(merchant="museum", base_url="http://museum.example")

        assert (payment.site, payment.merchant) == (None, "museum")


class TestWhereNoSiteIs:
    def test_the_only_account_is_paid(self, one_site):
        Site.objects.all().delete()

        assert start(base_url="http://testserver").merchant == "default"

    def test_of_two_accounts_none_is_guessed(self, one_site, settings):
        settings.WAGTAIL_KHALTI = {**SIMULATED, "MERCHANTS": {"museum": MUSEUM}}
        Site.objects.all().delete()

        with pytest.raises(ValueError, match="none is given"):
            start(base_url="http://testserver")


def test_the_only_site_needs_no_name(one_site):
    assert start(base_url="http://testserver").site == one_site


def test_an_encrypted_request_comes_back_encrypted(one_site):
    assert start(request=visit("shop.example", secure=True)).website_url == "https://shop.example/"


def test_the_address_in_settings_wins_over_a_proxied_request(one_site, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "BASE_URL": "https://shop.example"}

    assert start(request=visit("10.0.0.7:8000")).website_url == "https://shop.example/"


@pytest.mark.parametrize("address", ["/", "shop.example", "//shop.example", "javascript:alert(1)", "https://", "x://y"])
def test_what_is_no_address_is_refused(one_site, address):
    with pytest.raises(ValueError, match="is not the root URL of a site"):
        start(base_url=address)

    assert not KhaltiPayment.objects.exists()


class TestWithRealMoney:
    @pytest.fixture
    def live_site(self, one_site, settings):
        settings.WAGTAIL_KHALTI = LIVE
        return one_site

    def test_no_address_is_made_up(self, live_site):
        Site.objects.update(hostname="shop.example")

        with pytest.raises(ImproperlyConfigured, match="The return URL is unknown"):
            start()

        assert not KhaltiPayment.objects.exists()

    def test_a_site_that_is_named_has_an_address(self, live_site):
        live_site.hostname, live_site.port = "shop.example", 443

        assert start(site=live_site).website_url == "https://shop.example/"

    def test_but_not_the_one_that_wagtail_made(self, live_site):
        assert live_site.hostname == "localhost"

        with pytest.raises(ImproperlyConfigured, match="The return URL is unknown"):
            start(site=live_site)
