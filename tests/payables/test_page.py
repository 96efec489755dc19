"""The page on which anything of the site's is paid, and the button that leads there."""

from decimal import Decimal
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser, User
from django.core.cache import cache
from django.core.signing import Signer
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.payables.models import Gift, Invoice
from wagtail_khalti.actions import check_payment
from wagtail_khalti.exceptions import PaymentError
from wagtail_khalti.gateway import BreakdownLine, Product
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables import PaymentDetails, pay_url
from wagtail_khalti.payables import pay as start
from wagtail_khalti.payables.links import SALT

pytestmark = pytest.mark.django_db


def soup(answer):
    return BeautifulSoup(answer.content, "html.parser")


def press(client, answer, **changes):
    """The button on the page."""
    form = soup(answer).select_one("form[method=post]")
    fields = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    return client.post(answer.request["PATH_INFO"], {**fields, **changes})


def test_it_says_what_is_paid_to_whom_and_how_much(client, khalti, invoice, monkeypatch):
    details = PaymentDetails(
        amount=226_000,
        purpose="Dinner <for two>",
        items=[Product(identity="1", name="Momo", quantity=2, unit_price=100_000, total_price=200_000)],
    )
    monkeypatch.setattr(Invoice, "get_payment_details", lambda self: details)

    page = soup(client.get(invoice.get_pay_url()))

    assert page.h1.text == "Dinner <for two>"
    assert [row.get_text(" ", strip=True) for row in page.select("dl div")] == [
        "Merchant localhost",
        "Momo × 2 Rs\xa02,000",
        "Total Rs\xa02,260",
    ]
    assert page.button.text == "Pay Rs\xa02,260 with Khalti"
    assert page.select_one("a.khalti-link")["href"] == invoice.get_absolute_url()
    assert "Test mode" in page.text


def test_a_breakdown_is_told_instead_of_items(client, khalti, invoice, monkeypatch):
    lines = [BreakdownLine(label="Food", amount=200_000), BreakdownLine(label="VAT", amount=26_000)]
    monkeypatch.setattr(Invoice, "get_payment_details", lambda self: PaymentDetails(amount=226_000, breakdown=lines))

    page = soup(client.get(invoice.get_pay_url()))

    assert [term.text for term in page.select("dt")] == ["Merchant", "Food", "VAT", "Total"]


def test_the_button_leads_to_khalti_and_back_to_the_receipt(client, khalti, invoice):
    answer = press(client, client.get(invoice.get_pay_url()))

    payment = KhaltiPayment.objects.get()
    assert answer["Location"] == payment.payment_url
    khalti.pay(payment)
    back = client.get(khalti.return_path(payment))
    assert back["Location"] == payment.get_absolute_url()
    receipt = client.get(back["Location"])
    assert "Receipt" in receipt.content.decode()


def test_the_payer_sees_their_name_and_nobody_else(client, khalti, home):
    user = User.objects.create(username="ram", first_name="Ram", last_name="Thapa")
    invoice = Invoice.objects.create(customer=user)
    press(client, client.get(invoice.get_pay_url()))
    payment = KhaltiPayment.objects.get()
    khalti.pay(payment)
    check_payment(payment)

    assert "Ram Thapa" in client.get(payment.get_absolute_url()).content.decode()
    assert "Ram Thapa" not in Client().get(payment.get_absolute_url()).content.decode()


def test_what_is_paid_leads_to_its_receipt(client, pay, invoice):
    payment = pay(invoice)

    assert client.get(invoice.get_pay_url())["Location"] == payment.get_absolute_url()
    assert client.post(invoice.get_pay_url())["Location"] == payment.get_absolute_url()


def test_a_new_amount_is_shown_before_it_is_paid(client, khalti, invoice):
    page = client.get(invoice.get_pay_url())
    Invoice.objects.update(total=Decimal(1600))

    again = press(client, page)

    assert "The total is now Rs\xa01,600" in again.content.decode()
    assert not KhaltiPayment.objects.exists()
    press(client, again)
    assert KhaltiPayment.objects.get().amount == 160_000


