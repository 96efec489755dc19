"""The JSON API: payments for programs and headless pages. Needs django-ninja, which comes with Wagtail 8.

The site mounts it: ``path("api/khalti/", khalti_api().urls)``.
"""

from wagtail_khalti.api.application import KhaltiAPI, khalti_api

__all__ = ["KhaltiAPI", "khalti_api"]
