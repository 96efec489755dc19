"""Open matters, made without Khalti: what is shown of them is in question, not how they came about."""

from wagtail_khalti.models import KhaltiPayment, KhaltiReview
from wagtail_khalti.models.review import RISKS
from wagtail_khalti.testing.factories import PaymentFactory, ReviewFactory
from wagtail_khalti.testing.factories.reviews import BEGINNINGS

Kind = KhaltiReview.Kind


def new_matter(kind=Kind.SECOND_PAYMENT, evidence=None, *, payment=None, **columns):
    """Open, with all that belongs to it; ``columns`` are those of its payment. Only ``evidence`` may be made up."""
    given = {} if evidence is None else {"evidence": evidence}
    if columns:
        payment = PaymentFactory(story=BEGINNINGS.get(kind, "initiated"), **columns)
    return ReviewFactory(kind=kind, payment=payment, **given)


def many_matters(count, **columns):
    """In few queries, and so without their histories."""
    payments = KhaltiPayment.objects.bulk_create(PaymentFactory.build_batch(count, purpose="Course", **columns))
    KhaltiReview.objects.bulk_create(
        KhaltiReview(
            payment=payment, kind=Kind.SECOND_PAYMENT, evidence={"earlier": "ABCD"}, risk=RISKS[Kind.SECOND_PAYMENT]
        )
        for payment in payments
    )
