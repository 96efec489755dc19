"""The one door for evidence."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from tests.mail_settings import SMTP, mail_through
from tests.payments import answer, event_types, issues, kinds
from wagtail_khalti.actions import check_payment, resolve_issue
from wagtail_khalti.gateway.statuses import BY_TEXT, GatewayStatus
from wagtail_khalti.ledger.apply_lookup import apply_lookup
from wagtail_khalti.ledger.payment_states import MACHINE
from wagtail_khalti.models import KhaltiIssue, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.references import new_reference
from wagtail_khalti.models.status import PAID, SOFT_ENDS, WAITING, WITH_REFUNDS, Status

pytestmark = [pytest.mark.every_database, pytest.mark.django_db]

NOW = timezone.now() - timedelta(hours=1)
SOON = NOW + timedelta(minutes=1)
CELLS = [(status, details) for status in Status for details in GatewayStatus]


@pytest.fixture
def stand():
    """A payment that stands at this status, with the marks that such a payment has."""

    def make(status, **changes):
        marks = {"pidx": None if status == "created" else "HT6o6PEZRWFJ5ygavzHWd5"}
        if status in PAID:
            marks |= {"completed_at": NOW, "transaction_id": "T0", "fee": 7}
        if status in SOFT_ENDS:
            marks["ended_at"] = NOW
        if status in WITH_REFUNDS:
            marks["refund_total"] = 150_000 if status == "refunded" else 50_000
        row = {**marks, "purchase_order_id": new_reference(), **changes}
        payment = KhaltiPayment.objects.create(amount=150_000, status=status, **row)
        if payment.refund_total:
            refund = {"state": "succeeded", "amount": payment.refund_total, "refundable": payment.refundable}
            KhaltiRefund.objects.create(payment=payment, created_at=NOW, resolved_at=NOW, **refund)
        return payment

    return make


def stored(payment):
    return KhaltiPayment.objects.get(pk=payment.pk)


def test_the_machine_has_an_answer_for_everything():
    assert set(MACHINE) == set(Status)
    assert all(set(transitions) == set(GatewayStatus) for transitions in MACHINE.values())
    assert set(BY_TEXT.values()) == set(GatewayStatus)


def test_the_machine_is_the_one_that_we_agreed_on():
    """A second drawing, by what must hold rather than by the table."""
    for status, details in CELLS:
        transition = MACHINE[status][details]
        if status == Status.CREATED:
            assert isinstance(transition, KhaltiIssue.Kind), "Khalti can't know what it was never told"
        elif details == GatewayStatus.PENDING and status in SOFT_ENDS:
            assert isinstance(transition, KhaltiIssue.Kind), "a visitor who pays again now might pay twice"
        elif details in (GatewayStatus.INITIATED, GatewayStatus.PENDING):
            begins = (status, details) == (Status.INITIATED, GatewayStatus.PENDING)
            assert transition == (Status.PENDING if begins else None), "a payment that begins again takes nothing back"
        elif status in WAITING | SOFT_ENDS and details in MONEY:
            assert transition == MONEY[details], "money that comes is accepted, also late"
        elif status in WAITING:
            assert transition == END[details]
        elif status in SOFT_ENDS:
            assert transition is None, "an end stays the end that it was"
        elif details in END:
            assert isinstance(transition, KhaltiIssue.Kind), "paid money does not expire"
        elif ORDER.index(MONEY[details]) > ORDER.index(status):
            assert transition == MONEY[details], "money goes back"
        elif MONEY[details] == status:
            assert transition is None
        else:
            assert isinstance(transition, KhaltiIssue.Kind), "money given back does not come again"


ORDER = [Status.COMPLETED, Status.PARTIALLY_REFUNDED, Status.REFUNDED]
MONEY = dict(
    zip((GatewayStatus.COMPLETED, GatewayStatus.PARTIALLY_REFUNDED, GatewayStatus.REFUNDED), ORDER, strict=True)
)
END = {
    GatewayStatus.CANCELED: Status.CANCELED,
    GatewayStatus.EXPIRED: Status.EXPIRED,
    GatewayStatus.FAILED: Status.FAILED,
}


@pytest.mark.parametrize(("status", "details"), CELLS, ids=lambda value: value.value)
def test_every_cell_of_the_machine(stand, status, details):
    payment = stand(status)
    transition = MACHINE[status][details]
    if status == Status.CREATED:
        transition = KhaltiIssue.Kind.PIDX_MISMATCH  # such a payment has no pidx that an answer could name

    apply_lookup(payment, answer(payment, details.value, pidx="HT6o6PEZRWFJ5ygavzHWd5"), requested_at=SOON)

    after = stored(payment)
    assert (after.status, after.looked_up_at, after.khalti_status) == (
        payment.status,
        payment.looked_up_at,
        payment.khalti_status,
    ), "the object in hand is as the row"
    assert after.amount == 150_000
    assert after.checked_at is not None
    if isinstance(transition, KhaltiIssue.Kind):
        _is_held(after, status, transition)
    elif transition is None:
        _has_stayed(after, status, details)
    else:
        _has_moved(after, status, transition)


def _is_held(payment, before, doubt):
    assert payment.status == before
    assert payment.looked_up_at is None
    assert payment.khalti_status
    issue = payment.issues.get()
    assert (issue.kind, issue.is_open, issue.resolved_at) == (doubt, True, None)
    assert issue.details["total_amount"] == 150_000
    assert event_types(payment) == ["needs_attention"]
    assert kinds(payment) == ["looked_up", "contradiction"]


def _has_stayed(payment, before, details):
    assert payment.status == before
    assert payment.looked_up_at == SOON
    assert payment.khalti_status == details.value
    assert event_types(payment) == []
    assert kinds(payment) == ["looked_up"]
    assert not payment.issues.exists()


def _has_moved(payment, before, after):
    assert payment.status == after
    assert payment.looked_up_at == SOON
    went_back = after in WITH_REFUNDS
    assert kinds(payment) == ["looked_up", "status_changed"] + ["refund_recorded"] * went_back
    late = before in SOFT_ENDS
    assert payment.events.get(kind="status_changed").data == {"from": before, "to": after, "late": late}
    amount_is_missing = after == Status.PARTIALLY_REFUNDED
    assert issues(payment) == ["late_payment"] * late + ["refund_amount_missing"] * amount_is_missing
    assert payment.refund_total == (150_000 if after == Status.REFUNDED else 0)

    newly_paid = after in PAID and before not in PAID
    assert payment.is_late == (newly_paid and late)
    assert (payment.completed_at is None) == (after not in PAID)
    assert (payment.ended_at is None) == (after not in SOFT_ENDS and before not in SOFT_ENDS)
    if after in PAID:
        assert (payment.transaction_id, payment.fee) == ("T0" if before in PAID else "T1", 0)
    if newly_paid:
        assert payment.completed_at != NOW
    else:
        assert payment.completed_at in (NOW, None)
    assert event_types(payment) == _events_of(before, after)


def _events_of(before, after):
    if after in SOFT_ENDS:
        return ["ended"]
    if after == Status.PENDING:
        return []
    was_bought = after != Status.REFUNDED and before not in PAID
    is_late, amount_is_missing = before in SOFT_ENDS, after == Status.PARTIALLY_REFUNDED
    was_given_back = after == Status.REFUNDED
    for_a_person = ["needs_attention"] * (is_late + amount_is_missing)
    return ["completed"] * was_bought + for_a_person + ["refunded"] * was_given_back


# Words.


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Completed", "completed"),
        ("completed", "completed"),
        ("COMPLETED", "completed"),
        ("  Completed\n", "completed"),
        ("User canceled", "canceled"),
        ("User Canceled", "canceled"),
        ("user  canceled", "canceled"),
        ("User\tcanceled", "canceled"),
        ("Canceled", "canceled"),
        ("Expired", "expired"),
        ("Failed", "failed"),
        ("Pending", "pending"),
        ("Refunded", "refunded"),
        ("Partially Refunded", "partially_refunded"),
        ("Partially refunded", "partially_refunded"),
    ],
)
def test_khaltis_statuses_are_read_whatever_case_and_spaces(stand, words, status):
    payment = stand("initiated")

    apply_lookup(payment, answer(payment, words), requested_at=SOON)

    assert stored(payment).status == status
    assert stored(payment).khalti_status == words


@pytest.mark.parametrize(
    "words",
    [
        "Ambiguous",
        "Success",
        "paid",
        "Complete",
        "Completed.",
        "Not Completed",
        "Comp leted",
        "C\u043empleted",  # with a Cyrillic o
        "Completed\u200b",
        "User cancelled",
        "Cancelled",
        "Timeout",
        "Refund",
        "None",
        "0",
        "completed" * 100,
    ],
)
@pytest.mark.parametrize("status", ["initiated", "completed", "expired"])
def test_an_unknown_word_means_neither_paid_nor_failed(stand, status, words):
    payment = stand(status)

    apply_lookup(payment, answer(payment, words), requested_at=SOON)

    assert stored(payment).status == status
    assert payment.issues.get().kind == "unknown_status"


# Contradictions.


@pytest.mark.parametrize(
    "amount", [149_999, 150_001, 0, 15_000_000, 1_500, None, True, "", "1500.00", -150_000, [150_000], {}]
)
@pytest.mark.parametrize("word", ["Completed", "User canceled", "Expired", "Pending", "Refunded"])
def test_another_amount_is_never_accepted(stand, amount, word):
    payment = stand("initiated")

    apply_lookup(payment, answer(payment, word, total_amount=amount), requested_at=SOON)

    assert stored(payment).status == "initiated"
    assert payment.issues.get().kind == "amount_mismatch"


@pytest.mark.parametrize("pidx", ["another", "", None, "ht6o6pezrwfj5ygavzhwd5", " HT6o6PEZRWFJ5ygavzHWd5"])
def test_another_pidx_is_never_accepted(stand, pidx):
    payment = stand("initiated")

    apply_lookup(payment, answer(payment, pidx=pidx), requested_at=SOON)

    assert stored(payment).status == "initiated"
    assert payment.issues.get().kind == "pidx_mismatch"


@pytest.mark.parametrize("refunded", [True, "true", 1])
@pytest.mark.parametrize("status", ["initiated", "expired", "completed"])
def test_completed_and_refunded_at_once_is_for_a_person(stand, status, refunded):
    payment = stand(status)

    apply_lookup(payment, answer(payment, refunded=refunded), requested_at=SOON)

    assert stored(payment).status == status
    assert payment.issues.get().kind == "conflicting_status"


def test_the_same_contradiction_opens_one_review(stand):
    payment = stand("initiated")

    for _time in range(3):
        apply_lookup(payment, answer(payment, total_amount=1), requested_at=SOON)

    assert payment.issues.count() == 1
    assert event_types(payment) == ["needs_attention"]
    assert kinds(payment) == ["looked_up", "contradiction"]
    assert set(payment.events.values_list("count", flat=True)) == {3}


def test_another_contradiction_opens_another_review(stand):
    payment = stand("initiated")

    apply_lookup(payment, answer(payment, total_amount=1), requested_at=SOON)
    apply_lookup(payment, answer(payment, "Ambiguous"), requested_at=SOON)

    assert set(payment.issues.values_list("kind", flat=True)) == {"amount_mismatch", "unknown_status"}
    assert event_types(payment) == ["needs_attention", "needs_attention"]


def test_a_resolved_contradiction_stays_so_and_another_opens(stand):
    payment = stand("initiated")
    apply_lookup(payment, answer(payment, total_amount=1), requested_at=SOON)
    resolve_issue(payment.issues.get(), resolution=KhaltiIssue.Resolution.RESOLVED)

    apply_lookup(payment, answer(payment, total_amount=1), requested_at=SOON)
    assert issues(payment) == []

    apply_lookup(payment, answer(payment, total_amount=2), requested_at=SOON)

    assert payment.issues.count() == 2
    assert payment.issues.open().count() == 1


def test_a_contradiction_does_not_stand_in_the_way_of_the_truth(stand):
    payment = stand("initiated")
    apply_lookup(payment, answer(payment, total_amount=1), requested_at=SOON)

    apply_lookup(payment, answer(payment), requested_at=SOON)

    assert stored(payment).status == "completed"
    assert payment.issues.open().count() == 1


# Time.


def test_an_answer_to_an_older_question_changes_nothing(stand):
    payment = stand("initiated")
    apply_lookup(payment, answer(payment, "Pending"), requested_at=SOON)

    apply_lookup(payment, answer(payment, "Expired"), requested_at=SOON - timedelta(microseconds=1))

    after = stored(payment)
    assert (after.status, after.khalti_status, after.looked_up_at) == ("pending", "Pending", SOON)
    assert kinds(payment) == ["looked_up", "status_changed", "outdated"]
    assert payment.events.get(kind="outdated").data["status"] == "Expired"
    assert event_types(payment) == []


def test_an_answer_to_an_older_lookup_changes_nothing(stand):
    """The object in hand was read before the newer answer was applied by somebody else."""
    payment = stand("initiated")
    apply_lookup(stored(payment), answer(payment, "Completed"), requested_at=SOON)

    apply_lookup(payment, answer(payment, "User canceled"), requested_at=NOW)

    assert payment.status == stored(payment).status == "completed"
    assert kinds(payment)[-1] == "outdated"
    assert not payment.issues.exists()


def test_an_older_contradiction_raises_no_alarm_behind_our_back(stand):
    payment = stand("canceled")
    apply_lookup(stored(payment), answer(payment, "Completed"), requested_at=SOON)

    apply_lookup(payment, answer(payment, "Pending"), requested_at=NOW)

    assert (stored(payment).status, stored(payment).khalti_status) == ("completed", "Completed")
    assert payment.status == "completed"
    assert issues(payment) == ["late_payment"]  # of the newer answer


@pytest.mark.parametrize("older", ["Expired", "Pending", "Completed"])
def test_an_older_answer_loses_even_if_the_newer_changed_nothing(stand, older):
    payment = stand("initiated")
    apply_lookup(stored(payment), answer(payment, "Initiated"), requested_at=SOON)

    apply_lookup(payment, answer(payment, older), requested_at=NOW)

    assert (stored(payment).status, stored(payment).looked_up_at) == ("initiated", SOON)
    assert kinds(payment) == ["looked_up", "outdated"]


def test_evidence_of_the_future_does_not_outrank_the_truth(stand):
    """A server's clock was wrong for a while."""
    payment = stand("initiated")
    tomorrow = timezone.now() + timedelta(days=1)
    apply_lookup(payment, answer(payment, "Pending"), requested_at=tomorrow)

    apply_lookup(payment, answer(payment, "Completed"), requested_at=timezone.now())

    after = stored(payment)
    assert after.status == "completed"
    assert after.looked_up_at < tomorrow


