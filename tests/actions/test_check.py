"""Khalti is asked what became of a payment."""

import logging

import pytest
from django.contrib.auth import get_user_model
from django.core.signals import request_started
from django.db import transaction
from django.utils import timezone

from tests.payments import end_the_pause, event_types, issues, kinds
from wagtail_khalti.actions import check_payment
from wagtail_khalti.exceptions import (
    AnswerNotUnderstood,
    GatewayUnreachable,
    KeyRejected,
    MerchantChanged,
    PidxNotFound,
)
from wagtail_khalti.models import KhaltiDelivery, KhaltiPayment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("happens", "status", "told"),
    [
        ("begin", "pending", []),
        ("pay", "completed", ["completed"]),
        ("cancel", "canceled", ["ended"]),
        ("expire", "expired", ["ended"]),
        ("fail", "failed", ["ended"]),
    ],
)
@pytest.mark.every_database
def test_what_happened_at_khalti_is_found_out(khalti, payment, heard, happens, status, told):
    getattr(khalti, happens)(payment)

    returned = check_payment(payment)

    assert returned is payment
    fresh = KhaltiPayment.objects.get(pk=payment.pk)
    assert fresh.status == payment.status == status
    assert fresh.checked_at is not None
    assert heard == [(one, payment.reference) for one in told]


def test_while_nothing_happened_nothing_changes(khalti, payment, heard):
    check_payment(payment)

    payment.refresh_from_db()
    assert payment.status == "initiated"
    assert payment.khalti_status == "Initiated"
    assert payment.checked_at is not None
    assert kinds(payment)[3:] == ["looked_up"]
    assert heard == []


@pytest.mark.every_database
def test_an_answer_is_as_old_as_its_request(khalti, payment):
    heard_at = []

    def listen(**kwargs):
        heard_at.append(timezone.now())

    request_started.connect(listen)  # the simulator hears the question
    try:
        check_payment(payment)
    finally:
        request_started.disconnect(listen)

    assert payment.looked_up_at < heard_at[0]


@pytest.mark.every_database
def test_a_completed_payment_has_its_facts(khalti, payment, settings):
    settings.KHALTI_SIMULATOR = {"FEE": 500}
    khalti.pay(payment)

    check_payment(payment)

    payment.refresh_from_db()
    assert len(payment.transaction_id) == 22
    assert payment.fee == 500
    assert payment.khalti_status == "Completed"
    assert payment.completed_at is not None
    assert payment.is_late is False
    assert payment.is_paid
    assert kinds(payment)[3:] == ["looked_up", "status_changed"]
    assert payment.events.get(kind="status_changed").data == {"from": "initiated", "to": "completed", "late": False}


@pytest.mark.parametrize(
    ("partial", "status", "event_type"),
    [(True, "partially_refunded", "needs_attention"), (False, "refunded", "refunded")],
)
@pytest.mark.every_database
def test_money_given_back_in_khaltis_dashboard_is_found_out(khalti, payment, heard, partial, status, event_type):
    """How much a part was only a person can say; the site hears of it then."""
    khalti.pay(payment)
    check_payment(payment)
    khalti.refund_in_dashboard(payment, partial=partial)

    check_payment(payment)

    payment.refresh_from_db()
    assert payment.status == status
    assert [told for told, _reference in heard] == ["completed", event_type]


def test_a_payment_that_khalti_never_heard_of_is_left_alone(khalti):
    payment = KhaltiPayment.objects.create(amount=1_000)

    check_payment(payment)

    assert payment.status == "created"
    assert khalti.calls("lookup") == 0


@pytest.mark.parametrize(
    ("body", "options", "error"),
    [
        ("", {"status": 503, "times": 3}, GatewayUnreachable),
        ("", {"status": 500, "times": 3}, GatewayUnreachable),
        ("", {"status": 429, "headers": {"Retry-After": "60"}}, GatewayUnreachable),
        ("", {"delay": 60, "times": 3}, GatewayUnreachable),
        ("<html>", {"content_type": "text/html"}, AnswerNotUnderstood),
        ("", {"status": 302, "headers": {"Location": "/"}}, AnswerNotUnderstood),
        ('{"pidx": "', {}, AnswerNotUnderstood),
        ({}, {}, AnswerNotUnderstood),
        ({"detail": "Invalid token.", "status_code": 401}, {"status": 401}, KeyRejected),
        ("Forbidden", {"status": 403}, KeyRejected),
        ({"detail": "Not found.", "error_key": "validation_error"}, {"status": 404}, PidxNotFound),
        ({"detail": "Not found.", "error_key": "validation_error"}, {"status": 400}, PidxNotFound),
    ],
)
@pytest.mark.every_database
def test_no_evidence_moves_nothing_and_is_on_the_record(khalti, payment, heard, body, options, error):
    khalti.pay(payment)
    khalti.answer("lookup", body, **options)

    with pytest.raises(error):
        check_payment(payment)

    payment.refresh_from_db()
    assert payment.status == "initiated"
    assert payment.looked_up_at is None
    assert payment.checked_at is not None
    if error is KeyRejected:  # asking again will not help, but a person can
        assert (issues(payment), event_types(payment)) == (["key_rejected"], ["needs_attention"])
    else:
        assert (issues(payment), event_types(payment)) == ([], [])
    assert heard == []  # the one who found out does not wait for the site's code as well
    (silence,) = payment.events.filter(kind="no_answer")
    assert silence.data["request"] == "lookup"
    assert silence.data["error"] == error.__name__

    check_payment(payment)  # and asked again, it is paid
    assert payment.status == "completed"


