"""The merchant's dashboard: what was paid, and money that goes back from outside."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from wagtail_khalti.simulator import control
from wagtail_khalti.simulator.hosted import dashboard
from wagtail_khalti.simulator.models import SimulatedPayment

LIST = "/khalti-simulator/dashboard/"


@pytest.fixture(autouse=True)
def is_open(settings):
    settings.KHALTI_SIMULATOR = {"DASHBOARD": True, "MERCHANT_NAME": "Himal Books"}


@pytest.fixture
def paid(pidx):
    control.pay(pidx, mobile="9812345678")
    return pidx


@pytest.fixture
def open_page(client, paid):
    return lambda query="": client.get(address(paid) + query)


@pytest.fixture
def send(client, paid):
    """Presses one of the two buttons, on a page that was opened just now unless it says otherwise."""

    def press(button, *, left=None, **typed):
        seen = client.get(address(paid)).content.decode()
        hidden = re.search(r'name="left" value="(\d+)"', seen)
        return client.post(address(paid), {"refund": button, "left": left or hidden[1], **typed})

    return press


def address(pidx):
    return reverse("khalti_simulator:dashboard_payment", args=[pidx])


def content(response):
    return " ".join(response.content.decode().replace("\xa0", " ").split())


def returned():
    return SimulatedPayment.objects.get().refunded_amount


@pytest.mark.parametrize("kept", [{}, {"DASHBOARD": False}])
def test_it_is_not_there_unless_it_is_asked_for(client, paid, settings, kept):
    settings.KHALTI_SIMULATOR = kept

    assert client.get(LIST).status_code == client.get(address(paid)).status_code == 404
    assert client.post(address(paid), {"refund": "all", "left": "1300"}).status_code == 404
    assert returned() == 0
    assert LIST not in content(client.get(reverse("khalti_simulator:page")))


def test_the_first_page_of_the_simulator_leads_to_it(client, db):
    assert f'href="{LIST}"' in content(client.get(reverse("khalti_simulator:page")))


def test_payments_are_listed_with_the_newest_first(merchant, client):
    old, new = (merchant.start(purchase_order_id=order, purchase_order_name="<b>Books</b>") for order in ("A1", "A2"))
    control.pay(old)
    control.refund(old, amount=500)

    page = content(client.get(LIST))

    assert page.index(address(new)) < page.index(address(old))
    assert "Merchant dashboard of Himal Books" in page
    assert "&lt;b&gt;Books&lt;/b&gt; · A1</a>" in page
    assert "<span>Rs 13</span> <span>Partially refunded</span>" in page
    assert page.count("Rs 5 refunded") == 1


def test_an_empty_list_says_so(client, db):
    assert "There are no payments yet." in content(client.get(LIST))


def test_a_long_list_has_pages(merchant, client, monkeypatch):
    begun = [merchant.start() for _payment in range(5)]
    monkeypatch.setattr(dashboard, "PAGE", 2)

    pages = [content(client.get(f"{LIST}?page={number}")) for number in (1, 2, 3)]

    shown = [re.findall(rf'href="{LIST}(\w+)/"', page) for page in pages]
    assert [pidx for page in shown for pidx in page] == begun[::-1]
    assert ["Newer payments" in page for page in pages] == [False, True, True]
    assert ["Older payments" in page for page in pages] == [True, True, False]
    assert "Page 2 of 3" in pages[1]


@pytest.mark.parametrize("number", ["0", "99", "x", "%00"])
def test_a_page_that_is_none_is_another_one(client, paid, number):
    assert client.get(f"{LIST}?page={number}").status_code == 200


def test_a_list_of_many_asks_the_database_twice(merchant, client, django_assert_num_queries):
    for _payment in range(5):
        merchant.start()

    with django_assert_num_queries(2):
        client.get(LIST)


def test_a_payment_shows_what_became_of_it_and_not_who_paid(open_page, paid):
    page = content(open_page())

    assert "<dt>Refunded</dt><dd>Rs 0</dd>" in page
    assert "<dd>from a Khalti wallet</dd>" in page
    assert "98XXXXX678" in page
    assert "9812345678" not in page


def test_a_payment_through_a_bank_says_so(client, pidx):
    control.pay(pidx, bank=True)

    assert "<dd>through a bank</dd>" in content(client.get(address(pidx)))


@pytest.mark.parametrize("happen", [control.begin, control.cancel, control.expire, control.fail])
def test_what_was_not_paid_can_not_be_refunded(client, pidx, happen):
    happen(pidx)

    assert "<form" not in content(client.get(address(pidx)))
    assert client.post(address(pidx), {"refund": "all", "left": "0"}).status_code == 409
    assert client.post(address(pidx), {"refund": "all", "left": "1300"}).status_code == 409
    assert returned() == 0


@pytest.mark.parametrize("unknown", ["jz3xH8BuZQ5MSo7CoNJ9pY", "%00", "x" * 500, "क"])
def test_an_unknown_payment_is_not_there(client, db, unknown):
    assert client.get(f"{LIST}{unknown}/").status_code == 404


def test_all_goes_back_and_the_page_says_so(merchant, client, send, paid):
    sent = send("all")

    assert (sent.status_code, sent["Location"]) == (302, f"{address(paid)}?done")
    page = content(client.get(sent["Location"]))
    assert 'role="status"> <p>Refund succeeded. Refunded: Rs 13. Refundable balance: Rs 0.</p>' in page
    assert "<form" not in page
    assert merchant.lookup(paid).json()["status"] == "Refunded"


@pytest.mark.parametrize(
    ("typed", "paisa"),
    [("5", 500), ("0.01", 1), ("12.99", 1299), (" 12.5 ", 1250), ("१२.०१", 1201), ("13.00", 1300), ("+1", 100)],
)
def test_an_amount_in_rupees_goes_back_exactly(send, typed, paisa):
    assert send("part", amount=typed).status_code == 302
    assert returned() == paisa


def test_large_amounts_are_exact_too(merchant, client):
    pidx = merchant.start(amount=9_007_199_254_740_993)  # a float would lose a paisa
    control.pay(pidx)

    client.post(address(pidx), {"refund": "part", "left": "9007199254740993", "amount": "90071992547409.91"})

    assert SimulatedPayment.objects.get(pidx=pidx).refundable == 2


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Enter an amount in rupees, such as 12.50"),
        ("all", "Enter an amount in rupees, such as 12.50"),
        ("NaN", "Enter an amount in rupees, such as 12.50"),
        ("Infinity", "Enter an amount in rupees, such as 12.50"),
        ("1,5", "Enter an amount in rupees, such as 12.50"),
        ("0", "Enter an amount above 0, such as 12.50"),
        ("-5", "Enter an amount above 0, such as 12.50"),
        ("12.345", "enter two decimal places at most, such as 12.50"),
        ("0.001", "enter two decimal places at most, such as 12.50"),
        ("13.01", "The refundable balance is Rs 13"),
        ("1e16", "The refundable balance is Rs 13"),
        ("9" * 5000, "no more than 19 digits"),
    ],
)
def test_an_amount_that_does_not_fit_is_said_beside_its_field(send, typed, message):
    response = send("part", amount=typed)

    page = content(response)
    assert response.status_code == 200
    assert re.search(rf'<a href="#id_amount">[^<]*{re.escape(message)}', page)
    assert re.search(rf'<p class="wrong" id="id_amount_error">[^<]*{re.escape(message)}', page)
    assert re.search(r'<input [^>]*aria-invalid="true"[^>]*id="id_amount"', page)
    assert "<title>Error:" in page
    assert returned() == 0


def test_a_second_click_gives_back_nothing_more(send):
    send("part", amount="5")

    second = send("part", amount="5", left="1300")

    page = content(second)
    assert second.status_code == 409
    assert "The payment has changed since this page was opened" in page
    assert "Nothing was refunded this time. Refunded: Rs 5. Refundable balance: Rs 8." in page
    assert 'name="left" value="800"' in page
    assert returned() == 500


def test_a_second_click_on_all_after_a_part_refunds_nothing_more(send):
    send("part", amount="5")

    assert send("all", left="1300").status_code == 409
    assert returned() == 500


def test_a_refund_between_the_page_view_and_the_click_is_noticed(send, monkeypatch):
    """The look at the row says that all is left; the condition of the UPDATE knows better."""
    refund = SimulatedPayment.refund

    def somebody_is_quicker(self, amount=None, **only_if):
        refund(SimulatedPayment.objects.get(), 100)
        return refund(self, amount, **only_if)

    monkeypatch.setattr(SimulatedPayment, "refund", somebody_is_quicker)

    assert send("part", amount="5").status_code == 409
    assert returned() == 100


@pytest.mark.parametrize("left", ["", "x", "-1", "1e3", "१३००"])
def test_a_form_that_does_not_say_what_it_saw_gives_back_nothing(client, paid, left):
    assert client.post(address(paid), {"refund": "all", "left": left}).status_code == 409
    assert returned() == 0


def test_a_form_without_its_button_does_not_mean_all(client, paid):
    assert client.post(address(paid), {"left": "1300"}).status_code == 200
    assert returned() == 0


def test_a_link_that_falsely_says_done_is_not_believed(open_page):
    assert "Done" not in content(open_page("?done"))


def test_numbers_in_its_forms_have_no_commas(client, merchant, settings):
    settings.USE_THOUSAND_SEPARATOR = True
    pidx = merchant.start(amount=1_234_567)
    control.pay(pidx)

    assert client.post(address(pidx), {"refund": "all", "left": "1234567"}).status_code == 302
    other = merchant.start(amount=1_234_567)
    control.pay(other)
    assert content(client.get(address(other))).count('name="left" value="1234567"') == 2


def test_a_refund_needs_a_csrf_token(paid):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(address(paid), {"refund": "all", "left": "1300"}).status_code == 403
    assert returned() == 0


def test_a_link_refunds_nothing(client, paid):
    client.get(f"{address(paid)}?refund=all&left=1300")

    assert client.put(address(paid)).status_code == 405
    assert returned() == 0


def test_refunds_that_the_api_refuses_go_through_here(send, settings):
    settings.KHALTI_SIMULATOR = {"DASHBOARD": True, "REFUNDS": False}

    assert send("all").status_code == 302


def test_every_page_is_as_the_hosted_one(client, send, open_page, paid):
    pages = [client.get(LIST), open_page(), send("part", amount="x"), send("all", left="1")]
    pages.append(client.get(send("all")["Location"]))

    for response in pages:
        page = content(response)
        assert "Simulator</strong> This is not Khalti. No real money moves." in page
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert page.count("<h1>") == 1
        assert not re.search(r"<script|<style| style=| on\w+=", page)
