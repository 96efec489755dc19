"""The front end, in a browser."""

import pytest
from playwright.sync_api import expect, sync_playwright

from booking.models import Booking
from tests.matrix import CHROMIUM
from wagtail_khalti.models import KhaltiPayment

KHALTI = "http://testserver/khalti-simulator/**"  # in these tests


@pytest.fixture
def page(monkeypatch, live_server, sita, slot):
    """Sita's, before she has pressed anything."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop in this thread
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(base_url=live_server.url)
        session = sita.client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto("/")
        yield page
        chromium.close()


@pytest.fixture
def at_khalti(page, khalti, live_server):
    """Answers in place of Khalti's page: the visitor pays or cancels there, and comes back."""

    def visit(what):
        def answer(route):
            payment = KhaltiPayment.objects.get(payment_url=route.request.url)
            what(payment)
            route.fulfill(status=302, headers={"Location": f"{live_server.url}{khalti.return_path(payment)}"})

        page.route(KHALTI, answer)

    return visit


def states(page):
    """Those that the visitor sees from now on, of this page and the next one."""
    seen = []
    page.on("console", lambda message: message.type == "log" and seen.append(message.text))
    page.add_init_script(
        "new MutationObserver(() => console.log(state.className)).observe(document, {attributes: true, subtree: true})"
    )
    page.reload()
    return seen


def test_a_visitor_pays_for_a_slot(page, khalti, at_khalti):
    at_khalti(khalti.pay)
    seen = states(page)

    page.get_by_role("button", name="Massage").click()

    expect(page.get_by_role("status")).to_have_text("done")
    assert seen == ["initiating", "redirecting", "verifying", "done"]
    assert Booking.objects.get().is_confirmed


def test_a_visitor_cancels(page, khalti, at_khalti):
    at_khalti(khalti.cancel)
    seen = states(page)

    page.get_by_role("button", name="Massage").click()

    expect(page.get_by_role("status")).to_have_text("failed")
    assert seen == ["initiating", "redirecting", "verifying", "failed"]
    assert not Booking.objects.get().is_confirmed


def test_a_visitor_goes_on_after_coming_back_unpaid(page, khalti, at_khalti):
    at_khalti(lambda payment: None)
    page.get_by_role("button", name="Massage").click()
    expect(page.get_by_role("status")).to_have_text("verifying")
    page.unroute(KHALTI)
    at_khalti(khalti.pay)

    page.get_by_role("button", name="Massage").click()

    expect(page.get_by_role("status")).to_have_text("done")
    assert KhaltiPayment.objects.count() == 1