@pytest.mark.parametrize("times", [1, 2])
def test_a_short_trouble_is_not_even_noticed(khalti, payment, times):
    khalti.pay(payment)
    khalti.answer("lookup", "", status=503, times=times)

    check_payment(payment)

    assert payment.status == "completed"
    assert "no_answer" not in kinds(payment)


def test_the_key_may_be_renewed(khalti, payment, settings):
    khalti.pay(payment)
    khalti.answer_lookup(payment)  # Khalti's own business: both keys are of the same merchant
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "SECRET_KEY": "the-next-key"}

    check_payment(payment)

    assert payment.status == "completed"


@pytest.mark.parametrize(
    "changes",
    [
        {"MODE": "sandbox", "API_URL": "http://khalti.test/khalti-simulator"},
        {"MODE": "live", "API_URL": "http://khalti.test/khalti-simulator"},
    ],
)
def test_another_khalti_is_not_asked_about_it(khalti, payment, settings, changes):
    khalti.pay(payment)
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, **changes}

    with pytest.raises(MerchantChanged, match=f"is simulator, its merchant is {changes['MODE']}"):
        check_payment(payment)

    payment.refresh_from_db()
    assert payment.status == "initiated"


def test_a_merchant_that_is_gone_cannot_be_asked(khalti, payment, settings):
    KhaltiPayment.objects.update(merchant="books")
    payment.refresh_from_db()

    with pytest.raises(MerchantChanged, match="no merchant 'books'; it has: default"):
        check_payment(payment)


def test_a_person_who_checks_is_on_the_record(khalti, payment):
    cashier = get_user_model().objects.create_user("cashier")
    khalti.pay(payment)
    khalti.answer("lookup", "<html>")

    with pytest.raises(AnswerNotUnderstood):
        check_payment(payment, by=cashier)
    check_payment(payment, by=cashier)

    silence, answer = payment.events.filter(kind__in=["no_answer", "looked_up"]).order_by("pk")
    assert (silence.actor, silence.user) == ("staff", cashier)
    assert (answer.actor, answer.user) == ("staff", cashier)


@pytest.mark.every_database
def test_what_was_heard_before_is_told_again_where_it_failed(khalti, payment, on):
    heard = []

    def receiver(*, payment, **kwargs):
        heard.append(payment.reference)
        if len(heard) == 1:
            raise LookupError

    on("completed", receiver)
    khalti.pay(payment)

    check_payment(payment)
    end_the_pause()
    check_payment(payment)
    check_payment(payment)

    assert len(heard) == 2


def test_a_check_does_not_shorten_the_pause_of_what_failed(khalti, payment, on):
    heard = []

    def receiver(*, payment, **kwargs):
        heard.append(payment.reference)
        raise LookupError

    on("completed", receiver)
    khalti.pay(payment)

    for _time in range(3):
        check_payment(payment)

    assert len(heard) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.every_database
def test_check_inside_a_transaction_is_refused_before_a_lookup(khalti):
    payment = KhaltiPayment.objects.create(amount=1_000, pidx="p", merchant="default", mode="simulator")

    with (
        pytest.raises(RuntimeError, match=r"check_payment\(\) .* can't run inside a transaction"),
        transaction.atomic(),
    ):
        check_payment(payment)

    assert khalti.calls("lookup") == 0
    assert kinds(payment) == []


def test_no_log_of_a_check_shows_the_key(khalti, payment, caplog, heard, django_capture_on_commit_callbacks):
    caplog.set_level(logging.DEBUG)
    khalti.answer("lookup", {"detail": "Invalid token."}, status=401)
    with pytest.raises(KeyRejected):
        check_payment(payment)
    khalti.answer_lookup(payment, total_amount=1)

    with django_capture_on_commit_callbacks(execute=True):
        check_payment(payment)

    assert "needs attention" in caplog.text
    assert "a-key-for-tests" not in caplog.text
    assert "a-key-for-tests" not in str(list(payment.events.values()))


def test_a_payment_without_a_pidx_still_tells_what_was_not_heard(khalti, payment, heard):
    KhaltiPayment.objects.update(pidx=None, status="failed")
    KhaltiDelivery.objects.create(payment=payment, event_type="ended")

    check_payment(KhaltiPayment.objects.get())

    assert heard == [("ended", payment.reference)]
