"""Which payments are shown first: those of real money, where there are any."""

import pytest
from django.test import RequestFactory

from wagtail_khalti.conf import Mode
from wagtail_khalti.staff.modes import default_mode, mode_of

SANDBOX, LIVE = {"MODE": "sandbox", "SECRET_KEY": "a"}, {"MODE": "live", "SECRET_KEY": "b"}


@pytest.mark.parametrize(
    ("options", "mode"),
    [
        (SANDBOX, Mode.SANDBOX),
        (LIVE, Mode.LIVE),
        ({**SANDBOX, "MERCHANTS": {"shop": LIVE}}, Mode.LIVE),
        ({**LIVE, "MERCHANTS": {"shop": SANDBOX}}, Mode.LIVE),
        ({"MODE": "nonsense", "SECRET_KEY": "a"}, Mode.LIVE),
    ],
)
def test_the_default_is_live_unless_every_account_is_for_tests(settings, options, mode):
    settings.WAGTAIL_KHALTI = options

    assert default_mode() == mode


@pytest.mark.parametrize("asked", ["", "nonsense", "LIVE", "live\x00", "x" * 10_000])
def test_what_is_no_mode_is_the_usual_one(settings, asked):
    settings.WAGTAIL_KHALTI = SANDBOX

    assert mode_of(RequestFactory().get("/", {"mode": asked})) == Mode.SANDBOX
