"""What a site's people chose, where visitors meet it."""

# ruff: noqa: F401, F811 - “museum” is a fixture

import logging

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from tests.public.conftest import page_of
from tests.public.test_queries import Questions
from tests.staff.sites import SIMULATED, TWO, museum
from wagtail_khalti.actions import start_payment
from wagtail_khalti.blocks import KhaltiCheckoutBlock
from wagtail_khalti.ledger.receipt_numbers import prepare_counter
from wagtail_khalti.models import KhaltiPayment, KhaltiSettings

LIVE_MUSEUM = {**SIMULATED, "MERCHANTS": {"museum": {"MODE": "live", "SECRET_KEY": "the-museums-key-for-tests"}}}
RIBBON = "Test mode: no money moves."


@pytest.fixture
def site(home):
    return Site.objects.get()


@pytest.fixture
def choose(site):
    """What the people of the site have chosen."""
    return lambda **chosen: KhaltiSettings.objects.update_or_create(site=site, defaults=chosen)[0]


@pytest.fixture
def make_page(home):
    return lambda slug, **options: home.add_child(instance=Page(title=slug.title(), slug=slug, **options))


def pay(khalti, **options):
    payment = start_payment(150_000, purpose="Membership", base_url="http://testserver", **options)
    khalti.pay(payment)
    return payment


class TestTheAccount:
    def test_takes_what_is_paid_on_its_site(self, visitor, shop_page, choose, settings, the_payment):
        settings.WAGTAIL_KHALTI = TWO
        choose(merchant="museum")

        visitor.choose(shop_page()).press_pay()

        assert the_payment().merchant == "museum"

    def test_is_not_for_the_visitor_to_choose_by_another_address(self, museum, home, settings, khalti):
        """An offer of a snippet, or of no page at all, is of the site that it stood on."""
        settings.WAGTAIL_KHALTI = TWO
        KhaltiSettings.objects.create(site=museum, merchant="museum")
        block = KhaltiCheckoutBlock()
        value = block.to_python({"item_name": "Ticket", "amount": "1500"})

        for stood_on, merchant in (("testserver", "default"), ("museum.example", "museum")):
            request = RequestFactory().get("/", headers={"host": stood_on})
            url = block.get_context(value, {"request": request})["checkout_url"]
            for used in ("testserver", "museum.example", "nowhere.example"):
                visitor = Client(headers={"host": used})
                form = BeautifulSoup(visitor.get(url).content, "lxml").select_one("form[method=post]")
                visitor.post(url, {field["name"]: field.get("value", "") for field in form.select("input[name]")})
                assert KhaltiPayment.objects.latest("pk").merchant == merchant

    def test_is_that_of_the_site_of_the_page(self, visitor, shop_page, museum, settings, the_payment):
        settings.WAGTAIL_KHALTI = TWO
        KhaltiSettings.objects.create(site=museum, merchant="museum")

        visitor.choose(shop_page()).press_pay()

        assert the_payment().merchant == "default"

    def test_says_what_it_takes_at_most_where_another_takes_more(self, visitor, shop_page, choose, settings):
        museum = {**TWO["MERCHANTS"]["museum"], "MAX_AMOUNT": 1000}
        settings.WAGTAIL_KHALTI = {**TWO, "MERCHANTS": {"museum": museum}}
        choose(merchant="museum")

        visitor.choose(shop_page()).press_pay()

        assert visitor.errors == ["This site takes at most Rs\xa01,000 in one payment."]
        assert not KhaltiPayment.objects.exists()

    def test_that_is_gone_takes_nothing_and_no_other_does(self, visitor, shop_page, choose, khalti, caplog):
        choose(merchant="museum")

        with caplog.at_level(logging.ERROR, logger="wagtail_khalti"):
            visitor.choose(shop_page()).press_pay()

        assert visitor.errors == ["We can't take payments right now. You have not been charged."]
        assert not KhaltiPayment.objects.exists()
        assert khalti.calls("initiate") == 0
        assert "has no merchant 'museum'" in caplog.text

    def test_that_is_gone_keeps_what_was_typed(self, visitor, shop_page, choose):
        choose(merchant="museum")

        visitor.choose(shop_page(fields=["name"])).press_pay(name="Sita")

        assert visitor.typed["name"] == "Sita"

    def test_is_not_exchanged_under_a_payment_that_began(
        self, visitor, shop_page, choose, settings, khalti, the_payment
    ):
        """The same form again, after Khalti was down and somebody has changed the setting."""
        settings.WAGTAIL_KHALTI = TWO
        khalti.trouble("initiate", "server_error", payment=None)
        visitor.choose(shop_page()).press_pay()
        choose(merchant="museum")

        visitor.press_pay()

        assert the_payment().merchant == "default"
        assert visitor.errors == ["This form has already been submitted. Please go back to the page and start again."]


