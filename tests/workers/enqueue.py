"""``python -m tests.workers.enqueue TIMES``: work for whoever takes it from the queue."""

import sys

import django
from django.conf import settings

if __name__ == "__main__":
    django.setup()
    from wagtail_khalti.tasks import reconcile

    for _time in range(int(sys.argv[1])):
        reconcile.using(queue_name=settings.QUEUE).enqueue()
