"""Each matter says in one sentence what happened, whatever Khalti answered."""

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gateway.test_properties import JSON
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment
from wagtail_khalti.models.issue import SENTENCES

pytestmark = pytest.mark.every_database

Kind = KhaltiIssue.Kind
RS_1500 = "Rs\xa01,500"

WHAT_HAPPENED = [
    (
        Kind.AMOUNT_MISMATCH,
        {"total_amount": 149_999},
        f"Khalti reports Rs\xa01,499.99, expected {RS_1500}.",
    ),
    (Kind.PIDX_MISMATCH, {"pidx": "ours"}, "asked was looked up, and Khalti responded with ours."),
    (
        Kind.UNKNOWN_STATUS,
        {"status": "Ambiguous"},
        "Khalti reports the unknown status “Ambiguous”. It counts neither as paid nor as failed.",
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
    (Kind.NOT_FOUND, {}, "Khalti doesn't know asked, although it issued this pidx."),
    (Kind.KEY_REJECTED, {}, "Khalti rejects the API key of “books”, so none of its payments can be checked."),
    (
        Kind.LATE_PAYMENT,
        {"was": "expired"},
        f"{RS_1500} was paid after the payment ended as “Expired”. The site was notified of both.",
    ),
    (
        Kind.DUPLICATE_PAYMENT,
        {"earlier": "ABCD-EFGH"},
        f"{RS_1500} was paid for something that ABCD-EFGH paid for before. Nothing was sold for it.",
    ),
    (
        Kind.REFUND_UNCONFIRMED,
        {"refund": "ABCD", "amount": 50_000},
        "A refund of Rs\xa0500 was sent to Khalti, and its outcome is unknown.",
    ),
    (
        Kind.REFUND_AMOUNT_MISSING,
        {"refund": "ABCD", "amount": None},
        "Part of it was refunded in Khalti's dashboard. The amount has to be entered.",
    ),
    (
        Kind.REFUND_CONTRADICTED,
        {"refund": "ABCD", "amount": 50_000, "was": "failed"},
        "A late response from Khalti contradicts the outcome of the refund of Rs\xa0500.",
    ),
    (
        Kind.OVER_REFUNDED,
        {"too_much": 50_000},
        f"Khalti refunded all of {RS_1500}, so Rs\xa0500 too much was refunded.",
    ),
    (
        Kind.POSSIBLE_DUPLICATE,
        {"earlier": "AB-CD"},
        "The same customer paid for the same offer shortly before: AB-CD.",
    ),
    (Kind.PAYABLE_DELETED, {}, f"{RS_1500} was paid for something that has been deleted from the site."),
    (
        Kind.DELIVERY_FAILING,
        {"event_type": "completed", "error": "LookupError"},
        "Delivery of “completed” to the site's code keeps failing: LookupError.",
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
    assert issue(Kind.AMOUNT_MISMATCH, {"total_amount": said}).sentence.startswith(f"Khalti reports {shown}, expected")


FACTS = ("total_amount", "pidx", "status", "was", "earlier", "event_type", "error", "amount", "too_much")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(kind=st.sampled_from(Kind), details=st.fixed_dictionaries({}, optional=dict.fromkeys(FACTS, JSON)))
def test_no_evidence_is_too_odd_for_a_sentence(kind, details):
    for language in ("en", "ne"):
        with translation.override(language):
            sentence = issue(kind, details).sentence

        assert sentence
        assert "%(" not in str(SENTENCES[kind]) % dict.fromkeys(issue(kind, {})._facts(), "")


@pytest.mark.parametrize("kind", Kind)
def test_what_is_known_of_the_money_decides_whether_a_visitor_may_pay_again(kind):
    of_other_things = {
        Kind.KEY_REJECTED,
        Kind.LATE_PAYMENT,
        Kind.DUPLICATE_PAYMENT,
        Kind.POSSIBLE_DUPLICATE,
        Kind.PAYABLE_DELETED,
        Kind.DELIVERY_FAILING,
    }
    of_money_that_went_back = {
        Kind.REFUND_UNCONFIRMED,
        Kind.REFUND_AMOUNT_MISSING,
        Kind.REFUND_CONTRADICTED,
        Kind.OVER_REFUNDED,
    }

    assert (kind in KhaltiIssue.MONEY_IS_CLEAR) == (kind in of_other_things | of_money_that_went_back)
