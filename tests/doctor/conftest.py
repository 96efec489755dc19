"""What the doctor's tests share."""

import pytest

from tests.webhooks.made import *  # noqa: F403 - its fixture
from wagtail_khalti.actions import check_payment, start_payment


def by_name(findings):
    """Each finding under its name, which no two have here."""
    findings = list(findings)
    named = {finding.name: finding for finding in findings}
    assert len(named) == len(findings)
    return named


def only(findings):
    """The one finding."""
    (finding,) = findings
    return finding


@pytest.fixture
def start(khalti):
    """Another payment that waits at Khalti."""
    return lambda **more: start_payment(150_000, purpose="Membership", base_url="http://testserver", **more)


@pytest.fixture
def paid(khalti, start):
    """Another payment that was paid, and that the site was told of."""

    def pay(**more):
        payment = start(**more)
        khalti.pay(payment)
        return check_payment(payment)

    return pay
