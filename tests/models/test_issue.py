"""Each issue says in one sentence what happened, whatever Khalti answered."""

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gateway.test_properties import JSON
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.issue import SENTENCES

Kind = KhaltiIssue.Kind
RS_1500 = "Rs\xa01,500"

WHAT_HAPPENED = [
    (
        Kind.AMOUNT_MISMATCH,
        {"total_amount": 149_999},
        f"Amount mismatch: Khalti reports Rs\xa01,499.99, expected {RS_1500}.",
    ),
    (Kind.PIDX_MISMATCH, {"pidx": "ours"}, "Khalti's response is for ours; this payment is asked."),
    (
        Kind.UNKNOWN_STATUS,
        {"status": "Ambiguous"},
        "Khalti reports an unknown status, “Ambiguous”. It counts neither as paid nor as failed.",
    ),
    (
        Kind.UNEXPECTED_STATUS,
        {"status": "Expired", "was": "completed"},
        "Khalti now reports “Expired”; the payment was “Completed” before.",
    ),
    (
        Kind.CONFLICTING_STATUS,
        {"status": "Completed"},
        "Khalti reports “Completed”, and also that the payment was refunded.",
    ),
    (Kind.NOT_FOUND, {}, "Khalti can't find the payment asked, although it issued this pidx."),
    (Kind.KEY_REJECTED, {}, "Khalti rejects the API key of “books”. No payment of this account can be checked."),
    (
        Kind.LATE_PAYMENT,
        {"was": "expired"},
        f"{RS_1500} was paid after the payment had ended as “Expired”. The site was notified of both.",
    ),
    (
        Kind.DUPLICATE_PAYMENT,
        {"earlier": "ABCD-EFGH"},
        f"{RS_1500} was paid for something that payment ABCD-EFGH had already paid for. The site was not notified.",
    ),
    (
        Kind.REFUND_UNCONFIRMED,
        {"refund": "ABCD", "amount": 50_000},
        "A refund of Rs\xa0500 was sent to Khalti. It is not known whether it succeeded.",
    ),
    (
        Kind.REFUND_AMOUNT_MISSING,
        {"refund": "ABCD", "amount": None},
        "Part of this payment was refunded in Khalti's dashboard. The amount must be entered.",
    ),
    (
        Kind.REFUND_CONTRADICTED,
        {"refund": "ABCD", "amount": 50_000, "was": "refused"},
        "A late response from Khalti contradicts the recorded outcome of the refund of Rs\xa0500.",
    ),
    (
        Kind.OVER_REFUNDED,
        {"excess": 50_000},
        f"Khalti refunded all of {RS_1500}. The refunds exceed the payment by Rs\xa0500.",
    ),
    (
        Kind.POSSIBLE_DUPLICATE,
        {"earlier": "AB-CD"},
        "The same customer paid for the same offer shortly before, with payment AB-CD.",
    ),
    (
        Kind.OVERSOLD,
        {"taken": 61, "limit": 60},
        f"{RS_1500} was paid after the reservation had been released, and the units had been given to others. "
        "Sold or reserved are now 61 of 60.",
    ),
    (Kind.PAYABLE_DELETED, {}, f"{RS_1500} was paid for an item that had been deleted from the site."),
    (
        Kind.DELIVERY_FAILING,
        {"event_type": "completed", "error": "LookupError"},
        "The site's code fails to process the event “completed”: LookupError.",
    ),
]


def issue(kind, details):
    payment = KhaltiPayment(amount=150_000, pidx="asked", merchant="books")
    return KhaltiIssue(payment=payment, kind=kind, details=details)


@pytest.mark.parametrize(("kind", "details", "sentence"), WHAT_HAPPENED)
def test_a_matter_says_what_happened(kind, details, sentence):
    assert issue(kind, details).sentence == sentence


def test_every_kind_has_its_sentence():
    assert set(SENTENCES) == set(Kind) == {kind for kind, _evidence, _sentence in WHAT_HAPPENED}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (None, "–"),
        (True, "“True”"),
        ("1500.00", "“1500.00”"),
        (150_000.5, "“150000.5”"),
        ([], "“[]”"),
        (-1, "-Rs\xa00.01"),
        (0, "Rs\xa00"),
        (10**15, "Rs\xa01,00,00,00,00,00,000"),
        (10**30, "“1000000000000000000000000000000”"),
    ],
)
def test_an_amount_that_is_none_is_shown_as_khalti_said_it(said, shown):
    assert issue(Kind.AMOUNT_MISMATCH, {"total_amount": said}).sentence.startswith(
        f"Amount mismatch: Khalti reports {shown}, "
    )


FACTS = ("total_amount", "pidx", "status", "was", "earlier", "event_type", "error", "amount", "excess")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(kind=st.sampled_from(Kind), details=st.fixed_dictionaries({}, optional=dict.fromkeys(FACTS, JSON)))
def test_no_evidence_is_too_odd_for_a_sentence(kind, details):
    for language in ("en", "ne"):
        with translation.override(language):
            sentence = issue(kind, details).sentence

        assert sentence
        assert "%(" not in str(SENTENCES[kind]) % dict.fromkeys(issue(kind, {})._facts(), "")


@pytest.mark.parametrize("kind", Kind)
def test_the_issues_risk_decides_if_a_visitor_may_pay_again(kind):
    of_other_things = {
        Kind.KEY_REJECTED,
        Kind.LATE_PAYMENT,
        Kind.DUPLICATE_PAYMENT,
        Kind.POSSIBLE_DUPLICATE,
        Kind.OVERSOLD,
        Kind.PAYABLE_DELETED,
        Kind.DELIVERY_FAILING,
    }
    of_money_that_went_back = {
        Kind.REFUND_UNCONFIRMED,
        Kind.REFUND_AMOUNT_MISSING,
        Kind.REFUND_CONTRADICTED,
        Kind.OVER_REFUNDED,
    }

    assert (kind in KhaltiIssue.PAYMENT_IS_CLEAR) == (kind in of_other_things | of_money_that_went_back)
