"""The suite lets pass what is right."""

from unittest import SkipTest

import pytest
from django.db.models import F
from django.test import TestCase

from tests.crash.shop import Shop as CrashShop
from tests.payments import SIGNALS, listening
from tests.shop.models import Order, Ticket
from tests.testing.conformance import receivers
from tests.testing.conformance.conftest import Shop
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.testing.conformance import ReceiverConformance

pytestmark = pytest.mark.every_database


@pytest.fixture
def good_site(site):
    site(
        completed=receivers.sell,
        refunded=receivers.restock,
        ended=receivers.release,
        needs_attention=receivers.put_on_the_list,
    )


def test_a_right_site_conforms(good_site, failing):
    assert failing() == set()


def test_nothing_is_left_of_it(good_site, failing, mailoutbox):
    failing()

    assert (KhaltiPayment.objects.count(), Order.objects.count()) == (0, 0)


class TestTheShop(Shop, TestCase):
    """With Django's test case; the receivers of the crash tests, which also note each event."""

    exempt = {"test_payment": "They sell to the tests, which have no money."}

    def setUp(self):
        shop = self.enterContext(CrashShop().open())
        assert not shop.is_broken
