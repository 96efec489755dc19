"""The pytest plugin with the fixture ``khalti``, which pytest finds once the package is installed.

The site under test needs ``wagtail_khalti.simulator`` in ``INSTALLED_APPS`` and in its urls.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from wagtail_khalti.testing.fake import FakeKhalti


@pytest.fixture
def khalti(db: None) -> Iterator[FakeKhalti]:
    """A Khalti in this process: payments start, are paid and are looked up without any network."""
    # Imported late: pytest loads this plugin before Django is set up, even if no test uses it.
    from wagtail_khalti.testing.fake import fake_khalti

    with fake_khalti() as khalti:
        yield khalti
