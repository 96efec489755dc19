"""The way back from Khalti: what the browser says is a hint, what Khalti says counts."""

import re
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from wagtail_khalti.actions import check_payment, start_payment
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment

LIES = "pidx={pidx}&status=Completed&transaction_id=GFq9PFS7b2iYvL8Lir9oXe&amount=150000&total_amount=150000"


def return_address(payment):
    return reverse("wagtail_khalti:return", args=[payment.reference])


def status_of(payment):
    return KhaltiPayment.objects.get(pk=payment.pk).status


def test_a_paid_payment_ends_on_its_receipt(client, khalti, payment):
    khalti.pay(payment)

    response = client.get(khalti.return_path(payment))

    assert status_of(payment) == "completed"
    assert response.url == payment.get_absolute_url()


def test_who_came_back_and_got_no_answer_is_asked_about_first(client, khalti, payment):
    khalti.trouble("lookup", "too_many_requests", times=99)
    client.get(khalti.return_path(payment))
    assert KhaltiPayment.objects.get().is_urgent

    khalti.no_more_trouble()
    check_payment(payment)
    assert not KhaltiPayment.objects.get().is_urgent


def test_a_callback_without_a_pidx_finds_its_payment(client, khalti, payment):
    khalti.pay(payment)

    client.get(return_address(payment), {"message": "Could not process the payment."})

    assert status_of(payment) == "completed"


def test_a_callback_without_anything_finds_its_payment(client, khalti, payment):
    khalti.pay(payment)

    client.get(return_address(payment))

    assert status_of(payment) == "completed"


def test_a_forged_completed_completes_nothing(client, khalti, payment):
    response = client.get(f"{return_address(payment)}?{LIES.format(pidx=payment.pidx)}")

    assert response.status_code == 302
    assert status_of(payment) == "initiated"
    assert "We are confirming your payment with Khalti." in client.get(response.url).content.decode()


@pytest.mark.parametrize("end", ["cancel", "expire", "fail"])
def test_a_forged_completed_does_not_hide_an_end(client, khalti, payment, end):
    getattr(khalti, end)(payment)

    client.get(f"{return_address(payment)}?{LIES.format(pidx=payment.pidx)}")

    assert status_of(payment) in ("canceled", "expired", "failed")


def test_a_forged_cancel_takes_nothing_back(client, khalti, payment):
    khalti.pay(payment)

    client.get(return_address(payment), {"pidx": payment.pidx, "status": "User canceled"})

    assert status_of(payment) == "completed"


def test_the_pidx_of_another_payment_proves_nothing(client, khalti, payment):
    paid = start_payment(150_000, purpose="Membership", base_url="http://testserver")
    khalti.pay(paid)

    client.get(f"{return_address(payment)}?{LIES.format(pidx=paid.pidx)}")

    assert status_of(payment) == "initiated"
    assert status_of(paid) == "initiated"  # nobody came back for it yet
    returned = payment.events.get(kind=KhaltiEvent.Kind.RETURNED)
    assert returned.data["names_another_payment"] is True


def test_coming_back_often_completes_once(client, khalti, payment):
    khalti.pay(payment)
    address = khalti.return_path(payment)

    answers = {client.get(address).url for _time in range(5)}

    assert answers == {payment.get_absolute_url()}
    assert payment.deliveries.filter(event_type="completed").count() == 1
    assert payment.events.filter(kind=KhaltiEvent.Kind.STATUS_CHANGED).count() == 1


def test_a_paid_payment_is_not_looked_up_on_each_reload(client, khalti, payment):
    khalti.pay(payment)
    client.get(khalti.return_path(payment))
    looked_up = payment.events.filter(kind=KhaltiEvent.Kind.LOOKED_UP)
    before = looked_up.count()

    client.get(khalti.return_path(payment))

    assert looked_up.count() == before


GARBAGE = [
    "x" * 10_240,
    "pidx=" + "A" * 10_240,
    "&" * 10_240,
    "%" * 10_240,
    "&".join(f"p{number}={number}" for number in range(2000)),
    "&".join("pidx=a" for _number in range(2000)),
    "pidx=%00&status=%00",
    "pidx=%ff%fe&status=%F0%28%8C%28",
    "pidx[]=a&status[$ne]=Completed",
    "status=" + quote("भुक्तानी"),
    "pidx=<script>alert(1)</script>",
    "pidx='; DROP TABLE wagtail_khalti_khaltipayment; --",
    "?????",
    ";;;;",
]


