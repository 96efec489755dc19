"""Where a visitor may be sent."""

import pytest

from wagtail_khalti.text.web_addresses import is_of_this_site

ROOT = "https://shop.example"


@pytest.fixture(autouse=True)
def hosts(settings):
    settings.ALLOWED_HOSTS = ["shop.example", ".shop.example", "[::1]", "*"]


@pytest.mark.parametrize(
    "address",
    [
        "/paid/?a=1#b",
        "https://shop.example/",
        "https://SHOP.example/",
        "https://app.shop.example:8443/",
        "https://[::1]:8000/",
        "https://front.example:3000/",
    ],
)
def test_addresses_of_the_site(address):
    assert is_of_this_site(address, ROOT, more_hosts=["front.example:3000"])


@pytest.mark.parametrize(
    "address",
    [
        "https://shop.example:x@evil.example/",
        "https://shop.example:443@evil.example/",
        "https://app.shop.example:@evil.example/",
        "https://shop.example@evil.example/",
        "https://sita:secret@shop.example/",
        "https://shop.example:x/",
        "https://shop.example:443\\@evil.example/",
        "/\t/evil.example",
        "https://evilshop.example/",
        "https://front.example/",
        "",
    ],
)
def test_addresses_of_others(address):
    assert not is_of_this_site(address, ROOT, more_hosts=["front.example:3000"])


@pytest.mark.parametrize("address", ["http://[", "//[x", "https://shop.example\uff0f@evil.example/"])
def test_what_is_no_address(address):
    assert not is_of_this_site(address, ROOT)
