"""One run in a process of its own: says what came of it, and its memory.

python -m tests.masses.run CONCURRENCY [careless [wasteful]]

A careless one reads what is due, and takes none of it: several apply the same answers. A wasteful one keeps the receipt
number that it took, also where another process was faster. Both are for controls.
"""

from __future__ import annotations

import json
import logging
import resource
import sys

import django

KIB = 1024


def main(concurrency: str, *care: str) -> None:
    django.setup()
    logging.disable(logging.WARNING)  # a line for each payment that could not be checked is of no use here
    from tests.concurrency import shop
    from tests.workers.apps import forget_to_lease
    from wagtail_khalti.actions import reconcile

    if "careless" in care:
        forget_to_lease()
    if "wasteful" in care:
        keep_numbers()
    shop.open_shop()
    done = reconcile(concurrency=int(concurrency))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIB
    print(json.dumps({**done.as_json(), "mebibytes": memory}), flush=True)


def keep_numbers() -> None:
    from importlib import import_module
    from types import SimpleNamespace

    from django.db import transaction

    ledger = import_module("wagtail_khalti.ledger.apply_lookup")
    ledger.transaction = SimpleNamespace(atomic=transaction.atomic, set_rollback=lambda rollback: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
