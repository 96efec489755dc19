"""Questions about many payments, as words that read in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models

if TYPE_CHECKING:
    from wagtail_khalti.models.payment import KhaltiPayment  # noqa: F401 - named below
    from wagtail_khalti.models.review import KhaltiReview  # noqa: F401 - named below


class KhaltiPaymentQuerySet(models.QuerySet["KhaltiPayment"]):
    def for_payable(self, payable: models.Model) -> Self:
        """The payments, also the unfinished ones, for this object of the site's."""
        content_type = ContentType.objects.get_for_model(payable, for_concrete_model=False)
        return self.filter(payable_type=content_type, payable_id=str(payable.pk))


class KhaltiReviewQuerySet(models.QuerySet["KhaltiReview"]):
    def open(self) -> Self:
        """Those that no one has closed."""
        return self.filter(is_open=True)
