"""A donation: the payer chooses the amount."""

import pytest

from tests.public.conftest import page_of
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment

PRESETS = [{"type": "item", "id": rupees, "value": rupees} for rupees in ("500.00", "1000.00", "2500.50")]
GIFT = {"item_name": "Donation", "presets": PRESETS, "accepts_other": True, "minimum": "200.00", "maximum": "5000.00"}
NO_LONGER = "This amount is no longer offered. Please choose another one."
CONTRADICTION = "You chose one amount and entered another. Choose “Other amount”, or clear the other field."


@pytest.fixture
def gift_page(page_selling):
    return lambda **changes: page_selling("donation", **{**GIFT, **changes})


@pytest.fixture
def at_checkout(visitor, gift_page):
    """A visitor who has chosen no amount yet."""

    def open_checkout(**changes):
        links = page_of(visitor.client.get(gift_page(**changes).url)).select("a.khalti-button")
        return visitor.visit(links[-1]["href"].split("?")[0])

    return open_checkout


def chosen(visitor):
    return [radio["value"] for radio in visitor.page.select("[name=amount][checked]")]


def send(visitor, **answers):
    """Radio buttons send only what is chosen."""
    form = {"key": visitor.typed["key"], "total_seen": visitor.typed["total_seen"]}
    if "repeat" in visitor.typed:
        form["repeat"] = "yes"
    return visitor.send(form | answers)


def test_each_suggested_amount_is_one_tap_from_the_page(visitor, gift_page):
    links = page_of(visitor.client.get(gift_page().url)).select("a.khalti-button")

    assert [link.get_text().split(":")[0] for link in links] == [
        "Rs\xa0500",
        "Rs\xa01,000",
        "Rs\xa02,500.50",
        "Other amount",
    ]
    visitor.visit(links[2]["href"])
    assert chosen(visitor) == ["250050"]


@pytest.mark.parametrize(
    ("query", "radio", "own"),
    [
        ("amount=500", ["50000"], ""),
        ("amount=700", ["other"], "700"),
        ("amount=700.50", ["other"], "700.50"),
        ("amount=१,०००", ["100000"], ""),
        ("amount=100", [], ""),  # below the minimum
        ("amount=5001", [], ""),
        ("amount=1e3", [], ""),
        ("amount=NaN", [], ""),
        ("amount=", [], ""),
        ("amount=%00", [], ""),
        ("other=1", [], ""),
    ],
)
def test_a_link_preselects_what_is_offered_and_nothing_else(at_checkout, visitor, query, radio, own):
    at_checkout()
    visitor.visit(f"{visitor.address}?{query}")

    assert visitor.response.status_code == 200
    assert (chosen(visitor), visitor.typed["own_amount"]) == (radio, own)


@pytest.mark.parametrize("digits", [12, 29, 4301])  # of more than 28 Decimal calculates no more, of 4300 int no text
def test_a_link_preselects_no_amount_that_the_site_does_not_take(at_checkout, visitor, digits):
    at_checkout(maximum=None)
    visitor.visit(f"{visitor.address}?amount={'9' * digits}")

    assert visitor.response.status_code == 200
    assert (chosen(visitor), visitor.typed["own_amount"]) == ([], "")


@pytest.mark.parametrize(
    ("answers", "amount"),
    [
        ({"amount": "50000"}, 50_000),
        ({"amount": "50000", "own_amount": ""}, 50_000),
        ({"amount": "50000", "own_amount": "500"}, 50_000),
        ({"amount": "other", "own_amount": "१,०००"}, 100_000),
        ({"amount": "other", "own_amount": "Rs 1,000.50"}, 100_050),
        ({"own_amount": "750"}, 75_000),
    ],
)
def test_what_was_chosen_or_typed_is_paid_at_once(at_checkout, visitor, the_payment, answers, amount):
    send(at_checkout(), **answers)

    assert visitor.response.status_code == 302
    payment = the_payment()
    assert payment.amount == amount
    assert payment.breakdown == [{"label": "Donation", "amount": amount}]
    assert [(item["name"], item["total_price"]) for item in payment.products] == [("Donation", amount)]


