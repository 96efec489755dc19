"""The block in a page: where it may stand, what it shows, and that it costs a page nothing."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.files.images import ImageFile
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from PIL import Image as Picture
from wagtail import blocks
from wagtail.images.models import Image
from wagtail.models import Page

from tests.conftest import CHECKOUT
from tests.shop.models import ShopPage, Teaser
from wagtail_khalti.blocks import KhaltiCheckoutBlock
from wagtail_khalti.public.offers import open_offer

CARD = {"title": "Card", "picture": None, "checkout": CHECKOUT}


def named(name):
    return {**CHECKOUT, "item_name": name}


def stream(field, *children):
    """A stream of (type, value), each with an id as a saved page has."""
    raw = [{"type": kind, "id": f"{field}-{number}", "value": value} for number, (kind, value) in enumerate(children)]
    return ShopPage._meta.get_field(field).to_python(raw)


def soup(html):
    return BeautifulSoup(html, "lxml")


def offers_on(html):
    """What each button on the page stands for."""
    links = [link["href"] for link in soup(html).select("a.khalti-button")]
    return [open_offer(link.split("/")[-2]) for link in links]


@pytest.fixture
def page_with(home):
    def make(*body, sidebar=(), teaser=None):
        page = ShopPage(title="Page", body=stream("body", *body), sidebar=stream("sidebar", *sidebar), teaser=teaser)
        home.add_child(instance=page)
        return ShopPage.objects.get(pk=page.pk)

    return make


@pytest.fixture
def teaser(db):
    return Teaser.objects.create(name="Teaser", body=stream("body", ("checkout", named("From the teaser"))).raw_data)


@pytest.fixture
def picture(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Picture.new("RGB", (8, 8)).save(tmp_path / "dot.png")
    with (tmp_path / "dot.png").open("rb") as file:
        return Image.objects.create(title="Dot", file=ImageFile(file, name="dot.png"))


class TestPlaces:
    """Wherever an editor can put it, its button leads to its own offer."""

    @pytest.mark.parametrize(
        ("body", "path"),
        [
            ([("checkout", CHECKOUT)], "body.body-0"),
            ([("paragraph", "Hello"), ("checkout", CHECKOUT)], "body.body-1"),
            ([("card", CARD)], "body.body-0.checkout"),
            ([("cards", [{"type": "item", "id": "c1", "value": CARD}])], "body.body-0.c1.checkout"),
            (
                [
                    (
                        "columns",
                        [
                            {
                                "type": "item",
                                "id": "col",
                                "value": [
                                    {"type": "card", "id": "a", "value": CARD},
                                ],
                            }
                        ],
                    )
                ],
                "body.body-0.col.a.checkout",
            ),
        ],
        ids=["stream", "second in a stream", "struct", "list", "list of streams of structs"],
    )
    def test_at_any_depth(self, client, page_with, body, path):
        page = page_with(*body)

        [offer] = offers_on(client.get(page.url).content)

        assert offer.owner == page
        assert offer.block_path == path
        assert offer.terms.name == "Membership"

    def test_twice_on_a_page(self, client, page_with):
        page = page_with(("checkout", named("Membership")), ("checkout", named("Donation")))

        offers = offers_on(client.get(page.url).content)

        assert [offer.terms.name for offer in offers] == ["Membership", "Donation"]

    def test_twice_with_the_same_words(self, client, page_with):
        page = page_with(("checkout", CHECKOUT), ("checkout", CHECKOUT))

        offers = offers_on(client.get(page.url).content)

        assert [offer.block_path for offer in offers] == ["body.body-0", "body.body-1"]

    def test_in_two_fields_of_a_page(self, client, page_with):
        page = page_with(("checkout", named("Body")), sidebar=[("checkout", named("Sidebar"))])

        offers = offers_on(client.get(page.url).content)

        assert [(offer.block_path, offer.terms.name) for offer in offers] == [
            ("body.body-0", "Body"),
            ("sidebar.sidebar-0", "Sidebar"),
        ]

    def test_in_a_snippet_that_the_template_knows(self, client, page_with, teaser):
        page = page_with(teaser=teaser)

        [offer] = offers_on(client.get(page.url).content)

        assert offer.owner == teaser
        assert offer.terms.name == "From the teaser"

    def test_in_a_snippet_that_a_block_has_chosen(self, page_with, teaser):
        page = page_with(("teaser", teaser.pk))
        template = Template(
            "{% load wagtailcore_tags %}{% with teaser=page.body.0.value %}{% include_block teaser.body %}{% endwith %}"
        )

        [offer] = offers_on(template.render(Context({"page": page})))

        assert offer.owner == teaser

    def test_in_a_snippet_that_nobody_names_it_carries_its_terms(self, page_with, teaser, rf):
        page = page_with(("teaser", teaser.pk))
        template = Template("{% load wagtailcore_tags %}{% include_block page.body.0.value.body %}")

        [offer] = offers_on(template.render(Context({"page": page, "request": rf.get("/")})))

        assert offer.owner is None
        assert offer.terms.name == "From the teaser"
        assert offer.terms.price.unit_price == 150_000

    def test_with_only_the_request_around_it(self, db, rf):
        block = KhaltiCheckoutBlock()

        [offer] = offers_on(block.render(block.to_python(CHECKOUT), context={"request": rf.get("/")}))

        assert offer.owner is None
        assert offer.terms.name == "Membership"

    def test_with_the_page_and_no_request(self, page_with):
        page = page_with(("checkout", CHECKOUT))

        [offer] = offers_on(page.body[0].render(context={"page": page}))

        assert offer.owner == page

    def test_on_a_page_that_moved_to_another_address(self, client, page_with, home):
        page = page_with(("checkout", CHECKOUT))
        html = client.get(page.url).content
        page.slug = "elsewhere"
        page.save()

        [offer] = offers_on(html)

        assert offer.owner == page


class TestLooks:
    def test_shows_what_the_editor_wrote(self, client, page_with):
        words = {"heading": "Join us", "text": "For a year.\nOr two.", "button_text": "Become a member"}
        page = page_with(("checkout", {**CHECKOUT, **words, "amount": "123456.50"}))

        block = soup(client.get(page.url).content).select_one(".khalti-block")

        assert block.select_one("h2").get_text() == "Join us"
        assert (
            str(block.select_one(".khalti-block__text")) == '<p class="khalti-block__text">For a year.<br/>Or two.</p>'
        )
        assert block.select_one(".khalti-block__amount").get_text() == "Rs\xa01,23,456.50"
        assert block.select_one("a.khalti-button").get_text().startswith("Become a member")

    def test_says_pay_with_khalti_where_the_editor_wrote_nothing(self, client, page_with):
        page = page_with(("checkout", CHECKOUT))

        button = soup(client.get(page.url).content).select_one("a.khalti-button")

        assert button.get_text() == "Pay with Khalti: Membership, Rs\xa01,500"

    def test_what_an_editor_writes_is_text_and_never_markup(self, client, page_with):
        nasty = "<script>alert(1)</script>"
        words = dict.fromkeys(("heading", "text", "item_name", "button_text"), nasty)
        page = page_with(("checkout", {**CHECKOUT, **words}))

        assert b"<script>alert" not in client.get(page.url).content

    def test_says_that_no_money_moves(self, client, page_with):
        page = page_with(("checkout", CHECKOUT))

        assert "Test mode: no money moves." in client.get(page.url).content.decode()

    def test_says_nothing_of_a_test_where_money_moves(self, client, page_with, settings):
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MODE": "live"}
        page = page_with(("checkout", CHECKOUT))

        assert "Test mode" not in client.get(page.url).content.decode()

    @pytest.mark.parametrize("changes", [{"amount": None}, {"item_name": ""}])
    def test_an_unavailable_offer_has_a_disabled_button_that_says_so(self, client, page_with, changes):
        page = page_with(("checkout", {**CHECKOUT, **changes}))

        block = soup(client.get(page.url).content).select_one(".khalti-block")

        assert block.select_one("a") is None
        assert block.select_one("button").has_attr("disabled")
        assert "Currently unavailable" in block.get_text()


class TestWithoutContext:
    """Where a block can know neither its page nor whether this is a preview, it shows its price and sells nothing."""

    def assert_sells_nothing(self, html):
        block = soup(html).select_one(".khalti-block")
        assert block.select_one("a") is None
        assert block.select_one("button").has_attr("disabled")
        assert "Rs\xa01,500" in block.get_text()
        assert "Currently unavailable" in block.get_text()

    def test_in_a_struct_without_a_template(self, page_with, rf):
        """Wagtail tells the members of such a struct nothing of the page around."""
        struct = blocks.StructBlock([("checkout", KhaltiCheckoutBlock())])
        context = {"page": page_with(), "request": rf.get("/")}

        self.assert_sells_nothing(struct.render(struct.to_python({"checkout": CHECKOUT}), context=context))

    @pytest.mark.parametrize("what", ["page.body", "page.body.0"])
    def test_in_a_template_that_does_not_include_it(self, page_with, rf, what):
        template = Template(f"{{{{ {what} }}}}")
        context = Context({"page": page_with(("checkout", CHECKOUT)), "request": rf.get("/")})

        self.assert_sells_nothing(template.render(context))

    def test_the_log_says_what_to_do(self, db, caplog):
        block = KhaltiCheckoutBlock()

        block.render(block.to_python(CHECKOUT))

        assert "{% include_block %}" in caplog.text


# Making a rendition leaves a temporary file to the garbage collector.
@pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
class TestCosts:
    """A page with the block stays as cheap and as cacheable as it was."""

    def queries_of(self, page):
        Client().get(page.url)  # renditions, site roots and content types are now known
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(page.url).status_code == 200
        return [query["sql"] for query in queries.captured_queries]

    def test_adds_no_query(self, page_with):
        without = self.queries_of(page_with(("paragraph", "Hello")))

        assert len(self.queries_of(page_with(("paragraph", "Hello"), ("checkout", CHECKOUT)))) == len(without)

    def test_adds_no_query_for_a_thank_you_page(self, page_with, home):
        thanks = home.add_child(instance=Page(title="Thanks"))
        without = self.queries_of(page_with(("paragraph", "Hello")))
        block = {**CHECKOUT, "thank_you_page": thanks.pk}

        assert len(self.queries_of(page_with(("checkout", block), ("checkout", block)))) == len(without)

    def test_adds_no_query_for_what_other_blocks_have_chosen(self, page_with, picture, teaser):
        others = [("picture", picture.pk), ("teaser", teaser.pk)]
        without = self.queries_of(page_with(*others))

        assert len(self.queries_of(page_with(*others, ("checkout", CHECKOUT)))) == len(without)

    def test_adds_no_query_at_any_depth(self, page_with, picture):
        card = {**CARD, "picture": picture.pk}
        without = self.queries_of(page_with(("picture", picture.pk)))

        deep = self.queries_of(page_with(("cards", [{"type": "item", "id": "c", "value": card}])))
        assert len(deep) == len(without)

    def test_is_the_same_for_everyone(self, page_with, admin_user):
        page = page_with(("checkout", CHECKOUT))
        member = Client(headers={"user-agent": "A phone"})
        member.force_login(admin_user)

        assert Client().get(page.url).content == member.get(page.url).content

    def test_is_the_same_tomorrow(self, page_with, time_machine):
        page = page_with(("checkout", CHECKOUT))
        today = Client().get(page.url).content
        time_machine.move_to(timezone.now() + timedelta(days=1))

        assert Client().get(page.url).content == today

    def test_adds_nothing_that_keeps_a_page_out_of_a_cache(self, page_with):
        response = Client().get(page_with(("checkout", CHECKOUT)).url)

        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert "csrfmiddlewaretoken" not in response.content.decode()
        assert not response.has_header("Cache-Control")

    def test_wakes_nothing_that_the_template_did_not_ask_for(self, page_with):
        """Such as the user, the session or the CSRF token, which context processors hold ready."""

        def wake():
            raise AssertionError("woken")

        page = page_with(("checkout", CHECKOUT))
        template = Template("{% load wagtailcore_tags %}{% include_block page.body %}")

        html = template.render(
            Context({"user": SimpleLazyObject(wake), "csrf_token": SimpleLazyObject(wake), "page": page})
        )

        assert offers_on(html)[0].owner == page

    def test_needs_no_script_and_no_exception_from_a_policy(self, page_with):
        block = soup(Client().get(page_with(("checkout", CHECKOUT)).url).content).select_one("main")

        assert not block.select("script, style, [style], [onclick], form")


class TestPreviews:
    def assert_inert(self, html):
        block = soup(html).select_one(".khalti-block")
        assert block.select_one("a") is None
        assert block.select_one("button").has_attr("disabled")
        assert "The button does nothing in previews." in block.get_text()

    def test_a_page_preview_shows_the_button_and_it_does_nothing(self, page_with, rf):
        page = page_with(("checkout", CHECKOUT))

        response = page.make_preview_request(rf.get("/"), page.default_preview_mode)

        self.assert_inert(response.render().content if hasattr(response, "render") else response.content)

    def test_a_snippet_preview_shows_the_button_and_it_does_nothing(self, teaser, rf):
        response = teaser.make_preview_request(rf.get("/"), teaser.default_preview_mode)

        self.assert_inert(response.render().content if hasattr(response, "render") else response.content)

    def test_a_draft_seen_by_an_editor_does_nothing(self, page_with, admin_client):
        page = page_with(("checkout", CHECKOUT))
        page.save_revision()

        response = admin_client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))

        self.assert_inert(response.content)

    def test_the_block_picker_shows_something_that_looks_real(self, admin_client):
        block = ShopPage._meta.get_field("body").stream_block.child_blocks["checkout"]

        response = admin_client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})

        self.assert_inert(response.content)
        text = soup(response.content).get_text(" ", strip=True)
        assert "Become a member" in text
        assert "Rs\xa01,500" in text

    def test_the_api_gives_what_an_editor_wrote(self, page_with):
        page = page_with(("checkout", CHECKOUT))
        block = page.body[0].block

        representation = block.get_api_representation(page.body[0].value)

        assert representation["item_name"] == "Membership"
