"""What a developer is told before the first customer finds out."""

import pytest
from django.apps import apps
from django.core import checks
from django.core.checks import Error, run_checks
from wagtail import blocks
from wagtail.models import Site

from tests.shop.models import CardBlock, ShopPage
from wagtail_khalti.blocks import KhaltiCheckoutBlock
from wagtail_khalti.checks.settings import check_configuration, check_test_money
from wagtail_khalti.checks.site import (
    check_addresses,
    check_allowed_hosts,
    check_blocks,
    check_settings_page,
    check_site_address,
)
from wagtail_khalti.checks.visitors import check_visitors
from wagtail_khalti.checks.work import check_database, check_time_zone
from wagtail_khalti.options import OPTIONS

GOOD = {"MODE": "sandbox", "SECRET_KEY": "0123456789abcdef0123456789abcdef"}
LIVE = {"MODE": "live", "SECRET_KEY": "0123456789abcdef0123456789abcdef", "BASE_URL": "https://shop.example"}


@pytest.fixture
def without_simulator(monkeypatch):
    monkeypatch.delitem(apps.app_configs, "khalti_simulator")


@pytest.fixture
def told(settings, without_simulator):
    """The messages for this ``WAGTAIL_KHALTI`` on a site without the simulator."""
    settings.DEBUG = False

    def tell(options, **others):
        settings.WAGTAIL_KHALTI = options
        for name, value in others.items():
            setattr(settings, name, value)
        return check_configuration(None)

    return tell


def only(messages, kind, number):
    """The one message, which must have this id and say what to do."""
    (message,) = messages
    assert type(message) is kind
    assert message.id == f"wagtail_khalti.{number}"
    assert message.hint
    return message


@pytest.mark.parametrize("options", [GOOD, LIVE, {**GOOD, "MERCHANTS": {"books": {"SECRET_KEY": "x"}}}])
def test_a_sound_configuration_is_met_with_silence(told, options):
    assert told(options) == []


@pytest.mark.parametrize(
    "options",
    [
        None,
        [],
        {**GOOD, "MODE": "production"},
        {**GOOD, "MODE": "simulator"},
        {**GOOD, "TIMEOUT": 0},
        {**GOOD, "MAX_AMOUNT": "lots"},
        {**GOOD, "MERCHANTS": []},
        {**GOOD, "MERCHANTS": {"books": "key"}},
    ],
)
def test_e001_a_value_that_cannot_be_read(told, options):
    only(told(options), Error, "E001")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("SECRET", 'Did you mean "SECRET_KEY"?'),
        ("secret_key", 'Did you mean "SECRET_KEY"?'),
        ("TIME_OUT", 'Did you mean "TIMEOUT"?'),
        ("APIURL", 'Did you mean "API_URL"?'),
        ("MERCHANT", 'Did you mean "MERCHANTS"?'),
    ],
)
def test_e002_an_unknown_option_is_asked_about(told, name, hint):
    message = only(told({**GOOD, name: "x"}), Error, "E002")

    assert message.msg == f'WAGTAIL_KHALTI["{name}"] is not an option.'
    assert message.hint == hint


def test_e002_an_option_that_resembles_none_gets_the_list(told):
    message = only(told({**GOOD, "QQQ": "x"}), Error, "E002")

    assert message.hint == f"Known options: {', '.join(OPTIONS)}."


def test_e002_also_within_a_merchant(told):
    message = only(told({**GOOD, "MERCHANTS": {"books": {"SECRET_KEY": "k", "MOD": "live"}}}), Error, "E002")

    assert message.msg == 'WAGTAIL_KHALTI["MERCHANTS"]["books"]["MOD"] is not an option.'
    assert message.hint == 'Did you mean "MODE"?'


def test_e002_an_option_need_not_even_be_text(told):
    only(told({**GOOD, 7: "x"}), Error, "E002")


@pytest.mark.parametrize("key", [..., None, "", "  \n"])
def test_e003_a_missing_key(told, key):
    options = {name: value for name, value in {**GOOD, "SECRET_KEY": key}.items() if value is not ...}

    message = only(told(options), Error, "E003")

    assert 'os.environ["KHALTI_SECRET_KEY"]' in message.hint


