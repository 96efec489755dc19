"""Several options: one of them, or a quantity of each."""

import pytest

from tests.public.conftest import offer_on
from tests.shop.models import ShopPage
from wagtail_khalti.models import KhaltiPayment

GONE = "An option that you chose is no longer available. Please check your order."


def option(id_, name, amount, max_quantity=None):
    return {"type": "item", "id": id_, "value": {"name": name, "amount": amount, "max_quantity": max_quantity}}


ADULT, CHILD = option("adult", "Adult", "500.00"), option("child", "Child", "200.00", 3)
TICKETS = {"item_name": "Concert", "mode": "quantities", "max_quantity": 5, "options": [ADULT, CHILD]}
FEES = {
    "item_name": "School fees",
    "mode": "one",
    "options": [option("c1", "Class 1", "5000.00"), option("c2", "Class 2", "6000.00")],
}


@pytest.fixture
def tickets(visitor, page_selling):
    def choose(**changes):
        return visitor.choose(page_selling("price_list", **{**TICKETS, **changes}))

    return choose


@pytest.fixture
def fees(visitor, page_selling):
    return lambda **changes: visitor.choose(page_selling("price_list", **{**FEES, **changes}))


def change(**changes):
    """As an editor does: the change is published."""
    page = ShopPage.objects.get()
    for name, value in changes.items():
        page.body[0].value[name] = page.body[0].block.child_blocks[name].to_python(value)
    page.save_revision().publish()


def rows(visitor):
    """The lines above the button that the visitor sees."""
    shown = [row for row in visitor.page.select(".khalti-summary > div") if not row.has_attr("hidden")]
    return {
        row.dt.get_text(" ", strip=True): row.dd.get_text(" ", strip=True).replace("\xa0", " ") for row in shown[1:]
    }


