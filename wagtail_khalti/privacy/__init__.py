"""Personal data: what is stored and why, erased, exported, and kept only as long as the settings say."""

from wagtail_khalti.privacy.anonymize import (
    MAX_REFERENCES,
    Anonymization,
    anonymize,
    apply_retention,
    retention_limit,
    started_before,
)
from wagtail_khalti.privacy.export import export_person
from wagtail_khalti.privacy.persons import payments_of
from wagtail_khalti.privacy.waiting import Reason

__all__ = [
    "MAX_REFERENCES",
    "Anonymization",
    "Reason",
    "anonymize",
    "apply_retention",
    "export_person",
    "payments_of",
    "retention_limit",
    "started_before",
]
