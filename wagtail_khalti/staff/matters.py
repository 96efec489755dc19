"""What stands at the top of a payment's page because somebody has to look, each with what can safely be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from wagtail_khalti.models import KhaltiPayment, KhaltiRefund, KhaltiReview
from wagtail_khalti.models.refund import State
from wagtail_khalti.models.review import SENTENCES
from wagtail_khalti.staff.figures import rupees

Kind = KhaltiReview.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A word, a sentence, what to do, and where."""

    kind: str
    title: str
    sentence: str
    advice: str = ""
    url: str = ""
    label: str = ""
    """Of the link to where a person who may refund settles it."""
    can_be_checked: bool = False
    """Whether Khalti, asked now, may settle it."""


def matters_of(payment: KhaltiPayment, refunds: Iterable[KhaltiRefund]) -> list[Matter]:
    """First what keeps money from going back, then what else is open."""
    reviews = {review.kind: review for review in payment.reviews.open().select_related("payment")}
    about_refunds = [
        matter for refund in refunds for matter in _about(refund, needs_person=Kind.REFUND_IN_DOUBT in reviews)
    ]
    told = {matter.kind for matter in about_refunds}
    others = [_of_review(review) for kind, review in reviews.items() if kind not in told]
    return about_refunds + others


def _about(refund: KhaltiRefund, *, needs_person: bool) -> Iterator[Matter]:
    if refund.state == State.UNKNOWN:
        yield _in_doubt(refund, needs_person=needs_person)
    elif refund.is_undecided:
        yield Matter(
            kind="on_its_way",
            title=_("A refund is on its way"),
            sentence=_("%(amount)s is being sent to Khalti. Look again in a moment.") % {"amount": _amount(refund)},
            can_be_checked=True,
        )
    elif refund.lacks_amount:
        yield Matter(
            kind=Kind.REFUND_WITHOUT_AMOUNT,
            title=str(Kind.REFUND_WITHOUT_AMOUNT.label),
            sentence=str(SENTENCES[Kind.REFUND_WITHOUT_AMOUNT]),
            url=reverse("khalti_payments:amount", args=[refund.reference]),
            label=_("Enter how much went back"),
        )


def _in_doubt(refund: KhaltiRefund, *, needs_person: bool) -> Matter:
    look = _("Look in Khalti's dashboard, and say here what became of it.")
    wait = _("Khalti is asked again by itself, and often that settles it.")
    keep = _("Until then, do not give the money back in another way.")
    return Matter(
        kind=Kind.REFUND_IN_DOUBT,
        title=str(Kind.REFUND_IN_DOUBT.label),
        sentence=str(SENTENCES[Kind.REFUND_IN_DOUBT]) % {"refund": _amount(refund)},
        advice=f"{look if needs_person else wait} {keep}",
        url=reverse("khalti_payments:decide", args=[refund.reference]),
        label=_("Say what became of it"),
        can_be_checked=True,
    )


def _of_review(review: KhaltiReview) -> Matter:
    return Matter(kind=review.kind, title=str(review.get_kind_display()), sentence=review.sentence)


def _amount(refund: KhaltiRefund) -> str:
    return rupees(refund.amount or 0)
