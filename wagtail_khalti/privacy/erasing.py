"""Erase the personal data of a few payments, in one short transaction."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from wagtail_khalti.database.transactions import short_transaction
from wagtail_khalti.models import KhaltiPayment, KhaltiSearchEntry
from wagtail_khalti.privacy.history import reduce_history
from wagtail_khalti.privacy.registry import Treatment, blank_values, models_with
from wagtail_khalti.privacy.waiting import ready


def erase(pks: Sequence[int]) -> list[int]:
    """Of the payments with these keys, those that are ready: their keys. Amounts, times and numbers stay.

    All of it or nothing: whoever is killed leaves a payment as it was, and finds it again.
    """
    with short_transaction():
        _lock(pks)
        done = list(ready(pks).values_list("pk", flat=True))
        if done:
            _erase(done)
    return done


def _lock(pks: Sequence[int]) -> None:
    """So that nothing begins meanwhile, such as a refund. Writers of a payment lock it before anything else."""
    payments, features = KhaltiPayment.objects.filter(pk__in=pks), transaction.get_connection().features
    if features.has_select_for_update:
        locked = payments.select_for_update(no_key=features.has_select_for_no_key_update)
        list(locked.order_by("pk").values_list("pk"))
    else:
        payments.update(refund_total=F("refund_total"))  # SQLite refuses a write that follows a read


def _erase(pks: Sequence[int]) -> None:
    payments = KhaltiPayment.objects.filter(pk__in=pks)
    payments.update(**blank_values(KhaltiPayment), anonymized_at=timezone.now())
    for model in models_with(Treatment.CLEARED):
        if model is not KhaltiPayment:
            blank = blank_values(model)
            model._base_manager.filter(payment__in=pks).exclude(**blank).update(**blank)
    KhaltiSearchEntry.objects.filter(payment__in=pks, is_personal=True).delete()
    reduce_history(pks)
