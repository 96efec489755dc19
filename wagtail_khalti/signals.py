"""What a site can listen to.

Each is sent inside a database transaction together with the mark "delivered", with ``sender=KhaltiPayment``
and the keyword arguments ``payment`` and ``is_test`` (whether no money moved). A receiver that raises undoes
its own work and the mark, and is called again later; ``payment`` is then as it stands by that time. Work
outside the database belongs in ``transaction.on_commit``.
"""

from django.dispatch import Signal

payment_completed = Signal()
"""Khalti confirmed the money, server to server."""

payment_refunded = Signal()
"""Money went back. Comes once for each refund with ``refund``, a ``KhaltiRefund``, its ``amount``, and what is then
``refundable`` of the payment, both in paisa: 0 where all of it went back."""

payment_ended = Signal()
"""Khalti said that this payment will not happen: canceled, expired or failed. A late payment may still come."""

payment_needs_attention = Signal()
"""An answer contradicted what we know; a person has to look. Comes with ``issue``, a ``KhaltiIssue``."""
