"""``WAGTAIL_KHALTI`` as one typed, frozen object."""

import dataclasses
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from wagtail_khalti.conf import Mode, configuration, is_test_mode, max_payment, read
from wagtail_khalti.options import raw_options


def test_nothing_but_a_key_is_khaltis_sandbox():
    merchant = read({"SECRET_KEY": "k"}).merchant()

    assert (merchant.name, merchant.mode, merchant.api_url) == ("default", Mode.SANDBOX, "https://dev.khalti.com")
    assert merchant.timeout == (5.0, 20.0)


@pytest.mark.parametrize(("mode", "api_url"), [("sandbox", "https://dev.khalti.com"), ("live", "https://khalti.com")])
def test_the_mode_says_which_khalti_is_asked(mode, api_url):
    merchant = read({"MODE": mode, "SECRET_KEY": "k"}).merchant()

    assert (merchant.mode, merchant.api_url) == (mode, api_url)


def test_another_address_can_be_named_without_its_last_slash():
    assert read({"API_URL": "https://proxy.example/khalti/"}).merchant().api_url == "https://proxy.example/khalti"


def test_the_simulator_has_no_address_that_we_could_know():
    with pytest.raises(ImproperlyConfigured, match=r'"API_URL": "http://127\.0\.0\.1:8000/khalti-simulator"'):
        read({"MODE": "simulator"})


@pytest.mark.parametrize("mode", ["LIVE", "production", "", None, 1, ["live"]])
def test_an_unknown_mode_names_the_known_ones(mode):
    with pytest.raises(ImproperlyConfigured, match='must be one of: "simulator", "sandbox", "live"'):
        read({"MODE": mode})


@pytest.mark.parametrize(
    ("written", "timeout"),
    [
        (3, (3.0, 3.0)),
        (12, (5.0, 12.0)),
        (0.5, (0.5, 0.5)),
        ((2, 8), (2.0, 8.0)),
        ([2.5, "8"], (2.5, 8.0)),
        (Decimal("7.5"), (5.0, 7.5)),
    ],
)
def test_a_timeout_is_a_number_or_a_pair_of_seconds(written, timeout):
    assert read({"TIMEOUT": written}).merchant().timeout == timeout


@pytest.mark.parametrize(
    "written",
    [0, -1, (0, 5), (5, 0), (5,), (1, 2, 3), (), None, "20", "soon", {}, float("nan"), float("inf"), (5, float("inf"))],
)
def test_any_other_timeout_says_what_it_must_be(written):
    with pytest.raises(ImproperlyConfigured, match=r'WAGTAIL_KHALTI\["TIMEOUT"\] is .*, must be seconds'):
        read({"TIMEOUT": written})


@pytest.mark.parametrize(
    ("written", "paisa"), [(500, 50_000), ("500.50", 50_050), (Decimal("1E+4"), 1_000_000), (199.5, 19_950)]
)
def test_the_maximum_is_written_in_rupees(written, paisa):
    assert read({"MAX_AMOUNT": written}).merchant().max_amount == paisa


@pytest.mark.parametrize(
    ("written", "seconds"), [(90, 90), (0, 0), (0.5, 0.5), ("30", 30), (Decimal(7), 7), (None, 60)]
)
def test_the_interval_is_written_in_seconds(written, seconds):
    options = {} if written is None else {"RECONCILE_EVERY": written}

    assert read(options).reconcile_every == timedelta(seconds=seconds)


@pytest.mark.parametrize("written", ["", "often", None, [], True, -1, float("nan"), float("inf"), 1e300])
def test_any_other_interval_says_what_it_must_be(written):
    with pytest.raises(ImproperlyConfigured, match=r'WAGTAIL_KHALTI\["RECONCILE_EVERY"\] is .*, must be seconds, or 0'):
        read({"RECONCILE_EVERY": written})


def test_the_usual_maximum_is_what_a_wallet_may_pay_at_once():
    assert read({}).merchant().max_amount == 20_000_000


def test_a_merchant_may_take_more_than_the_others(settings):
    exempt = {"SECRET_KEY": "two", "MAX_AMOUNT": 1_000_000}
    options = {"SECRET_KEY": "one", "MAX_AMOUNT": 5000, "MERCHANTS": {"school": exempt, "books": {"SECRET_KEY": "3"}}}
    settings.WAGTAIL_KHALTI = options

    assert max_payment("school") == max_payment() == 100_000_000
    assert max_payment("books") == max_payment("default") == 500_000
    assert max_payment("gone") == 20_000_000


@pytest.mark.parametrize("written", ["", "lots", None, [], "0.001", "NaN", "Infinity", float("inf"), 0, -500, "9.99"])
def test_any_other_maximum_says_what_it_must_be(written):
    with pytest.raises(ImproperlyConfigured, match=r'WAGTAIL_KHALTI\["MAX_AMOUNT"\] is .*, must be'):
        read({"MAX_AMOUNT": written})


@pytest.mark.parametrize("written", ["key", " key\n", "\tkey\r\n"])
def test_space_around_a_key_is_not_part_of_it(written):
    assert read({"SECRET_KEY": written}).merchant().secret_key == "key"


@pytest.mark.parametrize("options", [{}, {"SECRET_KEY": None}, {"SECRET_KEY": ""}])
def test_a_missing_key_is_an_empty_one(options):
    assert read(options).merchant().secret_key == ""