class TestQuantities:
    def test_the_total_is_shown_before_it_is_paid(self, tickets, visitor, the_payment):
        tickets().press_pay(**{"quantity-adult": "2", "quantity-child": "1"})

        assert not KhaltiPayment.objects.exists()
        assert "The total is now Rs\xa01,200." in visitor.page.select_one("#new-total").get_text()
        assert rows(visitor) == {"Adult": "Rs 500 × 2", "Child": "Rs 200 × 1", "Total": "Rs 1,200"}
        assert "Pay Rs\xa01,200 with Khalti" in visitor.page.select_one("form button").get_text()

        visitor.press_pay()
        payment = the_payment()
        assert payment.amount == 120_000
        assert payment.purpose == "Concert"
        assert payment.breakdown == [{"label": "Adult × 2", "amount": 100_000}, {"label": "Child", "amount": 20_000}]
        assert [(item["identity"], item["quantity"], item["unit_price"]) for item in payment.products] == [
            ("adult", 2, 50_000),
            ("child", 1, 20_000),
        ]

    def test_each_option_says_what_it_costs(self, tickets, visitor):
        tickets()

        labels = [label.get_text() for label in visitor.page.select("fieldset label")]
        assert labels == ["Adult · Rs\xa0500", "Child · Rs\xa0200"]
        assert visitor.page.select_one("fieldset legend").get_text() == "Quantities"
        assert visitor.page.select_one("form button").get_text() == "Pay with Khalti"

    @pytest.mark.parametrize(
        ("answers", "message"),
        [
            ({}, "Enter a quantity for at least one option."),
            ({"quantity-adult": "0"}, "Enter a quantity for at least one option."),
            ({"quantity-adult": "-1"}, "Adult: enter a quantity from 0 to 5."),
            ({"quantity-adult": "1.5"}, "Adult: enter a quantity from 0 to 5."),
            ({"quantity-adult": "1e3"}, "Adult: enter a quantity from 0 to 5."),
            ({"quantity-adult": "NaN"}, "Adult: enter a quantity from 0 to 5."),
            ({"quantity-child": "4"}, "Child: enter a quantity from 0 to 3."),
            ({"quantity-adult": "3", "quantity-child": "3"}, "Choose at most 5 in one order."),
        ],
    )
    def test_a_quantity_that_can_not_be_bought_is_told(self, tickets, visitor, answers, message):
        tickets().press_pay(**answers)

        assert visitor.errors == [message]
        assert {name: visitor.typed[name] for name in answers} == answers
        assert not KhaltiPayment.objects.exists()

    def test_devanagari_digits_are_digits(self, tickets, visitor, the_payment):
        tickets().press_pay(**{"quantity-adult": "२"}).press_pay()

        assert the_payment().amount == 100_000

    def test_a_removed_option_is_told_and_the_rest_is_kept(self, tickets, visitor, the_payment):
        tickets().press_pay(**{"quantity-adult": "2", "quantity-child": "1"})
        change(options=[CHILD])

        visitor.press_pay()

        assert visitor.errors == [GONE]
        assert rows(visitor) == {"Child": "Rs 200 × 1", "Total": "Rs 200"}
        visitor.press_pay()
        assert the_payment().amount == 20_000

    def test_without_a_wanted_option_nothing_is_left_to_pay(self, tickets, visitor):
        tickets().press_pay(**{"quantity-adult": "2"})
        change(options=[CHILD])

        visitor.press_pay()

        assert visitor.errors == [GONE, "Enter a quantity for at least one option."]
        assert not KhaltiPayment.objects.exists()

    def test_a_new_price_is_seen_before_it_is_paid(self, tickets, visitor, the_payment):
        tickets().press_pay(**{"quantity-adult": "2"})
        change(options=[{**ADULT, "value": {**ADULT["value"], "amount": "600.00"}}, CHILD])

        visitor.press_pay()

        assert not KhaltiPayment.objects.exists()
        assert "Rs\xa01,200" in visitor.page.select_one("#new-total").get_text()
        visitor.press_pay()
        assert the_payment().amount == 120_000

    @pytest.mark.parametrize("name", ["Student 50% off", "100%", "%(name)s", "%%"])
    @pytest.mark.parametrize("quantity", ["4", "-1", "x"])
    def test_an_option_with_a_percent_sign_says_what_may_be_entered(self, tickets, visitor, name, quantity):
        tickets(options=[option("a", name, "200.00", 3)]).press_pay(**{"quantity-a": quantity})

        assert visitor.errors == [f"{name}: enter a quantity from 0 to 3."]

    def test_a_lower_maximum_is_told(self, tickets, visitor):
        tickets().press_pay(**{"quantity-child": "3"})
        change(options=[ADULT, option("child", "Child", "200.00", 2)])

        visitor.press_pay()

        assert visitor.errors == ["Child: enter a quantity from 0 to 2."]

    def test_a_reordered_list_charges_the_same_options(self, tickets, visitor, the_payment):
        tickets().press_pay(**{"quantity-adult": "2"})
        change(options=[CHILD, ADULT])

        visitor.press_pay()

        assert [item["identity"] for item in the_payment().products] == ["adult"]

    def test_pay_again_fills_in_what_is_offered_still(self, tickets, visitor, the_payment):
        tickets().press_pay(**{"quantity-adult": "2", "quantity-child": "3"}).press_pay()
        change(options=[option("child", "Child", "250.00", 2), option("senior", "Senior", "300.00")])

        visitor.visit(f"{visitor.address}?again={the_payment().reference}")

        assert {name: value for name, value in visitor.typed.items() if name.startswith("quantity")} == {
            "quantity-child": "2",
            "quantity-senior": "",
        }

    def test_a_total_below_khaltis_minimum_is_told(self, tickets, visitor):
        tickets(options=[option("pin", "Pin", "4.00")]).press_pay(**{"quantity-pin": "2"})

        assert visitor.errors == ["Khalti's minimum is Rs 10."]

    def test_a_total_above_the_sites_maximum_is_told(self, tickets, visitor, settings):
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MAX_AMOUNT": 1000}

        tickets().press_pay(**{"quantity-adult": "3"})

        assert visitor.errors == ["This site takes at most Rs\xa01,000 in one payment."]


