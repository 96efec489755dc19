"""Every page of ours in every state: for those who see, hear, or type otherwise, on small and large screens."""

import pytest

from tests.browser.axe import complaints_of_axe
from tests.browser.looks import LOOKS, show
from tests.browser.states import NAMES, States


@pytest.fixture(params=["en", "ne"])
def states(request, open_browser, shop_page):
    page = open_browser(locale={"en": "en", "ne": "ne-NP"}[request.param])
    return States(page, shop_page, request.param)


@pytest.mark.parametrize("name", NAMES)
def test_every_page_in_every_state_is_for_everyone(states, name):
    page = states.page
    getattr(states, name)()

    for look in LOOKS[states.language]:
        show(page, *look)
        assert complaints_of_axe(page) == "", look
    assert_nothing_is_wider_than_the_screen(page)
    assert_what_is_pressed_is_large(page)
    assert_what_is_read_is_not_small(page)
    assert complaints_about(page) == []


def assert_nothing_is_wider_than_the_screen(page):
    for width in (320, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def assert_what_is_pressed_is_large(page):
    # A checkbox or a radio button is pressed by its label, too.
    targets = (
        ".khalti-button, .khalti-link, .khalti-script-button:visible, .khalti-option, .khalti select, "
        ".khalti textarea, .khalti input:visible:not([type=radio]):not([type=checkbox])"
    )
    for element in page.locator(targets).all():
        assert element.bounding_box()["height"] >= 44, element.inner_text()


def assert_what_is_read_is_not_small(page):
    sizes = page.evaluate(
        """() => [...document.querySelectorAll(".khalti *")]
            .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
            .map((element) => parseFloat(getComputedStyle(element).fontSize))"""
    )
    assert min(sizes) >= 16


def complaints_about(page):
    """What the console says, but for the 404 and 410 that some pages are."""
    return [said for said in page.complaints if "status of 404" not in said and "status of 410" not in said]


def test_long_words_stay_inside(open_browser, shop_page):
    page = open_browser(viewport={"width": 320, "height": 740})
    word = "Membershipmembershipmembership" * 6
    shop = shop_page(item_name=word, heading=word, text=word, button_text=word[:60], fields=["name"])

    page.goto(shop.url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    with page.expect_navigation():
        page.locator("a.khalti-button").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_blocks_style_changes_nothing_else_on_the_page(browser, shop_page):
    browser.goto(shop_page().url)
    probe = """() => [...document.querySelectorAll("html, body, main, h1")].map((element) => {
        const style = getComputedStyle(element);
        return JSON.stringify([...style].map((name) => style[name]));
    })"""
    with_style = browser.evaluate(probe)
    height = browser.locator(".khalti-block").bounding_box()["height"]

    browser.evaluate(
        """(height) => {
            document.querySelector("link[href*=khalti]").remove();
            const block = document.querySelector(".khalti-block");
            block.style.cssText = `height: ${height}px; margin: 24px 0; overflow: hidden`;
        }""",
        height,
    )

    assert browser.evaluate(probe) == with_style


def test_a_site_sets_colour_font_and_corners_in_its_own_style(browser, shop_page):
    browser.goto(shop_page().url)

    browser.evaluate(
        """() => {
            const root = document.documentElement.style;
            root.setProperty("--khalti-color", "rgb(138, 21, 56)");
            root.setProperty("--khalti-font", "Georgia");
            root.setProperty("--khalti-radius", "0px");
        }"""
    )

    look = browser.evaluate(
        """() => {
            const style = getComputedStyle(document.querySelector(".khalti-button"));
            return [style.backgroundColor, style.fontFamily, style.borderRadius];
        }"""
    )
    assert look == ["rgb(138, 21, 56)", "Georgia", "0px"]


@pytest.mark.parametrize("ground", ["black", "white", "rgb(90, 30, 120)"])
def test_the_block_can_be_read_on_any_ground(browser, shop_page, ground):
    browser.goto(shop_page(heading="Join us", text="For a year.").url)
    browser.evaluate(
        """(ground) => {
            document.body.style.background = ground;
            document.body.style.color = ground === "white" ? "black" : "white";
        }""",
        ground,
    )

    assert complaints_of_axe(browser, ".khalti-block") == ""


@pytest.mark.parametrize(("schemes", "paper"), [("light dark", "rgb(27, 32, 38)"), ("light", "rgb(255, 255, 255)")])
def test_at_night_the_block_is_as_dark_as_the_page_around_it(browser, shop_page, schemes, paper):
    browser.emulate_media(color_scheme="dark")
    browser.goto(shop_page(heading="Join us", text="For a year.").url)

    browser.evaluate("(schemes) => { document.documentElement.style.colorScheme = schemes }", schemes)

    ground = browser.locator(".khalti-block").evaluate("(block) => getComputedStyle(block).backgroundColor")
    assert ground == paper
    assert complaints_of_axe(browser, ".khalti-block") == ""
