"""Other systems that are told of payments: real servers, which answer as a test wants."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.gateway.server import Server, says
from tests.payments import *  # noqa: F403 - its fixtures
from tests.webhooks.secrets import SECRET
from wagtail_khalti.actions import check_payment
from wagtail_khalti.gateway import Customer
from wagtail_khalti.models import KhaltiWebhookMessage

SITA = Customer(name="Sita Rai", email="sita@example.com", phone="9800000001")


@pytest.fixture
def serve():
    """Makes a server that takes these turns; at first it accepts everything."""
    with ExitStack() as running:
        yield lambda *turns: running.enter_context(Server(turns or [says({}, 204)]))


@pytest.fixture
def configure(settings):
    """The endpoints in the settings, by name: their URLs, or all of their options."""

    def configure(**endpoints):
        named = {
            name: {"SECRET": SECRET, **(given if isinstance(given, dict) else {"URL": given})}
            for name, given in endpoints.items()
        }
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "WEBHOOKS": named}

    return configure


@pytest.fixture
def crm(serve, configure):
    """Makes the only endpoint, a server that takes these turns."""

    def make(*turns, **options):
        server = serve(*turns)
        configure(crm={"URL": f"{server.url}/khalti?token=hidden", **options})
        return server

    return make


@pytest.fixture
def make_paid(khalti, make_payment):
    def make(**options):
        payment = make_payment(**{"customer": SITA, **options})
        khalti.pay(payment)
        return check_payment(payment)

    return make


def only():
    return KhaltiWebhookMessage.objects.get()


def states(**which):
    return list(KhaltiWebhookMessage.objects.filter(**which).order_by("pk").values_list("state", flat=True))


def let_time_pass():
    """So that what waits for a pause, or for the end of a lease, is due."""
    KhaltiWebhookMessage.objects.pending().update(due_at=timezone.now() - timedelta(seconds=1))