def test_a_newer_answer_is_judged_by_what_is_stored_now(stand):
    payment = stand("initiated")
    apply_lookup(stored(payment), answer(payment, "Completed"), requested_at=NOW)

    apply_lookup(payment, answer(payment, "Refunded"), requested_at=SOON)

    assert payment.status == stored(payment).status == "refunded"
    assert event_types(payment) == ["completed", "refunded"]


def test_the_same_answer_twice_moves_once(stand):
    payment = stand("initiated")
    same = stored(payment)

    apply_lookup(payment, answer(payment), requested_at=SOON)
    apply_lookup(same, answer(payment), requested_at=SOON)

    assert same.status == "completed"
    assert kinds(payment) == ["looked_up", "status_changed", "looked_up"]
    assert event_types(payment) == ["completed"]


@pytest.mark.parametrize("end", ["User canceled", "Expired", "Failed"])
def test_money_that_comes_after_an_end_is_accepted_and_flagged(stand, end):
    payment = stand("initiated")
    apply_lookup(payment, answer(payment, end), requested_at=NOW)

    apply_lookup(payment, answer(payment), requested_at=SOON)

    after = stored(payment)
    assert (after.status, after.is_late) == ("completed", True)
    assert after.ended_at is not None
    assert event_types(payment) == ["ended", "completed", "needs_attention"]


