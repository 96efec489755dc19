"""The pages that wait: they find out by themselves, and never lose the person who waits with them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from wagtail_khalti.actions import start_payment
from wagtail_khalti.models import KhaltiPayment
from wagtail_khalti.simulator import control

DONE = "Thank you. Your payment is complete."
WAITING = "We are confirming your payment with Khalti."


@pytest.fixture
def payment(home, server):
    return start_payment(150_000, purpose="Membership", base_url=server)


@pytest.fixture
def impatient(monkeypatch):
    """A waiting page that need not wait for seconds."""
    monkeypatch.setattr("wagtail_khalti.public.payment.status_page.POLL_INTERVALS", (1,) * 10)
    monkeypatch.setattr("wagtail_khalti.public.payment.refresh.MIN_INTERVAL", timedelta(0))


@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without a script"])
def test_a_waiting_page_finds_out_by_itself(open_browser, payment, impatient, javascript):
    page = open_browser(java_script_enabled=javascript)
    page.goto(payment.get_absolute_url())
    assert page.locator("h1").inner_text() == WAITING

    control.pay(payment.pidx)

    page.get_by_role("heading", name=DONE).wait_for()
    assert page.title().startswith("Payment receipt ")


def test_it_tells_those_who_do_not_see_it(browser, payment, impatient):
    browser.goto(payment.get_absolute_url())
    control.pay(payment.pidx)
    browser.get_by_role("heading", name=DONE).wait_for()

    assert browser.locator("[role=status]").inner_text() == DONE
    assert browser.complaints == []


def test_it_keeps_the_place_of_those_who_use_a_keyboard(browser, payment, impatient):
    browser.goto(payment.get_absolute_url())
    browser.get_by_role("link", name="Check again").focus()

    control.pay(payment.pidx)
    browser.get_by_role("heading", name=DONE).wait_for()

    assert browser.evaluate("document.activeElement.textContent") == DONE


def test_it_does_not_move_those_who_are_elsewhere(browser, payment, impatient):
    browser.goto(payment.get_absolute_url())
    control.pay(payment.pidx)
    browser.get_by_role("heading", name=DONE).wait_for()

    assert browser.evaluate("document.activeElement === document.body")


def test_it_bears_a_lost_line(browser, payment, impatient):
    browser.goto(payment.get_absolute_url())
    browser.context.set_offline(True)
    with browser.expect_event("requestfailed"):
        pass
    control.pay(payment.pidx)

    browser.context.set_offline(False)

    browser.get_by_role("heading", name=DONE).wait_for()


def test_it_bears_an_error_of_ours(browser, payment, impatient):
    browser.goto(payment.get_absolute_url())
    browser.route("**/khalti/payments/**", lambda route: route.fulfill(status=502, body="Bad gateway"), times=1)
    control.pay(payment.pidx)

    browser.get_by_role("heading", name=DONE).wait_for()


def test_it_stops_asking_in_the_end_and_leaves_it_to_the_button(browser, payment, monkeypatch):
    monkeypatch.setattr("wagtail_khalti.public.payment.status_page.POLL_INTERVALS", (0.05, 0.05, 0.05))
    asked = []
    browser.on("request", lambda request: request.resource_type == "fetch" and asked.append(request.url))
    browser.goto(payment.get_absolute_url())

    browser.wait_for_function(
        "() => performance.getEntriesByType('resource').filter((one) => one.initiatorType === 'fetch').length === 3"
    )
    browser.wait_for_timeout(300)  # in which a fourth question would have come

    assert len(asked) == 3
    assert browser.locator("h1").inner_text() == WAITING
    assert browser.get_by_role("link", name="Check again").is_visible()


def test_it_polls_only_while_visible_and_at_once_on_return(browser, payment, impatient):
    asked = []
    browser.on("request", lambda request: request.resource_type == "fetch" and asked.append(request.url))
    browser.goto(payment.get_absolute_url())
    look_away(browser, True)
    control.pay(payment.pidx)
    browser.wait_for_timeout(1500)  # in which a question would have come
    assert asked == []

    look_away(browser, False)

    browser.get_by_role("heading", name=DONE).wait_for()


def look_away(page, hidden):
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_it_tells_a_doubt_too(browser, payment, impatient):
    browser.goto(payment.get_absolute_url())
    body = {"pidx": payment.pidx, "status": "Completed", "total_amount": 1}

    control.answer_with("lookup", body=body, pidx=payment.pidx)

    browser.get_by_role("heading", name="We're reviewing your payment. Please don't pay again.").wait_for()


@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without a script"])
def test_the_second_of_two_clicks_follows_to_khalti(open_browser, payment, impatient, javascript):
    page = open_browser(java_script_enabled=javascript)
    sent = {"status": "initiated", "initiating_at": None, "pidx": payment.pidx, "payment_url": payment.payment_url}
    being_sent = {"status": "created", "initiating_at": timezone.now(), "pidx": None, "payment_url": ""}
    KhaltiPayment.objects.update(**being_sent)
    page.goto(f"{payment.get_absolute_url()}continue/")
    assert page.locator("h1").inner_text() == "One moment: we are taking you to Khalti."

    KhaltiPayment.objects.update(**sent)

    page.wait_for_url("**/khalti-simulator/**")
    page.locator("[name=mobile]").wait_for()