def test_pressed_twice_it_is_one_payment(client, khalti, invoice):
    page = client.get(invoice.get_pay_url())

    assert press(client, page)["Location"] == press(client, page)["Location"]
    assert KhaltiPayment.objects.count() == 1


FOREIGN = [
    *("https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\evil", "/x\x00"),
    *("http://[", "https://testserver:443@evil.example/"),
]


@pytest.mark.parametrize("url", FOREIGN)
def test_the_visitor_goes_nowhere_else(client, khalti, pay, invoice, url):
    answer = press(client, client.get(f"{invoice.get_pay_url()}?next={quote(url)}"), next=url)

    payment = KhaltiPayment.objects.get()
    assert (answer["Location"], payment.success_url) == (payment.payment_url, "")
    khalti.pay(payment)
    check_payment(payment)
    assert client.get(f"{invoice.get_pay_url()}?next={quote(url)}")["Location"] == payment.get_absolute_url()


def test_the_visitor_goes_where_the_site_says(client, khalti, invoice):
    press(client, client.get(pay_url(invoice, next_url="/articles/1/?page=2")))

    assert KhaltiPayment.objects.get().success_url == "/articles/1/?page=2"


def token_of(*value, salt=SALT):
    return Signer(salt=salt).sign_object(list(value))


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "x" * 5000,
        token_of("payables.invoice", "999"),
        token_of("payables.invoice", "no-number"),
        token_of("payables.booking", "no-uuid"),
        token_of("auth.user", "1"),
        token_of("no.model", "1"),
        token_of("x", "1"),
        token_of("payables.invoice", "1", salt="another"),
        token_of("payables.invoice"),
        token_of("payables.invoice", "1", "2"),
    ],
    ids=lambda token: token[:20],
)
def test_a_link_that_leads_to_nothing_says_so(client, home, token):
    answer = client.get(f"/khalti/pay/{token}/")

    assert answer.status_code == 404
    assert "Nothing to pay here" in answer.content.decode()


def test_a_changed_link_is_none(client, invoice):
    assert client.get(invoice.get_pay_url().replace("/pay/", "/pay/a")).status_code == 404


def test_only_payables_have_a_link(home):
    with pytest.raises(TypeError, match="register_payable"):
        pay_url(User(pk=1))


def test_what_cannot_be_paid_now_says_so(client, invoice, monkeypatch):
    def refuse(self):
        raise PaymentError("cancelled")

    monkeypatch.setattr(Invoice, "get_payment_details", refuse)

    assert client.get(invoice.get_pay_url()).status_code == 404


def test_a_submitted_page_needs_its_csrf_token(invoice):
    answer = Client(enforce_csrf_checks=True).post(invoice.get_pay_url(), {"total_seen": "150000"})

    assert answer.status_code == 403
    assert not KhaltiPayment.objects.exists()


def test_khalti_down_is_told_with_a_link_for_later(client, khalti, invoice):
    khalti.trouble("initiate", "server_error")

    answer = press(client, client.get(invoice.get_pay_url()))

    assert "temporarily unavailable" in answer.content.decode()
    payment = KhaltiPayment.objects.get()
    assert soup(answer).select_one(f'a[href="{payment.get_absolute_url()}"]')
    assert press(client, answer)["Location"] == KhaltiPayment.objects.get().payment_url


@pytest.mark.parametrize(
    ("total", "words"), [(5, "can't be paid at the moment"), (300_000, "at most Rs\xa02,00,000")], ids=str
)
def test_an_impossible_amount_is_told(client, khalti, invoice, total, words):
    Invoice.objects.update(total=total)

    assert words in soup(press(client, client.get(invoice.get_pay_url()))).text


def test_too_many_are_told_to_wait(khalti, invoice, settings, time_machine):
    time_machine.move_to(timezone.now().replace(second=0), tick=False)
    client = Client(REMOTE_ADDR="103.10.28.1")
    cache.clear()
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RATE_LIMITS": {"checkout": 1}}
    page = client.get(invoice.get_pay_url())
    press(client, page)

    answer = press(client, page)

    assert answer.status_code == 429
    assert "too many requests" in answer.content.decode()