@pytest.mark.parametrize(
    ("answers", "field", "message"),
    [
        ({}, "amount_0", "Choose an amount."),
        ({"amount": ""}, "amount_0", "Choose an amount."),
        ({"own_amount": "   "}, "amount_0", "Choose an amount."),
        ({"amount": "60000"}, "amount_0", NO_LONGER),
        ({"amount": "500"}, "amount_0", NO_LONGER),
        ({"amount": "50000", "own_amount": "700"}, "amount_0", CONTRADICTION),
        ({"amount": "other"}, "own_amount", "Enter an amount."),
        ({"amount": "other", "own_amount": "1e3"}, "own_amount", "Enter an amount in rupees, such as 1,000."),
        ({"amount": "other", "own_amount": "NaN"}, "own_amount", "Enter an amount in rupees, such as 1,000."),
        ({"amount": "other", "own_amount": "٣"}, "own_amount", "Enter an amount in rupees, such as 1,000."),
        ({"amount": "other", "own_amount": "-5"}, "own_amount", "Enter an amount in rupees, such as 1,000."),
        ({"amount": "other", "own_amount": "10 paisa"}, "own_amount", "Enter an amount in rupees, such as 1,000."),
        ({"amount": "other", "own_amount": "500.005"}, "own_amount", "Enter an amount with at most two decimals."),
        ({"amount": "other", "own_amount": "0"}, "own_amount", "Enter at least Rs\xa0200."),
        ({"amount": "other", "own_amount": "0.10"}, "own_amount", "Enter at least Rs\xa0200."),
        ({"amount": "other", "own_amount": "199.99"}, "own_amount", "Enter at least Rs\xa0200."),
        ({"amount": "other", "own_amount": "5000.01"}, "own_amount", "Enter at most Rs\xa05,000."),
        ({"amount": "other", "own_amount": "9" * 30}, "own_amount", "Enter at most Rs\xa05,000."),
    ],
)
def test_an_amount_that_can_not_be_paid_is_told_at_its_field(at_checkout, visitor, answers, field, message):
    send(at_checkout(), **answers)

    assert not KhaltiPayment.objects.exists()
    assert visitor.errors == [message]
    assert visitor.page.select_one("#errors a")["href"] == f"#id_{field}"
    assert visitor.page.find(id=f"id_{field}") is not None
    assert visitor.typed["own_amount"] == answers.get("own_amount", "")


def test_the_same_field_takes_a_better_amount(at_checkout, visitor, the_payment):
    send(at_checkout(), amount="other", own_amount="100")

    send(visitor, amount="other", own_amount="300")

    assert the_payment().amount == 30_000


def test_without_limits_khalti_and_the_site_set_them(at_checkout, visitor, settings):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MAX_AMOUNT": 3000}
    at_checkout(presets=[], minimum=None, maximum=None)

    assert "From Rs\xa010 to Rs\xa03,000." in visitor.page.get_text()
    for amount, message in [("9.99", "Enter at least Rs\xa010."), ("3000.01", "Enter at most Rs\xa03,000.")]:
        visitor.press_pay(own_amount=amount)
        assert visitor.errors == [message]
    visitor.press_pay(own_amount="")
    assert visitor.errors == ["Enter an amount."]


def test_without_other_amounts_there_is_no_field_for_one(at_checkout, visitor):
    at_checkout(accepts_other=False)

    assert "own_amount" not in visitor.typed
    send(visitor, amount="other", own_amount="700")
    assert visitor.errors == [NO_LONGER]


def test_a_removed_amount_is_not_charged(at_checkout, visitor):
    at_checkout()
    change(visitor, presets=["1000"])

    send(visitor, amount="50000")

    assert visitor.errors == [NO_LONGER]
    assert not KhaltiPayment.objects.exists()


