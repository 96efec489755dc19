"""Which account takes a payment, and that it stays so."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from wagtail.models import Site

from tests.staff.sites import MUSEUM, SIMULATED, TWO
from wagtail_khalti.actions import check_payment, refund_payment, start_payment
from wagtail_khalti.conf import configuration
from wagtail_khalti.exceptions import MerchantChanged
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings

pytestmark = pytest.mark.every_database


@pytest.fixture
def site(home, settings):
    settings.WAGTAIL_KHALTI = TWO
    return Site.objects.get()


@pytest.fixture
def museums(site):
    """The site whose people have chosen the museum's account."""
    KhaltiSettings.objects.create(site=site, merchant="museum")
    return Site.objects.get()


def start(**options):
    return start_payment(150_000, purpose="Membership", base_url="http://testserver", **options)


def test_the_settings_of_the_site_name_the_account(khalti, museums):
    payment = start(site=museums)

    assert payment.merchant == "museum"
    assert payment.key_fingerprint == configuration().merchant("museum").key_fingerprint


def test_what_code_names_goes_first(khalti, museums):
    assert start(site=museums, merchant="default").merchant == "default"


def test_without_a_site_or_settings_it_is_the_default_one(khalti, site):
    assert (start().merchant, start(site=site).merchant) == ("default", "default")
    assert not KhaltiSettings.objects.exists()


def test_a_choice_is_read_anew_for_each_payment(khalti, site):
    """Also where a worker keeps the site for hours."""
    assert start(site=site).merchant == "default"
    KhaltiSettings.objects.create(site_id=site.pk, merchant="museum")

    assert start(site=site).merchant == "museum"


def test_no_other_account_takes_the_place_of_one_that_is_gone(khalti, museums, settings):
    settings.WAGTAIL_KHALTI = SIMULATED

    with pytest.raises(ImproperlyConfigured, match="no merchant 'museum'"):
        start(site=museums)

    assert not KhaltiPayment.objects.exists()
    assert khalti.calls("initiate") == 0


class TestAPaymentKeepsItsAccount:
    @pytest.fixture
    def asked(self, khalti, monkeypatch):
        """With which key Khalti is asked from now on."""
        from wagtail_khalti.testing.in_process import InProcessAdapter

        keys, send = [], InProcessAdapter.send

        def note(adapter, request, *args, **kwargs):
            keys.append((request.url.rsplit("/", 2)[1], request.headers["Authorization"]))
            return send(adapter, request, *args, **kwargs)

        monkeypatch.setattr(InProcessAdapter, "send", note)
        return keys

    @pytest.fixture
    def paid(self, khalti, museums):
        payment = start(site=museums)
        khalti.pay(payment)
        return payment

    def test_when_the_setting_changes(self, paid, asked):
        KhaltiSettings.objects.update(merchant="")

        check_payment(paid)
        refund_payment(paid, 50_000)

        paid.refresh_from_db()
        assert (paid.merchant, paid.status) == ("museum", "partially_refunded")
        assert {key for _endpoint, key in asked} == {f"Key {MUSEUM['SECRET_KEY']}"}
        assert [endpoint for endpoint, _key in asked] == ["lookup", "lookup", "refund", "lookup"]

    def test_when_the_default_key_changes(self, paid, asked, settings):
        settings.WAGTAIL_KHALTI = {**TWO, "SECRET_KEY": "another-key-for-tests"}

        assert check_payment(paid).status == "completed"
        assert {key for _endpoint, key in asked} == {f"Key {MUSEUM['SECRET_KEY']}"}

    def test_and_a_key_that_changed_can_be_told_by_its_fingerprint(self, paid, settings):
        settings.WAGTAIL_KHALTI = {**TWO, "MERCHANTS": {"museum": {**MUSEUM, "SECRET_KEY": "the-museums-next-key"}}}

        assert paid.key_fingerprint != configuration().merchant("museum").key_fingerprint

    def test_also_when_the_account_is_gone(self, paid, asked, settings):
        settings.WAGTAIL_KHALTI = SIMULATED

        with pytest.raises(MerchantChanged):
            check_payment(paid)

        assert asked == []
