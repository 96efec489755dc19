"""The search index: phrases of a payment's customer name and description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.database.primary import OnPrimary, PrimaryQuerySet
from wagtail_khalti.models.payment import KhaltiPayment
from wagtail_khalti.text.phrases import MAX_LENGTH, phrases_of_name, phrases_of_text


class KhaltiSearchEntryQuerySet(PrimaryQuerySet["KhaltiSearchEntry"]):
    """Reads from the primary database, as all models of this package do."""


class KhaltiSearchEntry(OnPrimary):
    """One phrase, normalised by ``text.phrases``, that a search matches by prefix. Written with the payment."""

    payment = models.ForeignKey(
        KhaltiPayment, verbose_name=_("payment"), on_delete=models.CASCADE, related_name="search_entries"
    )
    is_personal = models.BooleanField(_("personal data"))
    """From the name, which not everybody may see."""
    text = models.CharField(_("text"), max_length=MAX_LENGTH)
    site_key = models.BigIntegerField(_("site key"), null=True, blank=True)
    """The site's primary key when the payment started. Not a foreign key: it may outlive the site."""

    objects: ClassVar = KhaltiSearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            # Covers the whole search. PostgreSQL needs ``varchar_pattern_ops`` for prefix searches.
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
