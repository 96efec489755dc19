"""The page on which a payer pays, step by step."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.models import OPEN, SimulatedPayment, Status

from .merchant import Payer


def content(response) -> str:
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def test_a_payer_signs_in_confirms_and_is_sent_back(merchant, payer, pidx):
    assert "Pay Rs 13 to Test merchant" in content(payer.open(pidx))

    signed_in = payer.sign_in(pidx)
    assert (signed_in.status_code, signed_in["Location"]) == (
        302,
        f"{reverse('khalti_simulator:confirm')}?pidx={pidx}",
    )
    assert merchant.lookup(pidx).json()["status"] == "Pending"
    assert "Pay Rs 13</button>" in content(payer.open(pidx, "confirm"))

    paid = payer.confirm(pidx)
    assert (paid.status_code, paid["Location"]) == (302, control.callback_url(pidx))
    assert merchant.lookup(pidx).json()["status"] == "Completed"


@pytest.mark.parametrize("mobile", [f"980000000{last}" for last in range(6)])
def test_every_test_id_can_pay(merchant, payer, pidx, mobile):
    assert f"mobile=98XXXXX00{mobile[-1]}&" in payer.pay(pidx, mobile=mobile)["Location"]


@pytest.mark.parametrize("mobile", ["980 000-0001", "+977 9800000001", "९८०००००००१"])
def test_a_mobile_number_may_be_typed_as_people_do(payer, pidx, mobile):
    assert payer.sign_in(pidx, mobile=mobile).status_code == 302


def test_cancel_goes_back_and_takes_nothing(merchant, payer, pidx):
    payer.sign_in(pidx)

    canceled = payer.cancel(pidx)

    assert (canceled.status_code, canceled["Location"]) == (302, control.callback_url(pidx))
    assert "status=User+canceled&" in canceled["Location"]
    assert merchant.lookup(pidx).json()["status"] == "User canceled"


def test_canceling_twice_goes_back_twice(payer, pidx):
    assert payer.cancel(pidx)["Location"] == payer.cancel(pidx)["Location"]


def test_a_paid_payment_can_not_be_canceled(merchant, payer, pidx):
    payer.pay(pidx)

    assert payer.cancel(pidx).status_code == 410
    assert merchant.lookup(pidx).json()["status"] == "Completed"


def test_cancel_takes_a_form_and_not_a_link(payer, pidx):
    assert payer.open(pidx, "cancel").status_code == 405


def test_leaving_says_what_happens_and_changes_nothing(merchant, payer, pidx):
    page = content(payer.open(pidx, "leave"))

    assert "gets no callback" in page
    assert 'href="https://example.com/"' in page
    assert merchant.lookup(pidx).json()["status"] == "Initiated"


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"mobile": ""}, "id_mobile", "Enter a mobile number of 10 digits"),
        ({"mobile": "98"}, "id_mobile", "Enter a mobile number of 10 digits"),
        ({"mobile": "9800000009"}, "id_mobile", "This Khalti ID is not known here"),
        ({"mpin": ""}, "id_mpin", "Enter your MPIN of 4 digits"),
        ({"mpin": "2222"}, "id_mpin", "This MPIN is not right. You can try 4 more times"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_in_the_summary(payer, pidx, typed, field, message):
    response = payer.sign_in(pidx, **typed)

    page = content(response)
    assert response.status_code == 200
    assert re.search(rf'<a href="#{field}">{re.escape(message)}', page)
    assert re.search(rf'<p class="wrong" id="{field}_error">{re.escape(message)}', page)
    assert re.search(rf'<input [^>]*aria-describedby="{field}_helptext {field}_error"[^>]*id="{field}"', page)
    assert re.search(rf'<input [^>]*aria-invalid="true"[^>]*id="{field}"', page)


def test_a_wrong_mpin_keeps_the_mobile_number_and_the_payment(merchant, payer, pidx):
    response = payer.sign_in(pidx, mobile="9800000003", mpin="0000")

    assert 'value="9800000003"' in content(response)
    assert merchant.lookup(pidx).json()["status"] == "Initiated"
    assert payer.pay(pidx).status_code == 302


def test_too_many_wrong_mpins_lock_paying_but_not_canceling(merchant, payer, pidx):
    answers = [payer.sign_in(pidx, mpin="0000") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 403]
    assert "Too many wrong MPINs" in content(payer.sign_in(pidx))
    assert merchant.lookup(pidx).json()["status"] == "Initiated"
    assert payer.cancel(pidx).status_code == 302


@pytest.mark.parametrize(("otp", "message"), [("", "Enter the OTP of 6 digits"), ("123456", "This OTP is not right")])
def test_a_wrong_otp_is_said_and_can_be_typed_again(merchant, payer, pidx, otp, message):
    payer.sign_in(pidx)

    assert f'<a href="#id_otp">{message}' in content(payer.confirm(pidx, otp=otp))
    assert merchant.lookup(pidx).json()["status"] == "Pending"
    assert payer.confirm(pidx).status_code == 302


def test_the_otp_comes_after_the_sign_in(payer, pidx):
    assert payer.confirm(pidx)["Location"] == f"{reverse('khalti_simulator:page')}?pidx={pidx}"


def test_sending_the_otp_twice_pays_once(merchant, payer, pidx):
    first = payer.pay(pidx)
    second = payer.confirm(pidx)

    assert (second.status_code, second["Location"]) == (302, first["Location"])


def test_of_two_at_the_same_moment_one_pays(pidx):
    control.begin(pidx)
    here, there = (SimulatedPayment.objects.get(pidx=pidx) for _ in range(2))

    moved = [
        payment.move_to(Status.COMPLETED, only_from=OPEN, transaction_id=transaction_id)
        for payment, transaction_id in [(here, "first"), (there, "second")]
    ]

    assert moved == [True, False]
    assert here.transaction_id == there.transaction_id == "first"


def test_an_expired_payment_has_a_kind_page_and_takes_no_money(merchant, payer, pidx):
    payer.sign_in(pidx)
    SimulatedPayment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    for response in [payer.open(pidx), payer.sign_in(pidx), payer.confirm(pidx), payer.cancel(pidx)]:
        assert response.status_code == 410
        assert "This payment ran out of time" in content(response)
        assert 'href="https://example.com/"' in content(response)
    assert merchant.lookup(pidx).json()["status"] == "Expired"


def test_a_used_payment_says_so_and_leads_back(payer, pidx):
    callback = payer.pay(pidx)["Location"]

    response = payer.open(pidx)

    assert response.status_code == 410
    assert "This payment is already complete" in content(response)
    assert f'href="{callback.replace("&", "&amp;")}"' in content(response)


def test_a_canceled_payment_says_that_nothing_was_taken(payer, pidx):
    payer.cancel(pidx)

    assert "Nothing was taken" in content(payer.open(pidx))


@pytest.mark.parametrize("unknown", ["jz3xH8BuZQ5MSo7CoNJ9pY", "%00", "x" * 5000])
def test_an_unknown_payment_has_a_kind_page(payer, unknown):
    response = payer.open(unknown)

    assert response.status_code == 404 if unknown != "%00" else 200
    assert "Simulator" in content(response)


def test_the_root_without_a_payment_says_simulator_ready(db):
    assert "The Khalti simulator is ready" in content(Client().get(reverse("khalti_simulator:page")))


def test_the_panel_shows_amount_lines_and_service_charge(merchant, payer, settings):
    settings.KHALTI_SIMULATOR = {"SERVICE_CHARGE": 565, "MERCHANT_NAME": "Himal Books"}
    lines = [{"label": "Books", "amount": 12345000}, {"label": "Discount", "amount": -50}]
    pidx = merchant.start(amount=12344950, amount_breakdown=lines, purchase_order_name="<b>Books</b>")

    page = content(payer.open(pidx))

    assert '<th scope="row">Books</th><td>Rs 1,23,450</td>' in page
    assert "<td>−Rs 0.50</td>" in page
    assert "<dt>Product Amount</dt><dd>Rs 1,23,449.50</dd>" in page
    assert "<dt>Service Charge</dt><dd>Rs 5.65</dd>" in page
    assert "<dt>Total Payable</dt><dd>Rs 1,23,455.15</dd>" in page
    assert "to <strong>Himal Books</strong> · example.com" in page
    assert "&lt;b&gt;Books&lt;/b&gt;" in page


def test_every_page_says_simulator_and_is_not_cached_or_indexed(payer, pidx):
    payer.sign_in(pidx)
    pages = [payer.open(pidx), payer.open(pidx, "confirm"), payer.open(pidx, "leave"), payer.open("unknown")]
    payer.confirm(pidx)

    for response in [*pages, payer.open(pidx)]:
        page = content(response)
        assert "Simulator</strong> This is not Khalti. No real money moves." in page
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert '<html lang="' in page
        assert page.count("<h1>") == 1
        assert not re.search(r"<script|<style| style=| on\w+=", page)


def test_only_the_wallet_can_be_chosen(payer, pidx):
    radios = re.findall(r'<input type="radio"[^>]*>', content(payer.open(pidx)))

    assert ["disabled" in radio for radio in radios] == [False, True, True, True, True]


@pytest.mark.parametrize("step", ["page", "confirm", "cancel"])
def test_forms_need_a_csrf_token(pidx, step):
    control.begin(pidx)
    SimulatedPayment.objects.update(mobile="9800000001")
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(f"{reverse(f'khalti_simulator:{step}')}?pidx={pidx}", {"otp": "987654"})

    assert response.status_code == 403
    assert SimulatedPayment.objects.get(pidx=pidx).status is Status.PENDING


def test_a_callback_longer_than_djangos_redirects_still_works(merchant, payer):
    pidx = merchant.start(merchant_extra="x" * 5000)

    assert len(Payer(Client()).pay(pidx)["Location"]) > 5000


def test_the_word_simulator_stands_on_the_page_in_every_language(client, db):
    page = client.get(reverse("khalti_simulator:page"), headers={"Accept-Language": "ne"}).content.decode()

    assert '<strong class="banner-name">Simulator</strong>' in page
