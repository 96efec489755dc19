"""The insights in a browser: charts that are drawn, for everybody, and nothing that a strict policy would stop."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.browser.looks import LOOKS, NARROW
from tests.browser.policy import POLICY
from tests.browser.test_staff_accessibility import (
    OURS,
    assert_axe_finds_nothing,
    assert_nothing_is_wider_than_the_screen,
)
from tests.staff.past import past_opening, past_payment, past_refund, save
from wagtail_khalti.dates.days import today
from wagtail_khalti.models import Status

ADDRESS = "**/admin/reports/khalti/**"
CHARTS = ["money", "paying", "funnel"]
ENDS = [Status.COMPLETED, Status.COMPLETED, Status.CANCELED, Status.EXPIRED, Status.COMPLETED, Status.INITIATED]
PIXELS = """(canvas) => {
    const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const pen = copy.getContext("2d", { willReadFrequently: true });
    pen.drawImage(canvas, 0, 0);
    return new Set(new Uint32Array(pen.getImageData(0, 0, copy.width, copy.height).data.buffer)).size;
}"""
"""How many colours there are: one in an empty canvas."""
CHART = "((name) => Chart.getChart(document.querySelector(`[data-khalti-chart=${name}]`)))"
COLOUR = f"(name) => {CHART}(name).options.color"


@pytest.fixture
def past(home):
    """A month and a half of three pages, one with a very long name."""
    titles = ["Annual dinner of the friends of the village library " * 3, "Membership", "सदस्यता " * 4]
    payments = save(
        [
            past_payment(
                today() - timedelta(days=number % 45),
                (number * 37 % 90 + 1) * 10_050,
                status=ENDS[number % len(ENDS)],
                title=titles[number % 3],
                source=str(number % 3 + 1),
            )
            for number in range(120)
        ]
    )
    past_refund(payments[0], today(), payments[0].amount)
    for number, title in enumerate(titles, 1):
        past_opening(today(), 60 - number, title=title, source=str(number))


@pytest.fixture
def open_insights(open_browser, desk_with):
    """As the accountant; with ``policy`` the page comes with the strictest one."""

    def open_insights(*, language="en", policy="", scripts=True, **query):
        page = open_browser(java_script_enabled=scripts)
        desk = desk_with(page, language=language)
        if policy:
            desk.page.route(ADDRESS, lambda route: with_header(route, policy))
        desk.page.goto(reverse("khalti_reports:insights", query=query))
        return desk.page

    return open_insights


def with_header(route, policy):
    answer = route.fetch()
    route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": policy})


class TestCharts:
    @pytest.mark.parametrize("language", LOOKS)
    def test_are_drawn_by_day_and_by_night_for_everybody(self, past, open_insights, language):
        page = open_insights(language=language)

        for scheme, width in LOOKS[language]:
            assert_axe_finds_nothing(page, scheme, width, OURS)
            for name in CHARTS:
                assert colours_in(page, name) > 2, (name, scheme, width)
        assert_nothing_is_wider_than_the_screen(page)
        assert page.complaints == []

    def test_need_no_exception_from_the_strictest_policy(self, past, open_insights):
        page = open_insights(policy=POLICY)

        assert all(colours_in(page, name) > 2 for name in CHARTS)
        assert page.complaints == []
        page.evaluate("document.body.setAttribute('style', 'color: red')")  # a policy that stops nothing shows nothing
        page.wait_for_function("() => !document.body.style.color")
        assert "Content Security Policy" in page.complaints[0]

    def test_change_their_colours_with_the_scheme(self, past, open_insights):
        page = open_insights()
        page.emulate_media(color_scheme="light")
        by_day = page.evaluate(COLOUR, "money")

        page.emulate_media(color_scheme="dark")

        page.wait_for_function(f"(before) => ({COLOUR})('money') !== before", arg=by_day)

    def test_stand_still_for_those_who_want_that(self, past, open_insights):
        page = open_insights()
        page.emulate_media(reduced_motion="reduce")

        page.wait_for_function(f"() => {CHART}('money').options.animation === false")

    def test_write_amounts_as_the_tables_do(self, past, open_insights):
        page = open_insights(language="ne")

        ticks = page.evaluate(f"() => {CHART}('money').scales.y.ticks.map((tick) => tick.label)")

        assert ticks[0] == "रु\xa0०"
        assert all(tick.startswith("रु\xa0") and not any("0" <= digit <= "9" for digit in tick) for tick in ticks)


class TestWithoutAScript:
    def test_the_tables_say_it_all(self, past, open_insights):
        page = open_insights(scripts=False)

        assert page.locator("canvas:visible").count() == 0
        assert page.locator("main table:visible").count() == 4
        page.locator("[name=by]").select_option("week")
        with page.expect_navigation():
            page.locator("[name=first]").press("Enter")
        assert page.locator("main table caption").first.inner_text().startswith("Weeks")


class TestWithoutFigures:
    @pytest.mark.parametrize(
        "query", [{"mode": "live"}, {"first": "x", "last": "2026-13-13", "mode": "x"}, {"first": "2069-01-01"}]
    )
    def test_a_phone_has_room_by_day_and_by_night(self, past, open_insights, query):
        page = open_insights(**query)

        for scheme in ("light", "dark"):
            assert_axe_finds_nothing(page, scheme, NARROW, OURS)
        assert_nothing_is_wider_than_the_screen(page)


def colours_in(page, name):
    return page.locator(f"[data-khalti-chart={name}]").evaluate(PIXELS)
