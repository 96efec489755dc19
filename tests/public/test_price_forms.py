"""Whatever is sent: a form that is valid has a selection that is offered, and a total within the limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_khalti.conf import max_payment
from wagtail_khalti.money import MINIMUM, Paisa
from wagtail_khalti.pricing import ChosenAmount, FixedPrice, Option, PriceList
from wagtail_khalti.public.checkout.forms import CheckoutForm
from wagtail_khalti.public.terms import Terms

OPTIONS = (
    Option(id="a", name="Adult", unit_price=Paisa(50_000), max_quantity=9),
    Option(id="c", name="Child", unit_price=Paisa(500), max_quantity=9),
)
PRICES = [
    ChosenAmount(name="Gift"),
    ChosenAmount(name="Gift", presets=(Paisa(50_000), Paisa(100_000)), minimum=Paisa(20_000), maximum=Paisa(500_000)),
    ChosenAmount(name="Gift", presets=(Paisa(50_000),), accepts_other=False),
    PriceList(name="Fees", options=OPTIONS[:1]),
    PriceList(name="Tickets", options=OPTIONS, takes_quantities=True),
    PriceList(name="Tickets", options=OPTIONS, takes_quantities=True, max_quantity=3),
    FixedPrice(name="Item", unit_price=Paisa(50_000), max_quantity=5),
]
FIELDS = ["amount", "own_amount", "option", "quantity", "quantity-a", "quantity-c", "quantity-gone"]
TYPED = st.one_of(
    st.sampled_from(["", " ", "0", "1", "3", "9", "50000", "500", "other", "a", "c", "१,०००", "1e3", "NaN", "٣", "-5"]),
    st.integers(-5, 10**9).map(str),
    st.text(max_size=8),
)


@pytest.mark.parametrize("price", PRICES, ids=lambda price: f"{price.kind} {price.name}")
@given(data=st.dictionaries(st.sampled_from(FIELDS), TYPED))
def test_a_valid_form_has_a_selection_that_is_offered(price, data):
    form = CheckoutForm(data, terms=Terms(price=price))

    if form.is_valid():
        assert price.allows(form.selection)
        assert MINIMUM <= form.total <= max_payment()
        assert sum(line.amount for line in price.breakdown(form.selection)) == form.total
    form.price_summary()  # the page can show it in any case
    assert str(form)
