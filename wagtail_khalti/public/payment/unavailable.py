"""What a visitor is told while Khalti does not respond: nothing is lost, and the payment can be finished later."""

from __future__ import annotations

from wagtail.models import Site

from wagtail_khalti.models import KhaltiMail, KhaltiPayment
from wagtail_khalti.public.sites import settings_of


def while_unavailable(payment: KhaltiPayment, site: Site | None) -> dict[str, object]:
    """For the template ``finish_later.html``."""
    mail = payment.mails.filter(kind=KhaltiMail.Kind.FINISH_LATER).first()
    return {
        "unavailable_message": settings_of(site).unavailable_message,
        "finish_url": payment.get_absolute_url(),
        "is_link_sent": mail is not None and mail.sent_at is not None,
        "is_link_queued": mail is not None and mail.due_at is not None,
    }