class TestOne:
    def test_the_chosen_option_is_paid(self, fees, visitor, the_payment):
        fees().press_pay(option="c1").press_pay(option="c1")

        payment = the_payment()
        assert payment.amount == 500_000
        assert payment.breakdown == [{"label": "Class 1", "amount": 500_000}]
        assert [item["identity"] for item in payment.products] == ["c1"]

    @pytest.mark.parametrize(
        ("choice", "message"),
        [
            ("", "Choose an option."),
            ("c3", "This option is no longer available. Please choose another one."),
            ("5000", "This option is no longer available. Please choose another one."),
        ],
    )
    def test_a_choice_that_is_not_offered_is_told(self, fees, visitor, choice, message):
        fees().press_pay(option=choice)

        assert visitor.errors == [message]
        assert visitor.page.select_one("#errors a")["href"] == "#id_option_0"
        assert not KhaltiPayment.objects.exists()

    def test_a_removed_option_is_never_charged_as_another(self, fees, visitor):
        fees().press_pay(option="c1")
        change(options=[option("c2", "Class 1", "6000.00")])

        visitor.press_pay(option="c1")

        assert visitor.errors == ["This option is no longer available. Please choose another one."]
        assert not KhaltiPayment.objects.exists()

    def test_another_option_of_the_same_price_is_another_payment(self, fees, visitor):
        fees(options=[option("c1", "Class 1", "5000.00"), option("c2", "Class 2", "5000.00")])
        visitor.press_pay(option="c1").press_pay(option="c1")
        visitor.visit(visitor.address)

        visitor.press_pay(option="c2").press_pay(option="c2")

        assert [payment.products[0]["identity"] for payment in KhaltiPayment.objects.order_by("pk")] == ["c1", "c2"]

    def test_the_same_option_again_is_the_same_payment(self, fees, visitor):
        fees().press_pay(option="c1").press_pay(option="c1")
        visitor.visit(visitor.address)

        visitor.press_pay(option="c1").press_pay(option="c1")

        assert KhaltiPayment.objects.count() == 1

    def test_pay_again_chooses_the_same_option(self, fees, visitor, the_payment):
        fees().press_pay(option="c2").press_pay(option="c2")

        visitor.visit(f"{visitor.address}?again={the_payment().reference}")

        assert [radio["value"] for radio in visitor.page.select("[name=option][checked]")] == ["c2"]


@pytest.mark.parametrize(
    ("ids", "offered"),
    [
        (["a", "a"], 2),  # told apart by their names
        ([None, None], 2),
        (["a", ""], 2),
        (["a.b", "c"], 2),
    ],
)
def test_options_without_ids_of_their_own_are_told_apart(visitor, page_selling, ids, offered):
    options = [option(id_, f"Option {number}", f"{number + 1}00.00") for number, id_ in enumerate(ids)]
    visitor.choose(page_selling("price_list", **{**FEES, "options": options}))

    values = [radio["value"] for radio in visitor.page.select("[name=option]")]
    assert len(set(values)) == offered
    visitor.press_pay(option=values[1]).press_pay(option=values[1])
    assert KhaltiPayment.objects.get().amount == 20_000


def test_options_that_can_not_be_told_apart_are_not_sold(client, page_selling):
    options = [option("a", "Class 1", "100.00"), option("a", "Class 1", "200.00")]
    shop = page_selling("price_list", **{**FEES, "options": options})

    with pytest.raises(TypeError):
        offer_on(client, shop)


class TestRenamed:
    NOTICE = "What is sold here has changed. Please check it and press the button again."

    def test_an_option_is_shown_by_its_new_name_first(self, fees, visitor, the_payment):
        fees()
        change(options=[option("c1", "Nursery", "5000.00"), FEES["options"][1]])

        visitor.press_pay(option="c1", total_seen="500000")

        assert self.NOTICE in visitor.page.select_one("#new-names").get_text()
        assert "Nursery" in visitor.page.get_text()
        assert not KhaltiPayment.objects.exists()
        visitor.press_pay(option="c1")
        assert the_payment().products[0]["name"] == "Nursery"

    def test_so_is_the_whole_offer(self, visitor, shop_page, the_payment):
        visitor.choose(shop_page())
        change(item_name="Half a membership")

        visitor.press_pay()
        assert self.NOTICE in visitor.page.get_text()
        visitor.press_pay()

        assert the_payment().purpose == "Half a membership"

    def test_a_price_that_changed_too_is_told_as_the_total(self, visitor, shop_page):
        visitor.choose(shop_page())
        change(item_name="Half a membership", amount="700.00")

        visitor.press_pay()

        assert "The total is now Rs\xa0700." in visitor.page.get_text()
        assert self.NOTICE not in visitor.page.get_text()

    def test_another_text_on_the_page_changes_nothing(self, visitor, shop_page, the_payment):
        visitor.choose(shop_page())
        change(heading="New heading")

        visitor.press_pay()

        assert the_payment().amount == 150_000
