"""“Test connection (nothing is charged)”: the same question, and the same words, as the doctor's."""

# ruff: noqa: F401, F811 - “museum” is a fixture

import pytest
from django.core.cache import cache
from django.urls import reverse
from wagtail.models import Site

from tests.staff.conftest import Seen, words_of
from tests.staff.sites import KEY, MUSEUMS_KEY, SIMULATED, TWO, connection_url, keeper_of, museum
from wagtail_khalti.conf import configuration
from wagtail_khalti.doctor.keys import examine_key
from wagtail_khalti.models import KhaltiSettings
from wagtail_khalti.staff.sites import connection


@pytest.fixture(autouse=True)
def nothing_was_asked():
    cache.clear()


@pytest.fixture
def site(db):
    return Site.objects.get()


@pytest.fixture
def keeper(site):
    return keeper_of()


@pytest.fixture
def press(keeper, site):
    """The button of this account."""
    return lambda merchant="default": Seen(keeper.post(connection_url(site), {"merchant": merchant}))


def said(page):
    return [words_of(block) for block in page.main.select(".help-block")]


def in_the_doctors_words(name="default"):
    finding = examine_key(configuration().merchant(name), {})
    return " ".join(f"{finding.sentence} {finding.remedy}".split())


def test_looking_asks_nobody(keeper, site, khalti):
    page = Seen(keeper.get(connection_url(site)))

    assert page.status == 200
    assert khalti.calls("lookup") == 0
    assert said(page) == []


def test_a_key_that_is_taken_is_said_in_the_doctors_words(press, khalti):
    page = press()

    assert said(page) == ["http://khalti.test/khalti-simulator accepts the API key of “default”."]
    assert said(page) == [in_the_doctors_words()]


def test_a_key_that_is_refused_is_said_with_what_to_do(press, khalti, settings):
    settings.WAGTAIL_KHALTI = {**SIMULATED, "SECRET_KEY": "invalid-key"}

    page = press()

    assert said(page) == [in_the_doctors_words()]
    assert "API_URL" in said(page)[0]
    assert page.main.select_one(".help-critical")
    assert "invalid-key" not in page.html


@pytest.mark.parametrize("fault", ["timeout", "reset_before", "server_error"])
def test_silence_is_no_word_against_the_key(press, khalti, fault):
    khalti.trouble("lookup", fault)

    page = press()

    assert "The API key of “default” could not be checked." in said(page)[0]
    assert "not of the key" in said(page)[0]
    assert page.main.select_one(".help-warning")


def test_each_account_is_asked_for_by_itself(press, khalti, settings):
    settings.WAGTAIL_KHALTI = TWO

    page = press("museum")

    assert said(page) == ["http://khalti.test/khalti-simulator accepts the API key of “museum”."]
    assert KEY not in page.html
    assert MUSEUMS_KEY not in page.html


def test_a_second_click_shows_the_first_answer_without_a_request(press, khalti):
    first, second = press(), press()

    assert khalti.calls("lookup") == 1
    assert said(second) == said(first)
    assert second.messages == ["The connection of “default” was tested a moment ago. Try again shortly."]


def test_whoever_looks_later_sees_the_last_answer(press, keeper, site, khalti):
    heard = said(press())

    assert said(Seen(keeper.get(connection_url(site)))) == heard
    assert khalti.calls("lookup") == 1


def test_it_can_be_asked_again_after_a_pause(press, khalti, monkeypatch):
    monkeypatch.setattr(connection, "MIN_INTERVAL", 0)  # which a cache keeps for no time at all

    press()
    press()

    assert khalti.calls("lookup") == 2


def test_an_answer_about_another_key_is_not_shown(press, keeper, site, khalti, settings):
    press()
    settings.WAGTAIL_KHALTI = {**SIMULATED, "SECRET_KEY": "another-key-for-tests"}

    assert said(Seen(keeper.get(connection_url(site)))) == []


@pytest.mark.parametrize("name", ["", "museum", "<script>alert(1)</script>", "x" * 10_240, "\x00"])
def test_an_account_that_is_not_there_is_not_asked_about(press, khalti, name):
    page = press(name)

    assert page.status == 200
    assert page.messages == ["This Khalti account is not set up."]
    assert khalti.calls("lookup") == 0
    assert "<script>alert" not in page.html


def test_without_a_key_the_system_checks_tell(press, khalti, settings):
    settings.WAGTAIL_KHALTI = {**SIMULATED, "SECRET_KEY": ""}

    page = press()

    assert said(page)[0].startswith("The merchant 'default' has no secret key.")
    assert khalti.calls("lookup") == 0


def test_settings_that_cannot_be_read_are_told_without_a_button(keeper, site, settings):
    settings.WAGTAIL_KHALTI = {"MODE": "production"}

    page = Seen(keeper.get(connection_url(site)))

    assert said(page)[0].startswith("WAGTAIL_KHALTI[\"MODE\"] is 'production'")
    assert page.forms == []


def test_nobody_waits_longer_than_a_web_server_does(settings):
    settings.WAGTAIL_KHALTI = {**SIMULATED, "TIMEOUT": (60, 600)}

    assert connection._impatient(configuration().merchant()).timeout == (5.0, 10.0)


def test_a_chosen_account_that_is_gone_is_said(keeper, site):
    KhaltiSettings.objects.create(site=site, merchant="museum")

    page = Seen(keeper.get(connection_url(site)))

    assert "The Khalti account “museum” was chosen for this site, but is no longer set up" in page.text


@pytest.mark.parametrize("role", ["editor", "viewer", "cashier", "accountant", "manager"])
def test_the_rights_for_payments_are_not_enough(sign_in, site, khalti, role):
    client = sign_in(role).client

    for answer in (client.get(connection_url(site)), client.post(connection_url(site), {"merchant": "default"})):
        assert answer.url == reverse("wagtailadmin_home")
    assert khalti.calls("lookup") == 0


@pytest.mark.parametrize("role", ["", "member"])
def test_who_has_no_place_in_the_admin_is_sent_to_sign_in(sign_in, site, khalti, role):
    client = sign_in(role).client

    for answer in (client.get(connection_url(site)), client.post(connection_url(site), {"merchant": "default"})):
        assert answer.url.startswith(reverse("wagtailadmin_login"))
    assert khalti.calls("lookup") == 0


def test_who_looks_after_one_site_asks_for_that_one_only(site, museum, khalti):
    client = keeper_of(museum)

    assert client.post(connection_url(museum), {"merchant": "default"}).status_code == 200
    assert client.post(connection_url(site), {"merchant": "default"}).url == reverse("wagtailadmin_home")
    assert khalti.calls("lookup") == 1


@pytest.mark.parametrize("number", ["0", "404", "9" * 25, "9" * 5000])
def test_a_site_that_is_not_there_is_not_found(keeper, site, number):
    address = connection_url(site).replace(str(site.pk), number)

    assert (keeper.get(address).status_code, keeper.post(address).status_code) == (404, 404)


def test_what_another_site_makes_a_browser_send_is_refused(sign_in, site, khalti):
    client = sign_in("superuser", enforce_csrf_checks=True).client

    assert client.post(connection_url(site), {"merchant": "default"}).status_code == 403
    assert khalti.calls("lookup") == 0


def test_the_page_is_kept_by_no_cache(keeper, site):
    assert {"no-store", "private"} <= set(keeper.get(connection_url(site))["Cache-Control"].split(", "))
