"""Every button that staff can press about money, pressed in Nepali: on a phone, and without a script."""

import pytest

from tests.browser.staff_states import lose_the_answer, make_paid, make_paid_twice
from wagtail_khalti.models import KhaltiRefund
from wagtail_khalti.simulator import control

PHONE = {"viewport": {"width": 360, "height": 740}}
WITHOUT_SCRIPT = {
    "viewport": {"width": 1280, "height": 740},
    "java_script_enabled": False,
}  # on a phone a menu is above


@pytest.fixture(params=[PHONE, WITHOUT_SCRIPT], ids=["on a phone", "without a script"])
def nepali_desk(request, open_browser, desk_with):
    return desk_with(open_browser(**request.param), language="ne")


def test_giving_money_back_and_recording_what_was_given(nepali_desk):
    desk, payment = nepali_desk, make_paid()

    desk.open_payment(payment).press("अहिले खल्तीलाई सोध्नुहोस्")
    assert desk.message == "खल्तीलाई भर्खरै सोधियो; उसले “Completed” भन्छ।"

    desk.click(desk.page.locator("main .khalti-buttons").get_by_role("link", name="फिर्ता गर्नुहोस्", exact=True))
    desk.fill(amount="५००").press("अगाडि बढ्नुहोस्").press("रु ५०० फिर्ता गर्नुहोस्")
    assert desk.message == "रु ५०० फिर्ता गरियो। रु १,००० बाँकी छ।"

    desk.follow("अन्यत्र गरिएको फिर्ती टिप्नुहोस्").fill(amount="200")
    desk.page.locator("main [name=method][value=cash]").check()
    desk.press("यो फिर्ती टिप्नुहोस्")
    assert desk.message == "रु २०० फिर्ता गरियो भनी टिपियो।"
    assert [(refund.state, refund.amount) for refund in KhaltiRefund.objects.all()] == [
        ("succeeded", 50_000),
        ("external", 20_000),
    ]


def test_entering_what_went_back_in_the_dashboard(nepali_desk):
    desk, payment = nepali_desk, make_paid()
    control.refund(payment.pidx, amount=40_000)

    desk.open_payment(payment).press("अहिले खल्तीलाई सोध्नुहोस्")
    desk.follow("कति फिर्ता भयो लेख्नुहोस्").fill(amount="400").press("यो रकम सुरक्षित गर्नुहोस्")

    assert desk.message == "रु ४०० फिर्ता गरियो भनी टिपियो।"
    assert desk.issues == []


@pytest.mark.parametrize(
    ("button", "told"),
    [
        ("त्यहाँ छ: रु ५०० फिर्ता भयो", "टिपियो: रु ५०० फिर्ता गरियो। केही पठाइएन।"),
        ("त्यहाँ छैन: केही फिर्ता भएन", "टिपियो: रु ५०० फिर्ता गरिएको छैन। केही पठाइएन; तपाईं फेरि फिर्ता गर्न सक्नुहुन्छ।"),
    ],
    ids=["it is there", "it is not there"],
)
def test_saying_what_became_of_a_refund(nepali_desk, button, told):
    desk, payment = nepali_desk, make_paid()
    lose_the_answer(payment, is_made=True)

    desk.open_payment(payment).follow("के भयो भन्नुहोस्").press(button)

    assert desk.message == told
    assert control.calls("refund") == 2


def test_giving_a_second_payment_back_at_one_press(nepali_desk):
    nepali_desk.open_payment(make_paid_twice()).press("रु १,५०० फिर्ता गर्नुहोस्")

    assert nepali_desk.message == "रु १,५०० फिर्ता गरियो। रु ० बाँकी छ।"
    assert control.calls("refund") == 1
