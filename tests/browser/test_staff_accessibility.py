"""Every page of ours in Wagtail's admin, and in the simulator's dashboard: for those who see, hear, or type otherwise.

Each state is looked at in one language. Each template, and each kind of mark and button, is among both halves.
"""

import pytest

from tests.browser.axe import complaints_of_axe
from tests.browser.looks import LOOKS, NARROW, show
from tests.browser.staff_overviews import StaffOverviews
from tests.browser.staff_states import DASHBOARD, IN_NEPALI, NAMES, WITH_REAL_MONEY

OURS = {"include": [["main"]], "exclude": [[".w-header"], [".messages"]]}
"""What else there is, is Wagtail's: the menu, the header, and the message on top, which is pale while it comes."""

LISTED = "main .listing, main .listing *"
IN_SETTINGS = "form:has(.khalti-accounts) :is(select, .w-field__help)"
NOT_WIDER = f".khalti-page, .khalti-page *, {LISTED}, {IN_SETTINGS}"

PANELS = {"home": "#khalti-payments-section", "group": "#khalti-payments-of-sites-section"}
"""Of ours on a page of Wagtail's."""


@pytest.fixture
def open_states(open_browser, desk_with, settings):
    settings.KHALTI_SIMULATOR = {"DASHBOARD": True}
    return lambda language: StaffOverviews(desk_with(open_browser(), language=language), language)


@pytest.mark.parametrize("name", NAMES)
def test_every_page_is_for_everyone(open_states, name):
    look_at(open_states("ne" if name in IN_NEPALI else "en"), name)


@pytest.mark.parametrize("name", WITH_REAL_MONEY)
def test_every_page_about_real_money_is_for_everyone(open_states, settings, name):
    settings.WAGTAIL_KHALTI = {**settings.WAGTAIL_KHALTI, "MODE": "live"}
    look_at(open_states("en"), name)


@pytest.mark.parametrize("name", DASHBOARD)
def test_every_page_of_the_dashboard_is_for_everyone(open_states, name):
    look_at(open_states("en"), name, part=None)


def look_at(states, name, part=OURS):
    getattr(states, name)()
    panel = PANELS.get(name)
    part = {"include": [[panel]]} if panel else part
    for scheme, width in LOOKS[states.language]:
        assert_axe_finds_nothing(states.page, scheme, width, part)
    assert_nothing_is_wider_than_the_screen(states.page, f"{panel} .w-panel__content *" if panel else NOT_WIDER)
    assert_what_is_pressed_is_large(states.page)
    assert states.page.complaints == []


def assert_axe_finds_nothing(page, scheme, width, part):
    show(page, scheme, width)
    page.evaluate(ALL_IS_STILL)
    assert complaints_of_axe(page, part) == "", (scheme, width)


ALL_IS_STILL = """async () => {
    for (let frames = 0; frames < 3; ) {
        await new Promise(requestAnimationFrame);
        const moving = document.getAnimations();
        await Promise.allSettled(moving.map((animation) => animation.finished));
        frames = moving.length ? 0 : frames + 1;
    }
}"""
"""Wagtail's buttons fade from one scheme to the other, and its menu glides away from a narrow screen: both may begin
a frame or two after they were asked to.
"""


def assert_nothing_is_wider_than_the_screen(page, ours=NOT_WIDER):
    page.set_viewport_size({"width": NARROW, "height": 740})
    page.evaluate(ALL_IS_STILL)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    assert page.evaluate(TOO_WIDE, ours) == []


TOO_WIDE = """(ours) => [...document.querySelectorAll(ours)]
    .filter((element) => element.getClientRects().length && element.getBoundingClientRect().right > innerWidth)
    .map((element) => element.outerHTML)"""


def assert_what_is_pressed_is_large(page):
    for element in page.locator(".khalti-page .button:visible").all():
        assert element.bounding_box()["height"] >= 44, element.inner_text()
