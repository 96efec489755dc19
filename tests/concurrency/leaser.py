"""Claims what is due until nothing is, and says which: ``python -m tests.concurrency.leaser most``.

It says "ready" first, and begins when it is told a line.
"""

import sys

import django


def main(most: str) -> None:
    django.setup()
    from wagtail_khalti.conf import configuration
    from wagtail_khalti.lookups.leases import lease_due_payments
    from wagtail_khalti.models import KhaltiPayment

    merchants = list(configuration().merchants.values())
    assert KhaltiPayment.objects.exists(), "the connection is made, too"
    print("ready", flush=True)
    sys.stdin.readline()
    mine: list[int] = []
    while leased := lease_due_payments(int(most), merchants):
        mine += [payment.pk for payment in leased]
    print(*mine, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