class TestTestMode:
    @pytest.mark.parametrize(("merchant", "is_test"), [("", True), ("museum", False)])
    def test_is_said_by_the_account_of_the_site(self, visitor, shop_page, choose, settings, merchant, is_test):
        settings.WAGTAIL_KHALTI = LIVE_MUSEUM
        choose(merchant=merchant)
        shop = shop_page()

        assert (RIBBON in visitor.client.get(shop.url).content.decode()) == is_test
        assert (RIBBON in visitor.choose(shop).response.content.decode()) == is_test

    @pytest.mark.parametrize("options", [SIMULATED, TWO])
    def test_needs_no_query_where_it_is_the_same_for_all_sites(self, client, shop_page, choose, settings, options):
        settings.WAGTAIL_KHALTI = options
        choose(merchant="default")
        shop = shop_page()

        with Questions(connection) as questions:
            page = client.get(shop.url).content.decode()

        assert RIBBON in page
        assert not [sql for sql in questions.asked if "khaltisettings" in sql]

    def test_is_asked_for_once_where_it_is_not(self, client, shop_page, settings):
        settings.WAGTAIL_KHALTI = LIVE_MUSEUM
        shop = shop_page()
        block = shop.body.raw_data[0]
        shop.body = type(shop)._meta.get_field("body").to_python([block, {**block, "id": "another"}])
        shop.save()

        with Questions(connection) as questions:
            page = client.get(shop.url).content.decode()

        assert page.count(RIBBON) == 2
        assert len([sql for sql in questions.asked if "khaltisettings" in sql]) == 1


class TestTheWords:
    def test_on_the_checkout_page_stand_above_the_button(self, visitor, shop_page, choose):
        choose(checkout_message="Terms apply.\n\nAsk <script>alert(1)</script> us.")

        page = visitor.choose(shop_page()).page

        text = page.select_one(".khalti-text")
        assert [line.get_text() for line in text.select("p")] == ["Terms apply.", "Ask <script>alert(1)</script> us."]
        assert text.find_next("button")["class"] == ["khalti-button"]
        assert b"<script>alert" not in visitor.response.content

    def test_are_none_where_nothing_was_written(self, visitor, shop_page, choose):
        choose(contact="9800000000")

        assert visitor.choose(shop_page()).page.select_one(".khalti-text") is None

    def test_whom_to_ask_goes_before_what_the_developers_wrote(self, client, failed, choose):
        assert "accounts@example.com" in client.get(failed).content.decode()
        choose(contact="+977 9800000000")

        response = client.get(failed)

        assert page_of(response).select_one("a[href='tel:+9779800000000']").get_text() == "+977 9800000000"
        assert "accounts@example.com" not in response.content.decode()

    @pytest.mark.parametrize("contact", ["<script>alert(1)</script>", 'https://a.example/"><script>alert(1)</script>'])
    def test_whom_to_ask_is_only_words(self, client, failed, choose, contact):
        choose(contact=contact)

        response = client.get(failed)

        assert contact in page_of(response).get_text()
        assert b"<script>alert" not in response.content

    @pytest.fixture
    def failed(self, client, khalti, site):
        """The address of a page that says whom to ask."""
        payment = start_payment(150_000, purpose="Membership", base_url="http://testserver", site=site)
        khalti.fail(payment)
        client.get(khalti.return_path(payment))
        return payment.get_absolute_url()


