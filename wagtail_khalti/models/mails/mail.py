"""A mail that is to be sent, or was."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_khalti.database.primary import OnPrimary
from wagtail_khalti.models.mails.queries import KhaltiMailQuerySet
from wagtail_khalti.models.payment import KhaltiPayment
from wagtail_khalti.models.refund import KhaltiRefund


class KhaltiMail(OnPrimary):
    """Written in the transaction of the fact that it reports, and sent afterwards. Its text is written when it is sent.

    Mails about sales are bundled: a row of kind ``sale`` belongs to a row of kind ``sales`` or ``daily_sales``, which
    is the mail.
    """

    class Kind(models.TextChoices):
        """What it says, and to whom."""

        RECEIPT = "receipt", _("Receipt")
        """To the payer, when the payment completes."""
        REFUND_NOTICE = "refund_notice", _("Refund notice")
        """To the payer, for each refund."""
        REMINDER = "reminder", _("Reminder of an unfinished payment")
        """To the visitor, when the payment link has expired."""
        FINISH_LATER = "finish_later", _("Link to finish the payment")
        """To the visitor, if Khalti was unavailable."""
        SALE = "sale", _("Notice of a sale")
        """To an organiser, as a part of one of the following."""
        SALES = "sales", _("New sales")
        """To an organiser, soon after each sale, but not more often than every ten minutes."""
        DAILY_SALES = "daily_sales", _("Daily summary of sales")
        """To an organiser, once a day."""

    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    key = models.CharField(_("key"), max_length=100, unique=True)
    """Names the fact that it reports, so that it is queued once."""
    payment = models.ForeignKey(
        KhaltiPayment,
        verbose_name=_("payment"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mails",
    )
    """NULL for a bundle."""
    refund = models.ForeignKey(
        KhaltiRefund, verbose_name=_("refund"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """For ``refund_notice``."""
    bundle = models.ForeignKey(
        "self", verbose_name=_("bundle"), null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    """For ``sale``: the mail that it is a part of."""
    recipient = models.CharField(_("recipient"), max_length=254, blank=True)
    """Empty: the address of the payment."""

    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    """When it is sent, or tried again; NULL once it is sent, given up, or not needed any more."""
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    attempted_at = models.DateTimeField(_("last attempt at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=100, blank=True)
    """The class of the exception, without its message, which may contain the address."""

    objects: ClassVar = KhaltiMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["due_at", "id"], name="khalti_mail_due"),
            models.Index(fields=["attempted_at"], name="khalti_mail_attempted"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.key}"

    @classmethod
    def about(cls, payment: KhaltiPayment, kind: Kind, **columns: Any) -> Self:
        """An unsaved mail to the payer, due now. ``refund``: the one that it is about."""
        subject = columns.get("refund") or payment
        return cls(kind=kind, key=f"{kind}:{subject.pk}", payment=payment, due_at=timezone.now(), **columns)

    @property
    def address(self) -> str:
        """To whom it is sent."""
        return self.recipient or (self.payment.customer_email if self.payment else "")

    @property
    def is_given_up(self) -> bool:
        """Whether the mail server did not accept it for days."""
        return self.due_at is None and self.sent_at is None and bool(self.last_error)
