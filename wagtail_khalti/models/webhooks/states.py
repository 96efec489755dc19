"""What becomes of a webhook message."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    """A message is sent until its endpoint accepts it, or the last attempt has failed."""

    PENDING = "pending", _("Pending")
    """To be sent, or to be tried again."""
    DELIVERED = "delivered", _("Delivered")
    """The endpoint accepted it."""
    FAILED = "failed", _("Given up")
    """The endpoint did not accept it for three days."""
    GONE = "gone", _("Endpoint gone")
    """The endpoint answered 410: nothing more is sent to it until a person sends a message again."""
