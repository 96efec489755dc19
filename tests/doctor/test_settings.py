"""What the site says of itself."""

import pytest

from tests.doctor.conftest import by_name, only
from wagtail_khalti.conf import configuration
from wagtail_khalti.doctor import Level, Subject, examine
from wagtail_khalti.doctor.settings import chosen_merchants, merchants, system_checks
from wagtail_khalti.models import KhaltiSettings

KEY = "0123456789abcdef0123456789abcdef"
GOOD = {"MODE": "sandbox", "SECRET_KEY": KEY}


def test_a_sound_configuration(settings):
    settings.WAGTAIL_KHALTI = GOOD

    finding = only(system_checks())

    assert (finding.level, finding.name) == (Level.OK, "checks")


def test_each_message_of_the_system_checks_with_what_to_do(settings):
    settings.WAGTAIL_KHALTI = {**GOOD, "MOOD": "good"}

    finding = only(system_checks())

    assert (finding.level, finding.name) == (Level.ERROR, "E002")
    assert 'Did you mean "MODE"?' in finding.remedy


def test_a_warning_of_the_system_checks_is_one_here(settings, monkeypatch):
    from django.apps import apps

    monkeypatch.delitem(apps.app_configs, "khalti_simulator")
    settings.WAGTAIL_KHALTI = {**GOOD, "MODE": "live"}
    settings.SILENCED_SYSTEM_CHECKS = ["wagtail_khalti.W012"]  # whether a site is called localhost, others decide

    finding = only(system_checks())

    assert (finding.level, finding.name) == (Level.WARNING, "W008")


def test_a_message_that_the_site_has_silenced_stays_silent(settings):
    settings.WAGTAIL_KHALTI = {**GOOD, "MOOD": "good"}
    settings.SILENCED_SYSTEM_CHECKS = ["wagtail_khalti.E002"]

    assert only(system_checks()).name == "checks"


def test_each_merchant_has_its_mode_and_key_fingerprint(settings):
    settings.WAGTAIL_KHALTI = {**GOOD, "MERCHANTS": {"books": {"MODE": "live", "SECRET_KEY": KEY[::-1]}}}

    own, books = merchants()

    for finding, name in ((own, "default"), (books, "books")):
        merchant = configuration().merchants[name]
        assert finding.level == Level.OK
        for shown in (name, merchant.api_url, merchant.mode.label, merchant.key_fingerprint):
            assert str(shown) in finding.sentence
        assert merchant.secret_key not in str(finding)


def test_a_merchant_without_a_key_has_no_fingerprint(settings):
    settings.WAGTAIL_KHALTI = {"MODE": "sandbox", "SECRET_KEY": ""}

    assert by_name(system_checks())["E003"].level == Level.ERROR
    assert only(merchants()).sentence.endswith("fingerprint –.")


@pytest.mark.parametrize("options", [None, {**GOOD, "MODE": "production"}])
def test_what_cannot_be_read_is_told_once(settings, options):
    settings.WAGTAIL_KHALTI = options

    assert only(system_checks()).name == "E001"
    assert list(merchants()) == []


def test_a_site_whose_merchant_is_gone_is_an_error(settings, home):
    settings.WAGTAIL_KHALTI = GOOD
    site = home.get_site()
    KhaltiSettings.objects.create(site=site, merchant="museum")

    finding = only(chosen_merchants())

    assert (finding.level, finding.name) == (Level.ERROR, "merchant_gone")
    assert str(site) in finding.sentence
    assert "“museum”" in finding.sentence
    assert "MERCHANTS" in finding.remedy


@pytest.mark.parametrize("merchant", ["", "default", "books"])
def test_a_merchant_that_is_there_is_nothing_to_speak_of(settings, home, merchant):
    settings.WAGTAIL_KHALTI = {**GOOD, "MERCHANTS": {"books": {"SECRET_KEY": KEY[::-1]}}}
    KhaltiSettings.objects.create(site=home.get_site(), merchant=merchant)

    assert list(chosen_merchants()) == []


def test_site_choices_are_not_judged_by_unreadable_settings(settings, home):
    settings.WAGTAIL_KHALTI = None
    KhaltiSettings.objects.create(site=home.get_site(), merchant="museum")

    assert list(chosen_merchants()) == []


def test_the_doctor_looks_at_what_sites_chose(settings, home):
    settings.WAGTAIL_KHALTI = GOOD
    KhaltiSettings.objects.create(site=home.get_site(), merchant="museum")

    assert "merchant_gone" in by_name(examine(subjects=[Subject.SETTINGS]))