def test_e003_names_the_merchant(told):
    message = only(told({**GOOD, "MERCHANTS": {"books": {}}}), Error, "E003")

    assert "'books'" in message.msg


# As Khalti's documentation prints them, with their prefix and without.
SAMPLES = ["68791341fdd94846a146f0457ff7b455", "05bf95cc57244045b8df5fad06748dab"]


@pytest.mark.parametrize("key", [*SAMPLES, *(f"live_secret_key_{sample}" for sample in SAMPLES)])
def test_e004_the_sample_of_khaltis_documentation(told, key):
    message = only(told({**GOOD, "SECRET_KEY": key}), Error, "E004")

    assert key not in f"{message.msg} {message.hint}"


def test_e005_real_money_while_debugging(told):
    only(told(LIVE, DEBUG=True), Error, "E005")


def test_e005_is_about_real_money_only(told):
    assert told(GOOD, DEBUG=True) == []


def test_e006_real_money_with_the_simulator(settings):
    settings.WAGTAIL_KHALTI = LIVE

    only(check_configuration(None), Error, "E006")


@pytest.mark.parametrize(
    "api_url",
    [
        "khalti.com",
        "ftp://khalti.com",
        "https://",
        "https://khalti.com/api/v2",
        "https://khalti.com/api/v2/",
        "https://khalti.com/?key=1",
        "http://[::1",
        "http://khalti.com:port",
    ],
)
def test_e007_an_address_that_is_no_root_of_an_api(told, api_url):
    message = only(told({**GOOD, "API_URL": api_url}), Error, "E007")

    assert repr(api_url.rstrip("/")) in message.msg


def test_e007_real_money_travels_encrypted(told):
    only(told({**LIVE, "API_URL": "http://khalti.com"}), Error, "E007")


def test_e007_play_money_need_not(told):
    assert told({**GOOD, "MODE": "simulator", "API_URL": "http://127.0.0.1:8000/khalti-simulator"}) == []


def test_e008_an_open_way_back(told):
    message = only(told({**LIVE, "BASE_URL": "http://shop.example"}), Error, "E008")

    assert "http://shop.example" in message.msg


@pytest.mark.parametrize("address", ["shop.example", "https://shop.example/?a=1", "ftp://shop.example", "https://"])
def test_e008_an_address_that_is_none(told, address):
    only(told({**LIVE, "BASE_URL": address}), Error, "E008")


def test_the_address_of_the_admin_is_nobodys_way_back(told):
    told_of = told({**LIVE, "BASE_URL": "https://shop.example"}, WAGTAILADMIN_BASE_URL="http://cms.internal")

    assert told_of == []


@pytest.mark.parametrize(
    ("mode", "address"),
    [("sandbox", "https://khalti.com"), ("live", "https://dev.khalti.com"), ("live", "https://a.khalti.com")],
)
def test_e007_the_khalti_of_another_mode(told, mode, address):
    only(told({**LIVE, "MODE": mode, "API_URL": address}), Error, "E007")


@pytest.mark.parametrize("key", ["naïve ☃", "two words", "tab\tbed"])
def test_e003_a_key_that_no_header_can_hold(told, key):
    only(told({**LIVE, "SECRET_KEY": key}), Error, "E003")


def test_w008_a_way_back_that_may_be_open(told):
    only(told({**LIVE, "BASE_URL": ""}, WAGTAILADMIN_BASE_URL="https://shop.example"), checks.Warning, "W008")


