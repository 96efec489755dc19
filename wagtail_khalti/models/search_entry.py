"""By which words of its customer's name and its description a payment is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.database.primary import OnPrimary, PrimaryQuerySet
from wagtail_khalti.models.payment import KhaltiPayment
from wagtail_khalti.text.phrases import MAX_LENGTH, phrases_of_name, phrases_of_text


class KhaltiSearchEntryQuerySet(PrimaryQuerySet["KhaltiSearchEntry"]):
    """Read on the primary, as all rows of the package."""


class KhaltiSearchEntry(OnPrimary):
    """One phrase, as ``phrases`` writes it, that a search may be the beginning of. Written with the payment."""

    payment = models.ForeignKey(
        KhaltiPayment, verbose_name=_("payment"), on_delete=models.CASCADE, related_name="search_entries"
    )
    is_personal = models.BooleanField(_("personal data"))
    """Of the name, which not everybody may see."""
    text = models.CharField(_("text"), max_length=MAX_LENGTH)
    site_key = models.BigIntegerField(_("key of the site"), null=True, blank=True)
    """That of the payment when it began: nobody is confused by a key that is no site's any more."""

    objects: ClassVar = KhaltiSearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            # All that a search reads. PostgreSQL needs the first opclass to find by how a text begins.
            models.Index(
                fields=["is_personal", "text", "site_key", "payment"],
                name="khalti_search_entry_text",
                opclasses=["bool_ops", "varchar_pattern_ops", "int8_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.payment_id}: {'…' if self.is_personal else self.text}"

    @classmethod
    def about(cls, payment: KhaltiPayment) -> Iterator[Self]:
        """All entries of a payment, unsaved."""
        phrases = {True: phrases_of_name(payment.customer_name), False: phrases_of_text(payment.purpose)}
        for is_personal, texts in phrases.items():
            for text in sorted(texts):
                yield cls(payment=payment, is_personal=is_personal, text=text, site_key=payment.site_id)
