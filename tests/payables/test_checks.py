"""What a developer is told at start about their payables."""

import pytest
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.test.utils import isolate_apps

from wagtail_khalti.checks.payables import _about, check_payables
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.payables import KhaltiPayments, PayableModel, pay
from wagtail_khalti.payables import registry as registry_module


def about(model):
    return [(message.id, message.msg) for message in _about(model)]


class Unnamed(models.Model):
    class Meta:
        abstract = True

    def __str__(self):
        return ""


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(registry_module, "_registered", {})
    return registry_module


def test_the_payables_of_the_tests_are_fine():
    assert {message.id for message in check_payables(None)} <= {"wagtail_khalti.W025"}


@isolate_apps("tests.payables")
def test_a_payable_that_costs_nothing_it_says():
    class Order(PayableModel):
        pass

    [(number, words)] = about(Order)
    assert number == "wagtail_khalti.E024"
    assert "payment_rupees" in words


@isolate_apps("tests.payables")
@pytest.mark.parametrize("name", ["payment_rupees", "payment_user"])
def test_a_name_that_it_does_not_have(name):
    named = {"payment_rupees": "total", name: "totl__x"}
    Order = type("Order", (PayableModel,), {"__module__": __name__, "total": models.IntegerField(), **named})  # noqa: N806

    [(number, words)] = about(Order)
    assert number == "wagtail_khalti.E024"
    assert f"{name} is 'totl__x'" in words


@isolate_apps("tests.payables")
def test_own_details_need_no_name():
    class Order(PayableModel):
        def get_payment_details(self):
            pass

    assert about(Order) == []


@isolate_apps("tests.payables")
def test_a_registered_class_without_the_methods(registry):
    @registry.register_payable
    class Order(Unnamed):
        def get_payment_details(self):
            pass

    [(number, words)] = about(Order)
    assert number == "wagtail_khalti.E024"
    assert "can_be_paid_by, can_be_seen_by" in words


class Composite(models.Model):
    """A key of two columns."""

    pk = models.CompositePrimaryKey("shop", "number")
    shop = models.IntegerField()
    number = models.IntegerField()

    class Meta:
        abstract = True

    def __str__(self):
        return ""


@isolate_apps("tests.payables")
def test_a_key_of_several_columns():
    class Order(Composite):
        payments = KhaltiPayments()

    assert [number for number, _words in about(Order)] == ["wagtail_khalti.E023"]


@isolate_apps("tests.payables")
def test_a_key_of_several_columns_is_refused_when_paying(rf):
    class Order(Composite, PayableModel):
        payment_paisa = "number"

    order = Order(shop=1, number=1500)
    order._state.adding = False
    with pytest.raises(ValueError, match="composite primary key"):
        pay(order, rf.get("/"))


@isolate_apps("tests.payables")
def test_a_relation_that_protects_nothing():
    class Order(Unnamed):
        payments = GenericRelation(KhaltiPayment, content_type_field="payable_type", object_id_field="payable_id")

    [(number, words)] = about(Order)
    assert number == "wagtail_khalti.W025"
    assert "payments" in words