def test_the_amounts_are_a_group_with_a_name(at_checkout, visitor):
    at_checkout()

    assert [legend.get_text() for legend in visitor.page.select("fieldset legend")] == ["Amount"]
    labels = {label["for"] for label in visitor.page.select("label")}
    assert labels == {field["id"] for field in visitor.page.select("form input[id]")}


def test_the_button_names_no_amount_that_is_not_chosen_yet(at_checkout, visitor):
    at_checkout()

    assert visitor.page.select_one("button[type=submit]").get_text() == "Pay with Khalti"


class TestTwice:
    """Another amount is another gift; the same amount is asked about."""

    @pytest.fixture
    def paid(self, at_checkout, visitor, khalti, the_payment):
        send(at_checkout(), amount="50000")
        khalti.pay(the_payment())
        visitor.client.get(khalti.return_path(the_payment()))
        visitor.visit(visitor.address)
        return the_payment()

    def test_the_same_amount_is_asked_about(self, paid, visitor):
        send(visitor, amount="50000")

        assert KhaltiPayment.objects.count() == 1
        assert visitor.page.select_one("#paid-already") is not None
        assert chosen(visitor) == ["50000"]

        send(visitor, amount="50000")
        assert visitor.response.status_code == 302
        assert KhaltiPayment.objects.count() == 2

    def test_another_amount_is_another_gift(self, paid, visitor, khalti):
        send(visitor, amount="100000")

        assert visitor.response.status_code == 302
        second = KhaltiPayment.objects.exclude(pk=paid.pk).get()
        khalti.pay(second)
        visitor.client.get(khalti.return_path(second))
        second.refresh_from_db()
        assert (second.status, second.amount, second.may_be_duplicate) == ("completed", 100_000, False)
        assert not KhaltiIssue.objects.exists()

    def test_a_gift_of_another_amount_is_no_duplicate_of_it(self, at_checkout, visitor, khalti, settings):
        """Not even if both were begun twice, so that both are marked."""
        at_checkout(fields=["email"])
        answers = {"email": "sita@example.com"}
        for amount in ("50000", "100000"):
            for _try in range(2):
                send(visitor, amount=amount, **answers)
                payment = KhaltiPayment.objects.latest("pk")
                khalti.cancel(payment) if _try == 0 else khalti.pay(payment)
                visitor.client.get(khalti.return_path(payment))
                visitor.visit(visitor.address)

        marked = KhaltiPayment.objects.filter(status="completed", may_be_duplicate=True)
        assert sorted(marked.values_list("amount", flat=True)) == [50_000, 100_000]
        assert not KhaltiIssue.objects.exists()

    def test_an_unfinished_gift_of_the_same_amount_is_continued(self, at_checkout, visitor):
        send(at_checkout(), amount="50000")
        visitor.visit(visitor.address)
        send(visitor, amount="100000")
        visitor.visit(visitor.address)
        send(visitor, amount="50000")

        assert sorted(KhaltiPayment.objects.values_list("amount", flat=True)) == [50_000, 100_000]

    @pytest.mark.parametrize(("own", "radio"), [("500", ["50000"]), ("750.50", ["other"])])
    def test_pay_again_fills_in_the_amount(self, at_checkout, visitor, the_payment, own, radio):
        send(at_checkout(), amount="other", own_amount=own)

        visitor.visit(f"{visitor.address}?again={the_payment().reference}")

        assert chosen(visitor) == radio
        assert visitor.typed["own_amount"] == ("" if radio == ["50000"] else own)


def change(visitor, **changes):
    """As an editor does: the change is published."""
    from tests.shop.models import ShopPage

    page = ShopPage.objects.get()
    for name, value in changes.items():
        page.body[0].value[name] = page.body[0].block.child_blocks[name].to_python(value)
    page.save_revision().publish()
