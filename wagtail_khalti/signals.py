"""The signals that a site can connect to.

Each is sent in the database transaction that marks the event as delivered, with ``sender=KhaltiPayment``
and the keyword arguments ``payment`` and ``is_test`` (whether no money moved). If a receiver raises, the
transaction is rolled back and the event is sent again later, with ``payment`` in its state at that time.
Work outside the database belongs in ``transaction.on_commit``.
"""

from django.dispatch import Signal

payment_completed = Signal()
"""Khalti confirmed the payment, server to server."""

payment_refunded = Signal()
"""A refund succeeded. Sent once for each refund, with ``refund``, a ``KhaltiRefund``, its ``amount``, and what is then
still ``refundable`` of the payment, both in paisa: 0 when it is fully refunded."""

payment_ended = Signal()
"""The payment was canceled, expired or failed. A late payment is still possible."""

payment_needs_attention = Signal()
"""A person has to look at the payment. Sent with ``issue``, a ``KhaltiIssue``."""
