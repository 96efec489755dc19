"""One run in a process of its own: says what came of it, and its memory.

python -m tests.masses.run CONCURRENCY [careless]

A careless one is for the control: it reads what is due, and takes none of it.
"""

from __future__ import annotations

import json
import logging
import resource
import sys

import django

KIB = 1024


def main(concurrency: str, care: str = "") -> None:
    django.setup()
    logging.disable(logging.WARNING)  # a line for each payment that could not be checked is of no use here
    from tests.concurrency import shop
    from tests.workers.apps import forget_to_lease
    from wagtail_khalti.actions import reconcile

    if care == "careless":
        forget_to_lease()
    shop.open_shop()
    done = reconcile(concurrency=int(concurrency))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIB
    print(json.dumps({**done.as_json(), "mebibytes": memory}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
