"""With read replicas, as in Django's manual: what is decided is read where it is written."""

import sqlite3

import pytest
from django.apps import apps
from django.db import connection, connections

from tests.payments import listening
from wagtail_khalti.actions import check_payment, refund_payment, start_payment
from wagtail_khalti.exceptions import FullyRefunded
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment

MODELS = list(apps.get_app_config("wagtail_khalti").get_models())


class ReadsFromReplica:
    def db_for_read(self, model, **hints):
        is_khaltis = model._meta.app_label == "khalti_simulator"  # which has its database elsewhere
        return "default" if is_khaltis else "replica"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, *objects, **hints):
        return True


@pytest.fixture
def routed(settings, monkeypatch):
    monkeypatch.setitem(connections.settings, "replica", connection.settings_dict)
    settings.DATABASE_ROUTERS = [ReadsFromReplica()]


@pytest.fixture
def replica(settings, tmp_path):
    """``replica()``: from now on all reads go to a copy of the database that stands still."""

    def stand_still():
        path = str(tmp_path / "replica.sqlite3")
        copy = sqlite3.connect(path)
        connection.connection.backup(copy)
        copy.close()
        connections.settings["replica"] = {**connection.settings_dict, "NAME": path}
        connections["replica"].connect()  # by hand: Django lets a test make no new connections beside its own
        settings.DATABASE_ROUTERS = [ReadsFromReplica()]

    yield stand_still
    if "replica" in connections.settings:
        connections["replica"].close()
        del connections["replica"], connections.settings["replica"]


def start(**options):
    return start_payment(150_000, purpose="Order", base_url="http://testserver", **options)


on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="a copy of a file is a replica that lags for ever")
lagging = [on_sqlite, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("model", MODELS)
def test_every_table_is_read_where_it_is_written(routed, model):
    assert model._default_manager.all().db == "default"
    assert model._base_manager.all().db == "default"


def test_so_is_what_belongs_to_a_payment(routed):
    payment = KhaltiPayment(pk=1)

    assert payment.events.all().db == "default"
    assert KhaltiEvent.payment.get_queryset(instance=KhaltiEvent(payment_id=1)).db == "default"


def test_a_report_may_still_ask_a_replica(routed):
    assert KhaltiPayment.objects.using("replica").paid().db == "replica"


class TestWithAReplicaThatStandsStill:
    pytestmark = lagging

    def test_the_page_after_the_return_says_paid(self, client, khalti, replica, django_assert_max_num_queries):
        payment = start()
        khalti.pay(payment)
        replica()

        client.get(khalti.return_path(payment))
        with django_assert_max_num_queries(20):
            page = client.get(payment.get_absolute_url()).content.decode()

        assert "We are confirming" not in page
        assert KhaltiPayment.objects.get().status == "completed"

    def test_an_old_copy_in_hand_is_checked_to_its_end(self, khalti, replica):
        payment, old = start(), KhaltiPayment.objects.get()
        khalti.pay(payment)
        replica()
        check_payment(payment)

        assert check_payment(old).status == "completed"

    def test_a_double_press_is_one_payment(self, khalti, replica):
        start(idempotency_key="earlier")
        replica()

        assert start(idempotency_key="key") == start(idempotency_key="key")

    def test_a_refund_is_made_once(self, khalti, replica):
        payment = start()
        khalti.pay(payment)
        check_payment(payment)
        replica()

        assert refund_payment(payment).state == "succeeded"
        with pytest.raises(FullyRefunded):
            refund_payment(KhaltiPayment.objects.get())

    def test_receivers_see_what_they_are_told_of(self, khalti, replica):
        payment, seen = start(), []
        khalti.pay(payment)
        replica()

        with listening("completed", lambda *, payment, **kwargs: seen.append(payment.status)):
            check_payment(payment)

        assert seen == ["completed"]
