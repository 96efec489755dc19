"""The actions from async code."""

import asyncio
import inspect
import time

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection, transaction
from django.test import AsyncClient

from tests.payables.models import Invoice
from wagtail_khalti import actions
from wagtail_khalti.actions import acheck_payment, arefund_payment, astart_payment
from wagtail_khalti.actions import initiate as initiate_module
from wagtail_khalti.exceptions import AmountTooSmall
from wagtail_khalti.models import KhaltiPayment

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.payables.urls")]

START = {"purpose": "Membership", "base_url": "http://testserver"}


def test_a_payment_starts_is_checked_and_refunded(khalti, home):
    async def use():
        payment = await astart_payment(150_000, **START)
        await sync_to_async(khalti.pay)(payment)
        assert (await acheck_payment(payment)).is_paid
        return await arefund_payment(payment, amount=50_000)

    refund = async_to_sync(use)()

    assert refund.amount == 50_000
    assert KhaltiPayment.objects.get().status == "partially_refunded"


def test_a_view_pays_for_what_is_of_the_site(khalti, invoice):
    answer = async_to_sync(AsyncClient().get)(f"/pay/{invoice.pk}/")

    assert answer.content.decode() == KhaltiPayment.objects.get().reference


def test_all_stays_on_one_connection(khalti, home):
    """Another one would not see the rows of this test, and would stay open."""

    async def use():
        await astart_payment(150_000, **START)
        return await sync_to_async(lambda: (id(connection.connection), KhaltiPayment.objects.count()))()

    assert async_to_sync(use)() == (id(connection.connection), 1)


def slow_khalti(monkeypatch, seconds):
    """Khalti takes its time."""
    call = initiate_module.call_briefly

    def call_slowly(*args, **kwargs):
        time.sleep(seconds)
        return call(*args, **kwargs)

    monkeypatch.setattr(initiate_module, "call_briefly", call_slowly)


async def longest_pause(work):
    """How long nothing else ran meanwhile."""
    gaps, done = [], asyncio.Event()

    async def tick():
        before = time.monotonic()
        while not done.is_set():
            await asyncio.sleep(0.01)
            gaps.append(time.monotonic() - before)
            before = time.monotonic()

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)
    await work()
    done.set()
    await ticking
    return max(gaps)


def test_the_loop_goes_on_while_khalti_is_slow(khalti, home, monkeypatch):
    slow_khalti(monkeypatch, 1)

    assert async_to_sync(longest_pause)(lambda: astart_payment(150_000, **START)) < 0.5


def test_a_call_that_blocks_would_be_noticed(monkeypatch):
    """The control."""

    async def block():
        time.sleep(0.6)

    assert async_to_sync(longest_pause)(block) > 0.5


def test_inside_a_transaction_it_is_refused(khalti, home):
    with pytest.raises(RuntimeError, match="transaction"), transaction.atomic():
        async_to_sync(astart_payment)(150_000, **START)


def test_what_pays_for_a_payable_is_refused_there_too(khalti, invoice):
    with pytest.raises(RuntimeError, match="transaction"), transaction.atomic():
        async_to_sync(Invoice.objects.get().apay)(base_url="http://testserver")


def test_errors_are_the_same(khalti, home):
    with pytest.raises(AmountTooSmall):
        async_to_sync(astart_payment)(1, **START)


@pytest.mark.parametrize("name", ["start_payment", "check_payment", "refund_payment"])
def test_they_have_the_arguments_of_the_others(name):
    action, twin = getattr(actions, name), getattr(actions, f"a{name}")

    assert inspect.signature(twin) == inspect.signature(action)
    assert inspect.iscoroutinefunction(twin)
    assert (twin.__name__, twin.__doc__) == (f"a{name}", action.__doc__)
