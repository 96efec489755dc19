"""Every column is classified: who adds one says what it is for, and whether it is erased."""

from collections import Counter

import pytest
from django.apps import apps

from wagtail_khalti.models import KhaltiEvent, KhaltiPayment
from wagtail_khalti.privacy.history import KEPT_OF_EVENTS
from wagtail_khalti.privacy.registry import REGISTRY, Treatment, blank_values, models_with

MODELS = list(apps.get_app_config("wagtail_khalti").get_models())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_column_is_classified_once(model):
    classified = Counter(name for columns in REGISTRY if columns.model is model for name in columns.names)

    assert classified == Counter(field.name for field in model._meta.concrete_fields), (
        "say in privacy/registry/ what a new column is for, and whether it is erased"
    )


def test_nothing_else_is_classified():
    assert {columns.model for columns in REGISTRY} == set(MODELS)


def test_each_purpose_is_said():
    assert all(columns.purpose and not columns.purpose.endswith(".") for columns in REGISTRY)


def test_every_kind_of_event_says_what_remains():
    assert set(KEPT_OF_EVENTS) == set(KhaltiEvent.Kind)


def test_what_is_erased_becomes_empty():
    blank = blank_values(KhaltiPayment)

    assert (blank["customer_name"], blank["metadata"], blank["answers"]) == ("", {}, [])


def test_only_what_belongs_to_a_payment_is_erased():
    erased = {*models_with(Treatment.CLEARED), *models_with(Treatment.REDUCED), *models_with(Treatment.DELETED)}

    assert all(model is KhaltiPayment or model._meta.get_field("payment") for model in erased)
