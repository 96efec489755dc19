"""However it is pressed, gone back to, sent again, or typed: money goes back once."""

import pytest

from tests.browser.desk import plain
from tests.browser.staff_states import REFUSAL, make_paid
from wagtail_khalti.simulator import control

WIDE = {"width": 1280, "height": 740}  # without a script Wagtail's menu covers all of a phone
BROWSERS_OWN_PAGE = "#main-frame-error"
DONE = "Refunded Rs 500. Refundable balance: Rs 1,000."


@pytest.fixture
def last_look(desk):
    """The page that asks for the last time, for Rs 500."""
    desk.open_payment(make_paid()).go_to_refund().fill(amount="500").press("Continue")
    return desk


@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without a script"])
def test_a_double_click_sends_once(open_browser, desk_with, javascript):
    desk = desk_with(open_browser(java_script_enabled=javascript, viewport=WIDE))
    desk.open_payment(make_paid()).go_to_refund().fill(amount="500").press("Continue")

    desk.last_button.dblclick(no_wait_after=True)

    desk.page.wait_for_url("**/inspect/**")
    desk.look_again()
    assert desk.refunds == [["Rs 500", "SUCCEEDED", "Khalti"]]
    assert control.calls("refund") == 1


def test_while_khalti_is_slow_the_button_says_so_and_is_disabled(last_look):
    control.answer_with("refund", **REFUSAL, delay=2.0)

    shown = last_look.page.evaluate(PRESS)

    assert shown.strip() == "Sending…"
    last_look.page.wait_for_url("**/inspect/**")
    assert control.calls("refund") == 1


PRESS = """() => new Promise((tell) => {
    const button = document.querySelector("button.serious");
    const look = () => button.disabled ? tell(button.innerText) : setTimeout(look, 10);
    button.click();
    look();
})"""


def test_going_back_sends_nothing(last_look):
    """The last look is nothing that a browser keeps: it asks whether to send the step before it again."""
    page = last_look.press_last_button().page
    with pytest.raises(Exception, match="ERR_CACHE_MISS"):
        page.go_back()
    page.locator(BROWSERS_OWN_PAGE).wait_for()

    page.reload()

    assert (last_look.figures["Refunded"], last_look.figures["Refundable balance"]) == ("Rs 500", "Rs 1,000")
    page.go_back()
    assert page.locator("[name=amount]").input_value() == "1000.00"
    assert control.calls("refund") == 1


def test_a_form_that_is_sent_again_sends_nothing(last_look):
    """The line breaks after the press. The person loads the page again, and with it the browser sends the form."""
    page, arrived, sent = last_look.page, [], []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))

    def break_the_line(route):
        arrived.append(route.fetch(max_redirects=0).status)
        route.abort()

    page.route("**/refund/*/", break_the_line, times=1)
    with page.expect_event("requestfailed"):
        last_look.last_button.click(no_wait_after=True)
    page.locator(BROWSERS_OWN_PAGE).wait_for()
    assert (arrived, control.calls("refund")) == ([302], 1)

    page.reload()

    assert len(sent) == 2
    assert DONE in {plain(words) for words in page.locator(".messages li").all_inner_texts()}
    assert last_look.refunds == [["Rs 500", "SUCCEEDED", "Khalti"]]
    assert control.calls("refund") == 1


def test_the_keyboard_is_enough(desk):
    desk.open_payment(make_paid())
    desk.tab_to("Refund").press("Enter")
    desk.page.wait_for_url("**/refund/**")
    desk.tab_to("Amount in rupees").type("500")
    desk.tab_to("Continue").press("Enter")
    desk.last_button.wait_for()
    desk.page.wait_for_load_state()

    desk.tab_to("Refund Rs 500").press("Enter")

    desk.page.wait_for_url("**/inspect/**")
    assert desk.message == DONE
    assert control.calls("refund") == 1


def test_no_script_is_needed(open_browser, desk_with):
    desk = desk_with(open_browser(java_script_enabled=False, viewport=WIDE))

    desk.open_payment(make_paid()).refund(amount="500", reason="Came too late")

    assert desk.message == DONE
    assert desk.refunds == [["Rs 500", "SUCCEEDED", "Khalti"]]
