"""Who asks too often is asked to wait. Nothing is lost by it, and nobody else is kept waiting."""

import re
import sys
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from tests.public.conftest import GOOD_ANSWERS, Visitor, page_of
from wagtail_khalti import urls
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.public import limits

HERE, NEXT_DOOR, ELSEWHERE = "103.10.28.1", "103.10.28.2", "202.70.64.1"
MANUAL = Path(__file__).parents[2] / "docs/howto/limits.md"


@pytest.fixture(autouse=True)
def no_counts(monkeypatch):
    cache.clear()
    monkeypatch.setattr(limits, "_not_before", 0.0)


@pytest.fixture
def limit(settings, time_machine):
    """So many a minute, whose first second it is; the other kinds have no limit."""
    time_machine.move_to(timezone.now().replace(second=0), tick=False)

    def limit(proxies=0, **most):
        rates = {"checkout": None, "return": None, "page": None, "receipt": None, **most}
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RATE_LIMITS": rates, "TRUSTED_PROXIES": proxies}

    return limit


@pytest.fixture
def visitor(khalti):
    return Visitor(REMOTE_ADDR=HERE)


def must_wait(response):
    return response.status_code == 429 and 0 < int(response["Retry-After"]) <= 60


def statuses(client, count, address="/khalti/checkout/none/", **headers):
    return [client.get(address, **headers).status_code for _ in range(count)]


class TestTheCheckout:
    def test_keeps_what_was_typed_and_starts_no_payment(self, visitor, shop_page, limit):
        limit(checkout=1)
        asks = ["name", "email", "phone"]
        visitor.choose(shop_page(fields=asks)).send({})

        visitor.press_pay(**{name: GOOD_ANSWERS[name] for name in asks})

        assert must_wait(visitor.response)
        assert visitor.errors[0].startswith("There are too many requests from your network.")
        assert {name: visitor.typed[name] for name in asks} == {name: GOOD_ANSWERS[name] for name in asks}
        assert not KhaltiPayment.objects.exists()

    def test_goes_on_a_minute_later(self, visitor, shop_page, limit, time_machine):
        limit(checkout=1)
        visitor.choose(shop_page()).send({})
        visitor.press_pay()

        time_machine.shift(timedelta(seconds=int(visitor.response["Retry-After"])))
        visitor.press_pay()

        assert visitor.response.url == KhaltiPayment.objects.get().payment_url


class TestTheWayBack:
    def test_leads_to_the_payment_and_nothing_is_lost(self, visitor, khalti, payment, limit):
        limit(**{"return": 1})
        visitor.visit("/khalti/return/NONE/")
        khalti.pay(payment)

        response = visitor.client.get(khalti.return_path(payment))
        assert (response.status_code, response.url) == (302, payment.get_absolute_url())
        assert not KhaltiEvent.objects.filter(kind="returned").exists()
        assert khalti.calls("lookup") == 0

        visitor.visit(response.url)
        assert KhaltiPayment.objects.get().status == "completed"

    def test_asks_no_database(self, visitor, payment, limit, django_assert_num_queries):
        limit(**{"return": 1})
        visitor.visit("/khalti/return/NONE/")

        with django_assert_num_queries(0):
            visitor.visit(reverse("wagtail_khalti:return", args=[payment.reference]))


def test_a_payments_page_says_how_it_stands_and_asks_nobody(visitor, khalti, payment, limit):
    limit(page=1)
    khalti.pay(payment)
    statuses(visitor.client, 1)

    visitor.visit(payment.get_absolute_url())

    assert must_wait(visitor.response)
    assert visitor.page.select_one("#state")["data-state"] == "waiting"
    assert khalti.calls("lookup") == 0


def test_other_pages_ask_to_wait_and_no_database(visitor, limit, django_assert_num_queries):
    limit(page=1)
    statuses(visitor.client, 1)

    with django_assert_num_queries(0):
        visitor.visit("/khalti/checkout/none/?again=1")

    assert must_wait(visitor.response)
    assert visitor.headline == "Please wait a moment"
    assert visitor.page.select_one("a.khalti-button")["href"] == "/khalti/checkout/none/?again=1"


@pytest.mark.parametrize("name", [pattern.name for pattern in urls.urlpatterns])
def test_each_address_has_a_limit(visitor, payment, limit, name):
    limit(**{"checkout": 1, "return": 1, "page": 1, "receipt": 1})
    own = {
        "receipt": payment.get_receipt_url(),
        "receipt_pdf": f"{payment.get_receipt_url()}pdf/",
        "own_receipt": reverse("wagtail_khalti:own_receipt"),
        "find_receipt": reverse("wagtail_khalti:find_receipt"),
    }
    address = own.get(name) or reverse(f"wagtail_khalti:{name}", args=[payment.reference])

    first, second = (visitor.client.get(address) for _ in range(2))

    assert first.status_code != 429
    assert must_wait(second) or (name == "return" and second.url == payment.get_absolute_url())


