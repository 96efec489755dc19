"""What happens when a visitor comes back to something that was begun some time ago."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.shop.models import ShopPage
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.simulator.models import SimulatedPayment


@pytest.fixture
def unsent(visitor, khalti, shop_page, the_payment):
    """A payment that Khalti has not heard of, because it was down."""
    khalti.answer("initiate", "Down", status=503)
    visitor.choose(shop_page()).press_pay()
    return the_payment()


def test_what_was_never_sent_is_sent_while_the_wish_is_fresh(visitor, unsent):
    visitor.visit(f"{unsent.get_absolute_url()}continue/")

    assert visitor.response.status_code == 302
    assert SimulatedPayment.objects.count() == 1


def test_opening_it_again_does_not_make_the_history_grow(visitor, khalti, unsent):
    khalti.answer("initiate", "Down", status=503, times=4)
    before = unsent.events.count()

    for _turn in range(4):
        visitor.visit(f"{unsent.get_absolute_url()}continue/")

    assert unsent.events.count() == before + 1, "sent by the system, no longer by the visitor"
    assert unsent.events.get(actor="system", kind="initiate_sent").count == 4
    assert unsent.events.get(kind="no_answer").count == 5


def test_later_the_offer_is_read_again_at_its_new_price(visitor, unsent):
    KhaltiPayment.objects.update(created_at=timezone.now() - timedelta(minutes=11))

    visitor.visit(f"{unsent.get_absolute_url()}continue/")

    assert visitor.response.url.startswith("/khalti/checkout/")
    assert not SimulatedPayment.objects.exists()


def test_an_unpublished_page_sells_nothing_by_an_old_payment(visitor, unsent):
    KhaltiPayment.objects.update(created_at=timezone.now() - timedelta(days=90))
    ShopPage.objects.get().unpublish()

    visitor.visit(f"{unsent.get_absolute_url()}continue/").visit(visitor.response.url)

    assert visitor.response.status_code == 410


def test_a_key_that_khalti_refuses_is_not_called_a_silence(visitor, khalti, unsent):
    khalti.answer("initiate", {"detail": "Invalid token."}, status=401)

    visitor.visit(f"{unsent.get_absolute_url()}continue/")

    assert visitor.headline == "We can't take payments right now. You have not been charged."


def test_a_link_that_ran_out_is_not_offered(visitor, khalti, payment):
    KhaltiPayment.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    visitor.visit(payment.get_absolute_url())

    assert visitor.headline == "We are confirming your payment with Khalti."
    assert "Continue to Khalti" not in visitor.page.get_text()


def test_after_an_end_khalti_is_asked_before_the_form_pays_again(visitor, khalti, shop_page, the_payment):
    visitor.choose(shop_page())
    form = {name: visitor.typed[name] for name in ("key", "total_seen")}
    visitor.send(form)
    payment = the_payment()
    khalti.expire(payment)
    visitor.client.get(payment.get_absolute_url())
    khalti.pay(payment)  # a bank that was slow

    visitor.send(form)

    assert the_payment().status == "completed"
    assert visitor.page.find("a", string="View receipt")["href"] == payment.get_absolute_url()


def test_paying_again_shows_what_can_be_bought_now(visitor, khalti, shop_page, the_payment):
    shop = shop_page(max_quantity=5)
    visitor.choose(shop).press_pay(quantity="3", total_seen="450000")
    payment = the_payment()
    khalti.cancel(payment)
    shop.body[0].value["max_quantity"] = None
    shop.save()

    visitor.visit(f"{visitor.address}?again={payment.reference}")

    assert visitor.typed["total_seen"] == "150000"


def test_repeating_a_callback_fills_no_tables(client, khalti, payment):
    for _time in range(5):
        client.get(khalti.return_path(payment))

    assert payment.events.filter(kind="returned").count() == 1


@pytest.mark.parametrize(
    ("changes", "after_a_minute"),
    [({"pidx": None, "status": "failed"}, 1), ({"merchant": "gone"}, 2)],
    ids=["unknown to Khalti", "without a merchant"],
)
def test_nor_does_a_repeated_callback_that_allows_no_lookup(client, payment, changes, after_a_minute, time_machine):
    """The control is the one that might be looked up again later: it is noted now and then."""
    KhaltiPayment.objects.update(**changes)
    address = reverse("wagtail_khalti:return", args=[payment.reference])
    now = timezone.now()
    time_machine.move_to(now, tick=False)

    for _time in range(5):
        assert client.get(address).status_code == 302
    assert payment.events.filter(kind="returned").count() == 1

    time_machine.move_to(now + timedelta(seconds=61), tick=False)
    client.get(address)
    assert payment.events.get(kind="returned").count == after_a_minute


def test_a_stranger_makes_a_history_grow_by_a_few_short_lines(client, khalti, payment, time_machine):
    khalti.cancel(payment)
    now = timezone.now()
    before, asked = payment.events.count(), khalti.calls("lookup")
    for second in range(0, 1800, 30):
        time_machine.move_to(now + timedelta(seconds=second), tick=False)
        client.get(khalti.return_path(payment), {"status": f"{second}" * 900, "mobile": "9" * 900})

    assert khalti.calls("lookup") - asked <= 31
    lines = list(payment.events.all())[before:]
    assert len(lines) <= 10
    assert sum(line.count for line in lines if line.kind == "returned") >= 30, "all are counted"
    assert max(len(str(line.data)) for line in lines) < 800


def test_who_comes_back_after_a_cancel_is_looked_up_at_once(client, khalti, payment):
    khalti.cancel(payment)
    client.get(payment.get_absolute_url())
    khalti.pay(payment)

    client.get(khalti.return_path(payment))

    assert KhaltiPayment.objects.get().status == "completed"


def test_a_first_return_is_looked_up_however_recent_the_last_was(client, khalti, payment):
    client.get(payment.get_absolute_url())
    khalti.pay(payment)

    client.get(khalti.return_path(payment))

    assert KhaltiPayment.objects.get().status == "completed"
