"""What Khalti's books say, which calls are counted, and how a browser comes back."""

import pytest

from wagtail_khalti.simulator import control, ledger
from wagtail_khalti.simulator.disturbance.faults import ENDPOINTS, Fault
from wagtail_khalti.simulator.endpoints.reading import SUBJECT
from wagtail_khalti.simulator.hosted.callback import Return
from wagtail_khalti.simulator.models import Call, Trouble

from .merchant import parameters


def test_every_call_is_counted_whatever_becomes_of_it(merchant, pidx):
    for fault in Fault:
        control.trouble("lookup", fault, pidx=pidx)
        merchant.post("lookup", {"pidx": pidx}, **{"X-Simulator-No-Sleep": "1"})
    merchant.lookup("another")
    merchant.post("lookup", "{")

    assert control.calls("lookup", pidx=pidx) == len(Fault)
    assert control.calls("lookup") == len(Fault) + 2
    assert control.calls("initiate", order_id="test12") == 1


@pytest.mark.parametrize("name", ["\x00", "\ud800", 5, ["x"], {"pidx": "x"}, "x" * 5_000, None])
def test_a_call_with_a_senseless_name_is_counted_as_well(merchant, name):
    merchant.post("lookup", {"pidx": name})

    assert control.calls("lookup") == 1


def test_without_trouble_a_call_costs_one_look_and_one_count(merchant, pidx, django_assert_num_queries):
    with django_assert_num_queries(3) as asked:
        merchant.lookup(pidx)

    assert sum("trouble" in query["sql"] for query in asked.captured_queries) == 1


def test_what_waits_for_others_is_not_read(merchant, pidx, django_assert_num_queries):
    Trouble.objects.bulk_create(
        Trouble(endpoint="lookup", fault=Fault.TIMEOUT, subject=f"other-{number}", times_left=1)
        for number in range(500)
    )

    with django_assert_num_queries(3):
        merchant.lookup(pidx)


@pytest.mark.parametrize(
    ("how", "visits"), [(Return.ONCE, 1), (Return.TWICE, 2), (Return.NEVER, 0), (Return.WITHOUT_PIDX, 1)]
)
def test_a_browser_comes_back_in_many_ways(pidx, how, visits):
    control.pay(pidx)

    addresses = control.returns(pidx, how)

    assert len(addresses) == visits
    for address in addresses:
        told = dict(parameters(address))
        assert told["status"] == "Completed"
        assert ("pidx" in told) == (how is not Return.WITHOUT_PIDX)


def test_a_way_back_that_is_none_is_said(pidx):
    with pytest.raises(ValueError, match="Nobody returns 'flying', must be one of: once, twice, never, without_pidx"):
        control.returns(pidx, "flying")


def test_the_books_hold_every_payment_with_what_was_paid(merchant):
    paid, open_one, refunded = (merchant.start(purchase_order_id=order) for order in ("1", "2", "3"))
    control.pay(paid)
    control.pay(refunded)
    control.refund(refunded, amount=300)

    books = [
        (entry.pidx, entry.purchase_order_id, entry.paid, entry.refunded, entry.returned)
        for entry in control.payments()
    ]

    assert books == [(paid, "1", 1300, False, 0), (open_one, "2", 0, False, 0), (refunded, "3", 1300, True, 300)]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_the_books_are_whole_however_small_their_pages(merchant, monkeypatch, size):
    begun = [merchant.start() for _payment in range(3)]
    monkeypatch.setattr(ledger, "PAGE", size)

    turned, go_on_after = ledger.page()
    while go_on_after:
        entries, go_on_after = ledger.page(go_on_after)
        turned += entries

    assert [entry.pidx for entry in control.payments()] == begun
    assert [entry.pidx for entry in turned] == begun


def test_the_counts_are_only_ever_added_to(merchant, pidx):
    before = list(Call.objects.values_list("pk", flat=True))
    control.forget_troubles()
    merchant.lookup(pidx)

    assert list(Call.objects.order_by("pk").values_list("pk", flat=True))[: len(before)] == before


def test_every_endpoint_has_a_word_by_which_it_names_a_payment():
    assert set(SUBJECT) == set(ENDPOINTS)
