"""``WAGTAIL_KHALTI["WEBHOOKS"]``: what is accepted, and that nothing of it is shown."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from wagtail_khalti.checks.settings import check_configuration
from wagtail_khalti.checks.webhooks import check_webhooks
from wagtail_khalti.conf import configuration, read
from wagtail_khalti.webhook_endpoints import reading
from wagtail_khalti.webhooks.endpoints import EVENT_NAMES

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
URL = "https://crm.example/khalti?token=hidden"


def endpoint(**options):
    return read({"SECRET_KEY": "k", "WEBHOOKS": {"crm": {"URL": URL, "SECRET": SECRET, **options}}}).webhooks["crm"]


def test_without_any_there_are_none():
    assert read({"SECRET_KEY": "k"}).webhooks == {}


def test_all_events_by_default():
    crm = endpoint()

    assert (crm.name, crm.url, crm.secrets) == ("crm", URL, (KEY,))
    assert crm.events == set(reading.EVENTS) == set(EVENT_NAMES.values())


@pytest.mark.parametrize("written", [f" {SECRET}\n", SECRET.rstrip("="), [SECRET], (SECRET,)])
def test_a_secret_may_come_from_a_file(written):
    assert endpoint(SECRET=written).secrets == (KEY,)


def test_two_secrets_while_one_is_replaced():
    assert len(endpoint(SECRET=[SECRET, "whsec_" + "QUJD" * 8]).secrets) == 2


SHORT = "whsec_" + base64.b64encode(b"x" * 23).decode()
BAD_SECRETS = [
    None, "", "whsec_", SECRET.removeprefix("whsec_"), SHORT, SECRET + "!", [], [SECRET, ""], 7, "whsec_" + "-_" * 20,
    "whsec_नेपाल" + "QUJD" * 10, {"a": SECRET},
]  # fmt: skip


@pytest.mark.parametrize("written", BAD_SECRETS)
def test_a_secret_that_cannot_be_one(written):
    with pytest.raises(ImproperlyConfigured, match=r'\["crm"\]\["SECRET"\] must be "whsec_"'):
        endpoint(SECRET=written)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8001/", "http://localhost/hook", "http://[::1]:80/", "https://10.0.0.7/", "https://crm.example"],
)
def test_an_address(url):
    """An inner one, too, as long as it is encrypted: only the developer writes it."""
    assert endpoint(URL=url).url == url


BAD_URLS = [
    None, "", "crm.example", "//crm.example/", "http://crm.example/", "ftp://crm.example/", "https://", "https:///a",
    "https://sita:hidden@crm.example/", "https://crm.example/#part", "https://crm.example/a b",
    "https://crm.example:port/", "https://crm.example/\r\nX: 1", "https://crm.example:0/", "https://[::1/", 7,
    "http://127.0.0.1.crm.example/", "javascript:alert(1)", "https://सीता.example/",
]  # fmt: skip


@pytest.mark.parametrize("url", BAD_URLS)
def test_what_is_no_address(url):
    with pytest.raises(ImproperlyConfigured, match=r'\["crm"\]\["URL"\] must') as caught:
        endpoint(URL=url)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("events", ["payment.completed", [], ["completed"], None, ["payment.completed", 7]])
def test_events_that_there_are_not(events):
    with pytest.raises(ImproperlyConfigured, match=r'"payment\.ended"'):
        endpoint(EVENTS=events)


@pytest.mark.parametrize("name", ["CRM", "my crm", "", "-crm", "a" * 65, 7, "crm\n", "सीआरएम"])
def test_a_name_that_is_none(name):
    with pytest.raises(ImproperlyConfigured, match="lower-case letters"):
        read({"SECRET_KEY": "k", "WEBHOOKS": {name: {"URL": URL, "SECRET": SECRET}}})


@pytest.mark.parametrize("written", [[], "crm", {"crm": URL}, None])
def test_what_is_no_dict_of_dicts(written):
    with pytest.raises(ImproperlyConfigured, match="dict of dicts") as caught:
        read({"SECRET_KEY": "k", "WEBHOOKS": written})
    assert "token" not in str(caught.value)


def test_an_unknown_option():
    with pytest.raises(ImproperlyConfigured, match="unknown option 'URLS'; it takes: URL, SECRET, EVENTS"):
        endpoint(URLS=[URL])


def test_neither_the_secret_nor_the_url_is_shown():
    known = read({"SECRET_KEY": "k", "WEBHOOKS": {"crm": {"URL": URL, "SECRET": SECRET}}})

    assert "hidden" not in repr(known)
    assert repr(KEY) not in repr(known)
    assert SECRET[6:20] not in repr(known)


def test_a_bad_secret_is_not_shown_either():
    """Nor in the frames of the exception, which error pages show."""
    bad = "whsec_" + "c2VjcmV0"
    with override_settings(WAGTAIL_KHALTI={"SECRET_KEY": "k", "WEBHOOKS": {"crm": {"URL": URL, "SECRET": bad}}}):
        [error] = check_configuration(None)
        with pytest.raises(ImproperlyConfigured) as caught:
            configuration()

    assert error.id == "wagtail_khalti.E001"
    assert "c2VjcmV0" not in f"{error}{caught.value}"
    frames = [entry.frame.f_locals for entry in caught.traceback[1:]]
    assert "c2VjcmV0" not in str(frames)


class TestWithoutEncryption:
    OPTIONS = {"SECRET_KEY": "k", "WEBHOOKS": {"crm": {"URL": "http://127.0.0.1:8001/", "SECRET": SECRET}}}

    @pytest.mark.parametrize(("mode", "is_debug", "ids"), [
        ("live", False, ["wagtail_khalti.E028"]), ("live", True, []), ("sandbox", False, []),
    ])  # fmt: skip
    def test_it_is_for_your_own_machine(self, settings, mode, is_debug, ids):
        settings.DEBUG = is_debug
        settings.WAGTAIL_KHALTI = {**self.OPTIONS, "MODE": mode}

        assert [error.id for error in check_webhooks(None)] == ids

    def test_an_encrypted_one_is_always_good(self, settings):
        settings.WAGTAIL_KHALTI = {
            "SECRET_KEY": "k", "MODE": "live", "WEBHOOKS": {"crm": {"URL": URL, "SECRET": SECRET}},
        }  # fmt: skip
        assert check_webhooks(None) == []

    def test_other_mistakes_are_reported_by_another_check(self, settings):
        settings.WAGTAIL_KHALTI = {"WEBHOOKS": []}
        assert check_webhooks(None) == []