def test_more_merchants_borrow_mode_timeout_and_maximum_only():
    options = {
        "MODE": "live",
        "TIMEOUT": 9,
        "SECRET_KEY": "one",
        "API_URL": "https://proxy.example",
        "MERCHANTS": {"books": {"SECRET_KEY": "two"}, "trial": {"MODE": "sandbox", "TIMEOUT": 3}},
    }

    merchants = read(options).merchants

    assert set(merchants) == {"default", "books", "trial"}
    books, trial = merchants["books"], merchants["trial"]
    assert (books.mode, books.timeout, books.api_url) == (Mode.LIVE, (5.0, 9.0), "https://khalti.com")
    assert (trial.mode, trial.timeout, trial.secret_key) == (Mode.SANDBOX, (3.0, 3.0), "")


def test_without_a_key_of_its_own_the_top_level_is_no_merchant():
    merchants = read({"MODE": "live", "MERCHANTS": {"books": {"SECRET_KEY": "two"}}}).merchants

    assert set(merchants) == {"books"}


@pytest.mark.parametrize("written", [None, [], "books", {"books": "key"}, {"books": None}, {"books": ["key"]}])
def test_merchants_are_a_dict_of_dicts(written):
    with pytest.raises(ImproperlyConfigured, match=r'WAGTAIL_KHALTI\["MERCHANTS"\] must be a dict of dicts'):
        read({"MERCHANTS": written})


def test_an_unknown_merchant_names_the_known_ones():
    options = {"SECRET_KEY": "one", "MERCHANTS": {"books": {"SECRET_KEY": "two"}}}

    with pytest.raises(ImproperlyConfigured, match=r"no merchant 'shoes'; it has: books, default\."):
        read(options).merchant("shoes")


def test_nothing_can_be_changed_afterwards():
    settled = read({"SECRET_KEY": "k"})

    with pytest.raises(dataclasses.FrozenInstanceError):
        settled.base_url = "https://elsewhere.example"
    with pytest.raises(dataclasses.FrozenInstanceError):
        settled.merchant().secret_key = "other"
    with pytest.raises(TypeError):
        settled.merchants["default"] = None


def test_settings_are_read_once_and_again_if_a_test_changes_them(settings):
    before = configuration()
    assert configuration() is before

    settings.WAGTAIL_KHALTI = {"SECRET_KEY": "other", "CONTACT": "022-123456"}
    assert configuration().contact == "022-123456"

    with override_settings(WAGTAIL_KHALTI={"CONTACT": "inner"}):
        assert configuration().contact == "inner"
    assert configuration().contact == "022-123456"


@pytest.mark.parametrize("written", [None, [], "sandbox", 7])
def test_the_setting_is_a_dict(settings, written):
    settings.WAGTAIL_KHALTI = written

    with pytest.raises(ImproperlyConfigured, match="must be a dict"):
        raw_options()


def test_without_the_setting_nobody_can_be_asked(settings):
    del settings.WAGTAIL_KHALTI

    assert configuration().merchant().secret_key == ""


@pytest.mark.parametrize(("mode", "expected"), [("live", False), ("sandbox", True)])
def test_only_live_mode_moves_money(settings, mode, expected):
    settings.WAGTAIL_KHALTI = {"MODE": mode, "SECRET_KEY": "k"}

    assert is_test_mode() is expected


def test_pages_show_also_where_the_settings_are_wrong(settings):
    settings.WAGTAIL_KHALTI = {"MODE": "wrong"}

    assert is_test_mode() is False
    assert max_payment() == 20_000_000


def test_limits_are_merged_with_the_usual_ones_and_can_be_off():
    assert read({}).rate_limits == {"checkout": 60, "return": 120, "page": 600, "receipt": 30}
    changed = {"checkout": 5, "page": None, "receipt": None}
    assert read({"RATE_LIMITS": changed}).rate_limits == {"checkout": 5, "return": 120}
    assert read({"RATE_LIMITS": None}).rate_limits == {}


@pytest.mark.parametrize("written", [5, "off", False, {"chekout": 5}, {"page": 0}, {"page": "5"}, {"page": True}])
def test_limits_that_make_no_sense_say_what_does(written):
    with pytest.raises(ImproperlyConfigured, match=r'such as \{"checkout": 60'):
        read({"RATE_LIMITS": written})


@pytest.mark.parametrize("written", [-1, None, True, "1", 1.5, ["10.0.0.1"]])
def test_proxies_are_a_number(written):
    with pytest.raises(ImproperlyConfigured, match="number of your own proxies"):
        read({"TRUSTED_PROXIES": written})


@pytest.mark.parametrize(
    ("written", "kept_for"),
    [(None, None), (365, timedelta(days=365)), (1.5, timedelta(days=1.5)), (timedelta(weeks=1), timedelta(days=7))],
)
def test_personal_data_is_kept_for_ever_or_for_days(written, kept_for):
    assert read({"KEEP_PERSONAL_DATA": written}).retention == kept_for


@pytest.mark.parametrize(
    "written", [0, -1, True, False, "365", timedelta(hours=23), 36_526, float("inf"), float("nan"), [365]]
)
def test_personal_data_is_kept_for_a_day_at_least(written):
    with pytest.raises(
        ImproperlyConfigured, match=r'WAGTAIL_KHALTI\["KEEP_PERSONAL_DATA"\] is .*, must be a number of'
    ):
        read({"KEEP_PERSONAL_DATA": written})
