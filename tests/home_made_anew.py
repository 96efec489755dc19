"""A home page for tests between which the database is emptied."""

import pytest
from wagtail.models import Locale, Page, Site


@pytest.fixture
def home(transactional_db):
    """For a conftest.py to take."""
    if not Site.objects.exists():
        Locale.objects.get_or_create(language_code="en")
        root = Page.add_root(instance=Page(title="Root"))
        page = root.add_child(instance=Page(title="Welcome", slug="welcome"))
        Site.objects.create(hostname="localhost", root_page=page, is_default_site=True)
    return Site.objects.get(is_default_site=True).root_page
