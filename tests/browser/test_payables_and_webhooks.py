"""The buttons around a site's own orders and other systems, pressed in Nepali."""

import pytest
from django.utils import timezone

from tests.browser.staff_states import make_paid
from tests.gateway.server import Server, says
from tests.shop.models import Invoice
from tests.webhooks.secrets import SECRET
from wagtail_khalti.models import KhaltiPayment, KhaltiWebhookMessage

PHONE = {"viewport": {"width": 360, "height": 740}}
WITHOUT_SCRIPT = {"viewport": {"width": 1280, "height": 740}, "java_script_enabled": False}


def test_an_invoice_is_paid_after_it_was_cancelled(open_browser, visit_with, home):
    payer = visit_with(open_browser(locale="ne-NP", java_script_enabled=False))
    payer.page.goto(Invoice.objects.create().get_pay_url())
    payer.page.get_by_role("button", name="खल्तीबाट रु १,५०० भुक्तानी गर्नुहोस्").click()
    payer.page.wait_for_url("**/khalti-simulator/**")
    payer.cancel_at_khalti()
    assert payer.headline == "तपाईंले भुक्तानी रद्द गर्नुभयो। पैसा काटिएको छैन।"

    payer.page.get_by_role("link", name="फेरि भुक्तानी गर्नुहोस्").click()
    payer.page.locator(".khalti-form button[type=submit]").click()
    payer.page.wait_for_url("**/khalti-simulator/**")
    payer.pay_at_khalti()

    assert payer.headline == "धन्यवाद। तपाईंको भुक्तानी पूरा भयो।"
    assert sorted(KhaltiPayment.objects.values_list("status", flat=True)) == ["canceled", "completed"]
    assert payer.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("window", [PHONE, WITHOUT_SCRIPT], ids=["on a phone", "without a script"])
def test_a_webhook_is_sent_again(open_browser, desk_with, settings, window):
    desk = desk_with(open_browser(**window), language="ne")
    payment = make_paid()
    with Server([says({}, 204)]) as crm:
        settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "WEBHOOKS": {"crm": {"URL": crm.url, "SECRET": SECRET}}}
        KhaltiWebhookMessage.objects.create(
            endpoint="crm",
            delivery=payment.deliveries.get(),
            body="{}",
            state="failed",
            last_status=500,
            attempted_at=timezone.now(),
        )
        desk.open_payment(payment)
        button = desk.page.get_by_role("button", name="फेरि पठाउनुहोस्: crm")
        desk.click(button)

    assert desk.message == "“crm” मा वेबहुक पठाइयो।"
    assert KhaltiWebhookMessage.objects.get().state == "delivered"
