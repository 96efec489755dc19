"""All that is stored about a person, in plain words, for themselves."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from wagtail_khalti.models import KhaltiEvent, KhaltiIssue, KhaltiMail, KhaltiPayment, KhaltiRefund
from wagtail_khalti.models.references import in_groups_of_four
from wagtail_khalti.models.site_settings import site_display_name
from wagtail_khalti.money import to_rupees
from wagtail_khalti.text.answers import AnswerReader

OF_ORGANISERS = frozenset({KhaltiMail.Kind.SALE, KhaltiMail.Kind.SALES, KhaltiMail.Kind.DAILY_SALES})

EARLIER = "earlier"
"""In the details of an issue about a duplicate: the reference of the other payment."""


def export_person(pks: Iterable[int]) -> dict[str, Any]:
    """Of the payments with these keys, as JSON. Of other people nothing but their role.

    Staff may have written about other people into notes and reasons: whoever hands it on reads it first.
    """
    pks = list(pks)
    own = set(KhaltiPayment.objects.filter(pk__in=pks).values_list("reference", flat=True))
    payments = [_payment(pk, frozenset(map(in_groups_of_four, own))) for pk in pks]
    return {"exported at": _time(timezone.now()), "payments": payments}


def _payment(pk: int, own_references: Container[str]) -> dict[str, Any]:
    payment = KhaltiPayment.objects.select_related("site", "user").get(pk=pk)
    return {
        "reference": payment.reference,
        "status": str(payment.get_status_display()),
        "test": payment.is_test,
        "description": payment.purpose,
        "name": payment.customer_name,
        "e-mail": payment.customer_email,
        "mobile number": payment.customer_phone,
        "language": payment.language,
        "amount": _amount(payment.amount),
        "fee of Khalti": _amount(payment.fee),
        "refunded": _amount(payment.refund_total),
        "lines": [{"label": line.get("label"), "amount": _amount(line.get("amount"))} for line in payment.breakdown],
        "products": payment.products,
        "answers": [{"question": one.label, "answer": one.text} for one in AnswerReader().read(payment.answers)],
        "metadata of the site": payment.metadata,
        "values sent to Khalti": payment.merchant_extra,
        "receipt number": payment.readable_receipt_number,
        "Khalti order ID": payment.purchase_order_id,
        "pidx": payment.pidx,
        "Khalti transaction ID": payment.transaction_id,
        "site": payment.site and site_display_name(payment.site),
        "page": payment.source_title,
        "user": payment.user and payment.user.get_username(),
        "came from": payment.back_url,
        "went on to": payment.success_url,
        "went on to after cancelling": payment.cancel_url,
        "hash of the request": payment.request_digest,
        "created at": _time(payment.created_at),
        "completed at": _time(payment.completed_at),
        "ended at": _time(payment.ended_at),
        "returned at": _time(payment.returned_at),
        "anonymised at": _time(payment.anonymized_at),
        "refunds": [_refund(refund) for refund in payment.refunds.all()],
        "issues": [_issue(issue, own_references) for issue in payment.issues.order_by("pk")],
        "e-mails": list(_mails(payment)),
        "history": [_event(event) for event in payment.events.all()],
    }


def _refund(refund: KhaltiRefund) -> dict[str, Any]:
    return {
        "reference": refund.reference,
        "state": str(refund.get_state_display()),
        "method": str(refund.get_method_display()),
        "amount": _amount(refund.amount),
        "mobile number": refund.mobile,
        "reason": refund.reason,
        "response from Khalti": refund.answer,
        "hash of the request": refund.request_digest,
        "requested by": "staff" if refund.requested_by_id else "system",
        "requested at": _time(refund.created_at),
        "resolved at": _time(refund.resolved_at),
    }


def _issue(issue: KhaltiIssue, own_references: Container[str]) -> dict[str, Any]:
    """Without the reference of somebody else's payment for the same thing, which opens the page of that payment."""
    details = dict(issue.details)
    if details.get(EARLIER) not in own_references:
        details.pop(EARLIER, None)
    return {
        "kind": str(issue.get_kind_display()),
        "details": details,
        "opened at": _time(issue.opened_at),
        "resolved at": _time(issue.resolved_at),
        "resolved by": "staff" if issue.resolved_by_id else "system",
        "resolution": str(issue.get_resolution_display()),
        "internal note": issue.note,
    }


def _mails(payment: KhaltiPayment) -> Iterator[dict[str, Any]]:
    """To whom of the organisers is not theirs to know."""
    for mail in payment.mails.order_by("pk"):
        yield {
            "kind": str(mail.get_kind_display()),
            "to": "organiser" if mail.kind in OF_ORGANISERS else mail.address,
            "created at": _time(mail.created_at),
            "sent at": _time(mail.sent_at),
        }


def _event(event: KhaltiEvent) -> dict[str, Any]:
    is_to_organiser = event.kind == KhaltiEvent.Kind.SALE_MAIL_SENT
    return {
        "what": str(event.get_kind_display()),
        "at": _time(event.at),
        "by": event.actor,
        "times": event.count,
        "details": {name: value for name, value in event.data.items() if not (is_to_organiser and name == "to")},
    }


def _amount(paisa: Any) -> dict[str, Any] | None:
    return {"paisa": paisa, "rupees": str(to_rupees(paisa))} if isinstance(paisa, int) else None


def _time(moment: datetime | None) -> str | None:
    """With its offset; without one where the site has ``USE_TZ`` off."""
    if moment is None:
        return None
    return (timezone.localtime(moment) if timezone.is_aware(moment) else moment).isoformat()