class TestWhoIsLimited:
    def test_not_others(self, visitor, limit):
        limit(page=2)

        assert statuses(visitor.client, 3) == [404, 404, 429]
        assert statuses(visitor.client, 1, REMOTE_ADDR=NEXT_DOOR) == [404]

    def test_the_network_when_many_of_it_come(self, visitor, limit):
        limit(page=1)
        for host in range(limits.NETWORK_FACTOR):
            assert statuses(visitor.client, 1, REMOTE_ADDR=f"103.10.28.{host + 1}") == [404]

        assert statuses(visitor.client, 1, REMOTE_ADDR="103.10.28.200") == [429]
        assert statuses(visitor.client, 1, REMOTE_ADDR=ELSEWHERE) == [404]

    def test_all_addresses_of_a_household(self, visitor, limit):
        limit(page=1)

        assert statuses(visitor.client, 1, REMOTE_ADDR="2400:1a00:b1e0:1::1") == [404]
        assert statuses(visitor.client, 1, REMOTE_ADDR="2400:1a00:b1e0:1:ffff::2") == [429]
        assert statuses(visitor.client, 1, REMOTE_ADDR="2400:1a00:b1e0:2::1") == [404]

    def test_an_address_of_version_4_however_it_is_written(self, visitor, limit):
        limit(page=1)

        assert statuses(visitor.client, 1) == [404]
        assert statuses(visitor.client, 1, REMOTE_ADDR=f"::ffff:{HERE}") == [429]

    @pytest.mark.parametrize("address", ["", "127.0.0.1", "10.1.2.3", "100.64.0.1", "::1", "unix:"])
    def test_nobody_where_a_proxy_hides_them_all(self, visitor, limit, address):
        limit(page=1)

        assert statuses(visitor.client, 3, REMOTE_ADDR=address) == [404] * 3

    def test_nobody_by_what_they_say_of_themselves(self, visitor, limit):
        limit(page=1)

        answers = [statuses(visitor.client, 1, HTTP_X_FORWARDED_FOR=f"103.10.28.{n}")[0] for n in range(2)]
        assert answers == [404, 429]

    @pytest.mark.parametrize("written", ["{}", "8.8.8.8, {}", "nonsense,{}", "{}:4711"])
    def test_by_what_the_own_proxy_says(self, visitor, limit, written):
        limit(page=1, proxies=1)
        proxied = {"REMOTE_ADDR": "127.0.0.1"}

        assert statuses(visitor.client, 1, HTTP_X_FORWARDED_FOR=HERE, **proxied) == [404]
        assert statuses(visitor.client, 1, HTTP_X_FORWARDED_FOR=written.format(HERE), **proxied) == [429]
        assert statuses(visitor.client, 1, HTTP_X_FORWARDED_FOR=written.format(ELSEWHERE), **proxied) == [404]

    def test_behind_two_proxies_by_what_the_outer_one_says(self, visitor, limit):
        limit(page=1, proxies=2)
        through = "{}, 10.0.0.1"

        assert statuses(visitor.client, 1, HTTP_X_FORWARDED_FOR=through.format(HERE)) == [404]
        assert statuses(visitor.client, 1, HTTP_X_FORWARDED_FOR="1.1.1.1, " + through.format(HERE)) == [429]

    def test_nobody_where_it_is_off(self, visitor, limit, settings):
        limit(page=1)
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "RATE_LIMITS": None}

        assert statuses(visitor.client, 3) == [404] * 3


def test_a_cache_that_is_down_limits_nobody_and_is_left_alone(visitor, limit, monkeypatch, caplog):
    limit(page=1)

    def fails(name):
        raise ConnectionError("Redis is gone")

    monkeypatch.setattr(limits, "_add_one", fails)

    assert statuses(visitor.client, 3) == [404] * 3
    assert [record.name for record in caplog.records].count(limits.__name__) == 1


def test_a_cache_that_keeps_nothing_limits_nobody(visitor, limit, settings):
    limit(page=1)
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    assert statuses(visitor.client, 3) == [404] * 3


class TestAFormOfTheSitesOwn:
    """The example of the manual."""

    @pytest.fixture(autouse=True)
    def form(self, settings, monkeypatch):
        [code] = re.findall(r"```python\n(from django import forms.*?)```", MANUAL.read_text(), re.DOTALL)
        module = ModuleType("library_forms")
        exec(code, vars(module))
        monkeypatch.setitem(sys.modules, module.__name__, module)
        path = "library_forms.AskingCheckoutForm"
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "CHECKOUT_FORM": path}

    def test_asks_what_a_program_does_not_know(self, visitor, shop_page):
        visitor.choose(shop_page()).press_pay(question="5")

        assert visitor.errors == ["Please count again."]
        assert not KhaltiPayment.objects.exists()

    def test_lets_pass_who_knows(self, visitor, shop_page):
        visitor.choose(shop_page()).press_pay(question="४")

        assert visitor.response.url == KhaltiPayment.objects.get().payment_url

    def test_is_no_other_wish_when_only_the_captcha_differs(self, visitor, shop_page):
        visitor.choose(shop_page())
        form = {name: visitor.typed[name] for name in ("key", "total_seen")}
        for question in ("4", "४"):
            visitor.client.cookies.clear()  # with them the earlier payment is found anyway
            visitor.send({**form, "question": question})

        assert KhaltiPayment.objects.count() == 1


def test_hidden_fields_and_media_of_a_form_are_on_the_page(visitor, shop_page, settings, monkeypatch):
    from django import forms

    from wagtail_khalti.public.checkout.forms import CheckoutForm

    class HiddenCaptcha(forms.HiddenInput):
        class Media:
            js = ("captcha.js",)

    class Form(CheckoutForm):
        token = forms.CharField(widget=HiddenCaptcha, error_messages={"required": "Are you a person?"})

    monkeypatch.setattr("tests.shop.models.Form", Form, raising=False)
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "CHECKOUT_FORM": "tests.shop.models.Form"}

    visitor.choose(shop_page())
    assert page_of(visitor.response).select_one('head script[src$="captcha.js"]')
    assert "token" in visitor.typed
    assert visitor.press_pay(token="").errors == ["Are you a person?"]