class TestTheWayOn:
    """From the receipt: which page the button leads to."""

    @pytest.fixture
    def come_back(self, khalti):
        def come_back(client, payment):
            receipt = client.get(khalti.return_path(payment), follow=True)
            button = page_of(receipt).select_one(".khalti-actions a.khalti-button")
            return button and (button["href"], button.get_text(strip=True))

        return come_back

    def test_leads_to_the_sites_page_where_the_payment_has_none(
        self, client, khalti, site, choose, make_page, come_back
    ):
        choose(thank_you_page=make_page("thanks"))
        payment = pay(khalti, site=site)

        assert come_back(client, payment) == ("/thanks/", "Continue to Thanks")

    def test_leads_to_the_page_of_the_block_first(
        self, visitor, khalti, shop_page, choose, make_page, the_payment, come_back
    ):
        choose(thank_you_page=make_page("thanks"))
        visitor.choose(shop_page(thank_you_page=make_page("member").pk)).press_pay()
        khalti.pay(the_payment())

        assert come_back(visitor.client, the_payment()) == ("/member/", "Continue to Member")

    def test_leads_nowhere_where_the_page_is_not_published(self, client, khalti, site, choose, make_page, come_back):
        choose(thank_you_page=make_page("thanks", live=False))
        payment = pay(khalti, site=site)

        assert come_back(client, payment) is None

    def test_leads_to_the_page_in_the_visitors_language(self, client, khalti, site, choose, make_page, come_back):
        page = make_page("thanks")
        nepali, _created = Locale.objects.get_or_create(language_code="ne")
        translated = page.copy_for_translation(nepali, copy_parents=True)
        translated.slug = "dhanyabad"
        translated.save_revision().publish()
        choose(thank_you_page=page)
        payment = pay(khalti, site=site)
        KhaltiPayment.objects.update(language="ne")

        assert come_back(client, payment)[0] == "/dhanyabad/"

    def test_a_payment_of_no_site_leads_nowhere(self, client, khalti, choose, make_page, come_back):
        choose(thank_you_page=make_page("thanks"))
        payment = pay(khalti)
        KhaltiPayment.objects.update(site=None)

        assert come_back(client, payment) is None

    def test_asks_the_database_at_most_ten_times(self, client, khalti, site, choose, make_page):
        choose(thank_you_page=make_page("thanks"))
        client.get("/thanks/")
        payment = pay(khalti, site=site)
        prepare_counter(payment, paid_at=timezone.now())  # only the first payment of a fiscal year finds none

        with Questions(connection) as questions:
            client.get(khalti.return_path(payment))

        assert len(questions.asked) <= 10, "\n".join(questions.asked)


class TestTheWayBack:
    @pytest.fixture
    def canceled(self, khalti, site):
        payment = start_payment(150_000, purpose="Membership", base_url="http://testserver", site=site)
        khalti.cancel(payment)
        return payment

    def test_leads_to_the_page_of_the_site_where_there_is_no_other(self, client, canceled, choose, make_page):
        choose(return_page=make_page("join"))

        page = page_of(client.get(canceled.get_absolute_url()))

        assert page.select_one("a[href='/join/']")

    def test_leads_to_the_page_with_the_block_first(self, visitor, shop_page, choose, make_page):
        choose(return_page=make_page("join"))

        page = visitor.choose(shop_page()).page

        assert page.select_one("a.khalti-link")["href"] == "/shop/"

    def test_leads_there_once_the_page_with_the_block_is_gone(self, visitor, shop_page, choose, make_page):
        choose(return_page=make_page("join"))
        shop = shop_page()
        address = visitor.choose(shop).address
        shop.unpublish()

        page = visitor.visit(address).page

        assert page.select_one("a.khalti-button")["href"] == "/join/"


def test_reading_the_settings_writes_nothing(visitor, khalti, shop_page, the_payment):
    visitor.choose(shop_page()).press_pay()
    khalti.pay(the_payment())
    visitor.come_back(khalti, the_payment())

    assert not KhaltiSettings.objects.exists()


def test_the_settings_are_read_with_the_site(visitor, shop_page, choose):
    """None of the pages asks the database for them alone."""
    choose(contact="9800000000", checkout_message="Terms apply.")
    shop = shop_page()
    visitor.choose(shop)

    with Questions(connection) as questions:
        visitor.choose(shop).press_pay()
        Client().get(KhaltiPayment.objects.get().get_absolute_url())

    alone = [sql for sql in questions.asked if 'FROM "wagtail_khalti_khaltisettings"' in sql.replace("`", '"')]
    assert alone == []