def test_a_refund_found_at_once_is_a_purchase_only_if_partial(stand):
    kept, refund_summary = stand("initiated"), stand("initiated", pidx="other")

    apply_lookup(kept, answer(kept, "Partially Refunded"), requested_at=SOON)
    apply_lookup(refund_summary, answer(refund_summary, "Refunded"), requested_at=SOON)

    assert event_types(kept) == ["completed", "needs_attention"], "how much was kept has to be found out first"
    assert event_types(refund_summary) == ["refunded"]


def test_an_answer_without_ids_does_not_wipe_out_what_is_known(stand):
    payment = stand("completed")

    apply_lookup(payment, answer(payment, "Refunded", transaction_id=None, fee=None), requested_at=SOON)

    assert (stored(payment).transaction_id, stored(payment).fee) == ("T0", 7)


@pytest.mark.django_db(transaction=True)
def test_settling_inside_a_transaction_is_refused(stand):
    payment = stand("initiated")

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        apply_lookup(payment, answer(payment), requested_at=SOON)

    assert stored(payment).status == "initiated"
    assert kinds(payment) == []


def test_people_are_told_once_of_a_payment_that_needs_them(
    khalti, payment, settings, mailoutbox, django_capture_on_commit_callbacks
):
    settings.MANAGERS = [("Asha", "asha@example.com")]
    payment.customer_phone = "9800000001"
    payment.save()

    for _time in range(2):
        khalti.answer_lookup(payment, total_amount=payment.amount - 1)
        with django_capture_on_commit_callbacks(execute=True):
            check_payment(payment)

    [mail] = mailoutbox
    assert mail.to == ["asha@example.com"]
    assert payment.readable_reference in mail.subject
    assert "Amount mismatch: Khalti reports Rs\xa01,499.99, expected Rs\xa01,500." in mail.body
    assert "9800000001" not in mail.body


def test_a_mail_server_that_is_down_changes_nothing(
    khalti, payment, settings, caplog, django_capture_on_commit_callbacks
):
    settings.MANAGERS = [("Asha", "asha@example.com")]
    mail_through(settings, SMTP, host="127.0.0.1", port=1)  # where nobody listens
    khalti.answer_lookup(payment, total_amount=payment.amount - 1)

    with django_capture_on_commit_callbacks(execute=True):
        check_payment(payment)

    assert payment.issues.open().count() == 1
    assert "ConnectionRefusedError" in caplog.text
