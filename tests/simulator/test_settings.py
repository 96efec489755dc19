"""KHALTI_SIMULATOR, and the refusal to stand beside real money."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from wagtail_khalti.simulator.conf import SimulatorSettings, simulator_settings


def test_nothing_has_to_be_set(settings):
    settings.KHALTI_SIMULATOR = {}

    assert simulator_settings() == SimulatorSettings()


def test_what_is_set_is_used(settings):
    settings.KHALTI_SIMULATOR = {"EXPIRES_IN": 60, "CALLBACK_STYLE": "C"}

    assert simulator_settings() == SimulatorSettings(expires_in=60, callback_style="C")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"EXPIRES": 1}, "no option EXPIRES. Its options are: CALLBACK_STYLE, QUERY_JOIN, PAYMENT_URL_STYLE"),
        ({"CALLBACK_STYLE": "D"}, "must be one of: 'A', 'B', 'C'"),
        ({"UNKNOWN_PIDX_STATUS": 410}, "must be one of: 404, 400"),
        ({"FEE": "39"}, "must be of type int"),
        ({"FEE": True}, "must be of type int"),
        ({"REFUNDS": 1}, "must be of type bool"),
        ({"DASHBOARD": "yes"}, "must be of type bool"),
        ({"SERVICE_CHARGE": -1}, "must not be negative"),
        (["A"], "must be a dict"),
        ({"CONTROL_TOKEN": "fifteen-letters"}, "must have at least 16 ASCII characters and no space"),
        ({"CONTROL_TOKEN": "sixteen letters and a space"}, "must have at least 16 ASCII characters and no space"),
        ({"CONTROL_TOKEN": "टोकन" * 10}, "must have at least 16 ASCII characters and no space"),
        ({"CONTROL_TOKEN": 1234567890123456}, "must have at least 16 ASCII characters and no space"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_right(settings, wrong, message):
    settings.KHALTI_SIMULATOR = wrong

    with pytest.raises(ImproperlyConfigured, match=message):
        simulator_settings()


def test_the_token_is_not_shown(settings):
    secret = "a-token-of-many-characters"
    settings.KHALTI_SIMULATOR = {"CONTROL_TOKEN": secret}
    assert simulator_settings().control_token == secret
    assert secret not in repr(simulator_settings())

    settings.KHALTI_SIMULATOR = {"CONTROL_TOKEN": secret + " "}
    with pytest.raises(ImproperlyConfigured) as raised:
        simulator_settings()
    assert secret not in str(raised.value)


@pytest.mark.parametrize(
    "site",
    [
        {"MODE": "live"},
        {"MODE": "simulator", "MERCHANTS": {"a": {"MODE": "sandbox"}, "b": {"MODE": "live"}}},
    ],
)
def test_it_refuses_to_be_installed_in_live_mode(settings, site):
    settings.WAGTAIL_KHALTI = site

    with pytest.raises(ImproperlyConfigured, match='must not be installed where WAGTAIL_KHALTI has MODE "live"'):
        apps.get_app_config("khalti_simulator").ready()


@pytest.mark.parametrize("site", [None, {}, {"MODE": "sandbox"}, {"MERCHANTS": None}, {"MERCHANTS": {"a": None}}])
def test_it_is_at_home_everywhere_else(settings, site):
    settings.WAGTAIL_KHALTI = site

    apps.get_app_config("khalti_simulator").ready()


def test_a_site_may_have_no_settings_of_wagtail_khalti_at_all(settings):
    settings.WAGTAIL_KHALTI = {}
    del settings.WAGTAIL_KHALTI

    apps.get_app_config("khalti_simulator").ready()
