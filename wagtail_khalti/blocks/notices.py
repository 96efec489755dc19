"""What an editor should know before publishing a block."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import lazy
from django.utils.translation import gettext

from wagtail_khalti.conf import configuration, is_test_everywhere


def _notice_for_editors() -> str:
    """Only what is the same for all Khalti accounts."""
    try:
        merchants = configuration().merchants.values()
    except ImproperlyConfigured:
        return gettext("Payments are not set up on this site yet: visitors can't pay.")
    if not any(merchant.secret_key for merchant in merchants):
        return gettext("No Khalti key is set up on this site yet: visitors can't pay.")
    if is_test_everywhere():
        return gettext("Test mode: visitors can try to pay, but no money moves.")
    return ""


notice_for_editors = lazy(_notice_for_editors, str)