def test_it_is_never_cached_or_indexed(client, invoice):
    answer = client.get(invoice.get_pay_url())

    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_a_cancelled_payment_offers_the_page_again(client, khalti, invoice):
    press(client, client.get(pay_url(invoice, next_url="/articles/1/")))
    payment = KhaltiPayment.objects.get()
    khalti.cancel(payment)

    page = soup(client.get(client.get(khalti.return_path(payment))["Location"]))

    assert page.select_one("a.khalti-button")["href"] == pay_url(invoice, next_url="/articles/1/")
    assert "Your details are saved" not in page.text


def test_no_second_attempt_is_offered_for_what_is_paid_or_gone(client, khalti, pay, invoice):
    first = invoice.pay(base_url="http://testserver")
    khalti.cancel(first)
    check_payment(first)
    pay(invoice)
    assert "Pay again" not in client.get(first.get_absolute_url()).content.decode()

    KhaltiPayment.objects.update(payable_id="999", is_primary=None)
    assert "Pay again" not in client.get(first.get_absolute_url()).content.decode()


def button(payable, request=None, **context):
    template = Template('{% load khalti %}{% khalti_pay_button payable next="/thanks/" %}')
    return BeautifulSoup(template.render(Context({"payable": payable, "request": request, **context})), "html.parser")


def test_the_button_starts_the_payment_in_one_step(client, khalti, invoice, request_):
    form = button(invoice, request_, csrf_token="token").form
    fields = {field["name"]: field["value"] for field in form.select("input[name]")}

    answer = client.post(form["action"], fields)

    payment = KhaltiPayment.objects.get()
    assert form.button.text == "Pay Rs\xa01,500 with Khalti"
    assert (fields["csrfmiddlewaretoken"], payment.success_url) == ("token", "/thanks/")
    assert answer["Location"] == payment.payment_url


def test_without_a_request_it_is_a_link(khalti, invoice):
    assert button(invoice).a["href"] == pay_url(invoice, next_url="/thanks/")


def test_without_a_token_it_is_a_link(khalti, invoice, request_):
    assert button(invoice, request_).a["href"] == pay_url(invoice, next_url="/thanks/")


def test_once_paid_it_is_a_link_to_the_receipt(pay, invoice, request_):
    payment = pay(invoice)

    found = button(invoice, request_, csrf_token="token")

    assert "Paid" in found.text
    assert found.a["href"] == payment.get_absolute_url()
    assert not found.form


def test_in_a_preview_it_does_nothing(khalti, invoice, request_):
    request_.is_preview = True

    found = button(invoice, request_, csrf_token="token")

    assert found.button.has_attr("disabled")
    assert not found.form


def test_unsaved_it_does_nothing(khalti, home, request_):
    assert button(Invoice(total=Decimal(1500)), request_).button.has_attr("disabled")


def test_a_payable_without_the_mixin_has_a_page_and_a_button(client, khalti, home, request_):
    gift = Gift.objects.create()

    assert client.get(pay_url(gift)).status_code == 200
    assert button(gift, request_, csrf_token="token").form


def link(payable, request):
    template = Template("{% load khalti %}{% khalti_payments_url payable as url %}{{ url }}")
    return template.render(Context({"payable": payable, "request": request}))


@pytest.mark.parametrize("model", [Invoice, Gift])
def test_staff_get_a_link_to_its_payments_and_nobody_else(client, khalti, home, request_, model):
    payable, other = model.objects.create(), model.objects.create()
    payment, unrelated = start(payable, request_), start(other, request_)
    nobody, manager = User.objects.create_user("ram"), User.objects.create_superuser("manager")
    for user, expected in [(AnonymousUser(), False), (nobody, False), (manager, True)]:
        request_.user = user
        assert bool(link(payable, request_)) == expected

    client.force_login(manager)
    page = client.get(link(payable, request_).replace("&amp;", "&")).content.decode()

    assert reverse("khalti_payments:inspect", args=[payment.pk]) in page
    assert reverse("khalti_payments:inspect", args=[unrelated.pk]) not in page
