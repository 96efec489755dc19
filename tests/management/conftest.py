"""Payments that are due, and a run of the command."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.webhooks.made import *  # noqa: F403 - its fixture
from wagtail_khalti.actions import start_payment
from wagtail_khalti.models import KhaltiPayment


@pytest.fixture
def paid(khalti):
    """``paid(3)``: so many payments that their visitors made, due for an hour."""

    def make(count=1, **options):
        made = [start_payment(150_000, purpose="Order", base_url="http://testserver", **options) for _ in range(count)]
        for payment in made:
            khalti.pay(payment)
        KhaltiPayment.objects.update(next_check_at=timezone.now() - timedelta(hours=1))
        return made

    return make


class Ran:
    """One run, in this thread."""

    def __init__(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        self.code = 0
        try:
            call_command("khalti_reconcile", "--concurrency", "1", *arguments, stdout=out, stderr=err)
        except SystemExit as end:
            self.code = end.code
        self.said, self.complained = out.getvalue(), err.getvalue()
