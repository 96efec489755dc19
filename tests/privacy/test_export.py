"""A person gets all that is stored about them, and nothing of others."""

import json

import pytest

from tests.privacy.conftest import MARK
from wagtail_khalti.actions import Answer
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.privacy import anonymize, export_person
from wagtail_khalti.privacy.registry import ERASING, REGISTRY
from wagtail_khalti.testing.factories import PaymentFactory

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]


def exported(*pks):
    return json.loads(json.dumps(export_person(pks)))


def test_amounts_times_and_words(hers):
    [payment] = exported(hers.pk)["payments"]

    assert payment["name"] == f"Sita {MARK} Rai"
    assert payment["amount"] == {"paisa": 150_000, "rupees": "1500.00"}
    assert payment["refunded"] == {"paisa": 50_000, "rupees": "500.00"}
    assert payment["answers"] == [{"question": "Class", "answer": f"7 {MARK}"}]
    assert payment["created at"].endswith("+05:45")
    assert payment["user"] == "her own account"
    assert payment["refunds"][0]["reason"] == f"{MARK} is ill"


NOT_ABOUT_HER = {"recipient", "last_error", "text"}
"""Organisers, our own errors, and the index of her name."""


def test_everything_that_is_erased_was_in_it(hers):
    """So nobody can say that more is stored than is told."""
    marks = {}
    for number, columns in enumerate(columns for columns in REGISTRY if columns.treatment in ERASING):
        for name in set(columns.names) - NOT_ABOUT_HER:
            field = columns.model._meta.get_field(name)
            if field.is_relation:
                continue
            mark = f"m{number}{name}"
            value = {"status": mark} if field.get_internal_type() == "JSONField" else mark
            value = [{"name": mark, "label": mark, "value": mark}] if name == "answers" else value
            rows = columns.model._base_manager.all()
            if columns.model.__name__ == "KhaltiEvent":
                columns.model.objects.erase(
                    [columns.model(pk=pk, data=value) for pk in rows.values_list("pk", flat=True)]
                )
            else:
                rows.update(**{name: mark[:20] if name in ("mobile", "customer_phone") else value})
            marks[mark[:20] if name in ("mobile", "customer_phone") else mark] = columns.model

    text = json.dumps(exported(hers.pk))

    assert {mark: model for mark, model in marks.items() if mark not in text} == {}


def test_nothing_of_other_people(hers, manager):
    PaymentFactory(customer_name="Hari Lama", customer_email="hari@example.com")

    text = json.dumps(exported(hers.pk)).casefold()

    assert "hari" not in text
    assert "manager" not in text
    assert "boss" not in text
    assert "b…@" not in text
    assert '"by": "staff"' in text


def test_questions_of_the_same_words_keep_both_answers(make_payment):
    answers = [Answer(name=name, label="Name", kind="text", value=name) for name in ("mother", "father")]
    payment = make_payment(answers=answers)

    [told] = exported(payment.pk)["payments"]

    assert [answer["answer"] for answer in told["answers"]] == ["mother", "father"]


def test_references_of_payments_of_others_are_left_out(hers):
    """Whoever has a reference can open the page of that payment."""
    others, own = PaymentFactory(), PaymentFactory()
    for payment in (others, own):
        KhaltiIssue.objects.create(
            payment=hers,
            kind="duplicate_payment",
            is_open=None,
            details={"earlier": payment.readable_reference, "was": "initiated"},
        )

    [told, _own] = exported(hers.pk, own.pk)["payments"]

    *_issues, first, second = [issue["details"] for issue in told["issues"]]
    assert first == {"was": "initiated"}
    assert second["earlier"] == own.readable_reference


def test_afterwards_there_is_nothing_to_export_about_her(hers):
    anonymize([hers.pk])

    text = json.dumps(exported(hers.pk))

    assert MARK not in text
    assert KhaltiPayment.objects.get().reference in text
