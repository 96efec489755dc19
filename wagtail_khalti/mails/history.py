"""What the timelines of payments say of mails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wagtail_khalti.models import KhaltiEvent, KhaltiMail
from wagtail_khalti.text.email_addresses import masked_address

EVENTS: Mapping[str, KhaltiEvent.Kind] = {
    KhaltiMail.Kind.RECEIPT: KhaltiEvent.Kind.RECEIPT_SENT,
    KhaltiMail.Kind.REFUND_NOTICE: KhaltiEvent.Kind.REFUND_NOTICE_SENT,
    KhaltiMail.Kind.REMINDER: KhaltiEvent.Kind.REMINDER_SENT,
    KhaltiMail.Kind.FINISH_LATER: KhaltiEvent.Kind.LINK_SENT,
    KhaltiMail.Kind.SALE: KhaltiEvent.Kind.SALE_MAIL_SENT,
}


def events_about(mail: KhaltiMail, *, error: str = "") -> Iterator[KhaltiEvent]:
    """Unsaved: that it was sent, or could not be. For a bundle, one for each of its payments."""
    parts = [mail] if mail.payment else mail.parts.select_related("payment")
    for part in parts:
        if part.payment:
            data = {"to": masked_address(part.address)}
            data |= {"refund": part.refund.reference} if part.refund else {}
            data |= {"error": error} if error else {}
            yield KhaltiEvent.about(part.payment, EVENTS[part.kind], data=data)
