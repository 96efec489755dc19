"""A real browser, a real server with a strict policy, and the simulator behind real HTTP."""

import json
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings
from wagtail.models import Locale, Page, Site

from tests.browser.desk import Desk
from tests.matrix import CHROMIUM, NO_CHROMIUM
from wagtail_khalti.gateway import client, connect
from wagtail_khalti.models import KhaltiPayment

HERE = Path(__file__).parent
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 15_000  # milliseconds, on a busy machine


@pytest.hookimpl(tryfirst=True)  # before pytest-django puts the tests that empty the database last
def pytest_collection_modifyitems(items):
    missing = _what_is_missing()
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))
            if missing:
                item.add_marker(pytest.mark.skip(reason=missing))


def _what_is_missing():
    if not CHROMIUM:
        return NO_CHROMIUM
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "playwright is not installed"
    return ""


@pytest.fixture(scope="package")
def server(django_db_setup, django_db_blocker):
    """The address of the test site, with the strictest Content-Security-Policy that a site may have."""
    from django.conf import settings

    middleware = ["tests.browser.policy.strict_policy", *settings.MIDDLEWARE]
    with override_settings(MIDDLEWARE=middleware, ROOT_URLCONF="tests.browser.urls"), django_db_blocker.unblock():
        thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        yield f"http://127.0.0.1:{thread.port}"
        thread.terminate()


@pytest.fixture(scope="package")
def chromium():
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread, although everything here waits for its answer.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(autouse=True)
def khalti_over_http(server, settings):
    """The site calls the simulator as it would call Khalti: through a socket."""
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "API_URL": f"{server}/khalti-simulator"}
    connect.cache_clear()
    yield
    connect.cache_clear()


@pytest.fixture
def no_pauses(monkeypatch):
    monkeypatch.setattr(client, "PAUSE", 0.0)


@pytest.fixture
def desk(browser, server, home, no_pauses):
    """The manager's, on a phone."""
    return Desk(browser, server)


@pytest.fixture
def desk_with(server, home, no_pauses):
    """For a browser window with options of its own."""
    return lambda page, **options: Desk(page, server, **options)


@pytest.fixture
def home(db, server):
    """Made anew: between these tests the database is emptied."""
    if not Site.objects.exists():
        Locale.objects.get_or_create(language_code="en")
        root = Page.add_root(instance=Page(title="Root"))
        page = root.add_child(instance=Page(title="Welcome", slug="welcome"))
        Site.objects.create(hostname="localhost", root_page=page, is_default_site=True)
    site = Site.objects.get()
    site.site_name = "Village library"
    site.save()
    return site.root_page


@pytest.fixture(scope="package")
def closed_windows():
    """By their options: a new one is a process that compiles Wagtail's scripts anew, for a second and more."""
    return defaultdict(list)


@pytest.fixture
def open_browser(chromium, server, closed_windows):
    """Opens a browser window that remembers nothing; what its console complains of is kept in ``complaints``."""
    opened = []

    def make(**options):
        options = {"locale": "en", "viewport": {"width": 360, "height": 740}, **options}
        closed = closed_windows[json.dumps(options, sort_keys=True)]
        page = closed.pop() if closed else new_window(chromium.new_context(base_url=server, **options))
        page.set_viewport_size(options["viewport"])
        page.complaints = []
        opened.append((page, closed))
        return page

    yield make
    for page, closed in opened:
        forget(page, server)
        closed.append(page)


def new_window(context):
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.on("console", lambda message: message.type in ("error", "warning") and page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def forget(page, server):
    """All but the compiled scripts."""
    page.unroute_all()
    page.emulate_media(media="null", color_scheme="null", reduced_motion="null")
    page.goto(f"{server}/static/nothing-is-here")
    for other in page.context.pages:
        if other != page:
            other.close()
    everything = {"origin": server, "storageTypes": "all"}
    page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", everything)
    page.context.clear_cookies()
    page.context.clear_permissions()


@pytest.fixture
def browser(open_browser):
    return open_browser()


@pytest.fixture
def visit_with():
    """For a browser window with options of its own."""
    return Visitor


@pytest.fixture
def visitor(browser):
    return Visitor(browser)


class Visitor:
    """What a person does in a browser, step by step."""

    def __init__(self, page):
        self.page = page

    def go_to_checkout(self, shop):
        self.page.goto(shop.url)
        self.page.get_by_role("link", name="Pay with Khalti").click()
        return self

    def fill(self, **answers):
        for label, value in answers.items():
            self.page.locator(f"[name={label}]").fill(value)
        return self

    def press_pay(self):
        self.page.get_by_role("button", name=re.compile("with Khalti$")).click()
        return self

    def go_to_khalti(self):
        self.press_pay()
        self.page.wait_for_url("**/khalti-simulator/**")
        return self

    def sign_in(self):
        self.page.locator("[name=mobile]").fill("9800000001")
        self.page.locator("[name=mpin]").fill("1111")
        self.page.get_by_role("button", name="Continue").click()
        return self

    def confirm(self):
        self.page.locator("[name=otp]").fill("987654")
        self.page.get_by_role("button", name=re.compile("^Pay ")).click()
        self.page.wait_for_url("**/khalti/payments/**")
        return self

    def pay_at_khalti(self):
        return self.sign_in().confirm()

    def cancel_at_khalti(self):
        self.page.get_by_role("button", name=re.compile("Cancel")).first.click()
        self.page.wait_for_url("**/khalti/payments/**")
        return self

    @property
    def headline(self):
        return self.page.locator("main h1").inner_text()


@pytest.fixture
def only_payment():
    """The one payment there is."""
    return lambda: KhaltiPayment.objects.get()
