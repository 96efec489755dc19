"""A limited number of units, and a time of sale, as visitors meet them."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.public.test_queries import Questions
from tests.shop.models import ShopPage, Teaser
from wagtail_khalti.actions import Reservation, check_payment, reconcile, start_payment
from wagtail_khalti.exceptions import GatewayUnreachable, OfferUnavailable
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.public import availability
from wagtail_khalti.public.offers import open_offer, sign_offer

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch):
    cache.clear()
    monkeypatch.setattr(availability, "_not_before", 0.0)


@pytest.fixture
def shop(shop_page):
    """One seat, and up to five in one order."""
    return shop_page(limit={"units": 1}, max_quantity=5, fields=["name"])


def see(client, page):
    cache.clear()
    return client.get(page.url).content.decode()


def change_limit(page, **limit):
    page = ShopPage.objects.get(pk=page.pk)
    page.body[0].value["limit"] = {**page.body[0].value["limit"], **limit}
    page.save_revision().publish()


def pay(khalti, visitor):
    payment = KhaltiPayment.objects.latest("pk")
    khalti.pay(payment)
    visitor.come_back(khalti, payment)
    return payment


class TestThePage:
    def test_a_sold_out_page_has_no_button(self, visitor, khalti, shop):
        visitor.choose(shop).press_pay(name="Sita")
        pay(khalti, visitor)

        page = see(visitor.client, shop)

        assert "Sold out" in page
        assert "khalti-button" not in page

    def test_it_says_so_in_the_editors_words(self, visitor, shop_page):
        shop = shop_page(limit={"units": 1, "sold_out_text": "See you next year <3"})
        visitor.choose(shop).press_pay()

        assert "See you next year &lt;3" in see(visitor.client, shop)

    def test_it_tells_how_many_are_left_if_the_editor_says_so(self, client, shop_page):
        for units, said in ((60, "60 left"), (2, "Only 2 left")):
            assert said in see(client, shop_page(title=said, limit={"units": units, "shows_available": True}))
        assert " left" not in see(client, shop_page(title="Quiet", limit={"units": 2}))

    def test_before_and_after_the_sale_it_says_when(self, client, shop_page, time_machine):
        now = timezone.now()
        shop = shop_page(limit={"sale_from": (now + HOUR).isoformat(), "sale_until": (now + 2 * HOUR).isoformat()})

        for hours, said in ((0, "On sale from "), (1.5, "a class"), (3, "The sale ended on ")):
            time_machine.move_to(now + hours * HOUR)
            page = see(client, shop)
            assert said in page
            assert ('<a class="khalti-button"' in page) == (said == "a class")
            assert ("BS)" in page) == (said != "a class"), "in both calendars"

    def test_an_offer_without_limits_asks_nothing(self, client, shop_page):
        shop = shop_page()
        client.get(shop.url)

        with CaptureQueriesContext(connection) as questions:
            client.get(shop.url)

        assert not [query["sql"] for query in questions if "wagtail_khalti" in query["sql"]]

    def test_a_limited_one_asks_once_in_ten_seconds(self, client, shop, time_machine):
        client.get(shop.url)
        began = timezone.now()

        for seconds, queries in ((5, 0), (11, 1), (12, 0)):
            time_machine.move_to(began + timedelta(seconds=seconds))
            with CaptureQueriesContext(connection) as questions:
                client.get(shop.url)
            assert sum("wagtail_khalti" in query["sql"] for query in questions) == queries

    def test_a_broken_cache_costs_the_query_and_nothing_else(self, client, shop, monkeypatch):
        client.get(shop.url)
        monkeypatch.setattr(availability, "cache", BrokenCache())

        for _visit in range(2):
            with CaptureQueriesContext(connection) as questions:
                response = client.get(shop.url)
            assert "khalti-button" in response.content.decode()
            assert sum("wagtail_khalti" in query["sql"] for query in questions) == 1

    def test_the_page_stays_the_same_for_all(self, visitor, shop):
        before = visitor.client.get(shop.url)
        visitor.choose(shop)

        after = visitor.client.get(shop.url)

        assert after.content == before.content
        assert not after.cookies

    def test_a_preview_shows_the_button(self, rf, shop):
        page = ShopPage.objects.get(pk=shop.pk)
        page.body[0].value["limit"]["sale_until"] = timezone.now() - HOUR

        response = page.make_preview_request(preview_mode="")

        assert "The button does nothing in previews." in response.content.decode()


class BrokenCache:
    def get(self, *args):
        raise ConnectionError("no cache")

    set = get


class TestTheLastUnit:
    def test_the_second_visitor_is_told_and_keeps_what_was_typed(self, visitor, stranger, khalti, shop):
        stranger.choose(shop)
        visitor.choose(shop).press_pay(name="Sita Rai")

        stranger.press_pay(name="Hari Thapa")

        assert stranger.errors[0] == "Sold out"
        assert "you can buy them here later" in stranger.errors[1]
        assert stranger.typed["name"] == "Hari Thapa"
        assert khalti.calls("initiate") == KhaltiPayment.objects.count() == 1

    def test_whoever_comes_later_gets_a_page_that_says_so(self, visitor, stranger, shop):
        address = stranger.choose(shop).address
        visitor.choose(shop).press_pay(name="Sita Rai")

        stranger.visit(address)

        assert (stranger.response.status_code, stranger.headline) == (410, "Sold out")
        assert "You have not been charged." in stranger.page.text
        assert not stranger.page.select("form")

    def test_it_is_free_again_once_khalti_says_that_it_expired(self, visitor, stranger, khalti, shop, time_machine):
        address = stranger.choose(shop).address
        visitor.choose(shop).press_pay(name="Sita Rai")
        payment = KhaltiPayment.objects.get()

        time_machine.move_to(payment.expires_at - timedelta(seconds=1))
        reconcile()
        time_machine.move_to(payment.expires_at + timedelta(seconds=14))
        reconcile()
        assert stranger.visit(address).response.status_code == 410, "Khalti has not been asked since"
        time_machine.move_to(payment.expires_at + timedelta(seconds=16))
        reconcile()

        stranger.visit(address).press_pay(name="Hari Thapa")
        assert stranger.response.status_code == 302
        assert KhaltiPayment.objects.filter(status="initiated").count() == 1

    def test_too_many_are_refused_at_the_quantity(self, visitor, stranger, khalti, shop):
        change_limit(shop, units=3)
        stranger.choose(shop)
        visitor.choose(shop).press_pay(name="Sita Rai", quantity="1")

        stranger.press_pay(name="Hari Thapa", quantity="3", total_seen="450000")

        assert stranger.errors == ["Only 2 are left."]
        assert stranger.page.select_one("#id_quantity_error")
        assert (stranger.typed["name"], stranger.typed["quantity"]) == ("Hari Thapa", "3")
        stranger.press_pay(quantity="2", total_seen="300000")
        assert stranger.response.status_code == 302
        assert KhaltiPayment.objects.latest("pk").units == 2

    def test_the_checkout_says_when_few_are_left(self, visitor, shop):
        change_limit(shop, units=3)
        assert "Only 3 left" in visitor.choose(shop).page.text
        change_limit(shop, units=60)
        assert "left" not in visitor.choose(shop).page.text
        change_limit(shop, shows_available=True)
        assert "60 left" in visitor.choose(shop).page.text


class TestTheSameVisitor:
    def test_pressing_twice_and_two_tabs_reserve_once(self, visitor, khalti, shop):
        visitor.choose(shop).press_pay(name="Sita Rai")
        visitor.send({"key": "another-tab", "total_seen": "150000", "name": "Sita Rai", "quantity": "1"})

        assert visitor.response.status_code == 302
        assert KhaltiPayment.objects.count() == 1

    def test_other_details_lead_to_the_payment_that_holds_it(self, visitor, shop):
        visitor.choose(shop).press_pay(name="Sita Ray")
        visitor.send({"key": "again", "total_seen": "150000", "name": "Sita Rai", "quantity": "1"})

        payment = KhaltiPayment.objects.get()
        assert visitor.errors[0] == "Sold out"
        assert visitor.page.select_one("#errors p a")["href"] == payment.get_absolute_url()

    def test_back_to_the_checkout_of_what_one_paid_for(self, visitor, khalti, shop):
        address = visitor.choose(shop).address
        visitor.press_pay(name="Sita Rai")
        payment = pay(khalti, visitor)

        visitor.visit(address)

        assert visitor.headline == "Sold out"
        assert "You have not been charged" not in visitor.page.text
        assert visitor.page.select_one("p a.khalti-link")["href"] == payment.get_absolute_url()

    def test_pay_again_after_an_end_reserves_again(self, visitor, stranger, khalti, shop):
        visitor.choose(shop).press_pay(name="Sita Rai")
        payment = KhaltiPayment.objects.get()
        khalti.cancel(payment)
        visitor.come_back(khalti, payment)

        visitor.visit(f"{visitor.address}?again={payment.reference}").press_pay()

        assert visitor.response.status_code == 302
        assert KhaltiPayment.objects.filter(status="initiated").count() == 1
        assert stranger.visit(visitor.address).response.status_code == 410

    def test_a_form_sent_again_after_the_end_reserves_again(self, visitor, khalti, shop):
        visitor.choose(shop)
        form = {name: value for name, value in visitor.typed.items() if name != "csrfmiddlewaretoken"}
        visitor.send(form | {"name": "Sita Rai"})
        first = KhaltiPayment.objects.get()
        khalti.expire(first)

        visitor.send(form | {"name": "Sita Rai"})

        assert visitor.response.status_code == 302
        assert [payment.status for payment in KhaltiPayment.objects.order_by("pk")] == ["expired", "initiated"]


def test_a_link_of_the_sites_code_that_comes_too_late_is_told(visitor, khalti, home, time_machine):
    last = {"purpose": "Seat", "base_url": "http://testserver", "reservation": Reservation(key="hall", limit=1)}
    khalti.trouble("initiate", "server_error", times=3)
    with pytest.raises(GatewayUnreachable):
        start_payment(150_000, **last)
    khalti.no_more_trouble()
    unsent = KhaltiPayment.objects.get()
    time_machine.move_to(timezone.now() + HOUR)
    start_payment(150_000, **last)

    visitor.visit(unsent.next_url)

    assert visitor.headline == "Sold out. You have not been charged."


class TestTimesOfSale:
    @pytest.fixture
    def shop(self, shop_page):
        now = timezone.now()
        times = {"sale_from": (now - HOUR).isoformat(), "sale_until": (now + HOUR).isoformat()}
        return shop_page(limit=times, fields=["name"])

    def test_a_form_that_was_open_when_it_ended_is_refused_in_words(self, visitor, khalti, shop, time_machine):
        visitor.choose(shop)
        time_machine.move_to(timezone.now() + 1.1 * HOUR)

        visitor.press_pay(name="Sita Rai")

        assert visitor.errors[0].startswith("The sale ended on ")
        assert visitor.typed["name"] == "Sita Rai"
        assert not KhaltiPayment.objects.exists()

    def test_an_old_link_leads_to_a_page_that_says_when(self, visitor, shop, time_machine):
        address = visitor.choose(shop).address
        now = timezone.now()

        for hours, said in ((-2, "On sale from "), (2, "The sale ended on ")):
            time_machine.move_to(now + hours * HOUR)
            visitor.visit(address)
            assert visitor.response.status_code == 410
            assert visitor.headline.startswith(said)

    def test_a_second_click_after_the_end_gets_the_payment(self, visitor, shop, time_machine):
        visitor.choose(shop)
        form = {name: value for name, value in visitor.typed.items() if name != "csrfmiddlewaretoken"}
        time_machine.move_to(timezone.now() + HOUR - timedelta(seconds=1))
        visitor.send(form | {"name": "Sita Rai"})
        del visitor.client.cookies["khalti_started"]  # the first answer has not come yet

        time_machine.move_to(timezone.now() + timedelta(seconds=2))
        visitor.send(form | {"name": "Sita Rai"})

        assert visitor.response.status_code == 302
        assert KhaltiPayment.objects.count() == 1

    def test_what_was_started_in_time_is_paid_after_the_end(self, visitor, khalti, shop, time_machine):
        visitor.choose(shop).press_pay(name="Sita Rai")
        time_machine.move_to(timezone.now() + 1.01 * HOUR)

        payment = pay(khalti, visitor)

        payment.refresh_from_db()
        assert payment.status == "completed"
        assert not payment.issues.exists()

    def test_what_was_canceled_is_not_started_again_after_it(self, visitor, khalti, shop, time_machine):
        time_machine.move_to(timezone.now() + HOUR - timedelta(minutes=1))
        visitor.choose(shop).press_pay(name="Sita Rai")
        payment = KhaltiPayment.objects.get()
        khalti.cancel(payment)
        check_payment(payment)
        time_machine.move_to(timezone.now() + timedelta(minutes=2))

        visitor.send({"key": "again", "total_seen": "150000", "name": "Sita Rai"})

        assert visitor.errors[0].startswith("The sale ended on ")
        assert KhaltiPayment.objects.count() == 1


class TestChangesOfThePage:
    def test_a_limit_below_what_is_sold_sells_nothing_more(self, visitor, stranger, khalti, shop):
        change_limit(shop, units=3)
        visitor.choose(shop).press_pay(name="Sita Rai", quantity="2", total_seen="300000")
        pay(khalti, visitor)
        address = stranger.choose(shop).address
        change_limit(shop, units=1)

        stranger.press_pay(name="Hari Thapa")
        assert stranger.errors == ["Sold out"]

        change_limit(shop, units=4)
        assert stranger.visit(address).press_pay(name="Hari Thapa").response.status_code == 302

    def test_an_unpublished_page_keeps_its_count(self, visitor, stranger, khalti, shop):
        visitor.choose(shop).press_pay(name="Sita Rai")
        address = visitor.address
        page = ShopPage.objects.get(pk=shop.pk)
        page.unpublish()
        payment = pay(khalti, visitor)
        assert check_payment(payment).status == "completed"

        page.save_revision().publish()

        assert stranger.visit(address).headline == "Sold out"

    def test_a_copy_has_its_own_count_and_an_alias_has_not(self, visitor, shop, home):
        visitor.choose(shop).press_pay(name="Sita Rai")
        copy = shop.copy(update_attrs={"slug": "copy", "title": "Copy"}, keep_live=True)
        alias = shop.create_alias(update_slug="alias", parent=home)

        assert "khalti-button" in see(visitor.client, copy)
        assert "Sold out" in see(visitor.client, alias)

    def test_a_payment_is_shown_on_an_alias_and_not_on_a_copy(self, visitor, shop, home):
        copy = shop.copy(update_attrs={"slug": "copy", "title": "Copy"}, keep_live=True)
        alias = shop.create_alias(update_slug="alias", parent=home)
        on_copy, on_alias = (visitor.choose(page).address for page in (copy, alias))
        visitor.choose(shop).press_pay(name="Sita Rai")
        change_limit(copy, sale_until=timezone.now().isoformat())

        assert "You have a payment for this." not in visitor.visit(on_copy).page.text
        assert "You have a payment for this." in visitor.visit(on_alias).page.text

    def test_all_pages_with_a_snippet_share_its_units(self, visitor, shop_page):
        block = {"item_name": "Seat", "amount": "500", "limit": {"units": 1}}
        teaser = Teaser.objects.create(name="Concert", body=[("checkout", block)])
        pages = [shop_page(title="One"), shop_page(title="Two")]
        for page in pages:
            ShopPage.objects.filter(pk=page.pk).update(teaser=teaser, body=[])
        visitor.choose(pages[0]).press_pay()

        assert KhaltiPayment.objects.get().inventory.key.startswith("shop.teaser:")
        assert "Sold out" in see(visitor.client, pages[1])


def test_a_number_that_code_stored_as_text_is_understood(client, shop_page):
    assert "Only 3 left" in see(client, shop_page(title="A", limit={"units": "3", "shows_available": True}))
    assert "Currently unavailable" in see(client, shop_page(title="B", limit={"units": "many"}))


class TestWithoutItsPage:
    def test_units_cant_be_counted_and_the_log_says_what_to_do(self, rf, shop, caplog):
        block = shop.body[0].block
        value = shop.body[0].value

        with pytest.raises(OfferUnavailable):
            sign_offer(block, block.terms(value), value, context={"request": rf.get("/")})

        assert "include_block" in caplog.text

    def test_times_of_sale_are_in_the_offer(self, rf, shop_page, visitor):
        ended = shop_page(limit={"sale_until": (timezone.now() - HOUR).isoformat()})
        block, value = ended.body[0].block, ended.body[0].value

        token = sign_offer(block, block.terms(value), value, context={"request": rf.get("/")})

        assert token.startswith("t.")
        assert open_offer(token).terms.limit.has_ended(timezone.now())
        assert visitor.visit(f"/khalti/checkout/{token}/").headline.startswith("The sale ended on ")


def test_a_limited_checkout_asks_three_times_more(visitor, stranger, shop_page, client):
    shop = shop_page(fields=["name", "email", "phone"], max_quantity=5, limit={"units": 60})
    client.get(shop.url)
    stranger.choose(shop).press_pay(name="Hari", email="hari@example.com", phone="9800000002")
    visitor.choose(shop)

    with Questions(connection) as questions:
        visitor.press_pay(name="Sita", email="sita@example.com", phone="9800000001")

    assert visitor.response.status_code == 302
    assert len(questions.asked) <= 12, "\n".join(questions.asked)
