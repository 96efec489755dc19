"""Nothing of a person remains, and the books stay as they are."""

import itertools
import sys
from types import SimpleNamespace

import pytest
from django.db.models import Sum
from django.utils import timezone

from tests.privacy.conftest import MARK, about_her, everything_stored, started
from wagtail_khalti.actions import check_payment, refund_payment, send_receipt
from wagtail_khalti.dates.days import today
from wagtail_khalti.doctor import Level, Subject, examine
from wagtail_khalti.exceptions import NoEmailAddress
from wagtail_khalti.models import KhaltiEvent, KhaltiPayment, KhaltiSettings
from wagtail_khalti.privacy import anonymize
from wagtail_khalti.privacy.history import MARK as REDUCED
from wagtail_khalti.privacy.registry import REGISTRY, Treatment
from wagtail_khalti.receipts import receipt_of
from wagtail_khalti.reporting.totals import totals

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]

MODULE = sys.modules["wagtail_khalti.privacy.anonymize"]  # in the package its name is the function's
KEPT = [
    name
    for columns in REGISTRY
    if columns.model is KhaltiPayment and columns.treatment is Treatment.KEPT
    for name in columns.names
]


def kept_of(payment):
    return KhaltiPayment.objects.values(*(name for name in KEPT if name != "anonymized_at")).get(pk=payment.pk)


def test_nothing_of_her_remains_anywhere(hers):
    assert len(about_her()) > 15, "the test has to plant what it looks for"

    result = anonymize([hers.pk])

    assert (result.count, result.waiting) == (1, {})
    assert about_her() == []
    assert KhaltiPayment.objects.get().user is None


def test_what_is_to_be_erased_is_empty_whatever_was_in_it(hers):
    """Each text and JSON column that is not kept, with the mark in all of its keys and values."""
    for columns in REGISTRY:
        if columns.treatment in (Treatment.CLEARED, Treatment.REDUCED):
            for name in columns.names:
                field = columns.model._meta.get_field(name)
                is_json = field.get_internal_type() == "JSONField"
                value = {MARK: MARK, "amount": [MARK], "status": {MARK: 1}} if is_json else MARK
                if columns.model is KhaltiEvent:
                    KhaltiEvent.objects.erase([KhaltiEvent(pk=pk, data=value) for pk in pks_of(hers)])
                elif not field.is_relation:
                    columns.model._base_manager.update(**{name: value})
    assert len(about_her()) > 30

    anonymize([hers.pk])

    organisers = [text for text in about_her() if text.startswith("khaltimail.recipient")]
    assert about_her() == organisers
    assert len(organisers) == 1, "that of the bundle, which is about no single payment"


def pks_of(payment):
    return payment.events.values_list("pk", flat=True)


def test_all_that_is_kept_stays(hers):
    before = kept_of(hers), list(hers.refunds.values("reference", "state", "amount", "resolved_at"))

    anonymize([hers.pk])

    assert (kept_of(hers), list(hers.refunds.values("reference", "state", "amount", "resolved_at"))) == before
    assert KhaltiPayment.objects.get().anonymized_at <= timezone.now()


def test_no_row_of_the_history_is_lost(hers):
    before = list(hers.events.values_list("pk", "kind", "at", "user"))

    anonymize([hers.pk])

    assert list(hers.events.values_list("pk", "kind", "at", "user")) == before
    changed = hers.events.get(kind="status_changed", data__to="completed")
    assert changed.data == {"from": "initiated", "to": "completed", "late": False}
    assert hers.events.get(kind="note_added").data == {REDUCED: True}
    assert hers.events.get(kind="refund_requested").data == {
        "refund": hers.refunds.get().reference,
        "amount": 50_000,
        REDUCED: True,
    }


def test_totals_and_the_doctor_agree(hers):
    def books():
        sums = KhaltiPayment.objects.aggregate(Sum("amount"), Sum("fee"), Sum("refund_total"))
        return sums, totals(today(), today(), mode=hers.mode).all, ledger()

    def ledger():
        return [(each.name, each.level, each.numbers) for each in examine(subjects=[Subject.LEDGER, Subject.WORK])]

    before = books()

    anonymize([hers.pk])

    assert books() == before
    assert not [name for name, level, _numbers in before[2] if level is Level.ERROR]


def test_the_receipt_has_its_number_and_names_nobody(hers):
    anonymize([hers.pk])

    hers.refresh_from_db()
    receipt = receipt_of(hers, KhaltiSettings(), None, shows_payer=True)
    labels = [row.label for row in receipt.rows]
    assert "Receipt number" in labels
    assert not {"Paid by", "Mobile number", "Class"} & set(labels)
    with pytest.raises(NoEmailAddress):
        send_receipt(hers)


def test_it_can_still_be_refunded(hers, manager):
    anonymize([hers.pk])

    hers.refresh_from_db()
    refund = refund_payment(hers, by=manager)

    assert (refund.state, refund.amount) == ("succeeded", 100_000)
    assert about_her() == []


def test_a_later_check_and_a_later_return_bring_nothing_back(hers, khalti, client):
    KhaltiPayment.objects.update(status="expired")
    path = khalti.return_path(hers)
    started(hers, days=30)
    anonymize([hers.pk])

    client.get(f"{path}&mobile=98XXXXX567")
    check_payment(KhaltiPayment.objects.get())

    assert about_her() == []


def test_others_are_left_as_they_are(make_hers):
    hers, other = make_hers(), make_hers()
    before = [text for text in everything_stored() if MARK.casefold() in text]

    anonymize([hers.pk])

    after = [text for text in everything_stored() if MARK.casefold() in text]
    assert 0 < len(after) < len(before)
    assert KhaltiPayment.objects.get(pk=other.pk).anonymized_at is None
    assert other.search_entries.filter(is_personal=True).exists()
    assert MARK in other.events.get(kind="note_added").data["note"]


def test_a_second_time_nothing_happens(hers):
    anonymize([hers.pk])
    before = KhaltiPayment.objects.get().anonymized_at

    result = anonymize([hers.pk])

    assert (result.count, result.waiting) == (0, {})
    assert KhaltiPayment.objects.get().anonymized_at == before


def test_a_dry_run_changes_nothing(hers):
    before = sorted(everything_stored())

    result = anonymize([hers.pk], dry_run=True)

    assert result.count == 1
    assert sorted(everything_stored()) == before


@pytest.mark.parametrize(("seconds", "sizes"), [(1.0, [4, 2, 1, 1]), (0.0, [4, 4])])
def test_where_a_transaction_takes_long_the_next_is_smaller(khalti, monkeypatch, seconds, sizes):
    clock, found = itertools.count(0.0, seconds), []
    monkeypatch.setattr(MODULE, "BATCH_SIZE", 4)
    monkeypatch.setattr(MODULE, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    monkeypatch.setattr(MODULE, "erase", lambda pks: found.append(len(pks)) or pks)

    assert anonymize(range(8)).count == 8
    assert found == sizes
