"""A checkout form of the site's own, whose answers are stored with the payment."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.contrib.auth import get_user_model
from django.urls import reverse

from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.public.checkout.answer_fields import answer_of_field
from wagtail_khalti.public.checkout.forms import CheckoutForm
from wagtail_khalti.signals import payment_completed


@pytest.fixture
def ward(example, option):
    yield option(CHECKOUT_FORM="library.WardCheckoutForm")
    payment_completed.disconnect(example.count_by_ward)


def test_its_answers_reach_receivers(ward, visitor, khalti, shop_page, capsys):
    visitor.choose(shop_page()).press_pay(ward="12")
    payment = KhaltiPayment.objects.get()
    khalti.pay(payment)
    visitor.come_back(khalti, payment)

    [answer] = payment.answers
    assert (answer["name"], answer["label"], answer["kind"], answer["value"]) == ("ward", "Ward number", "number", "12")
    assert "Paid from ward 12" in capsys.readouterr().out


def test_staff_see_them(ward, visitor, client, shop_page):
    visitor.choose(shop_page()).press_pay(ward="12")
    client.force_login(get_user_model().objects.create_superuser("admin"))

    page = client.get(reverse("khalti_payments:inspect", args=[KhaltiPayment.objects.get().pk])).content.decode()

    assert "Ward number" in page


def test_they_are_checked(ward, visitor, shop_page):
    visitor.choose(shop_page()).press_pay(ward="40")

    assert visitor.errors == ["Ensure this value is less than or equal to 33."]
    assert not KhaltiPayment.objects.exists()


def test_they_are_there_again_for_another_try(ward, visitor, khalti, shop_page):
    visitor.choose(shop_page()).press_pay(ward="12")
    payment = KhaltiPayment.objects.get()
    khalti.cancel(payment)
    visitor.come_back(khalti, payment)

    visitor.visit(visitor.page.select_one("a.khalti-button")["href"])

    assert visitor.typed["ward"] == "12"


def test_other_answers_are_another_wish(ward, visitor, shop_page):
    visitor.choose(shop_page()).press_pay(ward="12")
    visitor.visit(visitor.address).press_pay(ward="13")

    assert [payment.answers[0]["value"] for payment in KhaltiPayment.objects.order_by("pk")] == ["12", "13"]


def test_what_is_not_stored_is_forgotten(visitor, shop_page, option, monkeypatch):
    class Form(CheckoutForm):
        secret = forms.CharField()

    monkeypatch.setattr("tests.shop.models.Form", Form, raising=False)
    option(CHECKOUT_FORM="tests.shop.models.Form")

    visitor.choose(shop_page()).press_pay(secret="swordfish")

    assert KhaltiPayment.objects.get().answers == []


@pytest.mark.parametrize(
    ("field", "value", "kind", "stored"),
    [
        (forms.CharField(), "Sita", "text", "Sita"),
        (forms.CharField(), "", "text", None),
        (forms.CharField(widget=forms.Textarea), "a\nb", "long_text", "a\nb"),
        (forms.IntegerField(), 7, "number", "7"),
        (forms.DecimalField(), Decimal("1E+3"), "number", "1000"),
        (forms.IntegerField(), None, "text", None),
        (forms.DateField(), date(2026, 11, 30), "date", "2026-11-30"),
        (forms.BooleanField(), True, "checkbox", True),
        (forms.BooleanField(required=False), None, "checkbox", False),
        (forms.ChoiceField(choices=[("a", "A")]), "a", "choice", "a"),
        (forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")]), ["a", "b"], "choice", "a, b"),
    ],
)
def test_each_field_has_its_kind_of_answer(field, value, kind, stored):
    answer = answer_of_field("x", field, value)

    assert (answer.kind, answer.value) == (kind, stored)