@pytest.mark.parametrize("query", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_harms_nothing_and_the_payment_is_still_found(client, khalti, payment, query):
    khalti.pay(payment)

    response = client.generic("GET", return_address(payment), QUERY_STRING=query)

    assert response.status_code == 302
    assert status_of(payment) == "completed"


@pytest.mark.parametrize("query", GARBAGE, ids=range(len(GARBAGE)))
def test_of_garbage_only_little_is_kept(client, khalti, payment, query):
    client.generic("GET", return_address(payment), QUERY_STRING=query)

    kept = payment.events.get(kind=KhaltiEvent.Kind.RETURNED).data
    assert len(str(kept)) < 2000
    assert set(kept["hints"]) <= {
        "pidx", "status", "transaction_id", "tidx", "txnId", "amount", "total_amount", "mobile"
    }  # fmt: skip


@pytest.mark.parametrize("slashes", ["/", "//", "///"])
def test_extra_slashes_lose_no_visitor(client, khalti, payment, slashes):
    khalti.pay(payment)

    response = client.get(return_address(payment).rstrip("/") + slashes, {"status": "Completed"})

    assert response.status_code == 302
    assert status_of(payment) == "completed"


def test_a_glued_on_query_is_read_all_the_same(client, khalti, payment):
    khalti.pay(payment)
    query = urlsplit(khalti.return_path(payment)).query

    client.generic("GET", return_address(payment), QUERY_STRING=f"from=mail/?{query}")

    assert status_of(payment) == "completed"
    hints = payment.events.get(kind=KhaltiEvent.Kind.RETURNED).data["hints"]
    assert hints["pidx"] == payment.pidx
    assert hints["status"] == "Completed"


@pytest.mark.parametrize("style", ["A", "B", "C"])
def test_each_recorded_kind_of_callback_is_understood(client, khalti, payment, settings, style):
    settings.KHALTI_SIMULATOR = {"CALLBACK_STYLE": style}
    khalti.pay(payment)

    client.get(khalti.return_path(payment))

    assert status_of(payment) == "completed"
    returned = payment.events.get(kind=KhaltiEvent.Kind.RETURNED).data
    assert returned["names_another_payment"] is False
    assert returned["hints"]["status"] == "Completed"


def test_a_post_is_tolerated_and_proves_nothing(khalti, payment):
    client = Client(enforce_csrf_checks=True)
    query = LIES.format(pidx=payment.pidx)

    response = client.post(return_address(payment), dict(parse_qsl(query)))

    assert response.status_code == 302
    assert status_of(payment) == "initiated"


def test_a_post_for_a_paid_payment_finds_it_paid(client, khalti, payment):
    khalti.pay(payment)

    client.post(return_address(payment), b"{not json", content_type="application/json")

    assert status_of(payment) == "completed"


@pytest.mark.parametrize("reference", ["NOSUCHREFERENCE", "x" * 3000, "%00", "%F0%28%8C%28", "नेपाली", "'--", "0"])
@pytest.mark.parametrize("place", ["return/{}/", "return/{}//", "payments/{}/", "payments/{}/continue/"])
def test_an_unknown_reference_gets_a_kind_page(client, khalti, reference, place):
    response = client.get("/khalti/" + place.format(reference), {"status": "Completed"})

    assert response.status_code == 404
    text = response.content.decode()
    assert "Payment not found" in text
    assert "mailto:accounts@example.com" in text
    assert 'href="/"' in text


def test_a_reference_in_small_letters_is_not_a_500(client, payment):
    assert client.get(payment.get_absolute_url().lower()).status_code in (200, 404)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(client, payment, method):
    assert getattr(client, method)(return_address(payment)).status_code == 405


def test_no_parameter_sends_a_visitor_elsewhere(client, khalti, payment):
    khalti.pay(payment)

    response = client.get(
        return_address(payment), {"next": "https://evil.example/", "return_url": "https://evil.example/"}
    )

    assert response.url == payment.get_absolute_url()


class TestTheThankYouPage:
    @pytest.fixture
    def thanks(self, home):
        return home.add_child(instance=Page(title="Thanks"))

    @pytest.fixture
    def paid(self, visitor, shop_page, thanks, khalti, the_payment):
        visitor.choose(shop_page(thank_you_page=thanks.pk)).press_pay()
        khalti.pay(the_payment())
        return the_payment()

    def test_is_one_step_from_the_receipt(self, visitor, khalti, paid, thanks):
        visitor.come_back(khalti, paid)

        assert visitor.headline == "Thank you. Your payment is complete."
        assert visitor.page.find("a", string="Continue to Thanks")["href"] == thanks.url

    @pytest.mark.parametrize("gone", ["unpublish", "delete"])
    def test_that_is_gone_is_not_offered(self, visitor, khalti, paid, thanks, gone):
        getattr(thanks, gone)()

        visitor.come_back(khalti, paid)

        assert visitor.headline == "Thank you. Your payment is complete."
        assert not visitor.page.select(".khalti-actions a.khalti-button")

    def test_of_the_sites_code_is_reached_at_once(self, client, khalti, home):
        payment = start_payment(150_000, purpose="Books", base_url="http://testserver", success_url="/orders/7/")
        khalti.pay(payment)

        assert client.get(khalti.return_path(payment)).url == "/orders/7/"

    def test_of_who_cancelled_is_where_the_sites_code_says(self, client, khalti, home):
        addresses = {"success_url": "/orders/7/", "cancel_url": "/cart/"}
        payment = start_payment(150_000, purpose="Books", base_url="http://testserver", **addresses)
        khalti.cancel(payment)

        assert client.get(khalti.return_path(payment)).url == "/cart/"

    def test_of_an_unclear_payment_is_its_own_page(self, client, khalti, home):
        payment = start_payment(150_000, purpose="Books", base_url="http://testserver", cancel_url="/cart/")
        khalti.cancel(payment)
        khalti.answer_lookup(payment, status="User canceled", total_amount=1)

        assert client.get(khalti.return_path(payment)).url == payment.get_absolute_url()

    def test_is_not_for_those_who_did_not_pay(self, visitor, shop_page, thanks, khalti, the_payment):
        visitor.choose(shop_page(thank_you_page=thanks.pk)).press_pay()
        khalti.cancel(the_payment())

        visitor.come_back(khalti, the_payment())

        assert visitor.headline == "You cancelled the payment. You have not been charged."
        assert not visitor.page.find_all("a", string=re.compile("^Continue"))
