"""Find a payment by its reference or pidx."""

from __future__ import annotations

from wagtail_khalti.models import KhaltiPayment


def find_payment(name: str) -> KhaltiPayment | None:
    """By its reference, also as ``k7qm-…``, or by Khalti's pidx."""
    reference = name.replace("-", "").replace(" ", "").upper()
    found = [*KhaltiPayment.objects.filter(reference=reference), *KhaltiPayment.objects.filter(pidx=name.strip())]
    # Compared once more: MariaDB compares without regard to case.
    return next((one for one in found if one.reference == reference or one.pidx == name.strip()), None)
