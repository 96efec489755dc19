"""``python -m tests.workers.paid_at_khalti COUNT KEY``: so many payments that their visitors made, in Khalti's books.

Written where the simulator keeps them, which is faster than that many calls. Says each pidx on a line.
"""

import hashlib
import sys
from datetime import timedelta

import django
from django.utils import timezone

if __name__ == "__main__":
    django.setup()
    from wagtail_khalti.simulator.identifiers import new_id
    from wagtail_khalti.simulator.models import SimulatedPayment, Status

    count, key = int(sys.argv[1]), sys.argv[2]
    paid = [
        SimulatedPayment(
            key_hash=hashlib.sha256(key.encode()).hexdigest(),
            stored_status=Status.COMPLETED,
            amount=150_000,
            transaction_id=new_id(),
            expires_at=timezone.now() + timedelta(minutes=30),
        )
        for _ in range(count)
    ]
    SimulatedPayment.objects.bulk_create(paid)
    print(*(payment.pidx for payment in paid), sep="\n")
