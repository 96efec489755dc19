"""What the list of payments does with Wagtail's scripts: a selection, and days that are picked or typed."""

import pytest
from playwright.sync_api import expect

from tests.browser.staff_states import make_paid
from wagtail_khalti.models import KhaltiPayment


@pytest.fixture
def started(khalti_over_http, home):
    for _number in range(2):
        make_paid()
    KhaltiPayment.objects.update(status="initiated", completed_at=None)


def test_selected_payments_are_checked_with_khalti(desk, started):
    desk.open("index")
    for box in desk.page.locator("tbody [data-bulk-action-checkbox]").all():
        box.check()

    desk.follow("Refresh the status of the selected payments")
    desk.press("Refresh status from Khalti")

    assert "2 payments were checked with Khalti." in desk.page.locator(".messages").inner_text()
    assert {payment.status for payment in KhaltiPayment.objects.all()} == {"completed"}


def test_selected_payments_are_exported(desk, started):
    desk.open("index")
    desk.page.locator("tbody [data-bulk-action-checkbox]").first.check()

    desk.follow("Export the selected payments")

    assert "1 selected payment" in desk.page.locator("main").inner_text()


@pytest.fixture
def days(desk, started):
    """The fields for the days on which payments were started."""
    desk.open("index")
    desk.page.get_by_role("button", name="Filters").click()
    desk.page.get_by_role("button", name="Started").click()
    return desk.page.locator("[name=created_from]")


def test_a_picked_day_narrows_the_list(desk, days):
    days.click()
    desk.page.locator(".xdsoft_datetimepicker:visible td.xdsoft_today").click()

    expect(desk.page.locator(".w-pill")).to_contain_text("Started: from 20")


@pytest.mark.parametrize("typed", ["2083-03-32", "५ मंसिर २०८३", "21 Nov 2026"])
def test_a_typed_day_is_left_as_it_is(desk, days, typed):
    days.fill(typed)
    days.press("Tab")

    expect(desk.page.locator(".w-pill")).to_contain_text(typed)
    expect(days).to_have_value(typed)


def test_the_picker_is_there_again_after_the_list_was_refreshed(desk, days):
    days.fill("2026-11-21")
    expect(desk.page.locator(".w-pill")).to_contain_text("2026-11-21")

    days.press("Tab")

    expect(desk.page.locator("[name=created_to]")).to_be_focused()
    expect(desk.page.locator(".xdsoft_datetimepicker:visible")).to_have_count(1)
