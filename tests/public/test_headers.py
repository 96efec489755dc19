"""Nothing of one visitor is cached, indexed, or told to others; and no page is heavy."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from tests.public.conftest import offer_on

LARGEST_PAGE = 30 * 1024  # bytes, with its style and scripts
LARGEST_SCRIPTS = 5 * 1024
LARGEST_STYLE = 13 * 1024


@pytest.fixture
def addresses(client, shop_page, payment):
    return {
        "checkout": offer_on(client, shop_page(fields=["name", "email", "phone"], max_quantity=10)),
        "unavailable": reverse("wagtail_khalti:checkout", args=["p.forged"]),
        "return": reverse("wagtail_khalti:return", args=[payment.reference]),
        "continue": reverse("wagtail_khalti:continue", args=[payment.reference]),
        "payment": payment.get_absolute_url(),
        "not found": reverse("wagtail_khalti:payment", args=["NOSUCHREFERENCE"]),
    }


@pytest.mark.parametrize("page", ["checkout", "unavailable", "return", "continue", "payment", "not found"])
@pytest.mark.parametrize("method", ["get", "head", "post", "put"])
def test_no_answer_is_cached_indexed_or_passed_on(client, addresses, page, method):
    response = getattr(client, method)(addresses[page])

    cache_control = {part.strip() for part in response["Cache-Control"].split(",")}
    assert {"no-store", "private"} <= cache_control
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("page", ["checkout", "unavailable", "payment", "not found"])
def test_each_page_says_the_same_to_robots_in_its_head(client, addresses, page):
    assert b'<meta name="robots" content="noindex, nofollow">' in client.get(addresses[page]).content


@pytest.mark.parametrize("page", ["checkout", "unavailable", "payment", "not found"])
def test_no_page_holds_a_script_or_a_style_inside(client, addresses, page):
    html = client.get(addresses[page]).content.decode()

    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert "<style" not in html
    assert not re.search(r'\s(style|on\w+)="', html)
    assert "data:" not in html


@pytest.mark.parametrize("page", ["checkout", "unavailable", "payment", "not found"])
def test_no_page_is_heavy(client, addresses, page):
    html = client.get(addresses[page]).content.decode()
    files = {path: size_of(path) for path in re.findall(r'(?:src|href)="/static/([^"]+)"', html)}

    assert len(html.encode()) + sum(files.values()) <= LARGEST_PAGE
    assert sum(size for path, size in files.items() if path.endswith(".js")) <= LARGEST_SCRIPTS
    assert sum(size for path, size in files.items() if path.endswith(".css")) <= LARGEST_STYLE


def size_of(path):
    return Path(finders.find(path)).stat().st_size