@pytest.mark.parametrize(
    "knowledge", [{"SECURE_SSL_REDIRECT": True}, {"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}]
)
def test_w008_is_not_for_a_site_that_knows_that_it_is_encrypted(told, knowledge):
    assert told({**LIVE, "BASE_URL": ""}, WAGTAILADMIN_BASE_URL="https://shop.example", **knowledge) == []


@pytest.mark.parametrize("number", ["E008", "W008"])
def test_008_is_about_real_money_only(told, number):
    assert told({**GOOD, "BASE_URL": "http://127.0.0.1:8000"}, WAGTAILADMIN_BASE_URL="http://x.example") == []


def test_e009_addresses_that_are_not_included(settings):
    settings.ROOT_URLCONF = "wagtail.admin.urls"

    message = only(check_addresses(None), Error, "E009")

    assert 'path("khalti/", include("wagtail_khalti.urls"))' in message.hint


def test_e009_is_not_for_a_process_without_addresses(settings):
    settings.ROOT_URLCONF = None

    assert check_addresses(None) == []


def test_e009_addresses_that_are(settings):
    assert check_addresses(None) == []


def test_several_faults_are_told_at_once(told):
    messages = told({"MODE": "live", "SECRETKEY": "x", "API_URL": "http://khalti.com"}, DEBUG=True)

    numbers = {message.id.partition(".")[2] for message in messages}
    assert numbers >= {"E002", "E003", "E005", "E007"}


def test_the_checks_are_part_of_manage_py_check(settings):
    settings.WAGTAIL_KHALTI = {}
    settings.ROOT_URLCONF = "wagtail.admin.urls"

    numbers = {message.id for message in run_checks()}

    assert {"wagtail_khalti.E003", "wagtail_khalti.E009"} <= numbers


def test_no_message_shows_the_key(told):
    options = {**LIVE, "API_URL": "http://khalti.com", "SECRETKEY": LIVE["SECRET_KEY"], "BASE_URL": "http://a.example"}

    messages = told(options, DEBUG=True)

    assert len(messages) >= 4
    assert LIVE["SECRET_KEY"] not in str(messages)


def test_w010_no_page_for_the_settings_of_a_site(monkeypatch):
    assert check_settings_page(None) == []
    monkeypatch.delitem(apps.app_configs, "wagtailsettings")

    message = only(check_settings_page(None), checks.Warning, "W010")

    assert '"wagtail.contrib.settings"' in message.hint


@pytest.mark.parametrize(
    ("mode", "kind", "number"), [("simulator", Error, "E011"), ("sandbox", checks.Warning, "W011")]
)
def test_011_test_money_buys_what_is_real(settings, mode, kind, number):
    settings.DEBUG = False
    settings.WAGTAIL_KHALTI = {**GOOD, "MODE": mode, "API_URL": "https://khalti.test"}

    assert "no money moves" in only(check_test_money(None), kind, number).msg


@pytest.mark.parametrize(("options", "debug"), [(LIVE, False), (GOOD, True), ({"MODE": "?"}, False)])
def test_011_is_silent_while_developing_and_where_money_is_real(settings, options, debug):
    settings.DEBUG, settings.WAGTAIL_KHALTI = debug, options

    assert check_test_money(None) == []


def test_011_comes_before_deployment_and_not_at_each_start(settings):
    settings.WAGTAIL_KHALTI = GOOD

    def said(**options):
        return {message.id for message in run_checks(tags=["wagtail_khalti"], **options)}

    assert "wagtail_khalti.W011" not in said()
    assert "wagtail_khalti.W011" in said(include_deployment_checks=True)


NO_ADDRESS = {name: value for name, value in LIVE.items() if name != "BASE_URL"}


@pytest.mark.parametrize(
    ("options", "hostname", "is_said"),
    [(NO_ADDRESS, "localhost", True), (NO_ADDRESS, "shop.example", False), (LIVE, "localhost", False),
     (GOOD, "localhost", False)],
)  # fmt: skip
def test_w012_visitors_cannot_come_back_to_localhost(home, settings, options, hostname, is_said):
    settings.WAGTAIL_KHALTI = options
    Site.objects.update(hostname=hostname)

    messages = check_site_address(None, databases=["default"])

    assert [message.id for message in messages] == ["wagtail_khalti.W012"] * is_said
    assert check_site_address(None) == [], "the database is left alone where Django leaves it alone"


class TestW020:
    """A StructBlock without a template tells what is in it nothing of the page around."""

    @pytest.fixture
    def body_with(self, monkeypatch):
        """A page whose body can hold one block more."""
        body = ShopPage._meta.get_field("body").stream_block

        def add(block):
            block.set_name("more")
            monkeypatch.setitem(body.child_blocks, "more", block)
            return check_blocks(None)

        return add

    @pytest.mark.parametrize("around", [lambda block: block, blocks.ListBlock], ids=["alone", "in a list"])
    def test_it_has_something_to_sell(self, body_with, around):
        struct = blocks.StructBlock([("title", blocks.CharBlock()), ("checkout", KhaltiCheckoutBlock())])

        message = only(body_with(around(struct)), checks.Warning, "W020")

        assert "shop.ShopPage.body" in message.msg

    def test_it_has_a_block_with_a_template_in_it(self, body_with):
        only(body_with(blocks.StructBlock([("card", CardBlock())])), checks.Warning, "W020")

    @pytest.mark.parametrize(
        "block",
        [
            blocks.StructBlock([("checkout", KhaltiCheckoutBlock())], template="shop/card.html"),
            blocks.StructBlock([("title", blocks.CharBlock())]),
            type("Drawn", (blocks.StructBlock,), {"render_basic": lambda *args, **options: ""})(
                [("checkout", KhaltiCheckoutBlock())]
            ),
        ],
        ids=["template", "nothing to sell", "renders itself"],
    )
    def test_others_are_met_with_silence(self, body_with, block):
        assert body_with(block) == []


class WritesElsewhere:
    def db_for_write(self, model, **hints):
        return "payments"


def test_e013_rows_beside_their_transactions(settings):
    settings.DATABASE_ROUTERS = [WritesElsewhere()]

    message = only(check_database(None), checks.Error, "E013")

    assert "'payments'" in message.msg


def test_e013_is_silent_without_a_router():
    assert check_database(None) == []


@pytest.mark.parametrize(("zone", "is_nepal"), [("UTC", False), ("Asia/Kathmandu", True), ("Asia/Katmandu", True)])
def test_w015_a_time_zone_that_is_not_nepals(settings, zone, is_nepal):
    settings.TIME_ZONE = zone

    if is_nepal:
        assert check_time_zone(None) == []
    else:
        assert "'UTC'" in only(check_time_zone(None), checks.Warning, "W015").msg


@pytest.mark.parametrize("path", ["shop.forms.Nothing", "django.forms.Form", "tests.shop.models.Order", "form"])
def test_a_checkout_form_has_to_be_one(settings, path):
    settings.WAGTAIL_KHALTI = {**GOOD, "CHECKOUT_FORM": path}

    only(check_visitors(None), Error, "E021")


def test_w027_any_host_in_mails(settings):
    settings.WAGTAIL_KHALTI = GOOD
    settings.ALLOWED_HOSTS = ["*"]
    only(check_allowed_hosts(None), checks.Warning, "W027")

    settings.ALLOWED_HOSTS = [".shop.example"]
    assert check_allowed_hosts(None) == []
    settings.ALLOWED_HOSTS = ["*"]
    settings.WAGTAIL_KHALTI = {**GOOD, "BASE_URL": "https://shop.example"}
    assert check_allowed_hosts(None) == []
    settings.WAGTAIL_KHALTI = None
    assert check_allowed_hosts(None) == [], "E001 reports it"


@pytest.mark.parametrize("option", ["RATE_LIMITER", "RECEIPT"])
@pytest.mark.parametrize(
    "path", ["shop.payments.nothing", "tests.shop.models.Nothing", "tests.settings.SECRET_KEY", "x"]
)
def test_e026_a_function_of_the_sites_own_has_to_be_one(settings, option, path):
    settings.WAGTAIL_KHALTI = {**GOOD, option: path}

    assert option in only(check_visitors(None), Error, "E026").msg


@pytest.mark.parametrize("sign", ["USE_X_FORWARDED_HOST", "SECURE_PROXY_SSL_HEADER"])
def test_a_proxy_that_hides_all_visitors_is_noticed(settings, sign):
    settings.WAGTAIL_KHALTI = GOOD
    assert check_visitors(None) == []

    setattr(settings, sign, ("HTTP_X_FORWARDED_PROTO", "https"))
    only(check_visitors(None), checks.Warning, "W022")

    for known in ({"TRUSTED_PROXIES": 1}, {"RATE_LIMITS": None}):
        settings.WAGTAIL_KHALTI = {**GOOD, **known}
        assert check_visitors(None) == []
