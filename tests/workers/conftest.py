"""A Khalti in a process of its own, and many payments that its visitors have made."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from tests.shop.models import Order
from tests.simulator.conftest import running_command
from tests.workers.watched_khalti import WatchedKhalti
from wagtail_khalti.gateway import connect
from wagtail_khalti.models import KhaltiPayment


@pytest.fixture(scope="package")
def simulator(tmp_path_factory):
    command = running_command(tmp_path_factory.mktemp("khalti"))
    with command as (address, _process):
        yield address, command.environment


@pytest.fixture
def khalti(simulator, settings):
    """Asked by the processes that are told so, and by this one."""
    address, _environment = simulator
    with WatchedKhalti(address) as watched:
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "API_URL": watched.url}
        yield watched
        connect.cache_clear()


@pytest.fixture
def pay_many(simulator, settings, transactional_db):
    """So many orders, each paid at Khalti by a visitor who never came back; Khalti is to be asked about them now."""
    _address, environment = simulator
    key = settings.WAGTAIL_KHALTI["SECRET_KEY"]

    def make(count):
        command = [sys.executable, "-m", "tests.workers.paid_at_khalti", str(count), key]
        pidxs = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()
        for order in Order.objects.bulk_create([Order(note=pidx) for pidx in pidxs]):
            begun(order).save()

    return make


def begun(order):
    """As ``start_payment`` leaves it, half an hour ago."""
    now = timezone.now()
    return KhaltiPayment(
        status="initiated",
        amount=150_000,
        purpose="Order",
        merchant="default",
        mode="simulator",
        purchase_order_id=f"order-{order.pk}",
        pidx=order.note,
        payable_type=ContentType.objects.get_for_model(order),
        payable_class=ContentType.objects.get_for_model(order),
        payable_id=str(order.pk),
        return_url="http://testserver/",
        website_url="http://testserver/",
        initiated_at=now - timedelta(minutes=30),
        next_check_at=now,
    )
